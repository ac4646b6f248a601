"""Epochs: what UIDVALIDITY makes of a mailbox (RFC 9051, section 2.3.1.1), and where watching it begins.

A new UIDVALIDITY makes every UID that we know meaningless. The recent mail is then looked through again;
what is known is recognised, so that it is neither lost nor taken in twice.
"""

from datetime import UTC, date, datetime, time, timedelta

import structlog
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from config.instant import utcnow
from connectors.mail import Epoch, MailSource
from daemon.ledger import Event, record
from daemon.store.database import Database
from daemon.store.models import Action, Mailbox, Matter, Message, Relation
from daemon.store.states import FINISHED, MessageState

RESCAN = timedelta(days=30)

log = structlog.get_logger()


def enter_epoch(database: Database, name: str, source: MailSource, *, since: date | None) -> int:
    """Open the source, and a new epoch if it has begun one; returns its UIDVALIDITY."""
    epoch = source.open()
    with database.read() as session:
        known = session.get(Mailbox, name)
        if known is not None and known.uidvalidity == epoch.uidvalidity:
            return epoch.uidvalidity
        day = since if known is None or known.uidvalidity is None else _rescan_day(session, known, since)
    start = _start(source, epoch, day)
    with database.write("open epoch") as session:
        mailbox = session.merge(Mailbox(name=name))
        mailbox.uidvalidity = epoch.uidvalidity
        mailbox.high_water = start
        mailbox.floor = start if day is None else 0  # else the day alone decides
        mailbox.rescan_below, mailbox.rescan_since = epoch.uidnext, day
        mailbox.opened_at = mailbox.opened_at or utcnow()
        record(session, Event.EPOCH_OPENED, utcnow(), mailbox=name, uidvalidity=epoch.uidvalidity)
    log.info("epoch opened", mailbox=name, uidvalidity=epoch.uidvalidity)
    return epoch.uidvalidity


def first_instant(mailbox: Mailbox, *, since: date | None) -> datetime | None:
    """What arrived before this lay there before we were to watch; None where the day alone decides."""
    return mailbox.opened_at.replace(microsecond=0) if since is None and mailbox.opened_at else None


def _start(source: MailSource, epoch: Epoch, day: date | None) -> int:
    """The UID up to which all is left alone: with no day, everything that is there."""
    wanted = source.uids_since(day) if day is not None else []
    return (wanted[0] if wanted else epoch.uidnext) - 1


def _rescan_day(session: Session, mailbox: Mailbox, since: date | None) -> date:
    """Thirty days back, or to the oldest message that still matters; never before the mailbox's start."""
    back_to = min(utcnow() - RESCAN, _oldest_open(session, mailbox.name) or utcnow())
    start = datetime.combine(since, time.min, UTC) if since else mailbox.opened_at
    return max(back_to, start or back_to).date()


def _oldest_open(session: Session, name: str) -> datetime | None:
    """When the oldest message arrived that is undecided or undelivered, or whose clock still runs."""
    undelivered = select(Action.message_id).where(Action.state.not_in(FINISHED))
    running = (
        select(Relation.message_id)
        .join(Matter, Relation.matter_id == Matter.id)
        .where(Matter.due_at > utcnow())
    )
    matters = or_(Message.state != MessageState.DECIDED, Message.id.in_(undelivered), Message.id.in_(running))
    return session.scalar(select(func.min(Message.received_at)).where(Message.mailbox == name, matters))
