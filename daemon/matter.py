"""One matter as it stands, with all that led there: what a post-mortem starts from."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from config.errors import MailwardenError
from daemon.store.database import Database
from daemon.store.models import (
    Action,
    Correction,
    LedgerEntry,
    Matter,
    MatterClock,
    Message,
    Relation,
    StoredReport,
)
from daemon.store.states import ActionKind, ActionState, ClockState, CorrectionKind, Disposition, Ruling
from parsers.facts import REPORTS, RelationType, Urgency
from rules.clocks import EVIDENCE, ClockKind, Evidence

_NUMBER = re.compile(r"#?(\d{1,18})")


class NoSuchMatter(MailwardenError):
    """No matter has this ticket or number; take the key from Jira, or the number from the ledger."""


@dataclass(frozen=True, kw_only=True)
class MessageOfMatter:
    """A message that belongs to the matter, and why."""

    number: int
    mailbox: str
    received_at: datetime
    relation: RelationType
    reason: str  # of the relation
    disposition: Disposition | None
    disposition_reason: str | None
    sha256: str


@dataclass(frozen=True, kw_only=True)
class ClockOfMatter:
    """A time by which something must be done."""

    number: int
    message: int  # the number of the message that brought it
    due_at: datetime  # UTC
    due_local: Mapping[str, datetime]  # the same instant, by time zone of the settings
    source: str  # a statute, or the mail's own words
    phrase: str  # the words that state it
    binding: bool  # False: a wish
    confirm: bool  # computed from a statute: a person confirms it
    ruling: Ruling | None  # what became of it by a person's word
    corrected_due_at: datetime | None  # UTC; then this counts, not `due_at`
    paused_at: datetime | None  # UTC; since then it stands still
    kind: ClockKind
    starts_at: datetime  # UTC
    state: ClockState
    governs: bool  # of those that run, it is the binding one that runs out first
    stopped_by: int | None  # the number of the message that extended it or took it back
    stopping_phrase: str | None  # that message's words
    evidence: Evidence | None  # None where nothing was read: of a person's clock, or before it was kept


@dataclass(frozen=True, kw_only=True)
class OrderOfMatter:
    """What an order or request contains of that which its law asks for."""

    message: int  # the number of the message that it came in
    regime: str  # the law's id in clocks.yaml
    found: Mapping[str, str]  # by element, the words by which it was found
    missing: tuple[str, ...]
    unjudged: tuple[str, ...]  # could not be looked for in the mail's language


@dataclass(frozen=True, kw_only=True)
class CorrectionOfMatter:
    """What a person put right, and why."""

    number: int
    at: datetime
    by: str
    reason: str
    kind: CorrectionKind
    other: str | None  # the other matter's ticket or number, of a split or a merge
    change: Mapping[str, str | int | None]  # its keys depend on the kind


@dataclass(frozen=True, kw_only=True)
class ActionOfMatter:
    """One effect on the outside, and how far it has come."""

    number: int
    message: int  # the number of the message that led to it
    kind: ActionKind
    state: ActionState
    tries: int
    trouble: str | None
    outcome: str | None  # the ticket's key, the comment's id, or the ticket that was changed


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A ledger entry."""

    number: int
    at: datetime
    event: str
    message: int | None
    action: int | None
    facts: Mapping[str, str | int | bool | None]


@dataclass(frozen=True, kw_only=True)
class MatterView:
    """The matter. Messages, corrections, actions and ledger are in the order in which they came."""

    number: int
    ticket: str | None  # None while it does not exist yet
    party: str
    opened_at: datetime
    verified: bool
    urgency: Urgency
    urgency_by_person: bool  # then mail does not change it
    due_at: datetime | None
    merged_into: str | None  # the ticket or number of the matter that it is part of
    messages: tuple[MessageOfMatter, ...]
    clocks: tuple[ClockOfMatter, ...]  # the first to run out on top
    orders: tuple[OrderOfMatter, ...]  # under laws that ask for certain elements
    corrections: tuple[CorrectionOfMatter, ...]
    actions: tuple[ActionOfMatter, ...]
    ledger: tuple[Entry, ...]


def view(database: Database, name: str, *, time_zones: Iterable[str]) -> MatterView:
    """The matter with this ticket key, or, as `#12`, with this number; raises `NoSuchMatter`."""
    with database.read() as session:
        matter = find_matter(session, name)
        messages = tuple(_messages(session, matter))
        return MatterView(
            number=matter.id,
            ticket=matter.ticket_key,
            party=matter.party,
            opened_at=matter.opened_at,
            verified=matter.verified,
            urgency=matter.urgency,
            urgency_by_person=matter.urgency_by_person,
            due_at=matter.due_at,
            merged_into=_name_of(session, matter.merged_into),
            messages=messages,
            orders=tuple(_orders(session, [message.number for message in messages])),
            clocks=tuple(_clocks(session, matter, [ZoneInfo(zone) for zone in time_zones])),
            corrections=tuple(_corrections(session, matter)),
            actions=tuple(_actions(session, matter)),
            ledger=tuple(_ledger(session, matter, [message.number for message in messages])),
        )


