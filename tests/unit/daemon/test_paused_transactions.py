"""What a process that is stopped in the middle of a transaction has locked is free again after a while."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from daemon.reap import reap
from daemon.store.database import COMMAND, Database
from daemon.store.models import Mailbox
from tests.support.postgres import Postgres
from tests.support.waiting import eventually

LEASE = timedelta(seconds=1)
ENDED_WITHIN = 20.0


@pytest.fixture
def database(postgres: Postgres) -> Iterator[Database]:
    with closing(Database(postgres.emptied(), lease=LEASE)) as fresh:
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
def test_a_transaction_that_pauses_is_ended(database: Database, work: Callable[[Session], None]) -> None:
    def is_free() -> bool:
        reap(database, LEASE)
        return not is_locked(database)

    with pytest.raises(DBAPIError), database.write("stopped") as session:
        work(session)
        assert not is_free()
        eventually(is_free, within=ENDED_WITHIN)
        session.scalar(select(func.count()).select_from(Mailbox))


def test_what_a_command_is_on_is_left_alone(database: Database) -> None:
    with closing(Database(database.url.render_as_string())) as commands, commands.write("long") as session:
        many_rows_at_once(session)
        eventually(lambda: pause_of(database) > LEASE, within=ENDED_WITHIN)
        reap(database, LEASE)
        assert is_locked(database)


def pause_of(database: Database) -> timedelta:
    """How long the commands' transaction has paused."""
    asked = text(
        "SELECT max(clock_timestamp() - state_change) FROM pg_stat_activity "
        "WHERE application_name = :name AND xact_start IS NOT NULL"
    )
    with database.read() as session:
        found: timedelta = session.scalars(asked, {"name": COMMAND}).one()
        return found


def is_locked(database: Database) -> bool:
    """Whether somebody else has changed a row and not said yet whether that holds."""
    with database.read() as session:
        free = session.scalars(select(Mailbox.name).with_for_update(skip_locked=True)).all()
    return len(free) < 2
