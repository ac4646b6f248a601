"""A database that is full, read-only, or away is said in `status`, loses nothing, and is found again."""

import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import text

from connectors.embedded import free_port
from tests.conftest import require
from tests.support import postgres as postgres_server
from tests.support.dovecot import Dovecot
from tests.support.postgres import SHARED, Postgres
from tests.support.scene import FEW, MENDED_WITHIN, MORE, SOON, UP_WITHIN, Scene, scene
from tests.support.small_disk import small_disk
from tests.support.waiting import eventually

pytestmark = pytest.mark.timeout(400)
ALL = FEW + MORE
ROOM_MEGABYTES = 96
"""Enough that `status` does not call the disk nearly full from the start."""
SHORT_LEASE = "lease: 3s\n"
FULL = "the disk of the database is full"
OUT_OF_REACH = "the database is out of reach"
READ_ONLY = "read-only"
NOTHING_STORED = "nothing can be stored"


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[Postgres]:
    """A cluster that may be broken."""
    programs = postgres_server.installed()
    require(programs is not None, "PostgreSQL")
    assert programs is not None
    with Postgres(programs) as cluster:
        yield cluster


@pytest.fixture
def breakable(own_postgres: Postgres) -> Iterator[Postgres]:
    """The same with an empty database; whatever the test did to it is undone."""
    own_postgres.emptied()
    yield own_postgres
    own_postgres.stop()
    (own_postgres.folder / "data" / "postgresql.auto.conf").write_text("")
    own_postgres.start()


@pytest.fixture
def door() -> str:
    """The settings of a health door."""
    return f"health: {{port: {free_port()}}}\n"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One that a person would mend."""

    break_it: Callable[[], None]
    said: str
    mend: Callable[[], None]


def survives(here: Scene, *faults: Fault) -> None:
    """Half of the mail comes before the first fault, and a share of the rest during each."""
    here.bring(FEW)
    here.start()
    here.run.await_done(len(FEW), within=SOON)
    share = len(MORE) // len(faults)
    for number, fault in enumerate(faults, start=1):
        failed = turns_failed(here)
        fault.break_it()
        here.bring(MORE[(number - 1) * share : number * share])
        eventually(lambda before=failed: turns_failed(here) > before, within=SOON)  # type: ignore[misc]
        here.await_said(fault.said)
        fault.mend()
        here.run.await_done(len(FEW) + number * share, within=MENDED_WITHIN)
        here.await_well()
    assert here.daemon.stop() == 0
    here.assert_whole(ALL)


def turns_failed(here: Scene) -> int:
    return here.daemon.log.count('"event": "turn failed"')


def test_a_full_disk_under_sqlite(tmp_path: Path, dovecot: Dovecot, mail_user: str) -> None:
    with (
        small_disk(tmp_path / "disk", megabytes=ROOM_MEGABYTES) as disk,
        scene(
            tmp_path / "site",
            dovecot=dovecot,
            mail_user=mail_user,
            database_url=f"sqlite:///{disk.folder}/mailwarden.db",
        ) as here,
    ):
        survives(here, Fault(break_it=disk.fill, said=FULL, mend=disk.make_room))


@pytest.mark.soak
def test_sqlite_files_that_can_only_be_read(
    tmp_path: Path, dovecot: Dovecot, mail_user: str, door: str
) -> None:
    with scene(tmp_path / "site", dovecot=dovecot, mail_user=mail_user, extra=door) as here:
        files = [tmp_path / "site" / f"mailwarden.db{ending}" for ending in ("", "-wal")]
        try:
            unchangeable = Fault(
                break_it=lambda: change_flags("+i", files),
                said=NOTHING_STORED,
                mend=lambda: change_flags("-i", files),
            )
            survives(here, unchangeable)
        finally:
            change_flags("-i", files)  # else nobody could remove them


def change_flags(flags: str, files: list[Path]) -> None:
    changed = subprocess.run(["chattr", flags, *files], check=False, capture_output=True, text=True)
    if changed.returncode != 0:
        pytest.skip(f"files can't be made unchangeable here: {changed.stderr.strip()}")


@pytest.fixture
def shared(breakable: Postgres, tmp_path: Path, dovecot: Dovecot, mail_user: str) -> Iterator[Scene]:
    """On PostgreSQL."""
    url = breakable.url(SHARED)
    with scene(tmp_path / "site", dovecot=dovecot, mail_user=mail_user, database_url=url) as made:
        yield made


def test_a_postgresql_that_is_started_again_and_later_can_only_be_read(
    shared: Scene, breakable: Postgres
) -> None:
    away = Fault(break_it=breakable.stop, said=OUT_OF_REACH, mend=breakable.start)
    only_read = Fault(
        break_it=lambda: breakable.execute(
            "ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()"
        ),
        said=READ_ONLY,
        mend=lambda: breakable.execute(
            "ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()"
        ),
    )
    survives(shared, away, only_read)


@pytest.mark.soak
def test_a_name_is_still_taken_once_postgresql_was_started_again(shared: Scene, breakable: Postgres) -> None:
    settings = shared.daemon.folder / "mailwarden.yaml"
    settings.write_text(settings.read_text() + SHORT_LEASE)
    shared.start()
    breakable.stop()
    breakable.start()
    shared.await_well()
    second = replace(shared.daemon, process=None)
    eventually(lambda: locks(shared), within=MENDED_WITHIN)
    second.start()
    assert second.process is not None
    assert second.process.wait(UP_WITHIN) == 1
    assert "A daemon of this name works on this database" in shared.daemon.log
    assert shared.daemon.stop() == 0


def locks(here: Scene) -> int:
    """How many advisory locks are held."""
    with here.run.database.read() as session:
        return session.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")) or 0


@pytest.mark.soak
def test_signals_are_heeded_while_postgresql_is_away(shared: Scene, breakable: Postgres) -> None:
    shared.start()
    breakable.stop()
    shared.daemon.signal(signal.SIGHUP)
    eventually(lambda: '"event": "reload waits for the database"' in shared.daemon.log, within=SOON)
    breakable.start()
    eventually(lambda: '"event": "configuration reloaded"' in shared.daemon.log, within=SOON)
    breakable.stop()
    assert shared.daemon.stop() == 0


@pytest.mark.soak
def test_a_full_disk_under_postgresql(
    tmp_path: Path, dovecot: Dovecot, mail_user: str, breakable: Postgres, door: str
) -> None:
    with (
        small_disk(breakable.folder / "disk", megabytes=32) as disk,
        on_disk(breakable, disk.folder) as url,
        scene(tmp_path / "site", dovecot=dovecot, mail_user=mail_user, database_url=url, extra=door) as here,
    ):
        survives(here, Fault(break_it=disk.fill, said=FULL, mend=disk.make_room))


@contextmanager
def on_disk(cluster: Postgres, folder: Path) -> Iterator[str]:
    """The URL of an empty database there."""
    place = folder / "tables"
    place.mkdir()
    shutil.chown(place, cluster.folder.owner())
    cluster.execute(
        f"CREATE TABLESPACE small LOCATION '{place}'",
        f"CREATE DATABASE small TEMPLATE {SHARED} TABLESPACE small",
    )
    try:
        yield cluster.url("small")
    finally:  # a server whose tables have gone with their disk would not start again
        cluster.execute("DROP DATABASE small WITH (FORCE)", "DROP TABLESPACE small")
