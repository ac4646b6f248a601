"""The ledger as a file of JSON lines that can be checked without the database, with the key alone."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import AwareDatetime, TypeAdapter, ValidationError
from sqlalchemy import func, select

from config.errors import MailwardenError
from daemon.chain import Content, Place, Sealed, document
from daemon.ledger_rows import LEDGER, sealed_rows
from daemon.store.database import Database

STANDARD_OUTPUT = Path("-")


class NotExported(MailwardenError):
    """The ledger could not be exported."""


class ExportUnreadable(MailwardenError):
    """The file is not an export of the ledger."""


@dataclass(frozen=True, kw_only=True)
class Exported:
    """One line of an export: what was sealed, with its digest. It can be checked by itself, with the key."""

    id: int
    digest: str
    sequence: int
    previous: str | None
    at: AwareDatetime
    event: str
    message_id: int | None
    matter_id: int | None
    action_id: int | None
    facts: dict[str, Any]


EXPORTED = TypeAdapter(Exported)


def exported_rows(file: Path) -> Iterator[tuple[Sealed, Place]]:
    """The entries of an export, each with the place that the export gives it.

    Raises:
        ExportUnreadable: naming file and line.
    """
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                yield _parsed(line, f"{file}:{number}")
    except OSError as error:
        raise ExportUnreadable(f"{file} can't be read ({error.strerror})") from None


@contextmanager
def opened_for_export(file: Path) -> Iterator[BinaryIO]:
    """A new file, or the standard output for `-`; raises `NotExported`."""
    if file == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        return
    try:
        with file.open("xb") as out:
            yield out
    except OSError as error:
        raise NotExported(f"{file} can't be written ({error.strerror}); name a new file") from None


def write_export(
    database: Database, out: BinaryIO, *, since: datetime | None = None, until: datetime | None = None
) -> int:
    """Write the entries from the first to the last of that time, a line each; returns how many.

    Entries are not sealed in the order of their times to the second, so some of a neighbouring time can
    stand between: what is written is one whole piece of the chain.
    """
    first, last = _range(database, since, until)
    if first is None or last is None:
        return 0
    count, previous = 0, _digest_before(database, first)
    for entry in sealed_rows(database, after=first - 1, last=last):
        out.write(_line(entry, Place(sequence=entry.sequence, previous=previous)))
        count, previous = count + 1, entry.digest
    return count


def _range(database: Database, since: datetime | None, until: datetime | None) -> tuple[int | None, ...]:
    wanted = select(func.min(LEDGER.c.sequence), func.max(LEDGER.c.sequence))
    if since is not None:
        wanted = wanted.where(LEDGER.c.at >= since)
    if until is not None:
        wanted = wanted.where(LEDGER.c.at < until)
    with database.read() as session:
        return tuple(session.execute(wanted).one())


def _digest_before(database: Database, sequence: int) -> str | None:
    earlier = LEDGER.c.sequence < sequence
    last = select(LEDGER.c.digest).where(earlier).order_by(LEDGER.c.sequence.desc()).limit(1)
    with database.read() as session:
        return session.scalar(last)


def _line(entry: Sealed, place: Place) -> bytes:
    if entry.content is None:
        raise NotExported(
            f"entry {entry.sequence} (id {entry.number}) is not an entry any more; see `run.py ledger verify`"
        )
    line = {"id": entry.number, "digest": entry.digest, **document(entry.content, place)}
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _parsed(line: bytes, where: str) -> tuple[Sealed, Place]:
    try:
        found = EXPORTED.validate_json(line, strict=True)
    except ValidationError:
        raise ExportUnreadable(f"{where}: is not a line of an export of the ledger") from None
    content = Content(
        at=found.at,
        event=found.event,
        message_id=found.message_id,
        matter_id=found.matter_id,
        action_id=found.action_id,
        facts=found.facts,
    )
    entry = Sealed(number=found.id, sequence=found.sequence, digest=found.digest, content=content)
    return entry, Place(sequence=found.sequence, previous=found.previous)
