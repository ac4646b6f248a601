from pathlib import Path

import pytest

from connectors.errors import Unavailable
from connectors.maildir import UID_FILE, MaildirAccount, MaildirSource, maildir_faults
from tests.support.maildir import Maildir

MAIL = b"Subject: one\r\n\r\nbody\r\n"


@pytest.fixture
def maildir(tmp_path: Path) -> Maildir:
    return Maildir(tmp_path / "mail")


def opened(maildir: Maildir) -> MaildirSource:
    source = MaildirSource(MaildirAccount(name="desk", folder=maildir.folder))
    source.open()
    return source


def test_reading_a_mail_elsewhere_does_not_change_its_uid(maildir: Maildir) -> None:
    file = maildir.deliver(MAIL)
    source = opened(maildir)
    [uid] = source.uids_above(0)
    file = maildir.read(file)
    assert source.uids_above(0) == [uid]
    maildir.read(file, "RS")
    assert source.uids_above(0) == [uid]


def test_a_mail_that_is_renamed_while_it_is_fetched_is_found(maildir: Maildir) -> None:
    file = maildir.deliver(MAIL)
    source = opened(maildir)
    uids = source.uids_above(0)
    maildir.read(file)
    assert [mail.uid for batch in source.fetch(uids) for mail in batch] == uids


def test_uids_rise_and_are_never_given_again(maildir: Maildir) -> None:
    source = opened(maildir)
    maildir.deliver(MAIL).unlink() if source.uids_above(0) else None
    first = maildir.deliver(MAIL)
    [uid] = source.uids_above(0)
    first.unlink()
    maildir.deliver(MAIL)
    assert source.uids_above(0) == [uid + 1]


def test_two_that_use_one_folder_agree(maildir: Maildir) -> None:
    one, other = opened(maildir), opened(maildir)
    maildir.deliver(MAIL)
    assert one.uids_above(0) == other.uids_above(0)
    maildir.deliver(MAIL)
    assert other.uids_above(0) == one.uids_above(0)


def test_a_line_that_a_crash_has_cut_short_names_no_mail(maildir: Maildir) -> None:
    maildir.deliver(MAIL)
    opened(maildir)
    with (maildir.folder / UID_FILE).open("ab") as file:
        file.write(b"2 17000")
    maildir.deliver(MAIL)
    assert opened(maildir).uids_above(0) == [1, 2]
    assert opened(maildir).uids_above(0) == [1, 2]


def test_a_list_that_is_taken_away_is_a_new_epoch(maildir: Maildir) -> None:
    maildir.deliver(MAIL)
    source = opened(maildir)
    before = source.open()
    maildir.forget_uids()
    with pytest.raises(Unavailable):
        source.uids_above(0)
    assert opened(maildir).open().uidvalidity != before.uidvalidity


def test_a_file_that_is_no_list_is_not_written_to(maildir: Maildir) -> None:
    (maildir.folder / UID_FILE).write_bytes(b"something else\n")
    with pytest.raises(Unavailable, match="mailbox desk"):
        opened(maildir)
    assert (maildir.folder / UID_FILE).read_bytes() == b"something else\n"


def test_names_of_other_charsets_are_kept(maildir: Maildir) -> None:
    odd = maildir.folder / "new" / b"17.\xff\xe9.host".decode("utf-8", "surrogateescape")
    odd.write_bytes(MAIL)
    assert opened(maildir).uids_above(0) == opened(maildir).uids_above(0) == [1]


def test_the_folder_can_be_tried_without_changing_it(maildir: Maildir) -> None:
    account = MaildirAccount(name="desk", folder=maildir.folder)
    assert maildir_faults(account) == []
    assert not (maildir.folder / UID_FILE).exists()
    (maildir.folder / "cur").rmdir()
    [fault] = maildir_faults(account)
    assert 'has no "cur"' in str(fault)
