"""A ledger to be sealed, and hands that write into it by other means."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from daemon.heads import Heads
from daemon.ledger import Event, record
from daemon.ledger_check import Verdict, verify
from daemon.seal import Sealer
from daemon.store.database import Database
from tests.support.reports import RECEIVED

KEY = b"the key of a ledger that tests seal"


def sealer(database: Database, folder: Path, *, key: bytes = KEY, holds: bool = True) -> Sealer:
    return Sealer(database=database, key=key, heads=Heads(folder), holds=lambda: holds)


def record_some(database: Database, count: int) -> None:
    """Entries a second apart, each different."""
    with database.write("test") as session:
        for number in range(1, count + 1):
            at = RECEIVED + timedelta(seconds=number)
            record(session, Event.EPOCH_OPENED, at, mailbox="regulators", uidvalidity=number)


def seal_some(database: Database, folder: Path, count: int) -> None:
    record_some(database, count)
    sealer(database, folder).work()


def tamper(database: Database, *statements: str, **values: int) -> None:
    """As somebody who has the database and not the key."""
    with database.engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement), values)
        connection.commit()


def move(database: Database, sequence: int, *, to: int) -> None:
    """Give an entry another place; its digest goes with it."""
    tamper(database, "UPDATE ledger SET sequence = :to WHERE sequence = :sequence", sequence=sequence, to=to)


def verdict(database: Database, folder: Path, *, key: bytes = KEY) -> Verdict:
    return verify(database, key, Heads(folder).read(), lambda entries, _total: entries)
