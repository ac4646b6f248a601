"""Rings the bells of all daemons on one PostgreSQL (LISTEN and NOTIFY).

A ring that is lost costs only time: every step also looks for work by itself.
"""

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial

from psycopg import Connection, Error, sql
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from daemon.bell import Bell
from daemon.store.database import Database

CHANNEL_NAME = "mailwarden"
CHANNEL = sql.Identifier(CHANNEL_NAME)
PLANNED = "planned"
"""The bell of what is to be carried out."""
LISTEN_SECONDS = 0.5
QUIET_SECONDS = 0.05
"""Rings of one bell that come closer together are told to the others as one."""


def ring_planned(session: Session) -> None:
    """Tell the daemons, once the transaction is committed, that a command has planned something.

    Only PostgreSQL can; beside an embedded database the daemon finds it within half a minute.
    """
    if session.get_bind().dialect.name != "sqlite":
        session.execute(select(func.pg_notify(CHANNEL_NAME, PLANNED)))


class Wire:
    """The step that hears the other daemons' bells; `tell` may be called by any thread."""

    name = "wire"

    def __init__(self, *, database: Database, bells: Mapping[str, Bell]) -> None:
        self._database = database
        self._bells = bells
        self._listener: Connection | None = None
        self._speaker: Connection | None = None
        self._speaking = threading.Lock()
        self._told_at = dict.fromkeys(bells, 0.0)
        self._untold: set[str] = set()
        self._deaf = False
        for name, bell in bells.items():
            bell.on_ring = partial(self._tell, name)

    def work(self) -> bool:
        """Hear what the others have done, for half a second, and tell them what they were not told yet."""
        listener = self._listener or self._listen()
        for notice in listener.notifies(timeout=LISTEN_SECONDS, stop_after=1):
            if self._speaker is None or notice.pid != self._speaker.info.backend_pid:
                self._bells[notice.payload].hear()
        for name in tuple(self._untold):
            self._speak(name)
        return True

    def failed(self, error: Exception) -> None:  # noqa: ARG002  (whatever it was)
        """Drop the connections: after an error their state is unknown, and rings may have been missed."""
        self.close()
        self._deaf = True

    def rest(self) -> None:
        """Listening is its rest."""

    def interrupt(self) -> None:
        """It looks up twice a second."""

    def close(self) -> None:
        """Let go of both connections."""
        for connection in (self._listener, self._speaker):
            if connection is not None:
                connection.close()
        self._listener = self._speaker = None

    def _listen(self) -> Connection:
        self._listener = self._connect()
        self._listener.execute(sql.SQL("LISTEN {}").format(CHANNEL))
        if self._deaf:
            self._deaf = False
            for bell in self._bells.values():
                bell.hear()
        return self._listener

    def _tell(self, name: str) -> None:
        """Tell the others at once, or in the next turn where they have just been told."""
        if time.monotonic() - self._told_at[name] < QUIET_SECONDS:
            self._untold.add(name)
        else:
            self._speak(name)

    def _speak(self, name: str) -> None:
        self._told_at[name] = time.monotonic()
        self._untold.discard(name)
        with self._speaking, suppress(Error, OSError):
            if self._speaker is None or self._speaker.closed:
                self._speaker = self._connect()
            self._speaker.execute(sql.SQL("NOTIFY {}, {}").format(CHANNEL, sql.Literal(name)))

    def _connect(self) -> Connection:
        url = self._database.url.set(drivername="postgresql")
        return Connection.connect(url.render_as_string(hide_password=False), autocommit=True)
