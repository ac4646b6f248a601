"""The one door to the database: short write transactions, plain reads, migrations.

SQLite runs in WAL mode with synchronous=FULL, so a commit that returned survives a power cut. It has one
writer at a time, so threads that wait for it share a commit. Where one machine is not enough, the same
tables live in PostgreSQL.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    Engine,
    Interval,
    Result,
    bindparam,
    create_engine,
    event,
    func,
    literal,
    make_url,
    text,
)
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session, sessionmaker

from config.errors import MailwardenError
from config.fault_points import fault_point
from config.instant import utcnow
from daemon.store.gathering import Gathering, Piece, Work
from daemon.store.types import FromNow, UtcDateTime

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_SECONDS = 30
PREPARE_SQLITE = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
WRITER_CACHE_KIB = 32 * 1024  # the indexes on digests are met at random: what is not kept is read again
WRITER_CHECKPOINT_PAGES = 8000  # 32 MB: a page that is written again before then goes into the file once
POSTGRES = {
    "connect_timeout": 10,
    "keepalives_idle": 15,  # a server that is gone without a word is noticed within a minute
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
}
LONGEST_PAUSE = timedelta(minutes=1)
"""In the middle of a transaction. Then the server ends it, so that a stopped process keeps no locks."""
COMMAND, DAEMON = "mailwarden", "mailwarden daemon"
"""By which the server knows the sessions of each."""
END_PAUSES = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND usename = current_user AND application_name = :name "
    "AND wait_event = 'ClientRead' AND xact_start IS NOT NULL AND state_change < clock_timestamp() - :pause"
).bindparams(bindparam("pause", type_=Interval()))

ONE_AT_A_TIME = text(f"SELECT pg_advisory_xact_lock({0x6D696772}, 1)")  # "migr"; see `sole.ADVISORY_SPACE`
"""Several daemons may be started on a new database at the same moment."""


Returned = TypeVar("Returned")
_IN_MEMORY = (None, "", ":memory:")
"""SQLite databases that only the connection that made them sees."""


class SchemaNotCurrent(MailwardenError):
    """The tables are not those of this version; `run.py db upgrade` brings them up to date."""


class Database:
    """Engine and sessions for one database URL. Safe to share between threads."""

    def __init__(self, url: str, *, lease: timedelta | None = None) -> None:
        """`lease` is that of a daemon on PostgreSQL: what it has locked, others wait for no longer."""
        self.url: URL = make_url(url)
        self.engine: Engine = _engine(self.url, lease)
        self._lease = lease
        self._reads = sessionmaker(self.engine, expire_on_commit=False)
        # SQLite forgets what one connection has read as soon as another one has written.
        has_file = self.is_embedded and self.url.database not in _IN_MEMORY
        self.writing_engine = _sole_writer(self.url) if has_file else self.engine
        self._writes = sessionmaker(self.writing_engine, expire_on_commit=False)
        # SQLite has one writer; queueing here is fair, its own busy loop is not.
        self._writer = threading.Lock() if self.is_embedded else nullcontext()
        self._gathering = Gathering()

    @property
    def is_embedded(self) -> bool:
        """Whether this is SQLite: one file, one machine, one daemon."""
        return self.url.get_backend_name() == "sqlite"

    def from_now(self, wait: timedelta = timedelta(0)) -> ColumnElement[datetime]:
        """The instant so long from when the statement runs, by the database's time.

        An embedded one has this machine's. The expression may be kept and used again.
        """
        if self.is_embedded:
            return bindparam(None, type_=UtcDateTime(), callable_=lambda: utcnow() + wait)
        return func.clock_timestamp(type_=UtcDateTime()) + literal(wait, Interval())

    def from_now_by(self, name: str) -> ColumnElement[datetime]:
        """The same, so long from then as the parameter of this name says."""
        if self.is_embedded:
            return cast("ColumnElement[datetime]", bindparam(name, type_=FromNow()))
        return func.clock_timestamp(type_=UtcDateTime()) + bindparam(name, type_=Interval())

    @contextmanager
    def write(self, doing: str) -> Iterator[Session]:
        """A transaction that may write: commits at the end of the block, or leaves no trace.

        `doing` names the commit; tests end the process before and after each.
        """
        with self._writer, self._transaction([doing]) as session:
            yield session

    def together(self, doing: str, work: Work[Returned]) -> Returned:
        """Do the work in a transaction and commit it; on SQLite with all that waits to be written then.

        To wait for the disk takes longer than most work. When anything goes wrong with what was gathered,
        nothing of it is kept and each piece is done alone, by the thread that brought it.
        `work` leaves no trace but in the database: it may run twice, and on another thread.
        """
        piece = Piece(doing, work)
        if self.is_embedded and self._gathering.enter(piece):
            self._lead()
        for result in piece.results:
            return result
        with self.write(doing) as session:
            return work(session)

    def _lead(self) -> None:
        taken: list[Piece[Any]] = []
        try:
            with self._writer:
                taken = self._gathering.take()
                if len(taken) > 1:
                    self._do_all(taken)
        finally:
            self._gathering.leave(taken)

    def _do_all(self, pieces: list[Piece[Any]]) -> None:
        try:
            with self._transaction([piece.doing for piece in pieces]) as whole:
                for piece in pieces:
                    self._do_within(whole, piece)
        except Exception:  # noqa: BLE001  (whose it is shows when each piece is done alone)
            return
        for piece in pieces:
            piece.committed()

    def _do_within(self, whole: Session, piece: Piece[Any]) -> None:
        """In a session of its own, which knows nothing of what other pieces have loaded."""
        with self._writes(bind=whole.connection()) as session:
            piece.run(session)
            session.flush()

    @contextmanager
    def _transaction(self, doing: Iterable[str]) -> Iterator[Session]:
        with self._writes() as session:
            session.connection(execution_options={"write": True})
            yield session
            for each in doing:
                fault_point(f"commit {each}: before")
            session.commit()
            for each in doing:
                fault_point(f"commit {each}: after")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only reads, from one consistent snapshot."""
        with self._reads() as session:
            yield session
            session.expunge_all()  # so that nothing is written
            session.commit()  # after a rollback, PostgreSQL's driver forgets all that it has prepared

    def end_pauses(self, session: Session) -> None:
        """End the transactions of daemons that have not gone on with them for as long as a lease.

        The server does so by itself, but not after the pipeline in which the driver sends many rows.
        """
        if self._lease is not None and not self.is_embedded:
            session.execute(END_PAUSES, {"name": DAEMON, "pause": self._lease})

    def revision(self) -> str | None:
        """The revision that the tables are at; None for an empty database."""
        with self.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def require_current(self) -> None:
        """Raise `SchemaNotCurrent` unless the tables are those of this version."""
        found, wanted = self.revision(), head_revision()
        if found != wanted:
            raise SchemaNotCurrent(
                f"the database is at revision {found or 'none'}, this version needs {wanted}; "
                "run `run.py db upgrade`",
            )

    def upgrade(self) -> None:
        """Bring the tables to this version."""
        with self.engine.begin() as connection:
            migrate(connection)

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()
        self.writing_engine.dispose()


