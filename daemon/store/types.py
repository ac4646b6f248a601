"""Column types that keep the store's promises: aware instants, named states."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, Dialect, Enum
from sqlalchemy.types import TypeDecorator

from config.instant import utcnow


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, kept in UTC. Refuses naive datetimes on the way in, returns aware ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; SQLite has no zones, so it gets the bare UTC wall time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime can't be stored; give it a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  (SQLAlchemy's signature)
        """Return what was stored as an aware UTC instant."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class FromNow(TypeDecorator[timedelta]):
    """A parameter that says how long from the moment at which it is bound, by this machine's time."""

    impl = UtcDateTime
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  (SQLAlchemy's signature)
        """The instant that is meant."""
        return None if value is None else utcnow() + value


def named(values: type[StrEnum]) -> Enum:
    """Store an enum by its value, as plain text that a person can read in the table."""
    return Enum(
        values,
        native_enum=False,
        length=24,
        values_callable=lambda members: [str(member) for member in members],
        validate_strings=True,
    )


Document = dict[str, Any]
"""A JSON document, written and read through the type adapter that belongs to it."""
