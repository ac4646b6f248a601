"""Several daemons may be started on a new database at the same moment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import func, select, text

from daemon.rule_sets import Source, _activate, adopt
from daemon.store.database import Database, head_revision, migrate
from daemon.store.models import Activation
from rules.loader import parse_rules
from tests.support.postgres import Postgres
from tests.support.site import ROUTING
from tests.support.waiting import eventually

WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
WAITS_WITHIN = 20.0


@pytest.fixture
def database(postgres: Postgres) -> Iterator[Database]:
    with closing(Database(postgres.emptied())) as fresh:
        yield fresh


@pytest.fixture
def empty(postgres: Postgres) -> Iterator[Database]:
    """Without any table."""
    postgres.execute("CREATE DATABASE empty")
    with closing(Database(postgres.url("empty"))) as fresh:
        yield fresh
    postgres.execute("DROP DATABASE empty WITH (FORCE)")


def is_waited_for(database: Database) -> bool:
    with database.read() as session:
        return bool(session.scalar(WAITING))


def test_the_rules_are_adopted_by_whoever_is_quicker(database: Database) -> None:
    source = Source(text=ROUTING, rules=parse_rules(ROUTING))
    with ThreadPoolExecutor(1) as pool:
        with database.write("quicker") as session:
            _activate(session, source, by="one", from_file=True)
            other = pool.submit(adopt, database, source, by="two")
            eventually(lambda: is_waited_for(database), within=WAITS_WITHIN)
        assert other.result(WAITS_WITHIN)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Activation)) == 1


def test_the_tables_are_made_by_whoever_is_quicker(empty: Database) -> None:
    with ThreadPoolExecutor(1) as pool:
        with empty.engine.begin() as quicker:
            migrate(quicker)
            other = pool.submit(empty.upgrade)
            eventually(lambda: is_waited_for(empty), within=WAITS_WITHIN)
        other.result(WAITS_WITHIN)
    assert empty.revision() == head_revision()