def rows_changed(result: Result[Any]) -> int:
    """How many rows an UPDATE or DELETE has met: whoever meets the row first has it."""
    return cast("CursorResult[Any]", result).rowcount


def migrate(connection: Connection) -> None:
    """Bring the tables to this version, in this transaction; who comes second finds it done."""
    if connection.dialect.name == "postgresql":
        connection.execute(ONE_AT_A_TIME)
    command.upgrade(_alembic(connection), "head")


def head_revision() -> str | None:
    """The revision that this version of the code is written for."""
    return ScriptDirectory.from_config(_alembic(None)).get_current_head()


def _alembic(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _engine(url: URL, lease: timedelta | None) -> Engine:
    if url.get_backend_name() == "postgresql":
        shared = url.set(drivername="postgresql+psycopg")
        milliseconds = round((lease or LONGEST_PAUSE) / timedelta(milliseconds=1))
        options = {
            "options": f"-c idle_in_transaction_session_timeout={milliseconds}",
            "application_name": DAEMON if lease else COMMAND,
        }
        return create_engine(
            shared,
            pool_pre_ping=True,
            max_overflow=-1,  # a loop takes one at a time, and none must wait for another loop's
            connect_args=POSTGRES | options,
            hide_parameters=True,
        )
    if url.database not in _IN_MEMORY:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    return _sqlite(url)


def _sole_writer(url: URL) -> Engine:
    """One connection, which keeps what it has read: but for a command now and then nobody else writes."""
    cache = f"cache_size = -{WRITER_CACHE_KIB}"
    return _sqlite(url, cache, f"wal_autocheckpoint = {WRITER_CHECKPOINT_PAGES}", pool_size=1, max_overflow=0)


def _sqlite(url: URL, *pragmas: str, **pool: int) -> Engine:
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401  (the driver's own type)
        connection.isolation_level = None  # sqlite3 must not begin transactions behind our back
        for pragma in (*PREPARE_SQLITE, *pragmas):
            connection.execute(f"PRAGMA {pragma}")

    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_SECONDS}, hide_parameters=True, **pool)
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that turns into a writer half-way fails at once when another one wrote.
    writes = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
