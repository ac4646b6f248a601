"""Finds the signs of urgency and harm in a text, each with its sentence, and drops what is denied."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Self

from config.lexicon import Lexicon, UrgencyWords
from parsers.facts import Harm
from parsers.phrase_index import Hit, PhraseIndex, search_form
from parsers.sentences import Sentences

_NEGATED_BEFORE = 24
_NEGATED_AFTER = 40
_LONGEST_NEGATION = 40
# One sign of Chinese or Japanese says as much as several letters.
_DENSE = "\u2e80"
_DENSITY = 3
_CLAUSE_ENDS = re.compile(
    r"[,;:.!?()\n\u060c\u061b\u061f\u0964\u06d4\u3001\u3002\uff0c\uff1b\uff1a\uff01\uff1f\u2014]"
)
# What an address or an account is called says nothing.
_NAMES = re.compile(r"(?:https?://|hxxps?://|www\.)\S+|(?<!\w)@[\w.]+|(?<![\w.+-])[\w.+-]{1,64}@[\w.-]+")
_TELLING_ABROAD = 6  # letters of a single English word that no other language has by chance


class Sign(StrEnum):
    """What a phrase says; the meanings are explained at `config.lexicon.UrgencyWords`."""

    DECISIVE = "decisive"
    FAREWELL = "farewell"
    PERIL = "peril"
    ARMED = "armed"
    TARGET = "target"
    CHILD = "child"
    PREYING = "preying"
    UNREACHABLE = "unreachable"
    IMMINENT = "imminent"
    RECENT = "recent"
    INTENDED = "intended"
    SEARCH = "search"
    OVERDUE = "overdue"
    SPREADING = "spreading"
    PERSISTING = "persisting"
    DISTRESS = "distress"
    CALMED = "calmed"
    UNREAL = "unreal"
    PAST = "past"
    ASKING = "asking"
    NOTHING_TO_DO = "nothing_to_do"
    THANKS = "thanks"
    NEGATION = "negation"


# What is suffered or goes on is often said with a negation of its own: "cannot sleep", "does not stop".
_DENIABLE = frozenset({Sign.DECISIVE, Sign.PERIL, Sign.ARMED, Sign.SPREADING, Sign.CALMED})
_Found = Hit[Sign | Harm]


class Signals:
    """The words about urgency and harm of one language, ready for searching."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    @cached_property
    def index(self) -> PhraseIndex[Sign | Harm]:
        """All its phrases."""
        return PhraseIndex(dict(self._tagged()))

    @cached_property
    def abroad(self) -> PhraseIndex[Sign | Harm]:
        """The phrases that mean the same amid another language: "die" is an article in German."""
        return PhraseIndex({tag: tuple(filter(_is_telling, phrases)) for tag, phrases in self._tagged()})

    def _tagged(self) -> Iterator[tuple[Sign | Harm, Sequence[str]]]:
        for name in UrgencyWords.model_fields:
            yield Sign(name), getattr(self._lexicon.urgency, name)
        yield Sign.NEGATION, self._lexicon.negations
        for harm, phrases in self._lexicon.harms.items():
            yield Harm(harm), phrases


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _is_telling(phrase: str) -> bool:
    return " " in phrase or len(phrase.rstrip("*")) >= _TELLING_ABROAD


@dataclass(frozen=True)
class Findings:
    """One text with the signs in it, none of them denied in its clause."""

    text: str
    sentences: Sentences
    hits: tuple[_Found, ...]

    @classmethod
    def of(cls, text: str, signals: Sequence[Signals]) -> Self:
        """Search a text; the first signals are its own language's."""
        folded = _NAMES.sub(_blank, search_form(text))
        indexes = [each.abroad if place else each.index for place, each in enumerate(signals)]
        found = [hit for index in indexes for hit in index.find(folded)]
        return cls(text, Sentences.of(text), tuple(_undenied(_fullest(found), folded)))

    def having(self, *signs: Sign) -> list[_Found]:
        """The hits of these signs."""
        return [hit for hit in self.hits if hit.tag in signs]

    def has(self, sign: Sign) -> bool:
        """Whether there is such a sign."""
        return any(hit.tag is sign for hit in self.hits)

    def sentence_of(self, hit: _Found) -> int:
        """The number of the sentence in which it stands."""
        return bisect_right(self.sentences.bounds, hit.start) - 1

    def quoted(self, hits: Iterable[_Found], *, most: int) -> tuple[str, ...]:
        """The sentences of these hits as written, in the order of the hits."""
        around = (self.sentences.around(hit.start) for hit in hits)
        written = (" ".join(self.text[start:end].split()) for start, end in around)
        return tuple(dict.fromkeys(written))[:most]


def _fullest(found: Iterable[_Found]) -> list[_Found]:
    """The hits that are not part of a longer one of the same sign, by place."""
    kept: list[_Found] = []
    ends: dict[Sign | Harm, int] = {}
    for hit in sorted(found, key=lambda each: (each.start, -each.end)):
        if hit.end > ends.get(hit.tag, 0):
            ends[hit.tag] = hit.end
            kept.append(hit)
    return kept


def _undenied(found: Sequence[_Found], folded: str) -> Iterator[_Found]:
    negations = [hit for hit in found if hit.tag is Sign.NEGATION]
    starts = [hit.start for hit in negations]
    clauses = [match.end() for match in _CLAUSE_ENDS.finditer(folded)] if negations else []
    for hit in found:
        if hit.tag is Sign.NEGATION:
            continue
        if hit.tag in _DENIABLE:
            density = _DENSITY if folded[hit.start] >= _DENSE else 1
            first = bisect_left(starts, hit.start - _LONGEST_NEGATION - _NEGATED_BEFORE)
            last = bisect_right(starts, hit.end + _NEGATED_AFTER)
            near = negations[first:last]
            if any(_denies(each, hit, density=density, clauses=clauses) for each in near):
                continue
        yield hit


def _denies(negation: _Found, hit: _Found, *, density: int, clauses: Sequence[int]) -> bool:
    """Whether the negation stands near the hit, outside of it, in the same clause."""
    before = 0 <= hit.start - negation.end <= _NEGATED_BEFORE // density
    after = 0 <= negation.start - hit.end <= _NEGATED_AFTER // density
    return (before or after) and bisect_right(clauses, negation.start) == bisect_right(clauses, hit.start)
