"""Which signs do not hold: what is denied or doubted in its clause, and what is told of a time long ago."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from parsers.phrase_index import Hit
from parsers.sentences import Sentences
from parsers.signs import DANGERS, Notion, Sign, Tag

_NEGATED_BEFORE = 24
_NEGATED_AFTER = 40
_LONGEST_NEGATION = 40
_DOUBTED = 60
# One sign of Chinese or Japanese says as much as several letters.
_DENSE = "\u2e80"
_DENSITY = 3
_CLAUSE_ENDS = re.compile(
    r"[,;:.!?()\n\u060c\u061b\u061f\u0964\u06d4\u3001\u3002\uff0c\uff1b\uff1a\uff01\uff1f\u2014\u0387\u00b7]"
)

# What somebody does; the other notions are things and people, and a negation beside them means the act.
_ACTS = frozenset(
    {
        Notion.TAKEN,
        Notion.GIVEN,
        Notion.EXPLODES,
        Notion.COMING,
        Notion.KEPT,
        Notion.FORCED,
        Notion.SEIZED,
        Notion.POURED,
        Notion.HITS,
        Notion.ENTICED,
        Notion.BRINGS,
        Notion.OPENED,
        Notion.FOUND,
        Notion.UNHARMED,
        Notion.ESCAPED,
        Notion.RAN_OUT,
        Notion.HARMED,
        Notion.SELLS,
    }
)
# What is suffered or goes on is often said with a negation of its own: "cannot sleep", "does not stop".
_DENIABLE: frozenset[Tag] = frozenset(
    {Sign.DECISIVE, Sign.PERIL, Sign.ARMED, Sign.SPREADING, Sign.CALMED, Sign.UNREAL, *_ACTS}
)
_AIDS = frozenset({Sign.NEGATION, Sign.CONJUNCTION, Sign.DOUBT})

_OF_NOW = frozenset({Sign.IMMINENT, Sign.RECENT, Sign.INTENDED, Sign.SEARCH, Sign.ASKING})
# Not part of a case number, a date in figures or a law's number.
_YEAR = re.compile(r"(?<![0-9a-z/.:-])20\d\d(?![0-9a-z/:-]|\.\d)")
_YEARS_BACK = 8  # what is further back is a year of birth


class _Clauses:
    """Where clauses end: at marks, and before words that begin another one."""

    def __init__(self, folded: str, found: Sequence[Hit[Tag]]) -> None:
        ends = [match.end() for match in _CLAUSE_ENDS.finditer(folded)]
        self._bounds = sorted({*ends, *(hit.start for hit in found if hit.tag is Sign.CONJUNCTION)})

    def number(self, position: int) -> int:
        return bisect_right(self._bounds, position)

    def are_one(self, first: int, second: int) -> bool:
        return self.number(first) == self.number(second)


def undenied(found: Sequence[Hit[Tag]], folded: str) -> Iterator[Hit[Tag]]:
    """The hits that no negation in their clause denies and no doubt leaves open."""
    negations = [hit for hit in found if hit.tag is Sign.NEGATION]
    doubts = [hit for hit in found if hit.tag is Sign.DOUBT]
    clauses = _Clauses(folded, found)
    starts = [hit.start for hit in negations]
    for hit in found:
        if hit.tag in _AIDS:
            continue
        if hit.tag is Sign.CALMED and any(_leaves_open(doubt, hit, clauses) for doubt in doubts):
            continue
        if hit.tag in _DENIABLE:
            density = _DENSITY if folded[hit.start] >= _DENSE else 1
            first = bisect_left(starts, hit.start - _LONGEST_NEGATION - _NEGATED_BEFORE)
            last = bisect_right(starts, hit.end + _NEGATED_AFTER)
            near = negations[first:last]
            if any(_denies(each, hit, density=density, clauses=clauses) for each in near):
                continue
        yield hit


def _denies(negation: Hit[Tag], hit: Hit[Tag], *, density: int, clauses: _Clauses) -> bool:
    """Whether the negation stands near the hit, outside of it, in the same clause."""
    before = 0 <= hit.start - negation.end <= _NEGATED_BEFORE // density
    after = 0 <= negation.start - hit.end <= _NEGATED_AFTER // density
    return (before or after) and clauses.are_one(negation.start, hit.start)


def _leaves_open(doubt: Hit[Tag], hit: Hit[Tag], clauses: _Clauses) -> bool:
    return abs(doubt.start - hit.start) <= _DOUBTED and clauses.are_one(doubt.start, hit.start)


def present(found: Sequence[Hit[Tag]], folded: str, sentences: Sentences, *, year: int) -> Iterator[Hit[Tag]]:
    """The hits without what is told of a time long ago, in a sentence that says nothing of now."""
    past = [hit.start for hit in found if hit.tag is Sign.LONG_AGO]
    past += [match.start() for match in _YEAR.finditer(folded) if _is_over(int(match[0]), year)]
    if not past:
        yield from found
        return
    clauses = _Clauses(folded, found)
    told = {clauses.number(place) for place in past if not _speaks_of_now(found, sentences.around(place))}
    yield from (hit for hit in found if hit.tag not in DANGERS or clauses.number(hit.start) not in told)


def _is_over(named: int, year: int) -> bool:
    return year - _YEARS_BACK <= named < year


def _speaks_of_now(found: Sequence[Hit[Tag]], sentence: tuple[int, int]) -> bool:
    start, end = sentence
    return any(hit.tag in _OF_NOW and start <= hit.start < end for hit in found)
