"""What is wrong with the database is told in words, and never in the driver's, which may quote a mail."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from connectors.embedded import free_port
from connectors.errors import Unavailable
from connectors.health_door import faults_at
from daemon.health import Health
from daemon.pulse import Pulse
from daemon.store import trouble
from daemon.store.database import Database
from daemon.store.models import Worker
from daemon.store.sole import NameTaken, SessionSole
from daemon.store.trouble import FULL, OUT_OF_REACH, READ_ONLY, database_trouble, hindrance
from tests.support.postgres import SHARED, Postgres

WRITE = text("INSERT INTO raw_mail (sha256, size, compressed) VALUES ('a', 1, zeroblob(5000000))")
END_SESSIONS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = :name"
)


def told(database: Database) -> str | None:
    """Of a database that can't even be connected to."""
    with closing(database), pytest.raises(DBAPIError) as met:
        database.revision()
    return database_trouble(met.value)


@pytest.fixture
def embedded(tmp_path: Path, sqlite_template: Path) -> Iterator[Connection]:
    path = tmp_path / "mailwarden.db"
    path.write_bytes(sqlite_template.read_bytes())
    with closing(Database(f"sqlite:///{path}")) as database, database.engine.connect() as connection:
        yield connection


def told_of_write(connection: Connection) -> str | None:
    with pytest.raises(DBAPIError) as met:
        connection.execute(WRITE)
    return database_trouble(met.value)


def test_a_full_sqlite_file(embedded: Connection) -> None:
    embedded.execute(text("PRAGMA max_page_count = 1"))
    assert told_of_write(embedded) == FULL


def test_a_read_only_sqlite_file(embedded: Connection) -> None:
    embedded.execute(text("PRAGMA query_only = 1"))
    assert told_of_write(embedded) == READ_ONLY


def test_a_folder_in_place_of_the_sqlite_file(tmp_path: Path) -> None:
    assert told(Database(f"sqlite:///{tmp_path}")) == "the database's file can't be opened"


def test_another_file_in_place_of_the_sqlite_file(tmp_path: Path) -> None:
    (tmp_path / "mailwarden.db").write_text("Dear diary, " * 1000)
    assert told(Database(f"sqlite:///{tmp_path}/mailwarden.db")) == "the database's file is not a database"


def test_a_postgresql_that_is_away() -> None:
    assert told(Database(f"postgresql://nobody@127.0.0.1:{free_port()}/none")) == OUT_OF_REACH


def test_a_postgresql_without_such_a_database(postgres: Postgres) -> None:
    assert told(Database(postgres.url("none"))) in {
        OUT_OF_REACH,  # libpq tells no code of what fails while it connects
        "the database server has no database of this name",
    }


def test_a_read_only_postgresql(postgres: Postgres) -> None:
    with closing(Database(postgres.emptied())) as database, database.read() as session:
        session.execute(text("SET TRANSACTION READ ONLY"))
        assert hindrance(session, database) == READ_ONLY
        with pytest.raises(DBAPIError) as met:
            session.execute(text("DELETE FROM sighting"))
    assert database_trouble(met.value) == READ_ONLY


@pytest.mark.parametrize("code", ["53100", "57P01", "08006", "28P01"])
def test_codes_of_postgresql_have_words(code: str) -> None:
    assert database_trouble(psycopg.errors.lookup(code)()) is not None


def test_other_errors_say_nothing_of_the_database(embedded: Connection) -> None:
    with pytest.raises(DBAPIError) as met:
        embedded.execute(text("SELECT nonsense"))
    assert database_trouble(met.value) is None
    assert database_trouble(psycopg.errors.UniqueViolation()) is None
    assert database_trouble(Unavailable("down")) is None


def test_little_room_is_told_before_there_is_none(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.read() as session:
        assert hindrance(session, database) is None
        monkeypatch.setattr(trouble, "LEAST_ROOM", 2**62)
        found = hindrance(session, database)
    assert (found or "").startswith("the disk of the database is nearly full") == database.is_embedded


def test_a_loop_says_it_in_words(database: Database) -> None:
    health = Health(instance="alpha", name="decide", database=database)
    health.begin()
    health.troubled(psycopg.errors.DiskFull())
    with database.read() as session:
        assert session.get_one(Worker, ("alpha", "decide")).trouble == FULL


def test_a_pulse_keeps_what_the_last_turn_met_in_the_database() -> None:
    pulse = Pulse("decide")
    pulse.failed(psycopg.errors.DiskFull())
    assert pulse.database_trouble == FULL
    pulse.rests()
    assert pulse.database_trouble is None


def test_a_name_that_the_server_dropped_is_taken_again(postgres: Postgres) -> None:
    url = postgres.emptied()
    with closing(Database(url)) as mine, closing(Database(url)) as other, closing(Database(url)) as admin:
        first, second = SessionSole(mine, "alpha"), SessionSole(other, "alpha")
        first.acquire()
        with admin.read() as session:
            session.execute(END_SESSIONS, {"name": SHARED})
        assert first.keep()
        with pytest.raises(NameTaken):
            second.acquire()
        first.release()


def test_a_name_that_another_one_took_meanwhile_is_not_kept(postgres: Postgres) -> None:
    url = postgres.emptied()
    with closing(Database(url)) as mine, closing(Database(url)) as other, closing(Database(url)) as admin:
        first, second = SessionSole(mine, "alpha"), SessionSole(other, "alpha")
        first.acquire()
        with admin.read() as session:
            session.execute(END_SESSIONS, {"name": SHARED})
        second.acquire()
        assert not first.keep()
        second.release()
        assert first.keep()
        first.release()


def test_nobody_behind_the_door_says_nothing() -> None:
    assert faults_at("127.0.0.1", free_port()) == ()
