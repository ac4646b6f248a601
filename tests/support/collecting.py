"""A collector beside a mailbox in memory, and what it has stored."""

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import select, update

from connectors.mail import MailSource
from daemon import collect
from daemon.bell import Bell
from daemon.collect import Collector
from daemon.store.database import Database
from daemon.store.models import LedgerEntry, Mailbox, Message, Sighting
from daemon.store.states import MessageState
from daemon.watched import NOTHING, Showing, Watch
from parsers.glance import Glance
from tests.support.mail import MemoryMailbox
from tests.support.reports import RECEIVED

EARLIER = date(2026, 1, 1)
NOW = RECEIVED + timedelta(hours=1)


def look(head: bytes, _earlier: Glance | None) -> Glance:
    """A stand-in for a header: the party, a space, and perhaps "urgent"."""
    party, _, rest = head.decode().partition(" ")
    return Glance(party=party if party != "?" else None, urgent=rest.startswith("urgent"))


def collector(
    database: Database,
    mailbox: MemoryMailbox,
    *,
    since: date | None = EARLIER,
    showing: Showing = NOTHING,
    holds: Callable[[], bool] = lambda: True,
    seeing: bool = False,
    head_start: float = 0,
    collected: Bell | None = None,
) -> Collector:
    def open_source() -> MailSource:
        return mailbox

    watch = Watch(
        mailbox="regulators", open_source=open_source, poll_seconds=0.01, since=since, showing=showing
    )
    glance = look if seeing else collect.nothing_seen
    return Collector(
        watch=watch,
        database=database,
        collected=collected or Bell(),
        holds=holds,
        glance=glance,
        head_start=head_start,
    )


def stored(database: Database) -> list[tuple[int, int]]:
    with database.read() as session:
        rows = session.execute(select(Message.uidvalidity, Message.uid).order_by(Message.id))
        return [(uidvalidity, uid) for uidvalidity, uid in rows]


def uids(database: Database) -> list[int]:
    return [uid for _, uid in stored(database)]


def sighted(database: Database) -> list[tuple[int, int, int]]:
    with database.read() as session:
        rows = session.scalars(select(Sighting).order_by(Sighting.uid))
        return [(row.uidvalidity, row.uid, row.message_id) for row in rows]


def the_mailbox(database: Database) -> Mailbox:
    with database.read() as session:
        return session.get_one(Mailbox, "regulators")


def events(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(LedgerEntry.event).order_by(LedgerEntry.id)))


def settle(database: Database) -> None:
    """As if everything that is stored had been decided."""
    with database.write("test") as session:
        session.execute(update(Message).values(state=MessageState.DECIDED))
