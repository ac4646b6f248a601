"""Free what daemons had claimed that are no longer heard of."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, delete, select, true, update
from sqlalchemy.orm import Session

from config.instant import utcnow
from daemon.lease import Lease, LeaseLost
from daemon.ledger import Event, record
from daemon.store.database import Database, rows_changed
from daemon.store.models import Action, Duty, Message, Running, Worker
from daemon.store.states import ActionState

LIVING = select(Running.id)

log = structlog.get_logger()


def reap(database: Database, unknown_wait: timedelta, *, spare: str = "") -> int:
    """Free all claims that no running daemon has; returns how many there were.

    The lease `spare` is left alone though it has expired: its own daemon is about to renew it.

    What was being sent may have been carried out, and may still be under way: it is looked for after
    a wait that outlasts the call. Nobody is waited for: what a daemon that was stopped in the middle of a
    transaction still has locked is freed another time.
    """
    with database.write("reap") as session:
        database.end_pauses(session)
        overdue = Running.expires_at < database.from_now(), Running.id != spare
        expired = select(Running.id).where(*overdue)
        session.execute(delete(Running).where(Running.id.in_(expired.with_for_update(skip_locked=True))))
        orphaned = select(Duty.name).where(Duty.held_by.is_not(None), Duty.held_by.not_in(LIVING))
        free = update(Duty).where(Duty.name.in_(orphaned.with_for_update(skip_locked=True)))
        session.execute(free.values(held_by=None))
        return _free_messages(session) + _free_actions(session, database.from_now(unknown_wait))


def forget_instance(database: Database, instance: str) -> None:
    """At start: an earlier daemon of this name is known to have ended, so its lease need not run out."""
    mine = true() if database.is_embedded else Running.instance == instance  # whatever it was called then
    with database.write("forget instance") as session:
        session.execute(delete(Running).where(mine))
        session.execute(delete(Worker).where(Worker.instance == instance))


class Heartbeat:
    """The step that keeps the daemon's lease, and frees what others left behind."""

    name = "heartbeat"

    def __init__(
        self,
        *,
        lease: Lease,
        database: Database,
        unknown_wait: timedelta,
        wake: Callable[[], None],
        keep_name: Callable[[], bool] = lambda: True,
    ) -> None:
        """`wake` is called when something was freed; `keep_name` tells whether nobody else has the name."""
        self._lease = lease
        self._database = database
        self._unknown_wait = unknown_wait
        self._wake = wake
        self._keep_name = keep_name
        self._stopping = threading.Event()

    def work(self) -> bool:
        """Free what nobody has any more, and renew the lease, which takes over duties that were just freed.

        At once again after the lease was lost, to free what it had.
        """
        if freed := reap(self._database, self._unknown_wait, spare=self._lease.id):
            log.warning("claims freed", count=freed)
            self._wake()
        if not self._keep_name():
            log.warning("name taken by another daemon")
        try:
            self._lease.renew()
        except LeaseLost:
            log.warning("lease lost")
            return True
        return False

    def failed(self, error: Exception) -> None:
        """The lease runs out by itself when it can't be renewed in time."""

    def rest(self) -> None:
        """Wait until the next renewal."""
        self._stopping.wait(self._lease.renewal_seconds)

    def interrupt(self) -> None:
        """End the wait."""
        self._stopping.set()

    def close(self) -> None:
        """The lease is given back by whoever ends the daemon, after all loops have ended."""


def _free_messages(session: Session) -> int:
    claimed = Message.claimed_by.is_not(None), Message.claimed_by.not_in(LIVING)
    orphaned = select(Message.id).where(*claimed).with_for_update(skip_locked=True)
    free = update(Message).where(Message.id.in_(orphaned)).values(claimed_by=None)
    return rows_changed(session.execute(free))


def _free_actions(session: Session, look_at: ColumnElement[datetime]) -> int:
    claimed = Action.claimed_by.is_not(None)
    orphaned = select(Action).where(claimed, Action.claimed_by.not_in(LIVING))
    orphans = session.scalars(orphaned.with_for_update(skip_locked=True)).all()
    for action in orphans:
        if action.state is ActionState.SENDING:
            action.state, action.sweeps = ActionState.UNKNOWN, 0
            ids = {"matter_id": action.matter_id, "action_id": action.id}
            record(session, Event.UNKNOWN, utcnow(), **ids, why="its daemon ended")
        # Also one that was only being looked for: what its daemon did last is not known.
        action.claimed_by, action.next_try_at = None, look_at
    return len(orphans)
