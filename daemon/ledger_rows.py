"""Sealed entries as they are found in the table, whatever somebody may have written there."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import String, func, select, type_coerce

from daemon.chain import Content, Sealed
from daemon.store.database import Database
from daemon.store.models import LedgerEntry, table_of

PAGE = 2000

LEDGER = table_of(LedgerEntry)
IDS = ("message_id", "matter_id", "action_id")
# As stored: what somebody wrote there by other means need be neither an instant nor JSON.
COLUMNS = (
    *(LEDGER.c[name] for name in ("id", "sequence", "digest", "event", *IDS)),
    type_coerce(LEDGER.c.at, String).label("at"),
    type_coerce(LEDGER.c.facts, String).label("facts"),
)


def sealed_rows(database: Database, *, after: int | None = None, last: int | None = None) -> Iterator[Sealed]:
    """The sealed entries in their sequence, page by page, so that no transaction lasts long."""
    wanted = select(*COLUMNS).where(LEDGER.c.sequence.is_not(None)).order_by(LEDGER.c.sequence).limit(PAGE)
    if last is not None:
        wanted = wanted.where(LEDGER.c.sequence <= last)
    while True:
        with database.read() as session:
            page = wanted if after is None else wanted.where(LEDGER.c.sequence > after)
            rows = session.execute(page).all()
        yield from map(_sealed, rows)
        if len(rows) < PAGE:
            return
        after = rows[-1].sequence


def last_sequence(database: Database) -> int:
    """How far the ledger is sealed; 0 when nothing is."""
    with database.read() as session:
        return session.scalar(select(func.max(LEDGER.c.sequence))) or 0


def _sealed(row: Any) -> Sealed:  # noqa: ANN401  (a row of the columns above)
    return Sealed(number=row.id, sequence=row.sequence, digest=str(row.digest), content=_content(row))


def _content(row: Any) -> Content | None:  # noqa: ANN401
    try:
        at, facts = _instant(row.at), _facts(row.facts)
    except (TypeError, ValueError):
        return None
    ids = {name: getattr(row, name) for name in IDS}
    return Content(at=at, event=row.event, facts=facts, **ids)


def _instant(stored: str | datetime) -> datetime:
    at = stored if isinstance(stored, datetime) else datetime.fromisoformat(stored)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _facts(stored: object) -> Mapping[str, object]:
    facts = json.loads(stored) if isinstance(stored, str) else stored
    if not isinstance(facts, dict):
        raise TypeError("facts are an object")
    return facts
