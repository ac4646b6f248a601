"""Mail that comes back to its mailbox is recognised, and nothing new is taken for it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from config.instant import standing_at
from connectors.mail import MailSource
from daemon.bell import Bell
from daemon.collect import Collector
from daemon.store.database import Database
from daemon.store.models import Mailbox, Message, Sighting
from daemon.watched import Watch
from tests.support.mail import MemoryMailbox
from tests.support.reports import RECEIVED


@pytest.fixture
def mailbox() -> MemoryMailbox:
    return MemoryMailbox()


def collect(database: Database, mailbox: MemoryMailbox) -> None:
    """With a new connection, which compares at once what is there with what is stored."""

    def open_source() -> MailSource:
        return mailbox

    watch = Watch(mailbox="regulators", open_source=open_source, poll_seconds=0.01, since=date(2026, 1, 1))
    with standing_at(RECEIVED + timedelta(hours=1)):
        Collector(watch=watch, database=database, collected=Bell()).work()


def stored(database: Database) -> list[int]:
    with database.read() as session:
        return list(session.scalars(select(Message.uid).order_by(Message.id)))


def sighted(database: Database) -> list[tuple[int, int]]:
    with database.read() as session:
        found = select(Sighting.uid, Sighting.message_id).order_by(Sighting.uid)
        return [(uid, number) for uid, number in session.execute(found)]


def gone(database: Database) -> int:
    with database.read() as session:
        return session.get_one(Mailbox, "regulators").gone


def move_away_and_back(mailbox: MemoryMailbox, uid: int) -> int:
    raw, name = mailbox.mails.pop(uid), mailbox.server_ids.get(uid)
    return mailbox.deliver(raw, server_id=name)


def empty(mailbox: MemoryMailbox) -> None:
    """A new epoch that begins with nothing."""
    mailbox.mails.clear()
    mailbox.renumber(2)


def test_mail_that_is_moved_away_and_back_is_the_same_mail(
    database: Database, mailbox: MemoryMailbox
) -> None:
    uid = mailbox.deliver(b"one", server_id="M1")
    collect(database, mailbox)
    for _ in range(2):
        uid = move_away_and_back(mailbox, uid)
        collect(database, mailbox)
    assert stored(database) == [1]
    assert sighted(database) == [(2, 1), (3, 1)]


def test_mail_that_is_back_is_no_longer_counted_as_gone(database: Database, mailbox: MemoryMailbox) -> None:
    mailbox.deliver(b"one", server_id="M1")
    mailbox.deliver(b"two", server_id="M2")
    collect(database, mailbox)
    moved = mailbox.mails.pop(1)
    collect(database, mailbox)
    assert gone(database) == 1
    mailbox.deliver(moved, server_id="M1")
    collect(database, mailbox)
    assert gone(database) == 0


def test_the_same_octets_under_another_name_are_another_mail(
    database: Database, mailbox: MemoryMailbox
) -> None:
    mailbox.deliver(b"same", server_id="M1")
    collect(database, mailbox)
    mailbox.deliver(b"same", server_id="M2")
    collect(database, mailbox)
    assert stored(database) == [1, 2]


def test_without_names_the_same_octets_are_another_mail(database: Database, mailbox: MemoryMailbox) -> None:
    mailbox.deliver(b"same")
    collect(database, mailbox)
    mailbox.deliver(b"same")
    collect(database, mailbox)
    assert stored(database) == [1, 2]


def test_other_octets_under_a_known_name_are_another_mail(database: Database, mailbox: MemoryMailbox) -> None:
    mailbox.deliver(b"one", server_id="M1")
    collect(database, mailbox)
    mailbox.deliver(b"two", server_id="M1")
    collect(database, mailbox)
    assert stored(database) == [1, 2]


def test_mail_that_comes_back_to_an_emptied_mailbox_is_recognised(
    database: Database, mailbox: MemoryMailbox
) -> None:
    mailbox.deliver(b"one")
    collect(database, mailbox)
    empty(mailbox)
    collect(database, mailbox)
    mailbox.deliver(b"one")
    collect(database, mailbox)
    assert stored(database) == [1]
    assert sighted(database) == [(101, 1)]


def test_new_mail_under_a_name_that_the_emptied_server_gives_again_is_not_lost(
    database: Database, mailbox: MemoryMailbox
) -> None:
    mailbox.deliver(b"one", server_id="M1")
    collect(database, mailbox)
    empty(mailbox)
    collect(database, mailbox)
    mailbox.deliver(b"new", server_id="M1")
    collect(database, mailbox)
    assert stored(database) == [1, 101]
