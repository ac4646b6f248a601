"""Clocks that a later mail of their matter ends: its sender extends a limit, or takes the order back.

Only a verified sender's mail gets here, and only clocks that nobody has ruled on are ended. An extension
ends the limits that the sender had stated before; what a law demands goes on, and a person stops it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from config.instant import utcnow
from daemon.ledger import Event, record
from daemon.store.models import Matter, MatterClock, Message, Relation
from daemon.store.states import ClockState, Stopping
from parsers.facts import Report
from rules.clocks import STATED, Clock


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A clock that a mail ends, and by which words."""

    clock: int  # the number of its row
    due_at: datetime
    source: str
    how: Stopping
    phrase: str


def stops_by(session: Session, matter: Matter, report: Report, clocks: Iterable[Clock]) -> tuple[Stop, ...]:
    """The clocks of the matter that this report, which brings those clocks, ends."""
    extension = max(
        (clock for clock in clocks if clock.extends and clock.binding),
        key=lambda clock: clock.due_at,
        default=None,
    )
    if extension is None and report.withdrawal is None:
        return ()
    rows = session.scalars(select(MatterClock).where(MatterClock.matter_id == matter.id))
    running = [row for row in rows if row.state is ClockState.RUNNING and row.binding]
    if extension is not None:
        stated = (row for row in running if row.source == STATED and row.due_at < extension.due_at)
        return tuple(_stop(row, Stopping.EXTENDED, extension.phrase) for row in stated)
    words = report.withdrawal.phrase if report.withdrawal else ""
    return tuple(_stop(row, Stopping.WITHDRAWN, words) for row in running)


def earliest_without(session: Session, matter: Matter, stops: Sequence[Stop]) -> datetime | None:
    """When the first of the matter's clocks runs out once these have ended."""
    ended = {stop.clock for stop in stops}
    rows = session.scalars(select(MatterClock).where(MatterClock.matter_id == matter.id))
    left = (row.runs_out_at for row in rows if row.id not in ended)
    return min((at for at in left if at is not None), default=None)


def carry_out(session: Session, stops: Iterable[Stop], message: Message, matter: Matter) -> None:
    """Note the ends, in the transaction under way."""
    for stop in stops:
        row = session.get_one(MatterClock, stop.clock)
        row.stopped_by, row.stopping, row.stopping_phrase = message.id, stop.how, stop.phrase
        record(
            session,
            Event.CLOCK_STOPPED,
            utcnow(),
            message_id=message.id,
            matter_id=matter.id,
            clock=stop.clock,
            how=stop.how.value,
        )


def resume_without_cause(session: Session, matter: Matter) -> None:
    """Let the matter's clocks run again that were ended by mail which is not the matter's any more."""
    belongs = exists().where(
        Relation.message_id == MatterClock.stopped_by, Relation.matter_id == MatterClock.matter_id
    )
    orphaned = update(MatterClock).where(
        MatterClock.matter_id == matter.id, MatterClock.stopped_by.is_not(None), ~belongs
    )
    running = orphaned.values(stopped_by=None, stopping=None, stopping_phrase=None)
    session.execute(running.execution_options(synchronize_session="fetch"))


def _stop(row: MatterClock, how: Stopping, phrase: str) -> Stop:
    return Stop(clock=row.id, due_at=row.due_at, source=row.source, how=how, phrase=phrase)
