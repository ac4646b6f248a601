"""What any source of mail must do, proven on real servers and a Maildir."""

import os
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from connectors import imap, mail
from connectors.embedded import PASSWORD as PYMAP_PASSWORD
from connectors.embedded import USER as PYMAP_USER
from connectors.embedded import EmbeddedImap
from connectors.errors import Refused, Unavailable
from connectors.imap import ImapAccount
from connectors.mail import Awaited, MailSource
from connectors.packing import unpacked
from tests.conftest import require
from tests.support import cyrus as cyrus_server
from tests.support.cyrus import Cyrus
from tests.support.dovecot import Dovecot
from tests.support.imap_server import PASSWORD
from tests.support.offices import ImapOffice, MaildirOffice, Office
from tests.support.waiting import eventually

MAIL = b"From: alice@regulator.example\r\nSubject: one\r\n\r\nbody\r\n"
KINDS = ("dovecot", "cyrus", "pymap", "maildir")
LINE_ENDS_TO_DOTS = bytes.maketrans(b"\r\n\0", b"...")
LARGE = b"Subject: large\r\n\r\n" + os.urandom(9 * 1024 * 1024).translate(LINE_ENDS_TO_DOTS)


@pytest.fixture(scope="session")
def cyrus() -> Iterator[Cyrus]:
    """One Cyrus for all tests."""
    require(cyrus_server.installed(), "Cyrus IMAP")
    with Cyrus() as server:
        yield server


@pytest.fixture(scope="session")
def pymap() -> Iterator[EmbeddedImap]:
    """One pymap for all tests; each takes its own folder."""
    with EmbeddedImap(()) as server:
        yield server


@pytest.fixture(params=KINDS)
def office(request: pytest.FixtureRequest, mail_user: str, tmp_path: Path) -> Office:
    """A mail system of each kind in turn, with an empty watched folder."""
    match request.param:
        case "maildir":
            return MaildirOffice(tmp_path / "mail")
        case "pymap":
            return pymap_office(request.getfixturevalue("pymap"), mail_user)
        case "cyrus":
            return cyrus_office(request.getfixturevalue("cyrus"), mail_user)
        case _:
            return dovecot_office(request.getfixturevalue("dovecot"), mail_user)


def pymap_office(server: EmbeddedImap, folder: str) -> ImapOffice:
    return ImapOffice(
        account=imap_account(server.port, PYMAP_USER, PYMAP_PASSWORD, folder),
        stop=lambda: server.__exit__(None),
        start=server.__enter__,
        keeps_keywords=False,
    )


def cyrus_office(server: Cyrus, user: str) -> ImapOffice:
    server.add_user(user)
    account = imap_account(server.port, user, PASSWORD)
    return ImapOffice(account=account, stop=server.stop, start=server.start)


def dovecot_office(server: Dovecot, user: str) -> ImapOffice:
    def stop() -> None:
        server.end_sessions(user)
        server.stop()

    return ImapOffice(account=imap_account(server.port, user, PASSWORD), stop=stop, start=server.start)


def imap_account(port: int, user: str, password: str, folder: str = "Watched") -> ImapAccount:
    place = {"host": "127.0.0.1", "port": port, "folder": folder, "tls": False}
    return ImapAccount(name="regulators", user=user, password=password, **place)  # type: ignore[arg-type]


@pytest.fixture
def source(office: Office) -> Iterator[MailSource]:
    with closing(office.source()) as opened:
        opened.open()
        yield opened


def content(one: mail.FetchedMail) -> bytes:
    return unpacked(one.packed.compressed)


def is_unavailable(source: MailSource) -> bool:
    try:
        source.uids_above(0)
    except Unavailable:
        return True
    return False


def fetched(source: MailSource) -> list[mail.FetchedMail]:
    return [one for batch in source.fetch(source.uids_above(0)) for one in batch]


def test_an_empty_mailbox_has_no_mail(source: MailSource) -> None:
    assert source.uids_above(0) == []
    assert fetched(source) == []


