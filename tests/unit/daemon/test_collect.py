from datetime import date

import pytest
from sqlalchemy import func, select

from connectors.errors import Unavailable
from connectors.mail import MailSource
from daemon.bell import Bell
from daemon.collect import Collector, Watch, raw_bytes
from daemon.store.database import Database
from daemon.store.models import LedgerEntry, Mailbox, Message, RawMail
from tests.support.mail import MemoryMailbox

EARLIER = date(2026, 1, 1)


def collector(database: Database, mailbox: MemoryMailbox, *, since: date | None = EARLIER) -> Collector:
    def open_source() -> MailSource:
        return mailbox

    watch = Watch(mailbox="regulators", open_source=open_source, poll_seconds=1, since=since)
    return Collector(watch=watch, database=database, collected=Bell())


def stored(database: Database) -> list[tuple[int, int]]:
    with database.read() as session:
        rows = session.execute(select(Message.uidvalidity, Message.uid).order_by(Message.id))
        return [(uidvalidity, uid) for uidvalidity, uid in rows]


def test_mail_is_stored_byte_for_byte(database: Database) -> None:
    mailbox = MemoryMailbox()
    mailbox.deliver(b"Subject: \xff\x00raw\r\n\r\nbody")
    collector(database, mailbox).work()
    with database.read() as session:
        assert raw_bytes(session.scalars(select(RawMail)).one()) == b"Subject: \xff\x00raw\r\n\r\nbody"


def test_nothing_is_stored_twice(database: Database) -> None:
    mailbox = MemoryMailbox()
    mailbox.deliver(b"one")
    step = collector(database, mailbox)
    step.work()
    step.work()
    collector(database, mailbox).work()
    assert stored(database) == [(1, 1)]


def test_a_mailbox_seen_for_the_first_time_starts_at_now(database: Database) -> None:
    mailbox = MemoryMailbox()
    mailbox.deliver(b"old")
    step = collector(database, mailbox, since=None)
    step.work()
    mailbox.deliver(b"new")
    step.work()
    assert stored(database) == [(1, 2)]


def test_the_same_octets_sent_twice_are_two_messages_and_one_raw_mail(database: Database) -> None:
    mailbox = MemoryMailbox()
    mailbox.deliver(b"same")
    mailbox.deliver(b"same")
    collector(database, mailbox).work()
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(RawMail)) == 1
    assert stored(database) == [(1, 1), (1, 2)]


def test_after_a_broken_fetch_collecting_goes_on_where_it_was(database: Database) -> None:
    mailbox = MemoryMailbox()
    mailbox.deliver(b"one")
    mailbox.deliver(b"two")
    mailbox.failing = [Unavailable("cut")]
    step = collector(database, mailbox)
    with pytest.raises(Unavailable):
        step.work()
    step.failed(Unavailable("cut"))
    step.work()
    assert stored(database) == [(1, 1), (1, 2)]


def test_a_new_uidvalidity_rescans_and_recognises_known_mail(database: Database) -> None:
    mailbox = MemoryMailbox()
    mailbox.deliver(b"known")
    collector(database, mailbox).work()
    mailbox.uidvalidity = 2
    mailbox.deliver(b"unknown")
    collector(database, mailbox).work()
    assert stored(database) == [(1, 1), (2, 2)]
    with database.read() as session:
        events = session.scalars(select(LedgerEntry.event).order_by(LedgerEntry.id)).all()
    assert events == ["epoch opened", "collected", "epoch opened", "recognised", "collected"]


def test_a_good_poll_is_noted_even_when_there_is_no_mail(database: Database) -> None:
    collector(database, MemoryMailbox()).work()
    with database.read() as session:
        assert session.get_one(Mailbox, "regulators").last_good_poll is not None
