"""Which message is decided next, by whom: in order within a party, and one party by one daemon at a time."""

from sqlalchemy import ColumnElement, Exists, Select, and_, exists, func, not_, select
from sqlalchemy.orm import Session, aliased

from daemon.store.database import Database
from daemon.store.models import Message
from daemon.store.states import MessageState

MOST_BUSY_PARTIES = 10
"""Parties that others decide for just now, after which it is left to the next turn."""


class Queue:
    """The messages that wait to be decided. Statements are built once, which costs more than to run them."""

    def __init__(self, database: Database) -> None:
        self._is_shared = not database.is_embedded
        self._first = _decidable(database)
        self._place = self._first.with_only_columns(Message.id, Message.party)

    def next_message(self, session: Session) -> Message | None:
        """The message to be decided now; its party stays locked until the end of the transaction."""
        if not self._is_shared:  # then its one writer is we
            return session.scalar(self._first)
        busy: list[str] = []
        while len(busy) < MOST_BUSY_PARTIES:
            others = self._place.where(Message.party.not_in(busy)) if busy else self._place
            found = session.execute(others).first()
            if found is None:
                return None
            if _locked(session, found.party):
                # Seen before the lock was had: what others committed meanwhile may have changed it.
                return session.scalar(self._first.where(Message.id == found.id))
            busy.append(found.party)
        return None


def lock_party(session: Session, party: str) -> None:
    """Wait until no daemon decides for the party, and keep them from it until the transaction ends."""
    if session.get_bind().dialect.name != "sqlite":  # it has one writer at a time anyway
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(party, 0))))


def _locked(session: Session, party: str) -> bool:
    key = func.hashtextextended(party, 0)
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(key))))


def _decidable(database: Database) -> Select[Message]:
    """The first assessed message that no older one stands in the way of."""
    due = and_(Message.state == MessageState.ASSESSED, Message.next_try_at <= database.from_now())
    return select(Message).where(due, *_unhindered()).order_by(Message.haste, Message.id).limit(1)


def _unhindered() -> tuple[ColumnElement[bool], ...]:
    """One condition for each thing that can stand in the way, each answered by one index."""
    return (
        not_(_older(MessageState.ASSESSED, of_its_party=True)),
        not_(_older(MessageState.COLLECTED, of_its_party=True)),
        not_(_older_of_nobody_yet()),
        not_(and_(Message.awaits_all, _older(MessageState.ASSESSED))),
        not_(and_(Message.awaits_all, _older(MessageState.COLLECTED))),
    )


def _older(state: MessageState, *, of_its_party: bool = False) -> Exists:
    older = aliased(Message)
    found = exists().where(older.state == state, older.id < Message.id)
    return found.where(older.party == Message.party) if of_its_party else found


def _older_of_nobody_yet() -> Exists:
    """A mail whose headers do not tell its party may be anybody's until it is read."""
    older = aliased(Message)
    return exists().where(older.state == MessageState.COLLECTED, older.party.is_(None), older.id < Message.id)
