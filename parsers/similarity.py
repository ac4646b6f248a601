"""How much alike two texts are: by the words of their sentences, kept as numbers.

Measured on synthetic report mail, sets of words do as well as heavier methods, and no method may merge
two reports on text alone: form letters differ in a name only. So sentences that a party writes in every
letter do not count, and a name or number put in the place of another one makes another text.
"""

import re
import sys
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from zlib import crc32

MAX_CHARACTERS = 20_000  # enough to tell; keeps the cost of one comparison bounded
STANDARD_MATTERS = 2  # a sentence that so many other matters have is a form's

_SENTENCE_ENDS = re.compile(r"\n+|(?<=[.!?\u06d4\u0964])\s+|(?<=[\u3002\uff01\uff1f])")
# Scripts that put no spaces between words: their pairs of signs stand for words.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_WORD = re.compile(rf"[^\W{_UNSPACED}]+|[{_UNSPACED}]+")
_BETWEEN_SENTENCES = 0
_TELLING = 1
_NOT_A_BOUNDARY = 2

Sentence = frozenset[int]


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """The words of a text, sentence by sentence, each as a number.

    The lowest bit of a number says whether the word tells one thing from another: a number, a name.
    """

    sentences: tuple[Sentence, ...]

    @cached_property
    def words(self) -> frozenset[int]:
        """All words, whatever they tell."""
        return _words(self.sentences)

    def packed(self) -> bytes:
        """The form in which it is stored: 32-bit numbers, little end first, 0 between sentences."""
        numbers = array("I")
        for sentence in self.sentences:
            numbers.extend((*sorted(sentence), _BETWEEN_SENTENCES))
        return _little(numbers).tobytes()


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """How two texts compare."""

    share: float  # common words by all words, 0 to 1
    replaced: bool  # each has names or numbers that the other lacks


class Forms:
    """The sentences that a party writes in letters about different matters."""

    def __init__(self, letters: Iterable[tuple[int, Sketch]]) -> None:
        """Letters come with the numbers of their matters."""
        self._matters: defaultdict[Sentence, set[int]] = defaultdict(set)
        for matter, letter in letters:
            for sentence in letter.sentences:
                self._matters[sentence].add(matter)

    def beside(self, matter: int) -> frozenset[Sentence]:
        """The sentences that enough matters other than this one have."""
        found = self._matters.items()
        return frozenset(
            sentence for sentence, matters in found if len(matters - {matter}) >= STANDARD_MATTERS
        )


def sketch(text: str) -> Sketch:
    """The sketch of a text; without sentences when it has no words."""
    spelled = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS])
    sentences = (frozenset(_numbers(sentence)) for sentence in _SENTENCE_ENDS.split(spelled))
    return Sketch(sentences=tuple(sentence for sentence in sentences if sentence))


def unpacked(stored: bytes) -> Sketch:
    """The sketch that `Sketch.packed` stored."""
    numbers = array("I")
    numbers.frombytes(stored)
    sentences, current = [], set[int]()
    for number in _little(numbers):
        if number == _BETWEEN_SENTENCES:
            sentences.append(frozenset(current))
            current = set()
        else:
            current.add(number)
    return Sketch(sentences=tuple(sentences))


def rough(stored: bytes) -> frozenset[int]:
    """All numbers of a stored sketch, to see at little cost whether a closer look is worth it."""
    numbers = array("I")
    numbers.frombytes(stored)
    return frozenset(numbers)


def likeness(one: Sketch, other: Sketch, *, standard: frozenset[Sentence] = frozenset()) -> Likeness:
    """Compare two texts without the sentences of a form."""
    mine, theirs = _without(one, standard), _without(other, standard)
    ours, others = _words(mine), _words(theirs)
    told, told_there = _telling(mine) - others, _telling(theirs) - ours
    return Likeness(share=jaccard(ours, others), replaced=bool(told and told_there))


def jaccard(one: frozenset[object], other: frozenset[object]) -> float:
    """Shared pieces by all pieces: 0 to 1; 0 when either side is empty."""
    if not one or not other:
        return 0.0
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


def _numbers(sentence: str) -> Iterator[int]:
    for position, match in enumerate(_WORD.finditer(sentence)):
        word = match[0]
        for piece in _pieces(word):
            yield _number(piece, tells=_tells(word, starts=position == 0))


def _number(piece: str, *, tells: bool) -> int:
    number = crc32(piece.encode()) | _NOT_A_BOUNDARY
    return number | _TELLING if tells else number & ~_TELLING


def _pieces(word: str) -> tuple[str, ...]:
    folded = word.casefold()
    if not _IS_UNSPACED.match(word) or len(word) == 1:
        return (folded,)
    return tuple(folded[start : start + 2] for start in range(len(folded) - 1))


def _tells(word: str, *, starts: bool) -> bool:
    """Whether a word tells one thing from another: by a digit, a capital, or for want of capitals."""
    if any(map(str.isdigit, word)):
        return True
    first = word[0]
    has_case = first.lower() != first.upper()
    return not has_case or (first.isupper() and not starts)


def _without(text: Sketch, standard: frozenset[Sentence]) -> tuple[Sentence, ...]:
    return tuple(sentence for sentence in text.sentences if sentence not in standard)


def _words(sentences: Iterable[Sentence]) -> frozenset[int]:
    return frozenset(number | _TELLING for sentence in sentences for number in sentence)


def _telling(sentences: Iterable[Sentence]) -> frozenset[int]:
    return frozenset(number for sentence in sentences for number in sentence if number & _TELLING)


def _little(numbers: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
