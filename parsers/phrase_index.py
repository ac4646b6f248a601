"""Finds many phrases of several kinds in one text, in one pass.

Where `parsers.phrases` gives one expression for one kind of phrase, an index finds where the fixed beginnings
of all its phrases stand (Aho and Corasick, 1975) and looks further only there. Its cost hardly grows with the
number of phrases, so that a language may have thousands.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Generic, TypeVar

from ahocorasick_rs import AhoCorasick

from parsers.folding import fold
from parsers.han import TO_SIMPLIFIED
from parsers.phrases import expression, is_spaced

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
_OPTIONAL = (
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u0640\u064b-\u065f\u0670\u093c\u09bc"
    "\u200d\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_SIGNS_LEFT_OUT = re.compile(f"{_OPTIONAL}+")
_LEFT_OUT = re.compile(rf"(?<= ) +|{_OPTIONAL}+")
_SPACE = re.compile(r"[^\S ]")

Tag = TypeVar("Tag")

# Scripts that join words or particles: a phrase may begin at any sign.
_UNSPACED = re.compile("[\u0530-\u1dff\u2000-\U0010ffff]")
# A letter or a sign written over, under or after it, which `\w` leaves out; not the dandas of Indian scripts.
IN_WORD = r"[\w\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff]"
_INNER = re.compile(IN_WORD)
_OPEN_END = re.compile(r"[*]|\.\.\.")


def search_form(text: str) -> str:
    """The text as an index searches it, folded, every position kept."""
    return fold(text).translate(_SPELLINGS)


def spelled_alike(phrase: str) -> str:
    """A phrase in the form of texts that were `Shortened` and went through `search_form`."""
    return _without_options(search_form(phrase))


def _without_options(text: str) -> str:
    return " ".join(_LEFT_OUT.sub("", text).split())


class Shortened:
    """A text without some of its signs, and where the others were before."""

    def __init__(self, written: str, left_out: re.Pattern[str] = _SIGNS_LEFT_OUT) -> None:
        """`left_out` is what people may leave out, if nothing else is said."""
        is_plain = written.isascii() and "  " not in written  # as most texts are
        cuts = [] if is_plain else [*left_out.finditer(written)]
        kept = zip([0, *(cut.end() for cut in cuts)], [*(cut.start() for cut in cuts), None], strict=True)
        pieces = [written[start:end] for start, end in kept]
        self.text = "".join(pieces)
        self._ends = [*accumulate(map(len, pieces[:-1]))]
        self._left_out = [0, *accumulate(cut.end() - cut.start() for cut in cuts)]

    def written_at(self, place: int) -> int:
        """Where the sign at this place, or the end, stands in the text as written."""
        return place + self._left_out[bisect_right(self._ends, place)]


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
        self.beginning = _OPEN_END.split(self._phrase, maxsplit=1)[0].strip()
        self._is_fixed = self.beginning == self._phrase and not self._whole
        self._ends_word = is_spaced(self._phrase[-1])

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        written = expression(self._phrase)
        return re.compile(rf"(?<!{IN_WORD})(?:{written})(?!{IN_WORD})" if self._whole else written)

    def end(self, text: str, start: int, beginning_ends: int) -> int | None:
        """Where the phrase that begins there ends; None where only its beginning stands there."""
        if self._is_fixed:
            ends = not self._ends_word or not _is_in_word(text, beginning_ends)
            return beginning_ends if ends else None
        match = self._expression.match(text, start)
        return match.end() if match else None


def _is_in_word(text: str, place: int) -> bool:
    sign = text[place : place + 1]
    return sign.isalnum() or sign == "_"


class PhraseIndex(Generic[Tag]):
    """The phrases of one language by their beginnings, each with its kind."""

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
        self._within_words = within_words
        sorted_in: dict[str, list[_Entry[Tag]]] = {}
        for tag, written in phrases.items():
            for phrase in dict.fromkeys(_without_options(form(each)) for each in written):
                entry = _Entry(tag, phrase)
                sorted_in.setdefault(entry.beginning, []).append(entry)
        self._entries = [*sorted_in.values()]

    @cached_property
    def _beginnings(self) -> AhoCorasick:
        return AhoCorasick((entries[0].beginning for entries in self._entries), store_patterns=False)

    def __getstate__(self) -> dict[str, object]:
        """All but the automaton, which can't be sent to a process that reads: it is made again there."""
        return {name: value for name, value in vars(self).items() if name != "_beginnings"}

    def find(self, folded: str) -> Iterator[Hit[Tag]]:
        """Every phrase in a text in the form of this index, by place, the longer first; they may overlap."""
        plain = Shortened(_SPACE.sub(" ", folded), _LEFT_OUT)
        found = self._beginnings.find_matches_as_indexes(plain.text, overlapping=True)
        for which, start, end in sorted(found, key=_by_place):
            if not self._may_begin(plain.text, start):
                continue
            for entry in self._entries[which]:
                ends = entry.end(plain.text, start, end)
                if ends is not None:
                    yield Hit(
                        tag=entry.tag,
                        start=plain.written_at(start),
                        end=plain.written_at(ends),
                        words=entry.words,
                    )

    def _may_begin(self, text: str, start: int) -> bool:
        sign = text[start]
        if self._within_words:
            return bool(_UNSPACED.match(sign)) or (sign.isalnum() and not _is_in_word(text, start - 1))
        return sign.isalnum() and not (start and _INNER.match(text[start - 1]))


def _by_place(found: tuple[int, int, int]) -> tuple[int, int]:
    _, start, end = found
    return start, -end
