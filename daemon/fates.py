"""What became of each message, and whether that can be so: the part of the account that our tables tell."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from daemon.ledger import Event
from daemon.store.models import Action, LedgerEntry, Matter, Message, Relation
from daemon.store.states import CARRIED_OUT, ActionKind, ActionState, Disposition, MessageState

R = TypeVar("R", Action, LedgerEntry)

VERDICTS = (Event.DECIDED, Event.RELEASED, Event.SET_ASIDE)
"""The entries that name a disposition; the last one holds."""


class Fate(StrEnum):
    """Where a mail ended up."""

    OPENED = "opened"  # it opened a ticket
    UPDATED = "updated"  # it became a comment on one
    HELD = "held"  # its ticket asks for a person
    SET_ASIDE = "set_aside"
    UNFINISHED = "unfinished"  # not decided yet


@dataclass(frozen=True, kw_only=True)
class Period:
    """The time that an account is about."""

    since: datetime
    until: datetime  # not included

    def covers(self, at: datetime) -> bool:
        """Whether the instant lies in it."""
        return self.since <= at < self.until


@dataclass(frozen=True, kw_only=True)
class Traced:
    """A message of the period, with all that is known of what became of it."""

    message: Message
    matter: Matter | None
    actions: Sequence[Action]
    entries: Sequence[LedgerEntry]  # those that say that it was collected, and what was decided

    @property
    def fate(self) -> Fate:
        """Where the mail ended up."""
        match self.message.disposition:
            case Disposition.HELD:
                return Fate.HELD
            case Disposition.SET_ASIDE:
                return Fate.SET_ASIDE
            case Disposition.ON_TICKET:
                return Fate.OPENED if self._opened_matter else Fate.UPDATED
            case None:
                return Fate.UNFINISHED

    def faults(self) -> Iterator[str]:
        """Everything that keeps this message from being accounted for."""
        message = self.message
        if message.state is not MessageState.DECIDED:
            yield f"not finished yet: {message.state}"
        elif message.disposition is None:
            yield "decided, and without a disposition"
        elif message.disposition is Disposition.SET_ASIDE:
            if not message.disposition_reason:
                yield "set aside without a reason"
        else:
            yield from self._ticket_faults()
        yield from self._action_faults()
        yield from self._ledger_faults()

    @property
    def _opened_matter(self) -> bool:
        return self.matter is not None and self.matter.opened_by == self.message.id

    def _ticket_faults(self) -> Iterator[str]:
        """It stands on a ticket, and an action of its own put it there; `_action_faults` tells how far."""
        if self.matter is None:
            yield "on a ticket, and without a matter"
            return
        opens, matter = self._opened_matter, f"matter {self.matter.id}"
        kind = ActionKind.CREATE if opens else ActionKind.COMMENT
        placing = [action for action in self.actions if action.kind is kind]
        if not placing:
            yield f"no action of {matter} names it"
        elif any(action.state in CARRIED_OUT for action in placing):
            if self.matter.ticket_key is None:
                yield f"{matter} has no ticket"
            elif opens and self.matter.ticket_key not in {action.outcome for action in placing}:
                yield f"the ticket of {matter} is not the one that was opened"

    def _action_faults(self) -> Iterator[str]:
        for action in self.actions:
            if action.state not in CARRIED_OUT | {ActionState.LEFT}:
                given_up = action.state is ActionState.FAILED
                state = "was given up" if given_up else f"is {action.state}"
                yield f"not finished yet: action {action.id} ({action.kind}) {state}"

    def _ledger_faults(self) -> Iterator[str]:
        for event, wanted in ((Event.COLLECTED, True), (Event.DECIDED, self.message.disposition is not None)):
            count = sum(entry.event == event for entry in self.entries)
            if count != wanted:
                yield f"the ledger holds {count} entries “{event}” about it"
        said = [entry.facts.get("disposition") for entry in self.entries if entry.event in VERDICTS]
        if said and said[-1] != self.message.disposition:
            yield f"the ledger says {said[-1]}, the table {self.message.disposition}"


def trace(session: Session, mailbox: str, period: Period) -> list[Traced]:
    """The messages of a mailbox that arrived in the period, in the order of their numbers."""
    arrived = (
        Message.mailbox == mailbox,
        Message.received_at >= period.since,
        Message.received_at < period.until,
    )
    planned = select(Action).join(Message, Action.message_id == Message.id)
    told = select(LedgerEntry).join(Message, LedgerEntry.message_id == Message.id)
    told = told.where(LedgerEntry.event.in_((Event.COLLECTED, *VERDICTS)))
    actions = _by_message(session.scalars(planned.where(*arrived).order_by(Action.id)))
    entries = _by_message(session.scalars(told.where(*arrived).order_by(LedgerEntry.id)))
    messages = (
        select(Message, Matter)
        .outerjoin(Relation, Relation.message_id == Message.id)
        .outerjoin(Matter, Matter.id == Relation.matter_id)
        .where(*arrived)
        .order_by(Message.id)
    )
    return [
        Traced(message=message, matter=matter, actions=actions[message.id], entries=entries[message.id])
        for message, matter in session.execute(messages)
    ]


def lost_rows(session: Session, mailbox: str, period: Period) -> Iterator[LedgerEntry]:
    """Entries about mails that were collected in the period, and are in the table no more."""
    collected = select(LedgerEntry).where(
        LedgerEntry.event == Event.COLLECTED,
        LedgerEntry.at >= period.since,
        LedgerEntry.at < period.until,
        LedgerEntry.message_id.not_in(select(Message.id)),
    )
    for entry in session.scalars(collected.order_by(LedgerEntry.id)):
        if entry.facts.get("mailbox") == mailbox:
            yield entry


def _by_message(rows: Iterable[R]) -> dict[int | None, list[R]]:
    found: dict[int | None, list[R]] = defaultdict(list)
    for row in rows:
        found[row.message_id].append(row)
    return found
