from pathlib import Path

import pytest

from config.faults import ConfigurationError
from config.settings import AfterStoring, Mailbox, load_settings
from connectors.imap import ImapSource
from connectors.maildir import MaildirSource
from daemon.accounts import showing_of, source_opener
from daemon.watched import NOTHING, Showing

REST = """\
receiving_host: mx.example
own_domains: [example.com]
jira: {url: "https://jira.example", user: us@example.com, token: {env: DESK_PASSWORD}}
mailboxes:
"""
IMAP = "name: desk, host: imap.example, user: desk, password: {env: DESK_PASSWORD}"


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_PASSWORD", "secret")


def mailbox(folder: Path, written: str) -> Mailbox:
    file = folder / "mailwarden.yaml"
    file.write_text(f"{REST}  - {{{written}}}\n", encoding="utf-8")
    [only] = load_settings(file).mailboxes
    return only


def test_a_maildir_needs_only_its_folder(tmp_path: Path) -> None:
    box = mailbox(tmp_path, "name: desk, maildir: /var/mail/desk")
    assert box.maildir == Path("/var/mail/desk")
    assert isinstance(source_opener(box)(), MaildirSource)


def test_a_mailbox_without_a_maildir_is_watched_by_imap(tmp_path: Path) -> None:
    source = source_opener(mailbox(tmp_path, IMAP))()
    assert isinstance(source, ImapSource)
    source.close()


def test_stored_mail_is_left_alone_unless_asked(tmp_path: Path) -> None:
    box = mailbox(tmp_path, IMAP)
    assert box.after_storing is AfterStoring.LEAVE
    assert showing_of(box) == NOTHING


def test_stored_mail_can_be_marked(tmp_path: Path) -> None:
    assert showing_of(mailbox(tmp_path, f"{IMAP}, after_storing: keyword")) == Showing(keyword="$Mailwarden")


def test_stored_mail_can_be_moved(tmp_path: Path) -> None:
    box = mailbox(tmp_path, f"{IMAP}, after_storing: move, move_to: Done")
    assert showing_of(box) == Showing(move_to="Done")


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        (
            "name: desk, user: desk, password: {env: DESK_PASSWORD}",
            r"mailboxes\[0\]: needs `host`, or else `maildir`",
        ),
        ("name: desk, host: imap.example", "needs `user` and `password`, or else `maildir`"),
        (f"{IMAP}, maildir: /mail", "needs no `host`, `user` or `password`"),
        (f"{IMAP}, after_storing: move", r"mailboxes\[0\]: needs `move_to`"),
        (f"{IMAP}, keyword: 'two words'", "a word such as"),
    ],
)
def test_a_mailbox_that_cannot_work_is_refused(tmp_path: Path, written: str, fault: str) -> None:
    with pytest.raises(ConfigurationError, match=fault):
        mailbox(tmp_path, written)
