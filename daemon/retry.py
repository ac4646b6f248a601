"""What a person does about failed actions: they are tried again, or left as they are."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import MailwardenError
from config.instant import utcnow
from daemon.ledger import Event, record
from daemon.matter import find_matter
from daemon.settlement import SPARED
from daemon.store.database import Database
from daemon.store.models import DUE_AT_ONCE, Action, Matter
from daemon.store.states import ActionKind, ActionState

REASON_CHARACTERS = 300  # as the column takes


class NothingFailed(MailwardenError):
    """No action of this matter has failed; `run.py status` names those that have."""


class NothingToLeave(MailwardenError):
    """Only files, watchers, reopenings and acknowledgements may be left; all else must be mended."""


class UnusableReason(MailwardenError):
    """The reason is empty or too long; say in a sentence why."""


def retry_failed(database: Database, name: str) -> int:
    """Try the matter's failed actions again; returns how many there are.

    Each is looked for first: that it failed does not tell that nothing was done. An acknowledgement, which
    can't be looked for, is sent again only if it is certain that no server has taken it.

    Raises:
        NoSuchMatter: nothing has this name.
        NothingFailed: there is nothing to try.
    """
    with database.write("retry failed") as session:
        matter = find_matter(session, name)
        actions = _failed(session, matter, name)
        for action in actions:
            certain = action.kind is ActionKind.ACKNOWLEDGE and not action.look_first
            action.state = ActionState.PLANNED if certain else ActionState.UNKNOWN
            action.tries, action.next_try_at = 0, DUE_AT_ONCE
            record(session, Event.RETRIED, utcnow(), matter_id=matter.id, action_id=action.id)
        return len(actions)


def leave_failed(database: Database, name: str, *, reason: str, by: str) -> int:
    """Leave the matter's failed actions as they are, where its ticket can do without; returns how many.

    The reason is kept with each, after what went wrong.

    Raises:
        NoSuchMatter: nothing has this name.
        NothingFailed: nothing has failed.
        NothingToLeave: the ticket can't do without any of them.
        UnusableReason: there is none, or it is too long.
    """
    with database.write("leave failed") as session:
        matter = find_matter(session, name)
        spared = [action for action in _failed(session, matter, name) if action.kind in SPARED]
        if not spared:
            raise NothingToLeave(f"{name}: {NothingToLeave.__doc__}")
        for action in spared:
            action.state, action.trouble = ActionState.LEFT, _kept(action, reason, by)
            record(session, Event.LEFT, utcnow(), matter_id=matter.id, action_id=action.id)
        return len(spared)


def _failed(session: Session, matter: Matter, name: str) -> Sequence[Action]:
    failed = select(Action).where(Action.matter_id == matter.id, Action.state == ActionState.FAILED)
    actions = session.scalars(failed.with_for_update()).all()
    if not actions:
        raise NothingFailed(f"{name}: {NothingFailed.__doc__}")
    return actions


def _kept(action: Action, reason: str, by: str) -> str:
    """The reason is never cut; what went wrong is, where both are too long."""
    kept = f"left by {by}: {reason.strip()}"
    if not reason.strip() or len(kept) > REASON_CHARACTERS:
        raise UnusableReason(str(UnusableReason.__doc__))
    before = (action.trouble or "")[: max(0, REASON_CHARACTERS - len(kept) - 2)]
    return f"{before}; {kept}" if before else kept
