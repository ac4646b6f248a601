from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError

from daemon.store.database import Database, SchemaNotCurrent, _alembic
from daemon.store.models import Base, Mailbox, Matter, MatterClock

ROWS_OF_0004 = """
INSERT INTO mailbox (name, high_water, rescan_below) VALUES ('regulators', 0, 0);
INSERT INTO raw_mail (sha256, size, compressed) VALUES ('a', 1, 'x');
INSERT INTO message
    (id, mailbox, uidvalidity, uid, sha256, received_at, collected_at, state, tries, next_try_at)
    VALUES (1, 'regulators', 1, 1, 'a', '2026-11-03', '2026-11-03', 'decided', 0, '2026-11-03');
INSERT INTO matter (id, party, opened_by, opened_at, verified, urgency)
    VALUES (1, 'regulator', 1, '2026-11-03', 1, 'normal');
INSERT INTO clock (matter_id, message_id, source, starts_at, due_at, phrase, binding, confirm)
    VALUES (1, 1, 'stated', '2026-11-03', '2026-11-03', 'at noon', 1, 0)
"""


def test_migrations_lead_to_exactly_the_tables_of_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_tables_that_refer_to_each_other_keep_their_rows_in_an_upgrade(tmp_path: object) -> None:
    older = Database(f"sqlite:///{tmp_path}/older.db")
    with older.engine.begin() as connection:
        command.upgrade(_alembic(connection), "0004")
        for statement in ROWS_OF_0004.split(";"):
            connection.execute(text(statement))
    older.upgrade()
    with older.read() as session:
        matter = session.scalars(select(Matter)).one()
        assert (matter.urgency_by_person, matter.merged_into) == (False, None)
        assert session.scalars(select(MatterClock.ruling)).all() == [None]
    older.close()


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
