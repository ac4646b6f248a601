"""Mail that is numbered anew, deleted, moved and brought back, and servers that go and come."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.daemon import MAILBOXES, account
from tests.support.dovecot import Dovecot
from tests.support.scene import FEW, MENDED_WITHIN, MORE, SOON, Scene, mail_program, octets, scene
from tests.support.waiting import eventually

pytestmark = pytest.mark.timeout(400)
ALL = FEW + MORE
OF_ONE_MAILBOX = [label for label in ALL if label["mailbox"] == "regulators"]
OF_THE_OTHERS = [label for label in ALL if label["mailbox"] != "regulators"]
STRANGERS = (
    b"From: carol@stranger.example\r\nMessage-ID: <1@stranger.example>\r\nSubject: a video\r\n\r\nSee it.\r\n"
)
"""Of a sender that nobody vouches for, whose every mail opens a ticket of its own."""
ABOUT_TO_FETCH = "call IMAP fetch: before"
OTHER_NUMBERS = 77


@pytest.fixture
def here(tmp_path: Path, dovecot: Dovecot, mail_user: str) -> Iterator[Scene]:
    with scene(tmp_path / "site", dovecot=dovecot, mail_user=mail_user) as made:
        yield made


@pytest.fixture
def own_server(tmp_path: Path, mail_user: str) -> Iterator[Scene]:
    """On a mail server that may be stopped."""
    with Dovecot() as own, scene(tmp_path / "site", dovecot=own, mail_user=mail_user) as made:
        yield made


def test_mail_that_is_numbered_anew_is_recognised_and_new_mail_is_not_missed(here: Scene) -> None:
    handled(here, FEW)
    for mailbox in MAILBOXES:
        administer(here, mailbox, "update", "--uid-validity", str(OTHER_NUMBERS))
    here.bring(MORE)
    here.run.await_done(len(ALL), within=MENDED_WITHIN)
    eventually(lambda: all(number_of(here, name) == OTHER_NUMBERS for name in MAILBOXES), within=SOON)
    assert str(OTHER_NUMBERS) in here.shown()
    assert_well_and_whole(here, ALL)


@pytest.mark.soak
def test_mail_that_comes_back_to_an_emptied_mailbox_bit_by_bit_is_recognised(here: Scene) -> None:
    handled(here, FEW)
    before = number_of(here, "regulators")
    administer(here, "regulators", "delete")
    eventually(lambda: number_of(here, "regulators") != before, within=SOON)
    here.bring(label for label in FEW if label["mailbox"] == "regulators")
    here.bring(MORE)
    here.run.await_done(len(ALL), within=MENDED_WITHIN)
    assert_well_and_whole(here, ALL)


def test_mail_that_a_person_moves_away_and_back_is_told_and_not_doubled(here: Scene) -> None:
    here.put("regulators", STRANGERS)
    here.start()
    eventually(here.run.sandbox.tickets, within=SOON)
    move(here, STRANGERS, "INBOX", "Done")
    look_again(here)
    eventually(lambda: mailbox_status(here, "regulators")["gone"] == 1, within=SOON)
    for _ in range(2):
        move(here, STRANGERS, "Done", "INBOX")
        look_again(here)
        eventually(lambda: mailbox_status(here, "regulators")["gone"] == 0, within=SOON)
        move(here, STRANGERS, "INBOX", "Done")
    here.put("regulators", STRANGERS.replace(b"<1@", b"<2@"))
    eventually(lambda: mailbox_status(here, "regulators")["messages"] == 2, within=SOON)
    here.run.await_done(2, within=SOON)
    here.await_well()
    assert here.daemon.stop() == 0
    assert len(here.run.sandbox.tickets()) == 2
    here.run.assert_nothing_doubled()


def test_mail_deleted_between_listing_and_fetching_and_a_server_started_again_take_no_other_with_them(
    own_server: Scene,
) -> None:
    own_server.bring(OF_ONE_MAILBOX)
    own_server.start_until(ABOUT_TO_FETCH)
    *left, deleted = OF_ONE_MAILBOX
    delete(own_server, octets(deleted))
    own_server.daemon.signal(signal.SIGCONT)
    own_server.run.await_done(len(left), within=SOON)
    stop_server(own_server)
    own_server.await_said("mailbox regulators: ")
    own_server.dovecot.start()
    own_server.bring(OF_THE_OTHERS)
    own_server.run.await_done(len(left + OF_THE_OTHERS), within=MENDED_WITHIN)
    assert_well_and_whole(own_server, left + OF_THE_OTHERS)


@pytest.mark.soak
def test_a_mail_server_that_goes_while_mail_is_fetched_loses_nothing(own_server: Scene) -> None:
    own_server.bring(ALL)
    own_server.start_until(ABOUT_TO_FETCH)
    stop_server(own_server)
    own_server.daemon.signal(signal.SIGCONT)
    own_server.await_said("mailbox regulators: ")
    own_server.dovecot.start()
    own_server.run.await_done(len(ALL), within=MENDED_WITHIN)
    assert_well_and_whole(own_server, ALL)


def handled(here: Scene, labels: list[dict[str, str]]) -> None:
    """These mails are on their tickets."""
    here.bring(labels)
    here.start()
    here.run.await_done(len(labels), within=SOON)


def assert_well_and_whole(here: Scene, labels: list[dict[str, str]]) -> None:
    here.await_well()
    assert here.daemon.stop() == 0
    here.assert_whole(labels)


def administer(here: Scene, mailbox: str, what: str, *options: str) -> None:
    """Do this to the folder behind the back of everybody who has it open."""
    server = ["doveadm", "-c", str(here.dovecot.folder / "dovecot.conf")]
    user = ["-u", account(here.mail_user, mailbox)]
    subprocess.run([*server, "mailbox", what, *user, *options, "INBOX"], check=True)


def look_again(here: Scene) -> None:
    """Let the daemon sign in anew, upon which it compares at once what is there with what is stored."""
    here.dovecot.end_sessions(account(here.mail_user, "regulators"))


def stop_server(here: Scene) -> None:
    for mailbox in MAILBOXES:
        here.dovecot.end_sessions(account(here.mail_user, mailbox))
    here.dovecot.stop()


def mailbox_status(here: Scene, name: str) -> dict[str, Any]:
    (found,) = (mailbox for mailbox in here.status()["mailboxes"] if mailbox["name"] == name)
    return dict(found)


def number_of(here: Scene, mailbox: str) -> int:
    return int(mailbox_status(here, mailbox)["uidvalidity"])


def delete(here: Scene, raw: bytes) -> None:
    with mail_program(here.dovecot, account(here.mail_user, "regulators")) as client:
        client.select_folder("INBOX")
        client.delete_messages(uids_of(client, raw))
        client.expunge()


def move(here: Scene, raw: bytes, folder: str, to: str) -> None:
    with mail_program(here.dovecot, account(here.mail_user, "regulators")) as client:
        if not client.folder_exists(to):
            client.create_folder(to)
        client.select_folder(folder)
        client.move(uids_of(client, raw), to)


def uids_of(client: Any, raw: bytes) -> list[int]:  # noqa: ANN401  (imapclient ships no types)
    mails = client.fetch(client.search(), ["BODY.PEEK[]"])
    return [uid for uid, mail in mails.items() if mail[b"BODY[]"] == raw]