def test_every_mail_there_has_a_lower_uid_than_the_next(office: Office) -> None:
    office.deliver(MAIL)
    with closing(office.source()) as source:
        epoch = source.open()
        assert 0 < source.uids_above(0)[0] < epoch.uidnext
        office.deliver(MAIL)
        assert source.uids_above(epoch.uidnext - 1) == source.uids_above(0)[1:]


def test_mail_comes_with_its_octets_and_an_aware_arrival_time(office: Office, source: MailSource) -> None:
    office.deliver(MAIL)
    [one] = fetched(source)
    assert content(one) == MAIL
    assert one.packed.head == MAIL
    assert datetime.now(UTC) - one.received_at < timedelta(minutes=1)


def test_mails_come_in_order_and_in_bounded_batches(office: Office, source: MailSource) -> None:
    office.deliver(*(MAIL + b"%d\r\n" % number for number in range(mail.BATCH_MESSAGES + 3)))
    batches = list(source.fetch(source.uids_above(0)))
    assert [len(batch) for batch in batches] == [mail.BATCH_MESSAGES, 3]
    assert [one.uid for batch in batches for one in batch] == source.uids_above(0)
    assert content(batches[0][1]) == MAIL + b"1\r\n"


def test_only_what_is_asked_for_comes(office: Office, source: MailSource) -> None:
    office.deliver(MAIL, MAIL, MAIL)
    first, _, last = source.uids_above(0)
    assert [one.uid for batch in source.fetch([first, last]) for one in batch] == [first, last]


def test_a_large_mail_comes_in_pieces(office: Office, source: MailSource) -> None:
    office.deliver(LARGE)
    office.deliver(MAIL)
    large, small = fetched(source)
    assert content(large) == LARGE
    assert content(small) == MAIL


def test_a_batch_ends_with_the_mail_that_reaches_its_limit(
    office: Office, source: MailSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "BATCH_OCTETS", 2 * len(MAIL))
    office.deliver(MAIL, MAIL, MAIL)
    assert [len(batch) for batch in source.fetch(source.uids_above(0))] == [2, 1]


def test_only_mail_above_the_mark_is_named(office: Office, source: MailSource) -> None:
    office.deliver(MAIL, MAIL, MAIL)
    first, *later = source.uids_above(0)
    assert source.uids_above(first) == later
    assert source.uids_above(later[-1]) == []


@pytest.mark.parametrize("span", [1, 2, 3, 4])
def test_each_mail_is_named_once_wherever_a_search_ends(
    office: Office, monkeypatch: pytest.MonkeyPatch, span: int
) -> None:
    monkeypatch.setattr(imap, "SEARCH_SPAN", span)
    office.deliver(MAIL, MAIL, MAIL)
    with closing(office.source()) as source:
        source.open()
        uids = source.uids_above(0)
    assert len(uids) == len(set(uids)) == 3


def test_reading_marks_nothing_as_seen(office: Office, source: MailSource) -> None:
    office.deliver(MAIL)
    fetched(source)
    source.heads(source.uids_above(0))
    assert office.unseen() == 1


def test_mail_that_has_gone_is_left_out(office: Office, source: MailSource) -> None:
    office.deliver(MAIL, MAIL)
    uids = source.uids_above(0)
    office.remove(uids[:1])
    assert [one.uid for batch in source.fetch(uids) for one in batch] == uids[1:]
    assert list(source.heads(uids)) == uids[1:]
    assert list(source.arrivals(uids)) == uids[1:]


def test_uids_since_a_day(office: Office, source: MailSource) -> None:
    office.deliver(MAIL, at=datetime(2026, 1, 5, 12, tzinfo=UTC))
    office.deliver(MAIL, at=datetime(2026, 3, 5, 12, tzinfo=UTC))
    assert source.uids_since(date(2026, 2, 1)) == source.uids_above(0)[1:]


def test_arrivals_are_those_of_the_mails(office: Office, source: MailSource) -> None:
    instant = datetime(2026, 1, 5, 12, tzinfo=UTC)
    office.deliver(MAIL, at=instant)
    [uid] = source.uids_above(0)
    assert source.arrivals([uid]) == {uid: instant}
    [one] = fetched(source)
    assert one.received_at == instant


