"""The one clock of the program. Tests patch `utcnow` here and nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_standing: ContextVar[datetime | None] = ContextVar("standing", default=None)


def utcnow() -> datetime:
    """The present instant, timezone-aware, in UTC."""
    return _standing.get() or datetime.now(UTC)


@contextmanager
def standing_at(instant: datetime) -> Iterator[None]:
    """Let the clock stand at an instant, for the calling thread and the length of the block.

    Replay needs it: the steps ask the clock themselves, and a mail of last year has to be handled as
    it was due then. It holds for one thread only, so that a server which runs beside a replay keeps
    the real time, and nothing can leave the clock standing for the daemon.

    Raises:
        ValueError: the instant has no time zone.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    before = _standing.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _standing.reset(before)
