from datetime import date

import pytest
from sqlalchemy import select

from connectors.errors import Unavailable
from daemon.bell import Bell
from daemon.collect import Collector
from daemon.mirror import Mirrorer
from daemon.store.database import Database
from daemon.store.models import Message
from daemon.store.states import Mirror
from daemon.watched import NOTHING, Showing, Watch
from tests.support.mail import MemoryMailbox

MOVING = Showing(move_to="Done")
MARKING = Showing(keyword="$Mailwarden")


def watch(mailbox: MemoryMailbox, showing: Showing) -> Watch:
    since = date(2026, 1, 1)
    return Watch(mailbox="le", open_source=lambda: mailbox, poll_seconds=1, since=since, showing=showing)


def mirrorer(database: Database, mailbox: MemoryMailbox, showing: Showing, *, holds: bool = True) -> Mirrorer:
    return Mirrorer(watch=watch(mailbox, showing), database=database, holds=lambda: holds)


def collect(database: Database, mailbox: MemoryMailbox, showing: Showing) -> None:
    Collector(watch=watch(mailbox, showing), database=database, collected=Bell()).work()


def mirrored(database: Database) -> list[Mirror | None]:
    with database.read() as session:
        return list(session.scalars(select(Message.mirror).order_by(Message.id)))


@pytest.fixture
def mailbox() -> MemoryMailbox:
    filled = MemoryMailbox()
    filled.deliver(b"one")
    filled.deliver(b"two")
    return filled


def test_stored_mail_is_moved(database: Database, mailbox: MemoryMailbox) -> None:
    collect(database, mailbox, MOVING)
    assert mirrorer(database, mailbox, MOVING).work()
    assert mailbox.moved == {1: "Done", 2: "Done"}
    assert mirrored(database) == [Mirror.MOVED, Mirror.MOVED]


def test_stored_mail_is_marked(database: Database, mailbox: MemoryMailbox) -> None:
    collect(database, mailbox, MARKING)
    assert mirrorer(database, mailbox, MARKING).work()
    assert mailbox.marked == {1: "$Mailwarden", 2: "$Mailwarden"}
    assert mirrored(database) == [Mirror.MARKED, Mirror.MARKED]


def test_mail_is_left_alone_unless_the_settings_ask(database: Database, mailbox: MemoryMailbox) -> None:
    collect(database, mailbox, NOTHING)
    assert not mirrorer(database, mailbox, NOTHING).work()
    assert mirrored(database) == [None, None]


def test_mail_that_is_not_stored_is_not_touched(database: Database, mailbox: MemoryMailbox) -> None:
    collect(database, mailbox, MOVING)
    mailbox.deliver(b"three")
    mirrorer(database, mailbox, MOVING).work()
    assert list(mailbox.mails) == [3]


def test_after_a_failure_it_is_done_later(database: Database, mailbox: MemoryMailbox) -> None:
    collect(database, mailbox, MOVING)
    step = mirrorer(database, mailbox, MOVING)
    mailbox.failing = [Unavailable("cut")]
    with pytest.raises(Unavailable):
        step.work()
    assert mirrored(database) == [Mirror.DUE, Mirror.DUE]
    step.failed(Unavailable("cut"))
    assert step.work()
    assert mirrored(database) == [Mirror.MOVED, Mirror.MOVED]


def test_a_crash_before_the_commit_does_it_again_without_harm(
    database: Database, mailbox: MemoryMailbox
) -> None:
    collect(database, mailbox, MOVING)
    mailbox.move([1, 2], "Done")
    assert mirrorer(database, mailbox, MOVING).work()
    assert mirrored(database) == [Mirror.MOVED, Mirror.MOVED]


def test_it_waits_for_a_new_epoch_to_be_collected(database: Database, mailbox: MemoryMailbox) -> None:
    collect(database, mailbox, MOVING)
    mailbox.renumber(2)
    step = mirrorer(database, mailbox, MOVING)
    with pytest.raises(Unavailable, match="new epoch"):
        step.work()
    step.failed(Unavailable("new epoch"))
    collect(database, mailbox, MOVING)
    assert step.work()
    assert mailbox.moved == {101: "Done", 102: "Done"}


def test_its_connection_ends_when_nothing_is_left(database: Database, mailbox: MemoryMailbox) -> None:
    collect(database, mailbox, MARKING)
    opened = mailbox.kept_open
    step = mirrorer(database, mailbox, MARKING)
    step.work()
    assert mailbox.kept_open == opened + 1
    assert not step.work()
    assert mailbox.kept_open == opened


def test_only_who_watches_the_mailbox_changes_it(database: Database, mailbox: MemoryMailbox) -> None:
    collect(database, mailbox, MOVING)
    assert not mirrorer(database, mailbox, MOVING, holds=False).work()
    assert mailbox.moved == {}
