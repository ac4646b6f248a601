"""Reconciliation: what the server holds compared with what is stored, so that nothing is missed unseen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from config.instant import utcnow
from connectors.mail import MailSource
from daemon.epochs import first_instant
from daemon.ledger import Event, record
from daemon.store.database import Database
from daemon.store.models import Mailbox, Message, Sighting
from daemon.store.states import Mirror
from daemon.uids import stored_uids

EVERY_SECONDS = 3600.0
WINDOW = timedelta(days=3)
ONE_DAY = timedelta(days=1)  # a server counts days in a time zone of its own
NAMED_UIDS = 50  # in the ledger; more are only counted


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Of the mail of the last days, what is on one side only."""

    missing: tuple[int, ...]  # on the server, and not stored: it came late, or a person brought it back
    gone: tuple[int, ...]  # stored, and not there any more: a person has moved or deleted it


def compare(database: Database, name: str, source: MailSource, *, since: date | None) -> Difference:
    """Compare the mail that arrived in the last three days, up to the high-water mark."""
    with database.read() as session:
        mailbox = session.get_one(Mailbox, name)
    day = max((utcnow() - WINDOW).date(), mailbox.rescan_since or date.min)
    there = [uid for uid in source.uids_since(day) if mailbox.floor < uid <= mailbox.high_water]
    with database.read() as session:
        stored = stored_uids(session, mailbox, there)
        gone = _gone(session, mailbox, day + ONE_DAY, there)
    missing = [uid for uid in there if uid not in stored]
    return Difference(missing=tuple(_wanted(source, mailbox, missing, since=since)), gone=tuple(sorted(gone)))


def note(session: Session, name: str, difference: Difference) -> None:
    """Keep the numbers for whoever asks how the mailbox is, and record every change of them."""
    mailbox = session.get_one(Mailbox, name)
    missing, gone = len(difference.missing), len(difference.gone)
    if missing or (mailbox.missing, mailbox.gone) != (missing, gone):
        record(
            session,
            Event.RECONCILED,
            utcnow(),
            mailbox=name,
            uidvalidity=mailbox.uidvalidity,
            missing=missing,
            missing_uids=_named(difference.missing),
            gone=gone,
            gone_uids=_named(difference.gone),
        )
    mailbox.reconciled_at, mailbox.missing, mailbox.gone = utcnow(), missing, gone


def _gone(session: Session, mailbox: Mailbox, day: date, there: Sequence[int]) -> set[int]:
    """The UIDs of messages of this epoch that arrived since, and are not there any more.

    But for those that we moved ourselves, and those that are there under another UID.
    """
    moved = or_(Message.mirror.is_(None), Message.mirror == Mirror.MARKED)
    stored = select(Message.uid, Message.id).where(
        Message.mailbox == mailbox.name,
        Message.received_at >= datetime.combine(day, time.min, UTC),
        Message.uidvalidity == mailbox.uidvalidity,
        moved,
    )
    back = _brought_back(session, mailbox, there)
    return {uid for uid, number in session.execute(stored) if number not in back}.difference(there)


def _brought_back(session: Session, mailbox: Mailbox, there: Sequence[int]) -> set[int]:
    """The numbers of messages that lie under these UIDs, and not where they were collected."""
    sighted = select(Sighting.uid, Sighting.message_id).where(
        Sighting.mailbox == mailbox.name,
        Sighting.uidvalidity == mailbox.uidvalidity,
        Sighting.uid.between(min(there, default=0), max(there, default=0)),
    )
    present = frozenset(there)
    return {number for uid, number in session.execute(sighted) if uid in present}


def _wanted(source: MailSource, mailbox: Mailbox, uids: Sequence[int], *, since: date | None) -> list[int]:
    """All but what lay there before we were to watch, which a new epoch's re-scan has left alone."""
    start = first_instant(mailbox, since=since)
    if start is None or not any(uid < mailbox.rescan_below for uid in uids):
        return list(uids)
    arrivals = source.arrivals(uids)
    return [uid for uid in uids if uid >= mailbox.rescan_below or arrivals.get(uid, start) >= start]


def _named(uids: Sequence[int]) -> str:
    return ",".join(map(str, uids[:NAMED_UIDS]))
