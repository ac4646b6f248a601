import os
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from connectors.mail import MailSource
from daemon.assess import MAX_TRIES, MOST_AT_ONCE, Assessor, Reader
from daemon.bell import Bell
from daemon.collect import Collector
from daemon.pool import TooExpensive, WorkerUnavailable
from daemon.store.database import Database
from daemon.store.models import Message, StoredReport
from daemon.store.states import MessageState
from daemon.stored_mail import stored_mail
from daemon.watched import Watch
from parsers.bounds import MAX_BYTES, ReadableHeaders, Unreadable
from parsers.facts import REPORTS, Report
from tests.support.mail import MemoryMailbox
from tests.support.reports import PLAIN

HEADER = (
    b"From: =?utf-8?q?Al=C4=B1ce?= <alice@regulator.example>\r\nSubject: An order\r\n"
    b"Message-ID: <one@regulator.example>\r\n\r\n"
)


def collect(database: Database, *mails: bytes, header_only: bool = False) -> None:
    mailbox = MemoryMailbox()
    for mail in mails:
        uid = mailbox.deliver(mail)
        mailbox.cut |= {uid} if header_only else set()

    def open_source() -> MailSource:
        return mailbox

    watch = Watch(mailbox="regulators", open_source=open_source, poll_seconds=1, since=date(2026, 1, 1))
    Collector(watch=watch, database=database, collected=Bell()).work()


def assessor(database: Database, read: Reader) -> Assessor:
    return Assessor(database=database, read=read, collected=Bell(), assessed=Bell())


def messages(database: Database) -> list[Message]:
    with database.read() as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def stored_report(database: Database) -> Report:
    with database.read() as session:
        return REPORTS.validate_python(session.get_one(StoredReport, 1).document)


def nobody_reads(_raw: bytes, _received_at: datetime) -> Report:
    raise AssertionError


def poison(raw: bytes, received_at: datetime) -> Report:
    if raw == b"poison":
        raise RecursionError
    return PLAIN


@pytest.fixture
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """No try has to wait for the one before it."""
    monkeypatch.setattr("daemon.assess.RETRY_SECONDS", (0, 0))


def test_the_report_is_stored_as_it_was_read(database: Database) -> None:
    collect(database, b"mail")
    assert assessor(database, lambda _raw, _at: PLAIN).work()
    with database.read() as session:
        assert REPORTS.validate_python(session.get_one(StoredReport, 1).document) == PLAIN


def test_nothing_to_read_is_said(database: Database) -> None:
    collect(database)
    assert not assessor(database, poison).work()


@pytest.mark.usefixtures("no_waits")
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


@pytest.mark.usefixtures("no_waits")
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


def test_a_mail_out_of_bounds_is_held_at_once_with_the_reason(database: Database) -> None:
    def too_expensive(_raw: bytes, _received_at: datetime) -> Report:
        raise TooExpensive("The mail takes more than 2 s of CPU; read it by hand.")

    collect(database, b"bomb")
    assert assessor(database, too_expensive).work()
    [message] = messages(database)
    assert (message.state, message.tries) == (MessageState.ASSESSED, 0)
    assert message.held_reason == "The mail takes more than 2 s of CPU; read it by hand"


def test_a_mail_is_not_blamed_for_a_missing_worker(database: Database) -> None:
    def no_worker(_raw: bytes, _received_at: datetime) -> Report:
        raise WorkerUnavailable("A worker did not start.")

    collect(database, b"mail")
    step = assessor(database, no_worker)
    for _ in range(MAX_TRIES + 1):
        with pytest.raises(WorkerUnavailable):
            step.work()
        step.failed(WorkerUnavailable("A worker did not start."))
    [message] = messages(database)
    assert (message.tries, message.held_reason) == (0, None)


