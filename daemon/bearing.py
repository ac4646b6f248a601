"""Bearing: what holds for a matter once a report is taken into account: clocks, due time and urgency.

What a person has said about a matter's urgency, or about a clock, stands. A report that asks for
something else changes nothing there; it is told on the ticket, so that a person can decide again.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from config.regimes import Regimes
from daemon.clock_stops import Stop, earliest_without, stops_by
from daemon.relate import AUTOMATIC
from daemon.store.models import Matter, MatterClock, Message, RawMail, table_of
from daemon.store.states import Ruling
from parsers.facts import UNTOLD_HARMS, Harm, RelationType, Report, Urgency, Verification
from parsers.folding import fold
from rules.case import Case
from rules.clocks import STATED, Clock, governing, stated_clocks, statutory_clocks, urgency_of_matter
from rules.orders import Order, lacking, orders_of

_RAW = table_of(RawMail).c
SIZE = select(_RAW.size).where(_RAW.sha256 == bindparam("sha256"))
BY_PERSON = (Ruling.CONFIRMED, Ruling.CORRECTED, Ruling.PAUSED, Ruling.STOPPED)
_CLOCK = table_of(MatterClock).c
RULED = select(_CLOCK.source, _CLOCK.phrase).where(
    _CLOCK.matter_id == bindparam("matter"), or_(*(_CLOCK.ruling == ruling for ruling in BY_PERSON))
)

ClockName = tuple[str, str]
"""By which a clock is the same one again: its source and, for a stated limit, its words."""


@dataclass(frozen=True, kw_only=True)
class Bearing:
    """What holds."""

    clocks: tuple[Clock, ...]  # those that the report brings
    due: datetime | None
    urgency: Urgency
    superseded: tuple[Clock, ...] = ()  # brought by it too, and decided about by a person before
    asked: Urgency | None = None  # a higher level than the one that a person set
    stops: tuple[Stop, ...] = ()  # clocks of the matter that the report ends
    orders: tuple[Order, ...] = ()  # that the report holds, under laws that ask for certain elements

    def case(self, session: Session, message: Message, report: Report, relation: RelationType) -> Case:
        """What the rules are asked about."""
        return Case(
            report=report,
            mailbox=message.mailbox,
            relation=relation,
            urgency=self.urgency,
            due=self.due,
            now=report.received_at,
            held=message.held_reason,
            regimes=frozenset(clock.source for clock in self.clocks if clock.law),
            missing_elements=lacking(self.orders),
            size=session.scalar(SIZE, {"sha256": message.sha256}) or 0,
        )


def own_bearing(report: Report, regimes: Regimes) -> Bearing:
    """What holds by the report alone."""
    bearing = _by_clocks(report, (*stated_clocks(report), *statutory_clocks(report, regimes)))
    return replace(bearing, orders=orders_of(report, regimes))


def bearing_on(session: Session, matter: Matter, report: Report, regimes: Regimes) -> Bearing:
    """What holds for a known matter; only a verified sender's own mail changes anything."""
    if report.kind in AUTOMATIC or report.authenticity.verdict is not Verification.VERIFIED:
        return Bearing(clocks=(), due=matter.due_at, urgency=matter.urgency)
    decided = _decided_by_person(session, matter)
    brought = own_bearing(report, regimes)
    superseded = tuple(clock for clock in brought.clocks if clock_name(clock.source, clock.phrase) in decided)
    own = _by_clocks(report, tuple(clock for clock in brought.clocks if clock not in superseded))
    stops = stops_by(session, matter, report, own.clocks)
    before = earliest_without(session, matter, stops) if stops else matter.due_at
    is_higher = own.urgency.rank > matter.urgency.rank
    return Bearing(
        clocks=own.clocks,
        superseded=superseded,
        due=min((due for due in (own.due, before) if due), default=None),
        stops=stops,
        orders=brought.orders,
        urgency=own.urgency if is_higher and not matter.urgency_by_person else matter.urgency,
        asked=own.urgency if is_higher and matter.urgency_by_person else None,
    )


def as_of_matter(matter: Matter, report: Report) -> Report:
    """A later mail is about what its matter is about, for it seldom says so again.

    Thanks are about nothing. What concerns a child stays so, because that bears on what may be copied.
    """
    harm = matter.harm or Harm.OTHER
    is_own = report.harm in (Harm.NONE, Harm.CHILD_SAFETY) or harm in UNTOLD_HARMS
    if is_own or harm is report.harm:
        return report
    return replace(report, harm=harm, harm_sentences=())


def harm_after(matter: Matter, report: Report) -> Harm | None:
    """What the matter is about once a report is taken in: a verified sender may tell what was not told."""
    told = report.harm not in UNTOLD_HARMS and report.authenticity.verdict is Verification.VERIFIED
    return report.harm if told and (matter.harm or Harm.OTHER) in UNTOLD_HARMS else matter.harm


def clock_name(source: str, phrase: str) -> ClockName:
    """A statute sets one clock a matter; a stated limit is the same one where its words are."""
    return source, " ".join(fold(phrase).split()) if source == STATED else ""


def earliest(session: Session, matter: Matter) -> datetime | None:
    """When the first of the matter's clocks that bind runs out, by its rows and people's word on them."""
    return earliest_without(session, matter, ())


def _by_clocks(report: Report, clocks: tuple[Clock, ...]) -> Bearing:
    first = governing(clocks)
    return Bearing(
        clocks=clocks,
        due=first.due_at if first and first.binding else None,
        urgency=urgency_of_matter(report, clocks, report.received_at),
    )


def _decided_by_person(session: Session, matter: Matter) -> frozenset[ClockName]:
    ruled = session.execute(RULED, {"matter": matter.id})
    return frozenset(clock_name(source, phrase) for source, phrase in ruled)
