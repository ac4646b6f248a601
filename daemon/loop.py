"""A supervised loop: one thread that works one step until it is told to stop."""

import random
import threading
from contextlib import suppress

import structlog
from sqlalchemy.exc import DBAPIError

from connectors.errors import OutsideError
from daemon.health import Health
from daemon.pulse import Pulse
from daemon.step import Step

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 60.0

log = structlog.get_logger()


class Loop:
    """Runs a step; an error is recorded and the loop goes on, ever more slowly while errors last."""

    def __init__(self, *, step: Step, health: Health, longest_pause: float = LONGEST_PAUSE_SECONDS) -> None:
        """`longest_pause` is that between failed turns, in seconds, give or take a quarter."""
        self.step = step
        self.health = health
        self.pulse = Pulse(step.name)
        self._longest_pause = longest_pause
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._failures = 0
        self._begun = False
        self._thread = self._new_thread()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def revive(self) -> bool:
        """Start a new thread if the old one has died unasked; whether it had."""
        if self._thread.is_alive() or self._stopping.is_set():
            return False
        self._thread = self._new_thread()
        self._thread.start()
        with suppress(DBAPIError):  # then the log alone tells of it
            self.health.restarted()
        return True

    def stop(self) -> None:
        """Ask the loop to end after the piece of work under way."""
        self._stopping.set()
        self.wake()

    def wake(self) -> None:
        """End a rest, or the pause after a failed turn."""
        self._woken.set()
        self.step.interrupt()

    def join(self, seconds: float) -> bool:
        """Wait for the thread to end; whether it has."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _new_thread(self) -> threading.Thread:
        return threading.Thread(target=self._run, name=self.step.name, daemon=True)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._turn()
        try:
            self.step.close()
        except Exception as error:  # noqa: BLE001  (the loop's edge: what it could not let go runs out)
            log.warning("close failed", error=type(error).__name__)

    def _turn(self) -> None:
        try:
            self.pulse.turns()
            if not self._begun:
                self.health.begin()
                self._begun = True
            worked = self.step.work()
            self._failures = 0
            self.health.well()
            self.pulse.rests()
            if not worked and not self._stopping.is_set():
                self.step.rest()
        except Exception as error:  # noqa: BLE001  (the loop's edge: records, pauses, goes on)
            self._recover(error)

    def _recover(self, error: Exception) -> None:
        self._failures += 1
        self.pulse.failed(error)
        log.warning("turn failed", error=type(error).__name__, failures=self._failures)
        with suppress(DBAPIError):  # then the database itself is in trouble; the step tells it again
            self.step.failed(error)
            self.health.troubled(error)
        self._woken.wait(self._pause(error))
        self._woken.clear()

    def _pause(self, error: Exception) -> float:
        """Seconds until the next turn: doubling, with jitter, or what the other side asked for."""
        doubled = min(FIRST_PAUSE_SECONDS * 2.0 ** min(self._failures - 1, 16), self._longest_pause)
        asked = error.retry_after if isinstance(error, OutsideError) else None
        return max(asked or 0.0, doubled * random.uniform(0.75, 1.25))
