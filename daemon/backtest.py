"""What other rules would have decided of the mail that is stored.

Both rule sets are asked about each report with the facts of its own decision. One thing that they change
is followed: where the other rules would have set aside the mail that opened a matter, the next mail on
that matter would have been new.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session

from daemon.case_facts import CASE_FACTS, CaseFacts, case_of
from daemon.decision import due_by
from daemon.store.models import Message, Relation, Routing, StoredReport
from parsers.facts import REPORTS, RelationType, Urgency
from rules.case import Case
from rules.explain import extras_told
from rules.rota import Rotas
from rules.routing import Route, decide_route
from rules.schema import DEFAULT, Rules

AT_ONCE = 500
EXAMPLES = 5


class Change(StrEnum):
    """One way in which a decision differs."""

    SET_ASIDE = "newly set aside"
    NO_LONGER_SET_ASIDE = "no longer set aside"
    UNROUTED = "newly unrouted"  # only the default fits
    PROJECT = "other project"
    ISSUE_TYPE = "other issue type"
    PRIORITY_DOWN = "priority down"
    PRIORITY_UP = "priority up"
    ASSIGNEE = "other assignee"
    HELD = "newly held"
    NO_LONGER_HELD = "no longer held"
    LABELS = "other labels or components"
    SECURITY_LEVEL = "other security level"
    CLOCK_LOST = "lost its clock or time limit"
    CLOCK_WON = "won a time limit"
    DUE_LATER = "due later"
    DUE_SOONER = "due sooner"
    WATCHERS = "other watchers"
    FIELDS = "other fields"
    COMMENT_VISIBILITY = "other comment visibility"
    FILES = "other files"
    ACKNOWLEDGEMENT = "other acknowledgement"
    ROUTE = "other route"  # with nothing else changed, perhaps


PLAIN: dict[Change, Callable[[Route], object]] = {
    Change.PROJECT: lambda route: route.project,
    Change.ISSUE_TYPE: lambda route: route.issue_type,
    Change.ASSIGNEE: lambda route: route.assignee,
    Change.LABELS: lambda route: {*route.labels, *route.components},
    Change.SECURITY_LEVEL: lambda route: route.security_level,
    Change.WATCHERS: lambda route: {*route.watchers},
    Change.FIELDS: lambda route: route.fields,
    Change.COMMENT_VISIBILITY: lambda route: route.comment_visibility,
    Change.FILES: lambda route: route.files,
    Change.ACKNOWLEDGEMENT: lambda route: route.acknowledgement,
}
"""What is merely the same or not."""
WORSE = frozenset({Change.SET_ASIDE, Change.PRIORITY_DOWN, Change.CLOCK_LOST, Change.DUE_LATER})
"""What must not happen to a critical report without somebody wanting it."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One report of which the two decisions differ."""

    message_id: int
    received_at: datetime
    urgency: Urgency
    changes: tuple[Change, ...]
    before: str  # the decision in short
    after: str

    @property
    def alarming(self) -> bool:
        """Whether a critical report is worse off."""
        return self.urgency is Urgency.CRITICAL and not WORSE.isdisjoint(self.changes)


@dataclass(frozen=True, kw_only=True)
class Stored:
    """One decided report, with what it was decided on."""

    message_id: int
    matter_id: int | None
    report: str  # JSON
    facts: str  # JSON


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """What a back-test came to."""

    reports: int
    not_kept: int  # decided before the facts of decisions were kept, or erased: not asked about
    counts: dict[Change, int]
    alarming: tuple[Difference, ...]
    differences: tuple[Difference, ...]


def count_decided(session: Session, since: datetime) -> tuple[int, int]:
    """How many reports there are since then to ask about, and how many of which the facts were not kept."""
    decided = select(func.count(Routing.message_id), func.count(Routing.facts)).join(
        Message, Message.id == Routing.message_id
    )
    every, kept = session.execute(decided.where(Message.received_at >= since)).one()
    return kept, every - kept


def decided_since(session: Session, since: datetime) -> Iterator[Stored]:
    """The decided reports in the order of their decision, in bounded memory."""
    report, facts = cast(StoredReport.document, Text), cast(Routing.facts, Text)
    columns = select(Routing.message_id, Relation.matter_id, report, facts)
    joined = columns.join(StoredReport, StoredReport.message_id == Routing.message_id)
    joined = joined.join(Relation, Relation.message_id == Routing.message_id)
    wanted = joined.join(Message, Message.id == Routing.message_id).where(Message.received_at >= since)
    rows = session.execute(wanted.where(Routing.facts.is_not(None)).order_by(Routing.message_id))
    for message_id, matter_id, document, kept in rows.yield_per(AT_ONCE):
        yield Stored(message_id=message_id, matter_id=matter_id, report=document, facts=kept)


