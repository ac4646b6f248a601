"""A throw-away PostgreSQL cluster on a free loopback port."""

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Self

from sqlalchemy import create_engine, text

from daemon.store.database import Database
from daemon.store.models import Base
from tests.support.waiting import eventually

START_SECONDS = 30.0
LOOPBACK = "127.0.0.1"
FIRST_OUTGOING_PORT = 32_768
"""From here on Linux gives ports to outgoing connections."""
PORTS = range(FIRST_OUTGOING_PORT - 10_000, FIRST_OUTGOING_PORT)
LOG_CHARACTERS = 2_000
SHARED = "mailwarden"
# Throw-away data: speed matters, a power cut does not.
SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=100")
TABLES = [table.name for table in Base.metadata.sorted_tables]
DELETIONS = " ".join(f"DELETE FROM {name};" for name in TABLES)  # noqa: S608  (our own names)
# To truncate all tables takes the server twenty times as long as to delete the few rows of a test. As a
# replica it looks for no row that still refers to another.
EMPTY = f"""
DO $$ BEGIN
    SET LOCAL session_replication_role = replica;
    {DELETIONS}
    PERFORM setval(quote_ident(sequencename)::regclass, start_value, false)
        FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""


def installed() -> Path | None:
    """The folder of the newest server's programs; `initdb` is seldom on the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


class Postgres:
    """One cluster; use it as a context manager."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="mailwarden-postgres-"))
        self._port = lasting_port()
        self._process: subprocess.Popen[bytes] | None = None
        # The server refuses to run as root.
        self._account = pwd.getpwnam("postgres") if os.getuid() == 0 else pwd.getpwuid(os.getuid())

    def __enter__(self) -> Self:
        os.chown(self.folder, self._account.pw_uid, self._account.pw_gid)
        data = str(self.folder / "data")
        self._run("initdb", "--pgdata", data, "--username", "postgres", "--auth", "trust", "--no-sync")
        self.start()
        self._make_tables()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def start(self) -> None:
        """Start the server and wait until it answers; fails at once when it has ended instead."""
        options = [part for setting in SETTINGS for part in ("-c", setting)]
        data = str(self.folder / "data")
        places = ["-D", data, "-h", LOOPBACK, "-p", str(self._port), "-k", str(self.folder)]
        with self._log.open("ab") as log:
            self._process = self._popen("postgres", *places, *options, log=log.fileno())
        eventually(lambda: self._answers() or self._has_ended(), within=START_SECONDS)
        assert not self._has_ended(), self._log.read_text()[-LOG_CHARACTERS:]

    def stop(self) -> None:
        """End the server and its sessions."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # ends sessions that are left over, too
            self._process.wait()
            self._process = None

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def execute(self, *statements: str) -> None:
        """Run these as its administrator, outside of any transaction."""
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()

    def emptied(self) -> str:
        """The URL of a database with the current tables and no rows; one test at a time may use it."""
        url = self.url(SHARED)
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.exec_driver_sql(EMPTY)
        engine.dispose()
        return url

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@{LOOPBACK}:{self._port}/{name}"

    def _make_tables(self) -> None:
        self.execute(f"CREATE DATABASE {SHARED}")
        database = Database(self.url(SHARED))
        database.upgrade()
        database.close()

    def _answers(self) -> bool:
        ready = self._popen("pg_isready", "-h", LOOPBACK, "-p", str(self._port), "-q")
        return ready.wait() == 0

    def _run(self, program: str, *arguments: str) -> None:
        if self._popen(program, *arguments).wait() != 0:
            raise RuntimeError(f"{program} failed")

    def _popen(self, program: str, *arguments: str, log: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [str(self._programs / program), *arguments],
            cwd=self.folder,
            user=self._account.pw_uid,
            group=self._account.pw_gid,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )


def lasting_port() -> int:
    """One that is free now and that no outgoing connection is given.

    A server that is stopped and started again would find any other port taken now and then.
    """
    candidates = random.sample(PORTS, len(PORTS))
    return next(port for port in candidates if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) != 0
