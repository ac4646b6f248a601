"""Links between parties whose matters were decided at the same moment by different daemons.

Each decides in its own party's lock and cannot see what the other has not committed yet. So both look
again afterwards; whoever sees the other plans the one link that the pair gets.
"""

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from daemon.plan import LINKS, LinkPayload, append, last_recovery
from daemon.store.database import Database
from daemon.store.models import LookupKey, Matter, Message, Relation
from daemon.store.states import ActionKind, KeyKind
from daemon.tokens import pair_token
from parsers.facts import RelationType


def link_unseen(database: Database, message_id: int) -> bool:
    """Link the matter that this message opened to another party's about the same content, if one is unlinked.

    Returns whether a link was planned. May be repeated.
    """
    with database.read() as session:
        pair = _unlinked_pair(session, message_id)
    if pair is None:
        return False
    try:
        with database.write("link unseen") as session:
            _plan_link(session, *pair)
    except IntegrityError:  # the other one was quicker
        return False
    return True


def _unlinked_pair(session: Session, message_id: int) -> tuple[int, int] | None:
    """The matter that the message opened as new, and the oldest of others that share its content."""
    opened = session.scalar(select(Matter).where(Matter.opened_by == message_id))
    relation = session.get(Relation, message_id)
    if opened is None or relation is None or relation.type is not RelationType.NEW:
        return None
    ours, theirs, linked = aliased(LookupKey), aliased(LookupKey), aliased(Relation)
    others = (
        select(Matter.id)
        .join(theirs, theirs.matter_id == Matter.id)
        .join(ours, (ours.kind == theirs.kind) & (ours.value == theirs.value))
        .where(
            ours.matter_id == opened.id,
            ours.kind == KeyKind.REFERENCE,
            Matter.party != opened.party,
            ~exists().where(linked.message_id == Matter.opened_by, linked.related_to == opened.id),
        )
        .order_by(Matter.id)
        .limit(1)
    )
    other = session.scalar(others)
    return (opened.id, other) if other is not None else None


def _plan_link(session: Session, ours: int, theirs: int) -> None:
    matter, other = session.get_one(Matter, ours), session.get_one(Matter, theirs)
    message = session.get_one(Message, matter.opened_by)
    token = pair_token(ActionKind.LINK, message, session.get_one(Message, other.opened_by))
    payload = LINKS.dump_python(LinkPayload(other_matter=other.id), mode="json")
    append(session, matter, message, [(ActionKind.LINK, token, payload)], last_recovery(session))
    relation = session.get_one(Relation, message.id)
    relation.type, relation.related_to = RelationType.RELATED, other.id
    relation.reason = "another sender reported the same content at the same time"