def find_matter(session: Session, name: str) -> Matter:
    """The matter with this ticket key, or, as `#12`, with this number; raises `NoSuchMatter`."""
    number = _NUMBER.fullmatch(name)
    named = Matter.id == int(number[1]) if number else Matter.ticket_key == name.upper()
    matter = session.scalar(select(Matter).where(named))
    if matter is None:
        raise NoSuchMatter(
            f"no matter is known as {name}; name its ticket, such as INC-7, or its number, such as '#12'"
        )
    return matter


def _messages(session: Session, matter: Matter) -> Iterable[MessageOfMatter]:
    found = (
        select(Message, Relation)
        .join(Relation, Relation.message_id == Message.id)
        .where(Relation.matter_id == matter.id)
        .order_by(Message.id)
    )
    for message, relation in session.execute(found):
        yield MessageOfMatter(
            number=message.id,
            mailbox=message.mailbox,
            received_at=message.received_at,
            relation=relation.type,
            reason=relation.reason,
            disposition=message.disposition,
            disposition_reason=message.disposition_reason,
            sha256=message.sha256,
        )


def _clocks(session: Session, matter: Matter, zones: Iterable[ZoneInfo]) -> Iterable[ClockOfMatter]:
    found = select(MatterClock).where(MatterClock.matter_id == matter.id)
    clocks = session.scalars(found.order_by(MatterClock.due_at, MatterClock.id)).all()
    first = min((at for clock in clocks if (at := clock.runs_out_at)), default=None)
    for clock in clocks:
        yield ClockOfMatter(
            number=clock.id,
            message=clock.message_id,
            due_at=clock.due_at,
            due_local={zone.key: clock.counts.astimezone(zone) for zone in zones},
            source=clock.source,
            phrase=clock.phrase,
            binding=clock.binding,
            confirm=clock.confirm,
            ruling=clock.ruling,
            corrected_due_at=clock.corrected_due_at,
            paused_at=clock.paused_at,
            kind=ClockKind.of(clock.source),
            starts_at=clock.starts_at,
            state=clock.state,
            governs=first is not None and clock.runs_out_at == first,
            stopped_by=clock.stopped_by,
            stopping_phrase=clock.stopping_phrase,
            evidence=EVIDENCE.validate_python(clock.evidence) if clock.evidence else None,
        )


def _orders(session: Session, messages: list[int]) -> Iterable[OrderOfMatter]:
    found = select(StoredReport).where(StoredReport.message_id.in_(messages))
    for stored in session.scalars(found.order_by(StoredReport.message_id)):
        for order in REPORTS.validate_python(stored.document).orders:
            yield OrderOfMatter(
                message=stored.message_id,
                regime=order.regime,
                found={each.element: each.words for each in order.found},
                missing=order.missing,
                unjudged=order.unjudged,
            )


def _corrections(session: Session, matter: Matter) -> Iterable[CorrectionOfMatter]:
    """Of a split or a merge both matters tell."""
    found = select(Correction).where(or_(Correction.matter_id == matter.id, Correction.other_id == matter.id))
    for row in session.scalars(found.order_by(Correction.id)):
        yield CorrectionOfMatter(
            number=row.id,
            at=row.at,
            by=row.by,
            reason=row.reason,
            kind=row.kind,
            other=_name_of(session, row.matter_id if row.other_id == matter.id else row.other_id),
            change=row.change,
        )


def _name_of(session: Session, number: int | None) -> str | None:
    return session.get_one(Matter, number).name if number is not None else None


def _actions(session: Session, matter: Matter) -> Iterable[ActionOfMatter]:
    found = select(Action).where(Action.matter_id == matter.id).order_by(Action.position)
    for action in session.scalars(found):
        yield ActionOfMatter(
            number=action.id,
            message=action.message_id,
            kind=action.kind,
            state=action.state,
            tries=action.tries,
            trouble=action.trouble,
            outcome=action.outcome,
        )


def _ledger(session: Session, matter: Matter, messages: list[int]) -> Iterable[Entry]:
    """What happened to the matter and, before it was known which matter they belong to, to its messages."""
    concerns = or_(LedgerEntry.matter_id == matter.id, LedgerEntry.message_id.in_(messages))
    for entry in session.scalars(select(LedgerEntry).where(concerns).order_by(LedgerEntry.id)):
        yield Entry(
            number=entry.id,
            at=entry.at,
            event=entry.event,
            message=entry.message_id,
            action=entry.action_id,
            facts=entry.facts,
        )
