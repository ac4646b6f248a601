"""What any mail source must do, proven on a real Dovecot."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest

from connectors.errors import CredentialsRefused, Unavailable
from connectors.imap import ImapAccount, ImapSource
from connectors.mail import Awaited
from tests.support.dovecot import PASSWORD, Dovecot

MAIL = b"From: alice@regulator.example\r\nSubject: one\r\n\r\nbody\r\n"


def account(server: Dovecot, user: str, **changes: object) -> ImapAccount:
    values = {"host": "127.0.0.1", "port": server.port, "user": user, "password": PASSWORD, "tls": False}
    return ImapAccount(name="regulators", **(values | changes))  # type: ignore[arg-type]


@pytest.fixture
def source(dovecot: Dovecot, mail_user: str) -> Iterator[ImapSource]:
    opened = ImapSource(account(dovecot, mail_user))
    opened.open()
    yield opened
    opened.close()


def test_an_empty_mailbox_has_no_mail(source: ImapSource) -> None:
    assert source.uids_above(0) == []


def test_mail_comes_with_its_octets_and_an_aware_arrival_time(
    source: ImapSource,
    dovecot: Dovecot,
    mail_user: str,
) -> None:
    dovecot.deliver(mail_user, MAIL)
    [[mail]] = source.fetch(source.uids_above(0))
    assert mail.raw.endswith(MAIL)
    assert datetime.now(UTC) - mail.received_at < timedelta(minutes=1)


def test_only_mail_above_the_mark_is_named(source: ImapSource, dovecot: Dovecot, mail_user: str) -> None:
    for _ in range(3):
        dovecot.deliver(mail_user, MAIL)
    first, *later = source.uids_above(0)
    assert source.uids_above(first) == later
    assert source.uids_above(later[-1]) == []


def test_reading_marks_nothing_as_seen(source: ImapSource, dovecot: Dovecot, mail_user: str) -> None:
    dovecot.deliver(mail_user, MAIL)
    list(source.fetch(source.uids_above(0)))
    with dovecot.client(mail_user) as other:
        other.select_folder("INBOX")
        assert other.search(["UNSEEN"])


def test_mail_that_has_gone_is_left_out(source: ImapSource, dovecot: Dovecot, mail_user: str) -> None:
    dovecot.deliver(mail_user, MAIL)
    dovecot.deliver(mail_user, MAIL)
    uids = source.uids_above(0)
    with dovecot.client(mail_user) as other:
        other.select_folder("INBOX")
        other.delete_messages(uids[:1], silent=True)
        other.expunge()
    assert [mail.uid for batch in source.fetch(uids) for mail in batch] == uids[1:]


def test_uids_since_a_day(source: ImapSource, dovecot: Dovecot, mail_user: str) -> None:
    with dovecot.client(mail_user) as other:
        other.append("INBOX", MAIL, msg_time=datetime(2026, 1, 5, 12, tzinfo=UTC))
        other.append("INBOX", MAIL, msg_time=datetime(2026, 3, 5, 12, tzinfo=UTC))
    assert source.uids_since(date(2026, 2, 1)) == source.uids_above(0)[1:]


def test_a_new_connection_sees_the_same_epoch(source: ImapSource, dovecot: Dovecot, mail_user: str) -> None:
    with closing(ImapSource(account(dovecot, mail_user))) as one, closing(ImapSource(one._account)) as other:
        assert one.open() == other.open()
    assert source.uids_above(0) == []


def test_waiting_ends_when_mail_arrives(source: ImapSource, dovecot: Dovecot, mail_user: str) -> None:
    delivery = threading.Timer(0.2, dovecot.deliver, (mail_user, MAIL))
    delivery.start()
    assert source.wait(20) is Awaited.NEWS
    delivery.join()


def test_mail_that_arrives_just_before_the_wait_ends_it(
    source: ImapSource,
    dovecot: Dovecot,
    mail_user: str,
) -> None:
    for _ in range(5):
        dovecot.deliver(mail_user, MAIL)
        assert source.wait(20) is Awaited.NEWS
        assert source.uids_above(0)


def test_another_thread_can_end_the_wait(source: ImapSource) -> None:
    waker = threading.Timer(0.1, source.wake)
    waker.start()
    assert source.wait(20) is Awaited.QUIET
    waker.join()


def test_a_wake_before_the_wait_is_not_lost(source: ImapSource) -> None:
    source.wake()
    assert source.wait(20) is Awaited.QUIET


def test_a_wrong_password_is_told_apart_from_a_server_that_is_down(dovecot: Dovecot, mail_user: str) -> None:
    wrong = account(dovecot, mail_user, password="wrong")
    with closing(ImapSource(wrong)) as source, pytest.raises(CredentialsRefused) as refused:
        source.open()
    assert mail_user not in str(refused.value)
    down = account(dovecot, mail_user, port=1)
    with closing(ImapSource(down)) as source, pytest.raises(Unavailable):
        source.open()


def test_a_folder_that_does_not_exist_is_named_as_trouble(dovecot: Dovecot, mail_user: str) -> None:
    nowhere = account(dovecot, mail_user, folder="Nowhere")
    with closing(ImapSource(nowhere)) as source, pytest.raises(Unavailable, match="mailbox regulators: open"):
        source.open()


def test_tls_works_and_an_unknown_certificate_is_refused(
    dovecot: Dovecot,
    mail_user: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    by_tls = account(dovecot, mail_user, host="localhost", port=dovecot.tls_port, tls=True)
    with closing(ImapSource(by_tls)) as source, pytest.raises(Unavailable, match="SSLCertVerificationError"):
        source.open()
    trusting = ssl.create_default_context(cafile=str(dovecot.certificate))
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
    with closing(ImapSource(by_tls)) as source:
        source.open()
        dovecot.deliver(mail_user, MAIL)
        assert source.wait(20) is Awaited.NEWS
