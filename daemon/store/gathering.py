"""Pieces of work that wait for the same writer are done by one of those who brought them, all at once."""

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

Result = TypeVar("Result")
Work = Callable[[Session], Result]
"""What is to be committed. It may run on another thread, and more than once."""


class Piece(Generic[Result]):
    """What one thread brings, and what came of it."""

    def __init__(self, doing: str, work: Work[Result]) -> None:
        self.doing = doing
        self._work = work
        self._results: list[Result] = []
        self._is_committed = False
        self.leads = False
        self.wake = threading.Event()

    def run(self, session: Session) -> None:
        """Do it, within a transaction that is not committed yet."""
        self._results = [self._work(session)]

    def committed(self) -> None:
        """Its transaction was committed."""
        self._is_committed = True

    @property
    def results(self) -> list[Result]:
        """What the work returned; empty where it was not committed."""
        return self._results if self._is_committed else []


class Gathering:
    """Lets one thread at a time lead: it takes what has gathered until then, and the others wait for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Piece[Any]] = []
        self._is_led = False

    def enter(self, piece: Piece[Any]) -> bool:
        """Bring a piece; False when somebody else has taken care of it, True when it is for us to lead."""
        with self._lock:
            self._waiting.append(piece)
            if not self._is_led:
                self._is_led = True
                return True
        piece.wake.wait()
        return piece.leads

    def take(self) -> list[Piece[Any]]:
        """What has gathered, in the order in which it came."""
        with self._lock:
            taken, self._waiting = self._waiting, []
        return taken

    def leave(self, taken: list[Piece[Any]]) -> None:
        """Let those go on whose pieces were taken, and the first of those who have come since lead."""
        for piece in taken:
            piece.wake.set()
        with self._lock:
            following = self._waiting[0] if self._waiting else None
            self._is_led = following is not None
        if following is not None:
            following.leads = True
            following.wake.set()
