"""How a step learns that the one before it has committed something."""

import threading


class Bell:
    """Counts its rings, so that one between looking and waiting is never missed."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rings = 0

    @property
    def rings(self) -> int:
        """How often it has rung; read this before looking for work."""
        return self._rings

    def ring(self) -> None:
        """Wake everybody who waits."""
        with self._condition:
            self._rings += 1
            self._condition.notify_all()

    def wait(self, *, since: int, seconds: float) -> None:
        """Return when it has rung since that count was read, or after so many seconds."""
        with self._condition:
            self._condition.wait_for(lambda: self._rings != since, seconds)
