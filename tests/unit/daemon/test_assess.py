from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from config import instant
from connectors.mail import MailSource
from daemon.assess import MAX_TRIES, Assessor
from daemon.bell import Bell
from daemon.collect import Collector, Watch
from daemon.store.database import Database
from daemon.store.models import Message, StoredReport
from daemon.store.states import MessageState
from parsers.facts import REPORTS, Report
from tests.support.mail import MemoryMailbox
from tests.support.reports import PLAIN


def collect(database: Database, *mails: bytes) -> None:
    mailbox = MemoryMailbox()
    for mail in mails:
        mailbox.deliver(mail)

    def open_source() -> MailSource:
        return mailbox

    watch = Watch(
        mailbox="regulators", open_source=open_source, poll_seconds=1, since=datetime(2026, 1, 1, tzinfo=UTC)
    )
    Collector(watch=watch, database=database, collected=Bell()).work()


def assessor(database: Database, read: Callable[[bytes, datetime], Report]) -> Assessor:
    return Assessor(database=database, read=read, collected=Bell(), assessed=Bell())


def messages(database: Database) -> list[Message]:
    with database.read() as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def poison(raw: bytes, received_at: datetime) -> Report:
    if raw == b"poison":
        raise RecursionError
    return PLAIN


@pytest.fixture
def passing_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look at the clock finds it a minute later."""
    start, looks = instant.utcnow(), iter(range(1, 10_000))
    monkeypatch.setattr("daemon.assess.utcnow", lambda: start + timedelta(minutes=next(looks)))


def test_the_report_is_stored_as_it_was_read(database: Database) -> None:
    collect(database, b"mail")
    assert assessor(database, lambda _raw, _at: PLAIN).work()
    with database.read() as session:
        assert REPORTS.validate_python(session.get_one(StoredReport, 1).document) == PLAIN


def test_nothing_to_read_is_said(database: Database) -> None:
    collect(database)
    assert not assessor(database, poison).work()


@pytest.mark.usefixtures("passing_time")
def test_a_mail_that_cannot_be_read_is_held_after_three_tries(database: Database) -> None:
    collect(database, b"poison")
    step = assessor(database, poison)
    for _ in range(MAX_TRIES):
        with pytest.raises(RecursionError):
            step.work()
        step.failed(RecursionError())
    assert step.work()
    [message] = messages(database)
    assert (message.state, message.held_reason) == (MessageState.ASSESSED, "could not be read in 3 tries")


@pytest.mark.usefixtures("passing_time")
def test_the_mails_behind_a_poisoned_one_are_read(database: Database) -> None:
    collect(database, b"poison", b"good")
    step = assessor(database, poison)
    for _ in range(MAX_TRIES):
        with pytest.raises(RecursionError):
            step.work()
        step.failed(RecursionError())
    assert step.work()
    assert step.work()
    assert [message.held_reason is None for message in messages(database)] == [False, True]


def test_a_failed_mail_is_not_tried_again_at_once(database: Database) -> None:
    collect(database, b"poison")
    step = assessor(database, poison)
    with pytest.raises(RecursionError):
        step.work()
    step.failed(RecursionError())
    assert not step.work()
