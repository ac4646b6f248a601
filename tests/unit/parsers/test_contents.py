"""A file that a report names is found again in the stored mail."""

import hashlib

import pytest

from parsers.attachments import read_attachments
from parsers.bounds import Unreadable
from parsers.contents import content_with
from parsers.message import parse_message
from tests.support.raw_mails import enclosed, entity, multipart, nested

LETTER, LIST = b"%PDF-1.7\r\n\x00\xff", b"a;b\r\n1;2\r\n"
TWO_FILES = multipart(
    entity(b"text/plain", b"See the files."),
    entity(b"application/pdf", LETTER, name=b"a.pdf", encoded=True),
    entity(b"text/csv", LIST, name=b"a.pdf", encoded=True),
)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("content", [LETTER, LIST])
def test_a_file_is_found_by_what_the_report_says_of_it(content: bytes) -> None:
    named = {file.sha256 for file in read_attachments(parse_message(TWO_FILES).root)}
    assert sha256(content) in named
    assert content_with(sha256(content), TWO_FILES) == content


def test_a_file_in_an_attached_mail_is_found() -> None:
    assert content_with(sha256(LETTER), enclosed(TWO_FILES)) == LETTER


def test_a_file_that_is_not_there_is_none() -> None:
    assert content_with(sha256(b"other"), TWO_FILES) is None


def test_an_attached_mail_is_none() -> None:
    assert content_with(sha256(TWO_FILES), enclosed(TWO_FILES)) is None


def test_a_mail_that_may_not_be_parsed_is_refused() -> None:
    with pytest.raises(Unreadable):
        content_with(sha256(LETTER), nested(200))
