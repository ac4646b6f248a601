"""Take a restored backup into use: what was done after it was made is found again, not done again.

Tokens are derived from the messages, so the same mail leads to the same tokens. All that a restored
database may do a second time is looked for first: what it had planned, and what follows from mail that
was received before the recovery. Acknowledgements can't be looked for; they stay off until a person
says so.
"""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config.errors import MailwardenError
from config.instant import utcnow
from daemon.ledger import Event, record
from daemon.store.database import Database, rows_changed
from daemon.store.models import DUE_AT_ONCE, Action, Matter, Recovery, Running
from daemon.store.sole import sole
from daemon.store.states import FINISHED, ActionKind, ActionState

IN_TURN = (ActionState.PLANNED, ActionState.SENDING, ActionState.UNKNOWN)


class StillRunning(MailwardenError):
    """A daemon works on this database; stop it first, on every host."""


class NothingToAllow(MailwardenError):
    """Acknowledgements are not off: there was no recovery, or a person has allowed them since."""


def recover(database: Database) -> int:
    """Prepare the database for its next start; returns how many actions will be looked for.

    Raises:
        StillRunning: a daemon works on it.
    """
    lock = sole(database, "recover")
    lock.acquire()
    try:
        with database.write("recover") as session:
            _require_stillness(session, database)
            floors = known_floors(session)
            session.add(Recovery(at=utcnow(), floors=floors, acknowledging=False))
            _give_floors(session, floors)
            looked_for = _look_first(session)
            record(session, Event.RECOVERED, utcnow(), actions=looked_for)
            return looked_for
    finally:
        lock.release()


def allow_acknowledgements(database: Database) -> None:
    """A person has seen to it that nobody is answered twice.

    Raises:
        NothingToAllow: they are not off.
    """
    with database.write("allow acknowledgements") as session:
        off = update(Recovery).where(Recovery.acknowledging.is_(False))
        if not rows_changed(session.execute(off.values(acknowledging=True))):
            raise NothingToAllow(str(NothingToAllow.__doc__))
        record(session, Event.ACKNOWLEDGING, utcnow())


def known_floors(session: Session) -> dict[str, int]:
    """By project, the highest key number of our own tickets."""
    floors: dict[str, int] = {}
    for key in session.scalars(select(Matter.ticket_key).where(Matter.ticket_key.is_not(None))):
        project, _, number = (key or "").rpartition("-")
        floors[project] = max(floors.get(project, 0), int(number))
    return floors


def _require_stillness(session: Session, database: Database) -> None:
    alive = session.scalar(select(Running.instance).where(Running.expires_at > database.from_now()).limit(1))
    if alive is not None and not database.is_embedded:  # an embedded one is locked by now
        raise StillRunning(f"{StillRunning.__doc__} (instance: {alive})")


def _give_floors(session: Session, floors: dict[str, int]) -> None:
    """A create of the backup's may have been sent since; its ticket lies above what the backup knew."""
    unsent = select(Action).where(Action.kind == ActionKind.CREATE, Action.key_floor.is_(None))
    for action in session.scalars(unsent.where(Action.state.not_in(FINISHED))):
        action.key_floor = floors.get(action.payload["project"], 0)


def _look_first(session: Session) -> int:
    unfinished = update(Action).where(Action.state.not_in(FINISHED))
    session.execute(unfinished.values(look_first=True, claimed_by=None))
    in_turn = update(Action).where(Action.state.in_(IN_TURN))
    return rows_changed(session.execute(in_turn.values(state=ActionState.UNKNOWN, next_try_at=DUE_AT_ONCE)))
