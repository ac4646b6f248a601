"""The account of a day: every mail on the server has become exactly one thing, or is named as a difference.

    mails on the server + mails no longer there =
        tickets opened + updates + held + set aside + mails from before the mailbox was watched

Only numbers and UIDs are named, never what a mail says.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.errors import OutsideError
from daemon.fates import Fate, Period, Traced, lost_rows, trace
from daemon.server_side import Comparison, Listing, ask
from daemon.store.database import Database
from daemon.store.models import Mailbox
from daemon.watched import Watch

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Something that is not accounted for."""

    mailbox: str
    uid: int | None
    number: int | None  # the message's, where it has one
    what: str


@dataclass(frozen=True, kw_only=True)
class Gone:
    """A mail that is stored, and that somebody has moved or deleted on the server."""

    uid: int  # as it was collected
    number: int


@dataclass(frozen=True, kw_only=True)
class MailboxAccount:
    """What came to one mailbox on the day, and what became of it."""

    mailbox: str
    on_server: int | None  # None when the server was not asked, or did not answer
    before_start: int  # of those, mails that lay there before the mailbox was watched
    collected: int  # messages in our table
    gone: tuple[Gone, ...]  # of those, the ones that are no longer on the server; no fault
    fates: dict[Fate, int]  # what became of the collected ones
    differences: tuple[Difference, ...]


@dataclass(frozen=True, kw_only=True)
class Account:
    """The account of a day."""

    day: date
    zone: str
    since: datetime
    until: datetime  # not included
    offline: bool  # the servers were not asked, so a mail that was never collected can't be seen
    complete: bool  # nothing differs
    mailboxes: tuple[MailboxAccount, ...]


def account(
    database: Database, watches: Sequence[Watch], day: date, *, zone: str = "UTC", offline: bool = False
) -> Account:
    """Account for all mail that arrived on the day, as the zone counts days."""
    period = _period(day, ZoneInfo(zone))
    by_name = {watch.mailbox: watch for watch in watches}
    with database.read() as session:
        known = set(session.scalars(select(Mailbox.name)))
    mailboxes = tuple(
        _account_of(database, name, None if offline else by_name.get(name), period)
        for name in sorted(known | by_name.keys())
    )
    return Account(
        day=day,
        zone=zone,
        since=period.since,
        until=period.until,
        offline=offline,
        complete=not any(mailbox.differences for mailbox in mailboxes),
        mailboxes=mailboxes,
    )


def _period(day: date, zone: ZoneInfo) -> Period:
    """A day has 23 or 25 hours where the clocks are changed."""
    first, last = (datetime.combine(each, time.min, zone) for each in (day, day + ONE_DAY))
    return Period(since=first.astimezone(UTC), until=last.astimezone(UTC))


def _account_of(database: Database, name: str, watch: Watch | None, period: Period) -> MailboxAccount:
    """The server first: what comes in between the two looks is then stored, and not a difference."""
    listing, trouble = _asked(watch, period)
    with database.read() as session:
        mailbox = session.get(Mailbox, name)
        traced = trace(session, name, period)
        compared = (
            Comparison(session, mailbox, listing, since=watch.since)
            if mailbox and watch and listing
            else None
        )
        found = [*_troubles(mailbox, trouble), *_lost(session, name, period), *_faults(traced)]
    if compared:
        found += [(uid, None, what) for uid, what in compared.differences()]
    gone = compared.gone(one.message for one in traced) if compared else ()
    counts = Counter(one.fate for one in traced)
    return MailboxAccount(
        mailbox=name,
        on_server=len(listing.arrivals) if listing else None,
        before_start=compared.before_start if compared else 0,
        collected=len(traced),
        gone=tuple(Gone(uid=message.uid, number=message.id) for message in gone),
        fates={fate: counts[fate] for fate in Fate},
        differences=tuple(
            Difference(mailbox=name, uid=uid, number=number, what=what) for uid, number, what in found
        ),
    )


_Found = tuple[int | None, int | None, str]
"""UID, number and words of a difference."""


def _asked(watch: Watch | None, period: Period) -> tuple[Listing | None, str | None]:
    """What the server says, or why it says nothing."""
    try:
        return (ask(watch, period) if watch else None), None
    except OutsideError as error:
        return None, f"the server could not be asked: {error}"


def _troubles(mailbox: Mailbox | None, trouble: str | None) -> Iterator[_Found]:
    if trouble is not None:
        yield None, None, trouble
    if mailbox is None:
        yield None, None, "it was never watched; start the daemon"


def _lost(session: Session, name: str, period: Period) -> Iterator[_Found]:
    for entry in lost_rows(session, name, period):
        yield entry.facts.get("uid"), entry.message_id, "collected, and its row is gone from the table"


def _faults(traced: Sequence[Traced]) -> Iterator[_Found]:
    for one in traced:
        for fault in one.faults():
            yield one.message.uid, one.message.id, fault
