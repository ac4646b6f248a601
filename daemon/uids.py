"""What is stored of a mailbox, asked by UIDs. Statements are built once, at more cost than a run."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, bindparam, select, union
from sqlalchemy.orm import Session

from daemon.store.models import Mailbox, Message, Sighting

FEW = 500
FEW_GAPS = 4

_AMONG = bindparam("uids", type_=BigInteger, expanding=True)
_BETWEEN = bindparam("lowest", type_=BigInteger), bindparam("highest", type_=BigInteger)
_STORED = Message.mailbox == bindparam("mailbox"), Message.uidvalidity == bindparam("uidvalidity")
_SEEN = Sighting.mailbox == bindparam("mailbox"), Sighting.uidvalidity == bindparam("uidvalidity")
_IDS = select(Message.uid, Message.id).where(*_STORED)
_IDS_AMONG = _IDS.where(Message.uid.in_(_AMONG))
_IDS_BETWEEN = _IDS.where(Message.uid.between(*_BETWEEN))
_KNOWN_AMONG = union(
    select(Message.uid).where(*_STORED, Message.uid.in_(_AMONG)),
    select(Sighting.uid).where(*_SEEN, Sighting.uid.in_(_AMONG)),
)
_KNOWN_BETWEEN = union(
    select(Message.uid).where(*_STORED, Message.uid.between(*_BETWEEN)),
    select(Sighting.uid).where(*_SEEN, Sighting.uid.between(*_BETWEEN)),
)


def stored_uids(session: Session, mailbox: Mailbox, uids: Sequence[int]) -> frozenset[int]:
    """Which of these UIDs of the present epoch we know, by a message or by a sighting of one."""
    if not uids:
        return frozenset()
    statement = _KNOWN_AMONG if _are_scattered(uids) else _KNOWN_BETWEEN
    return frozenset(session.scalars(statement, _values(mailbox, uids))).intersection(uids)


def message_ids(session: Session, mailbox: Mailbox, uids: Sequence[int]) -> Mapping[int, int]:
    """The ids of the messages of the present epoch with these UIDs, and perhaps of others between them."""
    statement = _IDS_AMONG if _are_scattered(uids) else _IDS_BETWEEN
    return dict(session.execute(statement, _values(mailbox, uids)).all())


def _are_scattered(uids: Sequence[int]) -> bool:
    """Whether it is cheaper to ask for each of them than for all that lie between them."""
    return len(uids) <= FEW and max(uids) - min(uids) > FEW_GAPS * len(uids)


def _values(mailbox: Mailbox, uids: Sequence[int]) -> dict[str, Any]:
    here = {"mailbox": mailbox.name, "uidvalidity": mailbox.uidvalidity}
    if _are_scattered(uids):
        return {**here, "uids": list(uids)}
    return {**here, "lowest": min(uids), "highest": max(uids)}
