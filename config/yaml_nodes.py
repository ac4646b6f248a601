"""Reads YAML text into plain values and remembers where each of them stands.

The scalars are those of the YAML 1.2 core schema (section 10.3.2): `no`, `on` and `12:30` are
texts, only `true` and `false` are booleans. Numbers that begin with a zero are refused, because
programs differ on whether they are octal. So are anchors, aliases and tags: configuration needs
none of them, and a few nested aliases can fill the memory.
"""

import re
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.composer import Composer

from config.errors import MailwardenError

Key = str | int
Loc = tuple[Key, ...]
"""The way to a value: keys of mappings and positions in lists."""

MAX_BYTES = 4_000_000
MAX_DEPTH = 40

_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # as PyYAML counts lines
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_UNUSUAL = re.compile("[\t\x85\u2028\u2029\ufeff]")
_NULL = re.compile(r"(?:null|Null|NULL|~|)\Z")
_BOOLEAN = re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z")
_INTEGER = re.compile(r"[-+]?[0-9]{1,40}\Z")
_ODD_NUMBER = re.compile(r"[-+]?(?:0[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\Z")
_UNSEEN = re.compile("[\u00a0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]{1,2})?\Z")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place in a file; line and column count from 1."""

    line: int
    column: int


_WAYS_OUT = {
    "mapping values are not allowed": "a space follows a colon; a text with a colon stands in quotes",
    "unknown escape character": "write patterns in single quotes, such as '\\d+'",
    "expected ',' or ']'": "a list that begins with [ ends with ], with commas between its items",
    "expected ',' or '}'": "a group that begins with { ends with }, with commas between its keys",
    "found '<scalar>'": "a quotation mark inside quotes is written twice",
    "expected <block end>": "lines that belong together begin in the same column",
    "could not find expected ':'": "a key is followed by a colon and a space",
    "cannot start any token": "put a text that begins with this character in quotes",
}
"""What to do about findings of PyYAML, by a part of its words."""
_UNCLOSED = {
    ("while scanning a quoted scalar", "found unexpected end of stream"): "a quotation mark",
    ("while parsing a flow sequence", "expected ',' or ']', but got '<stream end>'"): "a square bracket",
    ("while parsing a flow mapping", "expected ',' or '}', but got '<stream end>'"): "a curly bracket",
}

_START = Place(line=1, column=1)


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """One thing that is malformed or refused."""

    place: Place
    message: str
    hint: str = ""
    key: str = ""


class NotAccepted(MailwardenError):
    """The text is not the YAML that is accepted here."""

    def __init__(self, *flaws: Flaw) -> None:
        super().__init__("; ".join(flaw.message for flaw in flaws))
        self.flaws = flaws


@dataclass(frozen=True, kw_only=True)
class Tree:
    """The values of one file with the place of each; a value in a mapping stands where its key does."""

    values: Any  # null, booleans, numbers, texts, lists and mappings, as in JSON
    places: dict[Loc, Place]


def key_text(loc: Loc) -> str:
    """The usual notation for the way to a value: `routes[2].when.urgency`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return text.removeprefix(".")


def parse(data: bytes) -> Tree:
    """Read one YAML document.

    Raises:
        NotAccepted: with the first flaw of the syntax, or else all flaws of keys and values.
    """
    text = _decoded(data)
    root = _composed_fast(text) or _composed(text)
    if root is None:
        raise NotAccepted(Flaw(place=_START, message="the file is empty"))
    return _Reading().tree(root)


def _composed_fast(text: str) -> yaml.Node | None:
    """By libyaml, which is many times faster; nothing where it says anything but that all is well.

    It takes tabs, line ends of other kinds and signs of byte order where the slow parser does not, so a text
    with any of them is not for it.
    """
    if _UNUSUAL.search(text):
        return None
    try:
        return _FastLoader(text).get_single_node()
    except (yaml.YAMLError, NotAccepted, ValueError):
        return None


def _composed(text: str) -> yaml.Node | None:
    """By the slow parser, whose messages are the ones that people get to see."""
    loader = _loader(text)
    try:
        return loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        raise NotAccepted(_syntax_flaw(text, error)) from error
    except (ValueError, OverflowError) as error:  # PyYAML hands escapes and versions to chr and int unchecked
        place = _place(loader.get_mark())
        raise NotAccepted(Flaw(place=place, message="an escape that stands for no character")) from error


