"""Seal: committed ledger entries are chained, one after another, by one daemon at a time.

Steps insert their entries unsealed, each in its own transaction, so that none waits for another. The
order of the chain is the order of sealing: an entry whose transaction took longer comes later, whatever
its id. Of two entries about one message the second is only made after the first was committed, so
their order is kept.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from config.errors import MailwardenError
from config.instant import utcnow
from daemon.chain import Content, Place, Sealed, belongs, digest
from daemon.heads import Head, Heads
from daemon.store.database import Database, rows_changed
from daemon.store.models import LedgerEntry, table_of

DUTY = "seal"
BATCH = 500
REST_SECONDS = 2.0

LEDGER = table_of(LedgerEntry)
SAID = tuple(LEDGER.c[name] for name in ("at", "event", "message_id", "matter_id", "action_id", "facts"))
UNSEALED = select(LEDGER.c.id, *SAID).where(LEDGER.c.sequence.is_(None)).order_by(LEDGER.c.id).limit(BATCH)
LAST_TWO = (
    select(LEDGER.c.id, LEDGER.c.sequence, LEDGER.c.digest, *SAID)
    .where(LEDGER.c.sequence.is_not(None))
    .order_by(LEDGER.c.sequence.desc())
    .limit(2)
)
# Only where unsealed: a daemon that lost its lease seals nothing a second time.
SEAL = (
    update(LEDGER)
    .where(LEDGER.c.id == bindparam("entry"), LEDGER.c.sequence.is_(None))
    .values(sequence=bindparam("at_sequence"), digest=bindparam("with_digest"))
)


class ChainBroken(MailwardenError):
    """The ledger doesn't end as this key would have sealed it.

    Either `ledger.key` is not the key that it was sealed with, which must be the same on every host, or
    somebody has changed it: see what `run.py ledger verify` finds.
    """


class SealedElsewhere(MailwardenError):
    """Another daemon has sealed the same entries; this one gave way."""


class Sealer:
    """The seal step. Also writes a head each day and at the end."""

    name = "seal"

    def __init__(self, *, database: Database, key: bytes, heads: Heads, holds: Callable[[], bool]) -> None:
        """`holds` tells whether this daemon is the one to seal."""
        self._database = database
        self._key = key
        self._heads = heads
        self._holds = holds
        self._stopping = threading.Event()
        self._head: Head | None = None

    def work(self) -> bool:
        """Seal a batch; False when nothing was left unsealed."""
        if not self._holds():
            return False
        more = self._seal() == BATCH
        if not more:
            self._note_head(daily=True)
        return more

    def failed(self, error: Exception) -> None:
        """What could not be sealed stays unsealed, in its order."""

    def rest(self) -> None:
        """Wait a little: entries come all the time."""
        self._stopping.wait(REST_SECONDS)

    def interrupt(self) -> None:
        """End the wait."""
        self._stopping.set()

    def close(self) -> None:
        """Seal what is left and say where the ledger ends."""
        if self._holds():
            while self._seal() == BATCH:
                pass
            self._note_head(daily=False)

    def _seal(self) -> int:
        with self._database.read() as session:
            if session.execute(UNSEALED.limit(1)).first() is None:
                return 0
        with self._database.write("seal") as session:
            rows = session.execute(UNSEALED).all()
            sealed = _chained(self._key, rows, last_place(session, self._key))
            if sealed and rows_changed(session.execute(SEAL, sealed)) != len(sealed):
                raise SealedElsewhere(str(SealedElsewhere.__doc__))
            return len(sealed)

    def _note_head(self, *, daily: bool) -> None:
        """One a day, also when nothing has happened; at the end one more when something has."""
        last = self._head or next(reversed(self._heads.read()), None)
        now = utcnow()
        if daily and last is not None and last.at.date() == now.date():
            self._head = last
            return
        with self._database.read() as session:
            place = last_place(session, self._key)
        if place.previous is None or (not daily and last is not None and last.digest == place.previous):
            return
        self._head = Head(at=now, sequence=place.sequence - 1, digest=place.previous)
        self._heads.append(self._head)


def last_place(session: Session, key: bytes) -> Place:
    """The place behind the last sealed entry.

    Raises:
        ChainBroken: the last entry is not what was sealed with this key.
    """
    rows = session.execute(LAST_TWO).all()
    if not rows:
        return Place(sequence=1, previous=None)
    last = Sealed(
        number=rows[0].id, sequence=rows[0].sequence, digest=rows[0].digest or "", content=_content(rows[0])
    )
    before = rows[1].digest if len(rows) > 1 else None
    if not belongs(key, last, Place(sequence=last.sequence, previous=before)):
        raise ChainBroken(" ".join(str(ChainBroken.__doc__).split()) + f" (entry {last.sequence})")
    return Place(sequence=last.sequence + 1, previous=last.digest)


def _chained(key: bytes, rows: Sequence[Any], place: Place) -> list[dict[str, object]]:
    sealed: list[dict[str, object]] = []
    for row in rows:
        digested = digest(key, _content(row), place)
        sealed.append({"entry": row.id, "at_sequence": place.sequence, "with_digest": digested})
        place = Place(sequence=place.sequence + 1, previous=digested)
    return sealed


def _content(row: Any) -> Content:  # noqa: ANN401  (rows of several statements)
    return Content(
        at=row.at,
        event=row.event,
        message_id=row.message_id,
        matter_id=row.matter_id,
        action_id=row.action_id,
        facts=row.facts,
    )
