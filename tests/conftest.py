import os
import shutil
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import count
from pathlib import Path

import pytest

from config.lexicon import Lexicon, load_lexicons
from daemon.store.database import Database
from rules import site
from rules.site import SHIPPED
from tests.support import dovecot as dovecot_server
from tests.support import postgres as postgres_server
from tests.support.dovecot import Dovecot
from tests.support.postgres import Postgres

_numbers = count(1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores, because tests of outages wait a good part of their time."""
    return (os.cpu_count() or 1) + 1


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


@pytest.fixture(scope="session")
def sqlite_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the fresh SQLite file of each test lies."""
    return tmp_path_factory.mktemp("sqlite") / "mailwarden.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, sqlite_place: Path, sqlite_template: Path) -> str:
    """The URL of a fresh database with the current tables, of each kind in turn."""
    if request.param == "postgresql":
        cluster: Postgres = request.getfixturevalue("postgres")
        return cluster.emptied()
    for file in sqlite_place.parent.iterdir():
        file.unlink()
    shutil.copy(sqlite_template, sqlite_place)
    return f"sqlite:///{sqlite_place}"


@pytest.fixture(scope="session")
def engines() -> dict[str, Database]:
    """What the tests have opened, by URL."""
    return {}


@pytest.fixture
def database(database_url: str, engines: dict[str, Database]) -> Iterator[Database]:
    """A fresh database with the current tables; what was compiled for one test is used by the next."""
    if database_url not in engines:
        engines[database_url] = Database(database_url)
    yield engines[database_url]
    engines[database_url].close()


@pytest.fixture(scope="session", autouse=True)
def shipped_words_are_read_once() -> Iterator[None]:
    """Else reading them would take a third of a second in each of hundreds of tests."""
    read_once = cache(load_lexicons)

    def load_words(folder: Path) -> Mapping[str, Lexicon]:
        return read_once(folder) if folder == SHIPPED / "lexicon" else load_lexicons(folder)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site, "load_lexicons", load_words)
        yield


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
