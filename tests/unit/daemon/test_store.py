from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import StatementError

from daemon.store.database import Database, SchemaNotCurrent
from daemon.store.models import Base, Mailbox


def test_migrations_lead_to_exactly_the_tables_of_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_an_empty_database_is_refused_with_what_to_run(tmp_path: object) -> None:
    empty = Database(f"sqlite:///{tmp_path}/empty.db")
    with pytest.raises(SchemaNotCurrent, match=r"run\.py db upgrade"):
        empty.require_current()
    empty.close()


def test_instants_come_back_aware_and_in_utc(database: Database) -> None:
    istanbul = timezone(timedelta(hours=3))
    with database.write("test") as session:
        session.add(Mailbox(name="regulators", last_good_poll=datetime(2026, 11, 3, 12, tzinfo=istanbul)))
    with database.read() as session:
        assert session.get_one(Mailbox, "regulators").last_good_poll == datetime(2026, 11, 3, 9, tzinfo=UTC)


def test_a_naive_instant_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="naive"), database.write("test") as session:
        session.add(Mailbox(name="regulators", last_good_poll=datetime(2026, 11, 3)))  # noqa: DTZ001


def test_a_failed_transaction_leaves_no_trace(database: Database) -> None:
    with pytest.raises(LookupError), database.write("test") as session:
        session.add(Mailbox(name="regulators"))
        session.flush()
        raise LookupError
    with database.read() as session:
        assert session.get(Mailbox, "regulators") is None
