"""How well outcomes agree with labels. Everything here is a pure function over pairs of the two."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import eq
from statistics import fmean
from typing import Any

from daemon.labels import JOINS, Label
from daemon.outcome import Outcome
from parsers.facts import Urgency

TOLERANCE = timedelta(minutes=1)
CALM = frozenset({Urgency.NORMAL, Urgency.LOW, None})


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One mail: what is right, and what was found. Matters are named by their first mails as labelled."""

    label: Label
    outcome: Outcome
    own_text: str | None = None  # all that the author wrote, where somebody has cut it out
    due: datetime | None = None  # the labelled deadline
    matter: str = ""  # the matter that the mail belongs to
    wanted_of: str | None = None  # the matter that it should have joined or been linked to
    found_of: str | None = None  # the one that it was

    @property
    def has_joined(self) -> bool:
        """Whether it was made part of a known matter."""
        return self.outcome.relation.type in JOINS


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How one field of one mail was judged."""

    file: str
    wanted: Any  # as JSON can hold it
    found: Any
    right: bool


@dataclass(frozen=True, kw_only=True)
class Field:
    """Something to be judged of every mail to which it applies."""

    applies: Callable[[Pair], bool]
    wanted: Callable[[Pair], Any]
    found: Callable[[Pair], Any]
    alike: Callable[[Any, Any], bool] = eq

    def verdicts(self, pairs: Iterable[Pair]) -> list[Verdict]:
        """The judgement of each mail to which it applies."""
        return [self._verdict(pair) for pair in pairs if self.applies(pair)]

    def _verdict(self, pair: Pair) -> Verdict:
        wanted, found = self.wanted(pair), self.found(pair)
        return Verdict(file=pair.label.file, wanted=wanted, found=found, right=self.alike(wanted, found))


Scorer = Callable[[Sequence[Verdict]], float]


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A field with the way to put its verdicts into one number."""

    field: Field
    score: Scorer
    counts_faults: bool = False  # the number is of faults: less is better, and a floor is the most allowed


@dataclass(frozen=True, kw_only=True)
class Score:
    """One row of the result."""

    name: str
    value: float | None  # None: no mail to which it applies
    mails: int
    counts_faults: bool = False

    def keeps(self, floor: float) -> bool:
        """Whether the score is good enough; what was not measured is not."""
        if self.value is None:
            return False
        return self.value <= floor if self.counts_faults else self.value >= floor


def scores(pairs: Sequence[Pair]) -> list[Score]:
    """Every measure, in the order of the table."""
    return [_score(name, measure, pairs) for name, measure in MEASURES.items()]


def differing(name: str, pairs: Iterable[Pair]) -> list[Verdict]:
    """The mails in which a measure's field is not as labelled."""
    return [verdict for verdict in MEASURES[name].field.verdicts(pairs) if not verdict.right]


def confusion(name: str, pairs: Iterable[Pair]) -> Counter[tuple[str, str]]:
    """How often each wanted value of a field was read as which."""
    return Counter((str(one.wanted), str(one.found)) for one in MEASURES[name].field.verdicts(pairs))


def _score(name: str, measure: Measure, pairs: Sequence[Pair]) -> Score:
    verdicts = measure.field.verdicts(pairs)
    measured = verdicts or measure.counts_faults
    return Score(
        name=name,
        value=measure.score(verdicts) if measured else None,
        mails=len(verdicts),
        counts_faults=measure.counts_faults,
    )


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


def _labelled(*keys: str) -> Callable[[Pair], bool]:
    return lambda pair: pair.label.says(*keys)


def _same_name(name: str, label_key: str | None = None) -> Field:
    """A field that label and outcome hold in the same form."""
    key = label_key or name
    return Field(
        applies=_labelled(key),
        wanted=lambda pair: getattr(pair.label, key),
        found=lambda pair: getattr(pair.outcome, name),
    )


def _within_tolerance(wanted: datetime | None, found: datetime | None) -> bool:
    if wanted is None or found is None:
        return wanted is found
    return abs(wanted - found) <= TOLERANCE


def _found_deadline(pair: Pair) -> datetime | None:
    return pair.outcome.deadline.at if pair.outcome.deadline else None


def _same_signs(wanted: str | None, found: str | None) -> bool:
    return _signs(wanted) == _signs(found)


def _signs(text: str | None) -> str:
    return "".join(sign for sign in (text or "").casefold() if sign.isalnum())


def _same_items(wanted: Sequence[Hashable], found: Sequence[Hashable]) -> bool:
    return Counter(wanted) == Counter(found)


def _plain(text: str) -> str:
    return " ".join(text.replace("\0", "").split())


def _own_text_faults(pair: Pair) -> list[str]:
    text = _plain(pair.outcome.own_text)
    lacking = [f"lacks: {part}" for part in pair.label.own_text_contains if _plain(part) not in text]
    foreign = [f"holds: {part}" for part in pair.label.own_text_excludes if _plain(part) in text]
    return lacking + foreign