def compare(
    stored: Iterable[Stored], governing: Rules, candidate: Rules, rotas: Rotas | None = None
) -> Iterator[Difference | None]:
    """For each report how the two decisions differ; None where they do not."""
    never_opened: set[int | None] = set()
    for one in stored:
        report = REPORTS.validate_json(one.report)
        facts = CASE_FACTS.validate_json(one.facts)
        case = case_of(report, facts)
        as_new = one.matter_id is not None and one.matter_id in never_opened
        before = decide_route(case, governing, rotas)
        after = decide_route(replace(case, relation=RelationType.NEW) if as_new else case, candidate, rotas)
        opens = as_new or facts.relation in (RelationType.NEW, RelationType.RELATED)
        if opens and one.matter_id is not None and facts.held is None:
            (never_opened.add if after.set_aside else never_opened.discard)(one.matter_id)
        dues = (_due(route, case, joins=not opens) for route in (before, after))
        changes = (*_changes(before, after, joins=not opens), *_due_changes(*dues))
        yield _difference(one, facts, before, after, changes) if changes else None


def summed_up(found: Iterable[Difference | None], not_kept: int) -> Backtest:
    """The counts, every alarming difference, and all the others."""
    reports, differences = 0, []
    for difference in found:
        reports += 1
        if difference is not None:
            differences.append(difference)
    counts = Counter(change for difference in differences for change in difference.changes)
    return Backtest(
        reports=reports,
        not_kept=not_kept,
        counts={change: counts[change] for change in Change if counts[change]},
        alarming=tuple(difference for difference in differences if difference.alarming),
        differences=tuple(differences),
    )


def _changes(before: Route, after: Route, *, joins: bool) -> Iterator[Change]:
    if not joins and bool(before.set_aside) is not bool(after.set_aside):
        yield Change.SET_ASIDE if after.set_aside else Change.NO_LONGER_SET_ASIDE
    if before.name != DEFAULT and after.name == DEFAULT:
        yield Change.UNROUTED
    elif before.name != after.name:
        yield Change.ROUTE
    if before.priority != after.priority:
        is_up = after.priority.rank > before.priority.rank
        yield Change.PRIORITY_UP if is_up else Change.PRIORITY_DOWN
    if bool(before.hold) is not bool(after.hold):
        yield Change.HELD if after.hold else Change.NO_LONGER_HELD
    yield from (change for change, said in PLAIN.items() if said(before) != said(after))


def _due(route: Route, case: Case, *, joins: bool) -> datetime | None:
    """By when somebody would have seen to it; what gets no ticket is due by no time."""
    if route.set_aside and not joins:
        return None
    return due_by(case.report.received_at, case.due, route.due_within)


def _due_changes(before: datetime | None, after: datetime | None) -> Iterator[Change]:
    if before is None or after is None:
        if before != after:
            yield Change.CLOCK_WON if before is None else Change.CLOCK_LOST
    elif before != after:
        yield Change.DUE_LATER if after > before else Change.DUE_SOONER


def _difference(
    one: Stored, facts: CaseFacts, before: Route, after: Route, changes: tuple[Change, ...]
) -> Difference:
    return Difference(
        message_id=one.message_id,
        received_at=facts.now,
        urgency=facts.urgency,
        changes=changes,
        before=_in_short(before),
        after=_in_short(after),
    )


def _in_short(route: Route) -> str:
    if route.set_aside:
        return f"{route.name}: set aside"
    held = ", held" if route.hold else ""
    assignee = f", {route.assignee}" if route.assignee else ""
    marks = ", ".join((*route.labels, *route.components))
    told = "".join(f", {what} {value}" for what, value in extras_told(route))
    files = ", files copied" if route.files else ""
    receipt = f", receipt {route.acknowledgement}" if route.acknowledgement else ""
    whole = f"{route.name}: {route.project} {route.issue_type} {route.priority}"
    return f"{whole}{f' [{marks}]' if marks else ''}{assignee}{told}{files}{receipt}{held}"
