"""The words for what is wrong with a value: what was found, what is allowed, and the nearest spelling."""

from collections.abc import Iterable

from pydantic_core import ErrorDetails
from rapidfuzz import process

_NEAR = 70.0  # of 100; below it two words are rather different than misspelt
_LONGEST_SHOWN = 60

_A_DAY, _AN_INSTANT = "2026-10-19", "2026-10-19T08:00"
_WANTED = {
    "bool": "true or false is wanted",
    "date": f"a date such as {_A_DAY} is wanted",
    "dict": "a group of keys is wanted",
    "float": "a number is wanted",
    "frozen_set": "a list is wanted",
    "int": "a whole number is wanted",
    "list": "a list is wanted",
    "model": "a group of keys is wanted",
    "string": "a text is wanted",
    "tuple": "a list is wanted",
}
_KINDS = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "a group of keys",
}
_OWN_WORDS = {
    "int_from_float": ("is no whole number", ""),
    "timezone_aware": ("has no offset from UTC", "write one behind it, such as 2026-11-06T23:30+03:00"),
    "too_short": ("is empty", ""),
    "string_too_short": ("is empty", ""),
}
_SWITCHES = {"yes": "true", "y": "true", "on": "true", "no": "false", "n": "false", "off": "false"}
"""What older programs read as true and false."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is spelt most like this one; None where none is near."""
    near = process.extractOne(word, sorted(known), score_cutoff=_NEAR, processor=str.lower)
    return near[0] if near else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint with the nearest spelling, else with all of the known words."""
    words = sorted(known)
    near = nearest(word, words)
    if near:
        return f'did you mean "{near}"?'
    return f"known are: {', '.join(words)}" if words else "there is none yet"


def sentence(detail: ErrorDetails) -> tuple[str, str]:
    """What is wrong with a value, and a hint. It repeats only values that are words of a short list."""
    kind, value = detail["type"], detail["input"]
    if kind == "problems":
        _at, message, hint = detail["ctx"]["problems"][0]
        return message, hint
    if kind in ("enum", "literal_error"):
        return _not_allowed(value, detail["ctx"]["expected"])
    if kind == "value_error":
        return str(detail["ctx"]["error"]), ""
    if kind in _OWN_WORDS:
        return _OWN_WORDS[kind]
    return _of_another_kind(kind, value) or (detail["msg"].removeprefix("Input "), "")


def with_value(message: str, value: object) -> str:
    """The sentence with the value that it speaks of, where that is a text or a number."""
    speaks_of_it = message.startswith(("is ", "has ", "should ")) and message != "is empty"
    if not speaks_of_it or isinstance(value, bool):
        return message
    if isinstance(value, str) and value.strip():
        return f'"{_shortened(value)}" {message}'
    return f"{value} {message}" if isinstance(value, int | float) else message


def _of_another_kind(kind: str, value: object) -> tuple[str, str] | None:
    if kind.startswith("date") and isinstance(value, str):
        what, example = ("date and time", _AN_INSTANT) if kind.startswith("datetime") else ("date", _A_DAY)
        return f"is no {what}", f"write it as {example}"
    family = "date" if kind.startswith("date") else kind.removesuffix("_type").removesuffix("_parsing")
    if family not in _WANTED:
        return None
    return f"is {_kind(value)}", f"{_WANTED[family]}{_way_out(family, value)}"


def _shortened(value: str) -> str:
    plain = " ".join(value.split())
    return plain if len(plain) <= _LONGEST_SHOWN else f"{plain[: _LONGEST_SHOWN - 1]}…"


def _kind(value: object) -> str:
    return _KINDS.get(type(value), "empty")


def _way_out(family: str, value: object) -> str:
    if family == "bool" and str(value).lower() in _SWITCHES:
        return f"; write {_SWITCHES[str(value).lower()]}"
    if family == "string" and isinstance(value, bool | int | float):
        return "; put it in quotes if it is one"
    return ""


def _not_allowed(value: object, expected: str) -> tuple[str, str]:
    allowed = expected.replace("'", "").replace(" or ", ", ").split(", ")
    listed = f"allowed are: {', '.join(allowed)}"
    if not isinstance(value, str):
        return f"is {_kind(value)}", listed
    near = nearest(value, allowed)
    return f'"{value}" is not allowed', f'did you mean "{near}"? {listed}' if near else listed
