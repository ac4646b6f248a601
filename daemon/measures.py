"""How well outcomes agree with labels. Everything here is a pure function over pairs of the two."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import eq
from typing import Any

from daemon.labels import JOINS, Label
from daemon.outcome import Outcome
from daemon.scoring import (
    Scorer,
    Verdict,
    f1,
    macro_f1,
    mean_word_f1,
    number_wrong,
    precision,
    recall,
    share_right,
)
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


def _critical(pair: Pair) -> bool:
    return pair.label.urgency is Urgency.CRITICAL


def _relation_type(pair: Pair) -> object:
    return pair.label.relation.type if pair.label.relation else None


_URGENCY = _same_name("urgency")
_REFS = replace(_same_name("refs"), alike=_same_items)
_DEADLINE = Field(
    applies=lambda pair: pair.label.says("deadline"),
    wanted=lambda pair: pair.due,
    found=_found_deadline,
    alike=_within_tolerance,
)
_RELATION = Field(
    applies=_labelled("relation"),
    wanted=_relation_type,
    found=lambda pair: pair.outcome.relation.type,
)
_MERGED = Field(
    applies=_labelled("relation"),
    wanted=lambda pair: pair.matter,
    found=lambda pair: pair.found_of if pair.has_joined else pair.matter,
)

MEASURES: Mapping[str, Measure] = {
    "language": Measure(field=_same_name("language"), score=share_right),
    "kind": Measure(field=_same_name("kind"), score=share_right),
    "sender_class": Measure(field=_same_name("sender_class"), score=share_right),
    "verified": Measure(
        field=Field(
            applies=_labelled("auth"),
            wanted=lambda pair: pair.label.auth == "pass",
            found=lambda pair: pair.outcome.verified,
        ),
        score=share_right,
    ),
    "urgency": Measure(field=_URGENCY, score=share_right),
    "urgency_macro_f1": Measure(field=_URGENCY, score=macro_f1),
    "critical_recall": Measure(field=replace(_URGENCY, applies=_critical), score=share_right),
    "missed_critical": Measure(
        field=replace(_URGENCY, applies=_critical, alike=lambda _, found: found not in CALM),
        score=number_wrong,
        counts_faults=True,
    ),
    "deadline": Measure(
        field=replace(_DEADLINE, applies=lambda pair: pair.due is not None), score=share_right
    ),
    "false_deadlines": Measure(
        field=replace(_DEADLINE, applies=lambda pair: pair.label.says("deadline") and pair.due is None),
        score=number_wrong,
        counts_faults=True,
    ),
    "harm": Measure(field=_same_name("harm"), score=share_right),
    "refs_precision": Measure(field=_REFS, score=precision),
    "refs_recall": Measure(field=_REFS, score=recall),
    "refs": Measure(field=_REFS, score=f1),
    "authority_ref": Measure(
        field=replace(_same_name("authority_ref"), alike=_same_signs), score=share_right
    ),
    "relation": Measure(field=_RELATION, score=share_right),
    "relation_of": Measure(
        field=Field(
            applies=lambda pair: pair.wanted_of is not None,
            wanted=lambda pair: pair.wanted_of,
            found=lambda pair: pair.found_of,
        ),
        score=share_right,
    ),
    "false_merges": Measure(field=_MERGED, score=number_wrong, counts_faults=True),
    "hard_negatives_merged": Measure(
        field=replace(_MERGED, applies=lambda pair: pair.label.hard_negative_of is not None),
        score=number_wrong,
        counts_faults=True,
    ),
    "own_text": Measure(
        field=Field(
            applies=_labelled("own_text_contains", "own_text_excludes"),
            wanted=lambda _: [],
            found=_own_text_faults,
        ),
        score=share_right,
    ),
    "own_text_words": Measure(
        field=Field(
            applies=lambda pair: pair.own_text is not None,
            wanted=lambda pair: _plain(pair.own_text or ""),
            found=lambda pair: _plain(pair.outcome.own_text),
        ),
        score=mean_word_f1,
    ),
    "attachments": Measure(
        field=Field(
            applies=_labelled("attachments"),
            wanted=lambda pair: [one.name for one in pair.label.attachments],
            found=lambda pair: [one.name for one in pair.outcome.attachments],
            alike=_same_items,
        ),
        score=f1,
    ),
    "acknowledge": Measure(field=_same_name("acknowledge", "ack"), score=share_right),
}
"""By the name that the table shows and that `--floor` and `--list` take."""
