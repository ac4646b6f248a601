"""A person puts a matter right, and the tickets are brought up to date."""

from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import select

from connectors.errors import OutcomeUnknown
from connectors.tickets import FactTable, Heading, Paragraph
from daemon.bell import Bell
from daemon.corrections import Correct, Corrected, Word, correct
from daemon.deliver import Courier
from daemon.store.database import Database
from daemon.store.models import Action, Correction, LedgerEntry
from rules.site import Site
from tests.support.tickets import MemoryTickets

ANN = "ann"
WHY = "we called them"
_seconds = count()


def put_right(database: Database, site: Site, correction: Correct, *, dry_run: bool = False) -> Corrected:
    """Each a second after the one before."""
    at = datetime(2026, 11, 3, 10, tzinfo=UTC) + timedelta(seconds=next(_seconds))
    return correct(database, site, Word(by=ANN, reason=WHY, at=at), correction, dry_run=dry_run)


def deliver(database: Database, tickets: MemoryTickets) -> None:
    """Carry out all that is planned."""
    step = Courier(number=1, database=database, tickets=tickets, planned=Bell(), unknown_wait=timedelta(0))
    while True:
        try:
            if not step.work():
                return
        except OutcomeUnknown as error:
            step.failed(error)


def comments(tickets: MemoryTickets, key: str) -> list[str]:
    """What the ticket's comments say, each as one text."""
    return ["\n".join(map(_words, text)) for text in tickets.tickets[key].comments.values()]


def count_rows(database: Database) -> tuple[int, int, int]:
    """How many actions, corrections and ledger entries there are."""
    with database.read() as session:
        found = [len(session.scalars(select(table.id)).all()) for table in (Action, Correction, LedgerEntry)]
    return found[0], found[1], found[2]


def told(database: Database) -> list[LedgerEntry]:
    """What the ledger says of corrections."""
    with database.read() as session:
        return list(
            session.scalars(
                select(LedgerEntry).where(LedgerEntry.event == "corrected").order_by(LedgerEntry.id)
            )
        )


def _words(block: object) -> str:
    match block:
        case Heading(text=text) | Paragraph(text=text):
            return text
        case FactTable(rows=rows):
            return "\n".join(f"{label}: {value}" for label, value in rows)
        case _:
            return ""
