"""How a step learns that the one before it has committed something."""

import threading
from collections.abc import Callable


class Bell:
    """Counts its rings, so that one between looking and waiting is never missed.

    `on_ring` is told of each ring of our own, and carries it to other daemons where there are any.
    """

    def __init__(self, on_ring: Callable[[], None] = lambda: None) -> None:
        self.on_ring = on_ring
        self._condition = threading.Condition()
        self._rings = 0

    @property
    def rings(self) -> int:
        """How often it has rung; read this before looking for work."""
        return self._rings

    def ring(self) -> None:
        """Wake everybody who waits, here and elsewhere."""
        self.hear()
        self.on_ring()

    def hear(self) -> None:
        """Wake everybody who waits here."""
        with self._condition:
            self._rings += 1
            self._condition.notify_all()

    def wait(self, *, since: int, seconds: float) -> None:
        """Return when it has rung since that count was read, or after so many seconds."""
        with self._condition:
            self._condition.wait_for(lambda: self._rings != since, seconds)
