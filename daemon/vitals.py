"""The vital signs of the flow: what waits where and since when, and who works on it.

Read alike by `status` and by every scrape of the metrics, so no query looks at what is finished: each
is answered from an index over what is still to be done, or from a table of a few rows, and costs as much
as the backlog is long, however much mail was ever received.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from daemon.store.database import Database
from daemon.store.models import NORMAL_HASTE, Action, LedgerEntry, Mailbox, Matter, Message, Running, Worker
from daemon.store.states import FINISHED, ActionState, Disposition, MessageState
from parsers.facts import Urgency

HASTENED, NOT_KNOWN = "hastened", "not known"
"""What stands for the urgency of a message before it is decided: its headers asked for haste, or nothing."""
UNFINISHED = tuple(state for state in ActionState if state not in FINISHED)
WATCHED = (*UNFINISHED, ActionState.FAILED)
HORIZONS = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=24))


class Stage(StrEnum):
    """A step that something can wait for."""

    ASSESS = "assess"
    DECIDE = "decide"
    DELIVER = "deliver"


AWAITED_BY = {
    MessageState.COLLECTED: Stage.ASSESS,
    MessageState.ASSESSED: Stage.DECIDE,
    ActionState.PLANNED: Stage.DELIVER,
    ActionState.WAITING: Stage.DELIVER,
}
"""The step that leads out of each state in which something waits."""


@dataclass(frozen=True, kw_only=True)
class Pile:
    """Messages or actions that are alike in state and urgency."""

    state: MessageState | ActionState
    urgency: str  # see `HASTENED` for that of messages
    count: int
    oldest_at: datetime  # when the mail behind the oldest of them was collected


@dataclass(frozen=True, kw_only=True)
class Living:
    """A running daemon."""

    instance: str
    lease_seconds: float  # what is left of its lease; negative when it was not heard of for too long


@dataclass(frozen=True, kw_only=True)
class Vitals:
    """A snapshot of the vital signs."""

    mailboxes: tuple[Mailbox, ...]
    piles: tuple[Pile, ...]  # those with anything on them
    collected: int  # the number of the newest message
    held: int
    due_within: dict[timedelta, int]  # matters whose clock runs out so soon
    overdue: int  # matters whose clock ran out before all their actions were carried out
    daemons: tuple[Living, ...]
    loops: tuple[Worker, ...]  # of the daemons whose lease holds
    unsealed: int  # ledger entries that are not chained yet
    unsealed_since: datetime | None  # when the oldest of them was made

    def count(self, *states: MessageState | ActionState) -> int:
        """How many messages or actions are in one of these states."""
        return sum(pile.count for pile in self.piles if pile.state in states)


def read_vitals(session: Session, database: Database, now: datetime) -> Vitals:
    """Read the vital signs in the transaction under way."""
    daemons = tuple(_daemons(session, database))
    unsealed, unsealed_since = unsealed_tail(session)
    return Vitals(
        mailboxes=tuple(session.scalars(select(Mailbox).order_by(Mailbox.name))),
        piles=(*_message_piles(session), *_action_piles(session)),
        collected=session.scalar(select(func.max(Message.id))) or 0,
        held=session.scalar(held_count()) or 0,
        due_within=_due_within(session, now),
        overdue=session.scalar(overdue_count(now)) or 0,
        daemons=daemons,
        loops=tuple(session.scalars(_loops(daemons))),
        unsealed=unsealed,
        unsealed_since=unsealed_since,
    )


def message_counts() -> Select[MessageState, int, int, int]:
    """State, haste, count and oldest id of the messages that are not decided yet."""
    return (
        select(Message.state, Message.haste, func.count(), func.min(Message.id))
        .where(Message.state.in_((MessageState.COLLECTED, MessageState.ASSESSED)))
        .group_by(Message.state, Message.haste)
    )


def action_counts() -> Select[ActionState, int, int, int]:
    """State, urgency, count and oldest id of the actions that are not done."""
    return (
        select(Action.state, Action.urgency_order, func.count(), func.min(Action.id))
        .where(Action.state.in_(WATCHED))
        .group_by(Action.state, Action.urgency_order)
    )


def held_count() -> Select[int]:
    """How many messages wait for a person."""
    return select(func.count()).where(Message.disposition == Disposition.HELD)


def due_counts(now: datetime) -> Select[*tuple[int, ...]]:
    """How many matters have a clock that runs out within each of the `HORIZONS`."""
    counts = (func.count().filter(Matter.due_at <= now + horizon) for horizon in HORIZONS)
    return select(*counts).where(Matter.due_at > now, Matter.due_at <= now + max(HORIZONS))


def overdue_count(now: datetime) -> Select[int]:
    """How many matters ran out of time while something of them was still to be carried out."""
    late = Action.state.in_(UNFINISHED), Action.deliver_by <= now
    return select(func.count(Action.matter_id.distinct())).where(*late)


def unsealed_count() -> Select[int, int | None]:
    """How many ledger entries are not sealed yet, and the id of the oldest."""
    return select(func.count(), func.min(LedgerEntry.id)).where(LedgerEntry.sequence.is_(None))


def unsealed_tail(session: Session) -> tuple[int, datetime | None]:
    """How many ledger entries are not sealed yet, and when the oldest was made."""
    count, first = session.execute(unsealed_count()).one()
    return count, session.get_one(LedgerEntry, first).at if count else None


def _message_piles(session: Session) -> Iterator[Pile]:
    found = session.execute(message_counts()).all()
    oldest = select(Message.id, Message.collected_at).where(Message.id.in_([row[3] for row in found]))
    collected_at = dict(session.execute(oldest).all())
    for state, haste, count, first in found:
        urgency = HASTENED if haste < NORMAL_HASTE else NOT_KNOWN
        yield Pile(state=state, urgency=urgency, count=count, oldest_at=collected_at[first])


def _action_piles(session: Session) -> Iterator[Pile]:
    found = session.execute(action_counts()).all()
    behind = select(Action.id, Message.collected_at).join(Message, Message.id == Action.message_id)
    collected_at = dict(session.execute(behind.where(Action.id.in_([row[3] for row in found]))).all())
    urgencies = sorted(Urgency, key=lambda urgency: -urgency.rank)
    for state, order, count, first in found:
        yield Pile(state=state, urgency=urgencies[order], count=count, oldest_at=collected_at[first])


def _due_within(session: Session, now: datetime) -> dict[timedelta, int]:
    return dict(zip(HORIZONS, session.execute(due_counts(now)).one(), strict=True))


def _daemons(session: Session, database: Database) -> Iterator[Living]:
    found = select(Running.instance, Running.expires_at, database.from_now())
    for instance, expires_at, now in session.execute(found.order_by(Running.instance)):
        yield Living(instance=instance, lease_seconds=(expires_at - now).total_seconds())


def _loops(daemons: tuple[Living, ...]) -> Select[Worker]:
    heard_of = [daemon.instance for daemon in daemons if daemon.lease_seconds > 0]
    return select(Worker).where(Worker.instance.in_(heard_of)).order_by(Worker.instance, Worker.name)
