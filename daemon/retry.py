"""A person has mended what made actions fail: they are tried again."""

from sqlalchemy import select

from config.errors import MailwardenError
from config.instant import utcnow
from daemon.ledger import Event, record
from daemon.matter import find_matter
from daemon.store.database import Database
from daemon.store.models import DUE_AT_ONCE, Action
from daemon.store.states import ActionState


class NothingFailed(MailwardenError):
    """No action of this matter has failed; `run.py status` names those that have."""


def retry_failed(database: Database, name: str) -> int:
    """Try the matter's failed actions again; returns how many there are.

    Each is looked for first: that it failed does not tell that nothing was done.

    Raises:
        NoSuchMatter: nothing has this name.
        NothingFailed: there is nothing to try.
    """
    with database.write("retry failed") as session:
        matter = find_matter(session, name)
        failed = select(Action).where(Action.matter_id == matter.id, Action.state == ActionState.FAILED)
        actions = session.scalars(failed.with_for_update()).all()
        if not actions:
            raise NothingFailed(f"{name}: {NothingFailed.__doc__}")
        for action in actions:
            action.state, action.tries, action.next_try_at = ActionState.UNKNOWN, 0, DUE_AT_ONCE
            record(session, Event.RETRIED, utcnow(), matter_id=matter.id, action_id=action.id)
        return len(actions)
