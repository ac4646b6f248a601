"""Turns the phrase notation of the lexicons into regular expressions."""

import re
from collections.abc import Iterable, Sequence

from parsers.folding import fold

# Latin, Greek and Cyrillic write one word between spaces; later scripts join words or particles.
_FIRST_UNSPACED = "\u0530"
_FURTHER_LATIN, _AFTER_GREEK = "\u1e00", "\u2000"
_NOTHING = r"(?!)"
_ANYTHING_BETWEEN = r"[^.!?\u061f\u06d4\u0964\u3002\uff01\uff1f]{0,40}?"
_WORD_STARTS = r"(?<!\w)"
_LETTERS_END = r"(?<![^\W\d])"
_WORD_ENDS = r"(?!\w)"


def alternatives(phrases: Iterable[str], *, attached: bool = False) -> str:
    """One group that matches any of the phrases in folded text, the longest first.

    It matches nothing when there are none. Attached phrases may follow a digit without a space,
    as in "24h".
    """
    folded = sorted(
        {" ".join(fold(phrase).split()) for phrase in phrases}, key=lambda each: (-len(each), each)
    )
    spaced = [phrase for phrase in folded if is_spaced(phrase[0])]
    unspaced = [phrase for phrase in folded if not is_spaced(phrase[0])]
    # One look for all is much faster than one in each alternative.
    before = _LETTERS_END if attached else _WORD_STARTS
    groups = [_group(before, spaced), _group(_any_first_letter(unspaced), unspaced)]
    return f"(?:{'|'.join(filter(None, groups)) or _NOTHING})"


def compiled(phrases: Iterable[str]) -> re.Pattern[str]:
    """The compiled form of `alternatives`."""
    return re.compile(alternatives(phrases))


def _group(look: str, phrases: Sequence[str]) -> str:
    return f"{look}(?:{'|'.join(_by_first_letter(phrases))})" if phrases else ""


def _any_first_letter(phrases: Iterable[str]) -> str:
    letters = sorted({re.escape(phrase[0]) for phrase in phrases})
    return f"(?=[{''.join(letters)}])"


def _by_first_letter(phrases: Iterable[str]) -> list[str]:
    """One expression for all phrases with the same first letters: at any other, one look rules them out."""
    groups: dict[str, list[str]] = {}
    for phrase in phrases:
        letter = re.escape(phrase[0])
        groups.setdefault(letter, []).append(expression(phrase).removeprefix(letter))
    return [f"{letter}(?:{'|'.join(_by_second_letter(rests))})" for letter, rests in groups.items()]


def _by_second_letter(rests: Iterable[str]) -> list[str]:
    groups: dict[str, list[str]] = {}
    for rest in rests:
        letter = rest[0] if rest[:1].isalnum() else ""
        groups.setdefault(letter, []).append(rest.removeprefix(letter))
    return [f"{letter}(?:{'|'.join(rests)})" for letter, rests in groups.items()]


def expression(phrase: str) -> str:
    """The expression of one folded phrase, to be matched where a word begins."""
    first, *others = (part.strip() for part in phrase.split("..."))
    written = _part(first)
    for part in others:
        before = _WORD_STARTS if is_spaced(part[0]) else ""
        written += f"{_ANYTHING_BETWEEN}{before}{_part(part)}"
    return written


def _part(phrase: str) -> str:
    return r"\s+".join(map(_word, phrase.split())) + (_WORD_ENDS if is_spaced(phrase[-1]) else "")


def _word(written: str) -> str:
    return re.escape(written[:-1]) + r"\w*" if written.endswith("*") else re.escape(written)


def is_spaced(character: str) -> bool:
    """Whether the letter is of a script that writes one word between spaces."""
    spaced = character < _FIRST_UNSPACED or _FURTHER_LATIN <= character < _AFTER_GREEK
    return spaced and character.isalnum()
