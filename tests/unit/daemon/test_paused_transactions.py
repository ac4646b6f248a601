"""What a process that is stopped in the middle of a transaction has locked is free again after a while."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from daemon.store.database import Database
from daemon.store.models import Mailbox
from tests.support.postgres import Postgres
from tests.support.waiting import eventually

LONGEST_PAUSE = timedelta(seconds=1)
ENDED_WITHIN = 20.0


@pytest.fixture
def database(postgres: Postgres) -> Iterator[Database]:
    with closing(Database(postgres.emptied(), longest_pause=LONGEST_PAUSE)) as fresh:
        with fresh.write("test") as session:
            session.add_all([Mailbox(name="one"), Mailbox(name="two")])
        yield fresh


def one_row(session: Session) -> None:
    session.execute(update(Mailbox).values(high_water=1))


def many_rows_at_once(session: Session) -> None:
    rows = [{"name": name, "high_water": 1} for name in ("one", "two")]
    session.execute(update(Mailbox), rows)


def many_new_rows_at_once(session: Session) -> None:
    one_row(session)
    session.execute(insert(Mailbox), [{"name": "three"}, {"name": "four"}])


@pytest.mark.parametrize("work", [one_row, many_rows_at_once, many_new_rows_at_once])
def test_the_server_ends_a_transaction_that_pauses(
    database: Database, work: Callable[[Session], None]
) -> None:
    with pytest.raises(DBAPIError), database.write("stopped") as session:
        work(session)
        eventually(lambda: not is_locked(database), within=ENDED_WITHIN)
        session.scalar(select(func.count()).select_from(Mailbox))


def is_locked(database: Database) -> bool:
    """Whether somebody else has changed a row and not said yet whether that holds."""
    with database.read() as session:
        free = session.scalars(select(Mailbox.name).with_for_update(skip_locked=True)).all()
    return len(free) < 2
