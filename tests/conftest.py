import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from daemon.store.database import Database
from tests.support import dovecot as dovecot_server
from tests.support import postgres as postgres_server
from tests.support.dovecot import Dovecot
from tests.support.postgres import Postgres

_numbers = count(1)


def require(present: bool, what: str) -> None:  # noqa: FBT001
    """As root a missing server is a failure, since `make test` installs it; else its tests are skipped."""
    if present:
        return
    if os.getuid() == 0:
        pytest.fail(f"{what} is not installed; `make test` installs it")
    pytest.skip(f"{what} is not installed, and only root can install it")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL for all tests."""
    programs = postgres_server.installed()
    require(programs is not None, "PostgreSQL")
    assert programs is not None
    with Postgres(programs) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the current tables, to be copied."""
    path = tmp_path_factory.mktemp("template") / "mailwarden.db"
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    database.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> str:
    """The URL of a fresh database with the current tables, of each kind in turn."""
    if request.param == "postgresql":
        cluster: Postgres = request.getfixturevalue("postgres")
        return cluster.emptied()
    shutil.copy(sqlite_template, tmp_path)
    return f"sqlite:///{tmp_path}/{sqlite_template.name}"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database with the current tables."""
    fresh = Database(database_url)
    yield fresh
    fresh.close()


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One Dovecot for all tests; each takes its own `mail_user`."""
    require(dovecot_server.installed(), "Dovecot")
    with Dovecot() as server:
        yield server


@pytest.fixture
def mail_user() -> str:
    """A user whose mailbox is empty."""
    return f"user{next(_numbers)}"