def _decoded(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise NotAccepted(Flaw(place=_START, message=f"the file is larger than {MAX_BYTES} bytes"))
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        place = _place_at(data[: error.start].decode())
        raise NotAccepted(Flaw(place=place, message="is not UTF-8", hint="save the file as UTF-8")) from error


def _loader(text: str) -> "_Loader":
    try:
        return _Loader(text)
    except yaml.reader.ReaderError as error:
        place = _place_at(text[: error.position])
        raise NotAccepted(Flaw(place=place, message="a character that YAML does not allow")) from error


def _place_at(before: str) -> Place:
    lines = _LINE_BREAK.split(before)
    return Place(line=len(lines), column=len(lines[-1]) + 1)


def _syntax_flaw(text: str, error: yaml.MarkedYAMLError) -> Flaw:
    mark = error.problem_mark or error.context_mark
    place = _place(mark) if mark else _START
    line = _LINE_BREAK.split(text)[place.line - 1]
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return Flaw(place=place, message="a tab in the indentation", hint="indent with spaces")
    unclosed = _UNCLOSED.get((error.context or "", error.problem or ""))
    if unclosed and error.context_mark:
        return Flaw(place=_place(error.context_mark), message=f"{unclosed} that is never closed")
    said = ", ".join(part for part in (error.context, error.problem) if part)
    hint = next((hint for part, hint in _WAYS_OUT.items() if part in said), "")
    return Flaw(place=place, message=f"is not YAML: {said}", hint=hint)


def _place(mark: Any) -> Place:  # noqa: ANN401 - PyYAML's marks come in two unrelated classes
    return Place(line=mark.line + 1, column=mark.column + 1)


class _Strict(Composer):
    """Composes nodes, with a limit on depth and without anchors, aliases and tags."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[attr-defined]  # the parser that it is mixed into has it
        flaw = _flaw_of(event, self.depth)
        if flaw:
            raise NotAccepted(flaw)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _Loader(_Strict, yaml.SafeLoader):
    """By Python alone."""


class _FastLoader(_Strict, yaml.CSafeLoader):
    """By libyaml, which PyYAML's wheels contain."""

    def __init__(self, text: str) -> None:
        yaml.CSafeLoader.__init__(self, text)
        Composer.__init__(self)


def _flaw_of(event: Any, depth: int) -> Flaw | None:  # noqa: ANN401 - PyYAML's events share no typed base
    place = _place(event.start_mark)
    if isinstance(event, yaml.AliasEvent) or event.anchor:
        return Flaw(place=place, message="anchors and aliases are not accepted", hint="write the value out")
    if event.tag:
        return Flaw(place=place, message="tags are not accepted", hint="leave out what begins with !")
    if isinstance(event, yaml.ScalarEvent) and _LONE_SURROGATE.search(event.value):
        return Flaw(place=place, message="half of a surrogate pair", hint="write the character itself")
    if depth > MAX_DEPTH:
        return Flaw(place=place, message=f"nested more than {MAX_DEPTH} levels deep")
    return None


class _Reading:
    """Turns nodes into values and notes places and flaws on the way."""

    def __init__(self) -> None:
        self._places: dict[Loc, Place] = {}
        self._flaws: list[Flaw] = []

    def tree(self, root: yaml.Node) -> Tree:
        values = self._value(root, ())
        if self._flaws:
            raise NotAccepted(*self._flaws)
        return Tree(values=values, places=self._places)

    def _value(self, node: yaml.Node, loc: Loc) -> Any:  # noqa: ANN401 - any YAML value
        place = self._places.setdefault(loc, _place(node.start_mark))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, loc)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*loc, number)) for number, item in enumerate(node.value)]
        if _is_plain(node) and _ODD_NUMBER.match(node.value):
            hint = "write it without, or in quotes if it is a text"
            self._note(place, "is a number that begins with a zero", loc, hint=hint)
        value = _scalar(node)
        if value is None:
            self._note(place, "is empty", loc, hint="write a value or leave the key out")
        return value

    def _mapping(self, node: yaml.MappingNode, loc: Loc) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place, key = _place(key_node.start_mark), key_node.value
            if not isinstance(key_node, yaml.ScalarNode):
                self._note(place, "a key must be a text", loc)
            elif not key.isascii() and _UNSEEN.sub("", key).isascii():
                self._note(place, "a key holds a character that can't be seen", loc, hint="type it again")
            elif key in values:
                first = self._places[(*loc, key)].line
                self._note(place, f"stands here a second time; the first is in line {first}", (*loc, key))
            else:
                self._places[(*loc, key)] = place
                values[key] = self._value(value_node, (*loc, key))
        return values

    def _note(self, place: Place, message: str, loc: Loc, hint: str = "") -> None:
        self._flaws.append(Flaw(place=place, message=message, hint=hint, key=key_text(loc)))


def _is_plain(node: yaml.Node) -> bool:
    """Neither quoted nor a block of text."""
    return isinstance(node, yaml.ScalarNode) and not node.style


def _scalar(node: yaml.Node) -> bool | int | float | str | None:
    text = str(node.value)
    if not _is_plain(node):
        return text
    if _NULL.match(text):
        return None
    if _BOOLEAN.match(text):
        return text.lower() == "true"
    if _INTEGER.match(text):
        return int(text)
    return float(text) if _FLOAT.match(text) else text
