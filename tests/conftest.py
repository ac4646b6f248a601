import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from daemon.store.database import Database
from tests.support import dovecot as dovecot_server
from tests.support.dovecot import Dovecot

_numbers = count(1)


def require(present: bool, what: str) -> None:  # noqa: FBT001
    """As root a missing server is a failure, since `make test` installs it; else its tests are skipped."""
    if present:
        return
    if os.getuid() == 0:
        pytest.fail(f"{what} is not installed; `make test` installs it")
    pytest.skip(f"{what} is not installed, and only root can install it")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A fresh database with the current tables."""
    fresh = Database(f"sqlite:///{tmp_path}/mailwarden.db")
    fresh.upgrade()
    yield fresh
    fresh.close()


@pytest.fixture(scope="session")
def dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    """One Dovecot for all tests; each takes its own `mail_user`."""
    require(dovecot_server.installed(), "Dovecot")
    with Dovecot(tmp_path_factory.mktemp("dovecot")) as server:
        yield server


@pytest.fixture
def mail_user() -> str:
    """A user whose mailbox is empty."""
    return f"user{next(_numbers)}"
