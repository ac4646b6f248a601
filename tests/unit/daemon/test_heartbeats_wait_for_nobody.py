"""A daemon that is stopped in the middle of a transaction must not stop the heartbeats of the others."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from config.instant import utcnow
from daemon.lease import Lease
from daemon.reap import reap
from daemon.store.database import Database
from daemon.store.models import Duty, Message, Running
from tests.support.postgres import Postgres
from tests.support.reports import PLAIN
from tests.unit.daemon.conftest import Desk

MINUTE = timedelta(minutes=1)
PATIENCE_SECONDS = 20.0
"""Far less than what a lock would be waited for."""


@pytest.fixture
def database(postgres: Postgres) -> Iterator[Database]:
    with closing(Database(postgres.emptied(), lease=timedelta(hours=1))) as fresh:
        yield fresh


def lease(database: Database, instance: str) -> Lease:
    made = Lease(database=database, instance=instance, length=MINUTE)
    made.want("sweep")
    return made


def meanwhile(work: Callable[[], object]) -> object:
    """What another daemon's work comes to; fails when it waits."""
    pool = ThreadPoolExecutor(1)
    try:
        return pool.submit(work).result(PATIENCE_SECONDS)
    finally:
        pool.shutdown(wait=False)


def expire(database: Database) -> None:
    with database.write("test") as session:
        session.execute(update(Running).values(expires_at=utcnow() - MINUTE))


def test_a_message_that_is_locked_is_freed_another_time(desk: Desk, database: Database) -> None:
    message = desk.assess(PLAIN)
    with database.write("test") as session:
        session.get_one(Message, message).claimed_by = "nobody any more"
    with database.write("stopped") as session:
        session.get_one(Message, message, with_for_update=True)
        assert meanwhile(lambda: reap(database, MINUTE)) == 0
    assert reap(database, MINUTE) == 1


def test_a_lease_that_is_being_renewed_is_left_alone(database: Database) -> None:
    lease(database, "one").begin()
    expire(database)
    with database.write("stopped") as session:
        session.execute(update(Running).values(expires_at=utcnow() + MINUTE))
        meanwhile(lambda: reap(database, MINUTE))
    with database.read() as session:
        assert session.scalars(select(Running.instance)).all() == ["one"]


def test_a_duty_that_another_is_about_to_take_is_left_to_it(database: Database) -> None:
    other = lease(database, "other")
    other.begin()
    with database.write("test") as session:
        session.execute(update(Duty).values(held_by=None))
    with database.write("stopped") as session:
        session.execute(update(Duty).values(held_by="one"))
        meanwhile(other.renew)
    assert not other.holds("sweep")


def test_a_duty_that_is_locked_is_freed_another_time(database: Database) -> None:
    lease(database, "one").begin()
    expire(database)
    with database.write("stopped") as session:
        session.scalars(select(Duty).with_for_update()).all()
        meanwhile(lambda: reap(database, MINUTE))
    reap(database, MINUTE)
    with database.read() as session:
        assert session.scalars(select(Duty.held_by)).all() == [None]
