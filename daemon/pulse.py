"""The pulse of one loop, kept in memory: whether it turns, and how often it failed.

The database can't tell that it is out of reach, nor that a loop hangs; this can.
"""

import time
from collections import Counter
from threading import Lock

from daemon.store.trouble import database_trouble

STUCK_SECONDS = 900.0
"""Longer than any turn that is well: calls and readings time out within a minute, a large backlog of one
mailbox is taken in within minutes."""


class Pulse:
    """Told by the loop's own thread; any thread may look."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._turn_began: float | None = None
        self._lock = Lock()
        self._failures: Counter[str] = Counter()
        self.database_trouble: str | None = None
        """What the last turn met in the database, in words; None when it met nothing there."""

    def turns(self) -> None:
        """A turn begins."""
        self._turn_began = time.monotonic()

    def rests(self) -> None:
        """The turn has ended; the loop waits for its next one."""
        self._turn_began = self.database_trouble = None

    def failed(self, error: Exception) -> None:
        """The turn has ended in an error."""
        with self._lock:
            self._failures[type(error).__name__] += 1
        self._turn_began, self.database_trouble = None, database_trouble(error)

    @property
    def turn_seconds(self) -> float:
        """For how long the turn under way has lasted; 0 between turns."""
        began = self._turn_began
        return 0.0 if began is None else time.monotonic() - began

    @property
    def is_stuck(self) -> bool:
        """Whether the turn under way has lasted longer than any that is well."""
        return self.turn_seconds > STUCK_SECONDS

    def failures(self) -> dict[str, int]:
        """How many turns have failed since the start, by the kind of error."""
        with self._lock:
            return dict(self._failures)