def test_heads_hold_sender_and_subject(office: Office, source: MailSource) -> None:
    office.deliver(MAIL)
    [uid] = source.uids_above(0)
    head = source.heads([uid])[uid]
    assert b"From: alice@regulator.example" in head
    assert b"Subject: one" in head


def test_mails_have_the_servers_own_names(office: Office, source: MailSource) -> None:
    office.deliver(MAIL)
    office.deliver(MAIL.replace(b"one", b"two"))
    names = [one.server_id for one in fetched(source)]
    assert None not in names
    assert len(set(names)) == 2


def test_a_new_connection_sees_the_same_epoch(office: Office) -> None:
    office.deliver(MAIL)
    with closing(office.source()) as one, closing(office.source()) as other:
        assert one.open() == other.open()
        assert one.uids_above(0) == other.uids_above(0)


def test_a_new_epoch_has_another_uidvalidity(office: Office) -> None:
    office.deliver(MAIL)
    with closing(office.source()) as before:
        first = before.open()
    office.renumber()
    with closing(office.source()) as after:
        assert after.open().uidvalidity != first.uidvalidity
        assert [content(one) for one in fetched(after)] == [MAIL]


def test_waiting_ends_when_mail_arrives(office: Office, source: MailSource) -> None:
    delivery = threading.Timer(0.2, office.deliver, (MAIL,))
    delivery.start()
    assert source.wait(20) is Awaited.NEWS
    delivery.join()


def test_mail_that_arrives_just_before_the_wait_ends_it(office: Office, source: MailSource) -> None:
    for count in range(1, 4):
        office.deliver(MAIL)
        assert source.wait(20) is Awaited.NEWS
        assert len(source.uids_above(0)) == count


def test_another_thread_can_end_the_wait(source: MailSource) -> None:
    waker = threading.Timer(0.1, source.wake)
    waker.start()
    assert source.wait(20) is Awaited.QUIET
    waker.join()


def test_a_wake_before_the_wait_is_not_lost(source: MailSource) -> None:
    source.wake()
    assert source.wait(20) is Awaited.QUIET


def test_mails_are_moved(office: Office) -> None:
    office.deliver(MAIL, MAIL)
    before = office.done()
    with closing(office.source()) as source:
        source.open(writable=True)
        uids = source.uids_above(0)
        source.move(uids[:1], "Done")
        assert source.uids_above(0) == uids[1:]
    assert office.done() - before == 1


def test_moving_what_has_gone_does_nothing(office: Office) -> None:
    office.deliver(MAIL)
    before = office.done()
    with closing(office.source()) as source:
        source.open(writable=True)
        uids = source.uids_above(0)
        office.remove(uids)
        source.move(uids, "Done")
    assert office.done() == before


def test_a_folder_to_move_to_that_is_not_there_is_named(office: Office) -> None:
    office.deliver(MAIL)
    with closing(office.source()) as source:
        source.open(writable=True)
        with pytest.raises(Refused, match='"Nowhere"'):
            source.move(source.uids_above(0), "Nowhere")


def test_keywords_are_set_or_refused(office: Office) -> None:
    office.deliver(MAIL)
    with closing(office.source()) as source:
        source.open(writable=True)
        uids = source.uids_above(0)
        if office.keeps_keywords:
            source.mark(uids, "$Mailwarden")
            assert office.marked("$Mailwarden") == uids
        else:
            with pytest.raises(Refused, match="keeps no keywords"):
                source.mark(uids, "$Mailwarden")


def test_a_server_that_goes_away_is_unavailable_and_then_as_before(
    office: Office, request: pytest.FixtureRequest
) -> None:
    office.deliver(MAIL)
    with closing(office.source()) as source:
        epoch = source.open()
        uids = source.uids_above(0)
        office.stop()
        try:
            eventually(lambda: is_unavailable(source), within=20)
            with closing(office.source()) as other, pytest.raises(Unavailable):
                other.open()
        finally:
            office.start()
    if "pymap" not in request.node.name:  # which keeps its mails in memory
        with closing(office.source()) as again:
            assert again.open() == epoch
            assert again.uids_above(0) == uids
