"""Finds many phrases of several kinds in one text, in one pass.

Where `parsers.phrases` gives one expression for one kind of phrase, an index looks at every place where
a word begins and asks only for the phrases that begin with these letters. Its cost hardly grows with
the number of phrases, so that a language may have hundreds.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from parsers.folding import fold
from parsers.han import TO_SIMPLIFIED
from parsers.phrases import expression

# Letters of the Arabic script that are written for one another; Persian joins with a sign of no width.
_ARABIC = str.maketrans(
    "\u0623\u0625\u0622\u0671\u0649\u06cc\u06a9\u0629\u06c1\u06c0\u06be\u06d2\u0624\u0626\u200c",
    "\u0627\u0627\u0627\u0627\u064a\u064a\u0643\u0647\u0647\u0647\u0647\u064a\u0648\u064a ",
)
# Letters of Indian scripts with their dot, which often is left out, and one sign of a nasal for the other.
_INDIC = str.maketrans(
    "\u0929\u0931\u0934\u0958\u0959\u095a\u095b\u095c\u095d\u095e\u095f\u09dc\u09dd\u09df\u0901",
    "\u0928\u0930\u0933\u0915\u0916\u0917\u091c\u0921\u0922\u092b\u092f\u09a1\u09a2\u09af\u0902",
)
_SPELLINGS = _ARABIC | _INDIC | TO_SIMPLIFIED
# What people may leave out: vowels and lengthened lines of Arabic and Hebrew, Indian dots, joiners, and the
# signs that turn the direction of writing.
_OPTIONAL = re.compile(
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u0640\u064b-\u065f\u0670\u093c\u09bc\u200d\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)

Tag = TypeVar("Tag")

_KEY = 4
# A word that is written with spaces, or any sign of a script that joins words or particles.
_STARTS = re.compile(r"(?<!\w)[^\W_]|[\u0530-\u1dff\u2000-\U0010ffff]")
# A letter or a sign written over, under or after it, which `\w` leaves out; not the dandas of Indian scripts.
IN_WORD = r"[\w\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff]"
_WORD_STARTS = re.compile(rf"(?<!{IN_WORD})[^\W_]")
_LITERAL_ENDS = re.compile(r"[*\s]|\.\.\.")


def search_form(text: str) -> str:
    """The text as an index searches it, folded, every position kept."""
    return fold(text).translate(_SPELLINGS)


def spelled_alike(phrase: str) -> str:
    """A phrase in the form of texts that went through `search_form` and `plain_letters`."""
    return _without_options(search_form(phrase))


def plain_letters(text: str) -> tuple[str, Sequence[int]]:
    """The text without what people may leave out, and where each of its signs, and its end, was before."""
    plain = _OPTIONAL.sub("", text)
    if len(plain) == len(text):
        return text, range(len(text) + 1)
    places = [place for place, sign in enumerate(text) if not _OPTIONAL.match(sign)]
    return plain, [*places, len(text)]


def _without_options(text: str) -> str:
    return " ".join(_OPTIONAL.sub("", text).split())


@dataclass(frozen=True, kw_only=True)
class Hit(Generic[Tag]):
    """One phrase found: its kind and where it stands."""

    tag: Tag
    start: int
    end: int
    words: int  # of the phrase, not of the text


class _Entry(Generic[Tag]):
    """One phrase; its expression is only made when a text begins like it."""

    def __init__(self, tag: Tag, phrase: str) -> None:
        self.tag = tag
        self._whole = phrase.startswith("_")
        self._phrase = phrase.strip("_")
        self.words = len(self._phrase.replace("...", " ").split())
        self.literal = _LITERAL_ENDS.split(self._phrase, maxsplit=1)[0]

    @cached_property
    def expression(self) -> re.Pattern[str]:
        written = expression(self._phrase)
        return re.compile(rf"(?<!{IN_WORD})(?:{written})(?!{IN_WORD})" if self._whole else written)


class PhraseIndex(Generic[Tag]):
    """The phrases of one language by their first letters, each with its kind."""

    def __init__(
        self,
        phrases: Mapping[Tag, Iterable[str]],
        *,
        form: Callable[[str], str] = search_form,
        within_words: bool = True,
    ) -> None:
        """Sort the phrases.

        Args:
            phrases: the phrases of each kind.
            form: makes of them, and of the texts, what is compared.
            within_words: whether they may begin inside a word of a script that joins words or particles.
        """
        self._starts = _STARTS if within_words else _WORD_STARTS
        self._entries: dict[str, list[_Entry[Tag]]] = {}
        for tag, written in phrases.items():
            for phrase in dict.fromkeys(_without_options(form(each)) for each in written):
                entry = _Entry(tag, phrase)
                self._entries.setdefault(entry.literal[:_KEY], []).append(entry)
        self._lengths = sorted({len(key) for key in self._entries})

    def find(self, folded: str) -> Iterator[Hit[Tag]]:
        """Every phrase in a text in the form of this index, by place; phrases may overlap."""
        plain, places = plain_letters(folded)
        for hit in self._find(plain):
            yield Hit(tag=hit.tag, start=places[hit.start], end=places[hit.end], words=hit.words)

    def _find(self, folded: str) -> Iterator[Hit[Tag]]:
        for place in self._starts.finditer(folded):
            start = place.start()
            for length in self._lengths:
                for entry in self._entries.get(folded[start : start + length], ()):
                    if folded.startswith(entry.literal, start):
                        match = entry.expression.match(folded, start)
                        if match:
                            yield Hit(tag=entry.tag, start=start, end=match.end(), words=entry.words)
