"""Puts judgements of single mails into one number: shares, counts, precision, recall, F1."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How one field of one mail was judged."""

    file: str
    wanted: Any  # as JSON can hold it
    found: Any
    right: bool


Scorer = Callable[[Sequence[Verdict]], float]
"""Makes one number of the verdicts on a field; those of precision, recall and F1 hold lists of items."""


def share_right(verdicts: Sequence[Verdict]) -> float:
    """The share of the mails that are right."""
    return fmean(one.right for one in verdicts)


def number_wrong(verdicts: Sequence[Verdict]) -> float:
    """How many mails are wrong."""
    return sum(not one.right for one in verdicts)


def precision(verdicts: Sequence[Verdict]) -> float:
    """The share of the items found that were wanted, over all mails together; 1 when none was found."""
    hits, _, found = _totals(verdicts)
    return hits / found if found else 1.0


def recall(verdicts: Sequence[Verdict]) -> float:
    """The share of the items wanted that were found, over all mails together; 1 when none was wanted."""
    hits, wanted, _ = _totals(verdicts)
    return hits / wanted if wanted else 1.0


def f1(verdicts: Sequence[Verdict]) -> float:
    """The harmonic mean of precision and recall, over all mails together (micro)."""
    return _f1(*_totals(verdicts))


def macro_f1(verdicts: Sequence[Verdict]) -> float:
    """The mean over the wanted values of each one's F1, so that rare values weigh as much as common ones."""
    return fmean(_f1_of(value, verdicts) for value in {one.wanted for one in verdicts})


def mean_word_f1(verdicts: Sequence[Verdict]) -> float:
    """The mean over the mails of the F1 of their words."""
    return fmean(word_f1(one.wanted, one.found) for one in verdicts)


def word_f1(wanted: str, found: str) -> float:
    """How much two texts share as bags of words; 1 when both are empty."""
    return _f1(*_overlap(wanted.split(), found.split()))


def _f1_of(value: object, verdicts: Sequence[Verdict]) -> float:
    hits = sum(one.wanted == value == one.found for one in verdicts)
    wanted = sum(one.wanted == value for one in verdicts)
    return _f1(hits, wanted, sum(one.found == value for one in verdicts))


def _f1(hits: int, wanted: int, found: int) -> float:
    return 2 * hits / (wanted + found) if wanted + found else 1.0


def _totals(verdicts: Sequence[Verdict]) -> tuple[int, int, int]:
    overlaps = [_overlap(one.wanted, one.found) for one in verdicts]
    hits, wanted, found = (sum(column) for column in zip(*overlaps, strict=True))
    return hits, wanted, found


def _overlap(wanted: Iterable[Hashable], found: Iterable[Hashable]) -> tuple[int, int, int]:
    """Hits, wanted, found; an item that stands twice counts twice."""
    these, those = Counter(wanted), Counter(found)
    return (these & those).total(), these.total(), those.total()