def test_two_that_work_beside_each_other_take_different_mails(database: Database) -> None:
    read_mails: list[bytes] = []

    def note(raw: bytes, _received_at: datetime) -> Report:
        read_mails.append(raw)
        return PLAIN

    def let_the_other_work_meanwhile(raw: bytes, received_at: datetime) -> Report:
        assert second.work()
        assert not second.work()
        return note(raw, received_at)

    second = assessor(database, note)
    first = assessor(database, let_the_other_work_meanwhile)
    collect(database, b"one", b"two")
    assert first.work()
    assert read_mails == [b"two", b"one"]
    assert [message.state for message in messages(database)] == [MessageState.ASSESSED] * 2
    assert not first.work()


@pytest.mark.usefixtures("no_waits")
def test_a_mail_left_behind_by_a_dead_thread_is_taken_up_again(database: Database) -> None:
    class ThreadDies(BaseException):
        pass

    def die_once(_raw: bytes, _received_at: datetime) -> Report:
        if not deaths:
            deaths.append(True)
            raise ThreadDies
        return PLAIN

    deaths: list[bool] = []
    collect(database, b"mail")
    step = assessor(database, die_once)
    with pytest.raises(ThreadDies):
        step.work()
    assert step.work()


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What each commit on the way was called."""
    named: list[str] = []
    monkeypatch.setattr("daemon.store.database.fault_point", named.append)
    return named


def numbered(count: int) -> list[bytes]:
    return [b"mail %d" % number for number in range(count)]


def test_reports_of_a_backlog_share_a_commit(database: Database, commits: list[str]) -> None:
    collect(database, *numbered(3 * MOST_AT_ONCE))
    step = assessor(database, lambda _raw, _at: PLAIN)
    while step.work():
        pass
    assert {message.state for message in messages(database)} == {MessageState.ASSESSED}
    assert commits.count("commit assess: after") < 2 * MOST_AT_ONCE


def test_mails_are_read_in_their_order_however_many_are_claimed(database: Database) -> None:
    read: list[bytes] = []

    def note(raw: bytes, _received_at: datetime) -> Report:
        read.append(raw)
        return PLAIN

    mails = numbered(3 * MOST_AT_ONCE)
    collect(database, *mails)
    step = assessor(database, note)
    while step.work():
        pass
    assert read == mails


def test_a_report_does_not_wait_for_mails_behind_one_that_took_long(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    collect(database, *numbered(8))
    step = assessor(database, lambda _raw, _at: PLAIN)
    assert step.work()
    assert step.work()
    monkeypatch.setattr("daemon.assess.QUICK_SECONDS", 0)
    read_before = sum(message.state is MessageState.ASSESSED for message in messages(database))
    assert step.work()
    read_after = sum(message.state is MessageState.ASSESSED for message in messages(database))
    assert read_after == read_before + 1


@pytest.mark.usefixtures("no_waits")
def test_only_the_mail_that_fails_is_blamed_though_others_were_claimed_with_it(database: Database) -> None:
    collect(database, *numbered(4), b"poison", b"behind")
    step = assessor(database, poison)
    failures = 0
    for _ in range(20):
        try:
            step.work()
        except RecursionError as error:
            failures += 1
            step.failed(error)
    held = [message.held_reason for message in messages(database)]
    assert failures == MAX_TRIES
    assert held == [None, None, None, None, "could not be read in 3 tries", None]
    assert {message.state for message in messages(database)} == {MessageState.ASSESSED}


@pytest.mark.usefixtures("no_waits")
def test_a_report_that_cannot_be_stored_is_found_among_those_it_would_share_a_commit_with(
    database: Database,
) -> None:
    what: Any = object()
    unstorable = replace(PLAIN, own_text=what)

    def read(raw: bytes, _received_at: datetime) -> Report:
        return unstorable if raw == b"poison" else PLAIN

    collect(database, *numbered(4), b"poison", b"behind")
    step = assessor(database, read)
    for _ in range(20):
        try:
            step.work()
        except ValueError as error:
            step.failed(error)
    held = [message.held_reason for message in messages(database)]
    assert held == [None, None, None, None, "could not be read in 3 tries", None]


def test_what_was_claimed_and_not_read_is_free_again_when_the_step_ends(database: Database) -> None:
    collect(database, *numbered(8))
    step = assessor(database, lambda _raw, _at: PLAIN)
    assert step.work()
    assert any(message.claimed_by for message in messages(database))
    step.close()
    assert not any(message.claimed_by for message in messages(database))


def test_a_held_mail_keeps_what_can_be_read_of_its_header(database: Database) -> None:
    headers = ReadableHeaders(
        subject="An order",
        sender_name="Alice",
        sender_address="alice@regulator.example",
        message_id="one@regulator.example",
    )

    def unreadable(_raw: bytes, _received_at: datetime) -> Report:
        raise Unreadable("The mail is too deep; read it by hand.", headers=headers)

    collect(database, b"bomb")
    assert assessor(database, unreadable).work()
    report = stored_report(database)
    assert (report.subject, report.sender.address) == ("An order", "alice@regulator.example")
    assert report.thread.message_id == "one@regulator.example"
    assert "held" in report.flags


def test_a_mail_of_which_only_the_header_is_stored_says_who_wrote_and_about_what(database: Database) -> None:
    collect(database, HEADER, header_only=True)
    assert assessor(database, nobody_reads).work()
    report = stored_report(database)
    assert (report.subject, report.sender.address) == ("An order", "alice@regulator.example")
    assert (report.sender.display_name, report.thread.message_id) == ("Alıce", "one@regulator.example")


def test_a_mail_that_is_too_large_to_be_read_is_held_by_its_header_alone(database: Database) -> None:
    collect(database, HEADER + b"x" * MAX_BYTES)
    assert assessor(database, nobody_reads).work()
    [message] = messages(database)
    assert message.held_reason is not None
    assert f"more than {MAX_BYTES}" in message.held_reason
    assert stored_report(database).subject == "An order"


@pytest.mark.usefixtures("no_waits")
def test_a_mail_that_fails_its_worker_says_who_wrote_once_it_is_held(database: Database) -> None:
    def fail(_raw: bytes, _received_at: datetime) -> Report:
        raise RecursionError

    collect(database, HEADER + b"body")
    step = assessor(database, fail)
    for _ in range(MAX_TRIES):
        with pytest.raises(RecursionError):
            step.work()
        step.failed(RecursionError())
    assert step.work()
    assert stored_report(database).sender.address == "alice@regulator.example"


@pytest.mark.usefixtures("no_waits")
def test_a_header_that_cannot_be_read_either_does_not_keep_the_mail_from_its_ticket(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_raw: bytes) -> ReadableHeaders:
        raise RecursionError

    monkeypatch.setattr("daemon.assess.readable_headers", fail)
    collect(database, HEADER, header_only=True)
    step = assessor(database, nobody_reads)
    for _ in range(MAX_TRIES + 1):
        with pytest.raises(RecursionError):
            step.work()
        step.failed(RecursionError())
    assert step.work()
    [message] = messages(database)
    assert message.held_reason is not None
    assert "only its header is stored" in message.held_reason
    assert stored_report(database).subject == ""


@pytest.mark.parametrize("body", [os.urandom(2**20), bytes(2**20)], ids=["random", "zeros"])
def test_of_a_larger_mail_than_asked_for_only_the_beginning_is_unpacked(
    database: Database, body: bytes
) -> None:
    collect(database, HEADER + body)
    with database.read() as session:
        sha256 = session.scalars(select(Message.sha256)).one()
        whole = stored_mail(session, sha256, most=len(HEADER + body))
        cut = stored_mail(session, sha256, most=len(HEADER + body) - 1)
    assert whole.octets == HEADER + body
    assert cut.octets == (HEADER + body)[: 256 * 1024]
    assert cut.size == whole.size == len(HEADER + body)
