"""Carry over: a matter goes on with another ticket, and what was done on the one before is done there again.

Of two tickets for one matter the older one is kept, also where the other one had been written on.
"""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from daemon.plan import LINKS, append, last_recovery, lock_matter
from daemon.store.models import Action, Matter, Message, Relation
from daemon.store.states import CARRIED_OUT, ActionKind
from daemon.tokens import repeated_token

STAYS = (ActionKind.CREATE, ActionKind.ACKNOWLEDGE)
"""Not done again: each ticket is there, and so is the mail."""


def carry_over(session: Session, matter_id: int, *, kept: str) -> None:
    """Make `kept` the matter's ticket and plan once more all that has been carried out.

    What is under way meanwhile is not planned again: whoever has it sees, once it is done, that the
    ticket is another one, and looks there.
    """
    lock_matter(session, matter_id).ticket_key = kept
    recovery = last_recovery(session)
    for done in (*_written(session, matter_id), *_links_to(session, matter_id)):
        matter = session.get_one(Matter, done.matter_id)
        message = session.get_one(Message, done.message_id)
        again = done.kind, repeated_token(done.kind, done.token, kept), done.payload
        append(session, matter, message, [again], recovery)


def _written(session: Session, matter_id: int) -> list[Action]:
    """What stands on the matter's ticket, in the order in which it was written."""
    done = Action.matter_id == matter_id, Action.state.in_(CARRIED_OUT), Action.kind.not_in(STAYS)
    return list(session.scalars(select(Action).where(*done).order_by(Action.position)))


def _links_to(session: Session, matter_id: int) -> Iterator[Action]:
    """What leads from other tickets to the matter's."""
    linking = select(Relation.matter_id).where(Relation.related_to == matter_id)
    merged = select(Matter.id).where(Matter.merged_into == matter_id)
    done = (
        Action.matter_id.in_(linking.union(merged)),
        Action.state.in_(CARRIED_OUT),
        Action.kind == ActionKind.LINK,
    )
    for action in session.scalars(select(Action).where(*done).order_by(Action.id)).all():
        if LINKS.validate_python(action.payload).other_matter == matter_id:
            yield action
