"""One daemon at a time on an embedded database, and one of each name on a shared one."""

from contextlib import suppress
from typing import Protocol

from filelock import FileLock, Timeout
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from config.errors import MailwardenError
from daemon.store.database import Database

ADVISORY_SPACE = 0x6D61696C  # "mail"; any number that no other program on the database uses


class AlreadyRunning(MailwardenError):
    """Another daemon works on this database; stop it first."""


class NameTaken(AlreadyRunning):
    """A daemon of this name works on this database; stop it, or set `instance` to another name."""


class Sole(Protocol):
    """The right to be the only daemon of its name; it ends with the process, however that ends."""

    def acquire(self) -> None:
        """Take it, or raise `AlreadyRunning`."""

    def keep(self) -> bool:
        """Take it again where the database has dropped it meanwhile; whether we have it."""

    def release(self) -> None:
        """Give it back."""


def sole(database: Database, instance: str) -> Sole:
    """The kind of lock that fits the database."""
    if database.is_embedded:
        return FileSole(f"{database.url.database}.lock")
    return SessionSole(database, instance)


class FileSole:
    """A lock on a file beside the SQLite database; the system drops it when the process ends."""

    def __init__(self, path: str) -> None:
        self._lock = FileLock(path)

    def acquire(self) -> None:
        """See `Sole`."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise AlreadyRunning(f"{AlreadyRunning.__doc__} (lock: {self._lock.lock_file})") from None

    def keep(self) -> bool:
        """The system drops it only when the process ends."""
        return True

    def release(self) -> None:
        """See `Sole`."""
        self._lock.release()


class SessionSole:
    """An advisory lock of a PostgreSQL session; the server drops it when the connection ends."""

    def __init__(self, database: Database, instance: str) -> None:
        self._database = database
        self._instance = instance
        self._connection: Connection | None = None

    def acquire(self) -> None:
        """See `Sole`."""
        connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        name = {"space": ADVISORY_SPACE, "name": self._instance}
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:space, hashtext(:name))"), name):
            connection.close()
            raise NameTaken(f"{NameTaken.__doc__} (instance: {self._instance})")
        self._connection = connection

    def keep(self) -> bool:
        """The server drops it when it is started again, or when the connection breaks."""
        with suppress(DBAPIError, NameTaken):
            if not self._is_connected():
                self.acquire()
            return True
        return False

    def _is_connected(self) -> bool:
        connection, self._connection = self._connection, None
        if connection is None:
            return False
        try:
            connection.execute(text("SELECT 1"))
        except DBAPIError:
            connection.close()
            return False
        self._connection = connection
        return True

    def release(self) -> None:
        """See `Sole`."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(DBAPIError):  # the connection broke meanwhile: the server has taken the lock back
                connection.execute(text("SELECT pg_advisory_unlock_all()"))
            connection.close()
