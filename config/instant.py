"""The one clock of the program. Tests patch `utcnow` here and nowhere else."""

from datetime import UTC, datetime


def utcnow() -> datetime:
    """The present instant, timezone-aware, in UTC."""
    return datetime.now(UTC)
