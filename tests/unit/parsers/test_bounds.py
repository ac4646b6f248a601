import pickle

import pytest

from parsers.bounds import MAX_FIELD_BYTES, ReadableHeaders, Unreadable, readable_headers
from parsers.message import parse_message
from tests.support.raw_mails import HEADER as HEAD
from tests.support.raw_mails import enclosed, forwarded, parts

HEADER = (
    b"From: =?utf-8?Q?J=C3=B6rg?= <desk@Media-Office.example>\r\nSubject: =?utf-8?Q?L=C3=B6schung?=\r\n"
    b"Date: yesterday\r\nMessage-ID: <m1@media-office.example>\r\n"
)
READABLE = ReadableHeaders(
    subject="Löschung",
    sender_name="Jörg",
    sender_address="desk@media-office.example",
    date="yesterday",
    message_id="m1@media-office.example",
)


def refusal(raw: bytes) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        parse_message(raw)
    return caught.value


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param(b"X: " + b"x" * (MAX_FIELD_BYTES + 1) + b"\r\n\r\n", id="field"),
        pytest.param(b"Content-Type: message/rfc822\r\n\r\n" * 60, id="depth"),
        pytest.param(
            b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 1100, id="parts"
        ),
        pytest.param(
            b"Content-Type: multipart/mixed\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 1100, id="parts undeclared"
        ),
        pytest.param(
            b"Content-Type: message/delivery-status\r\n\r\n" + b"A: b\r\n\r\n" * 10_001, id="groups"
        ),
        pytest.param(enclosed(forwarded(2000)).partition(HEAD)[2], id="depth under base64"),
        pytest.param(enclosed(parts(1100)).partition(HEAD)[2], id="parts under base64"),
    ],
)
def test_refused_mail_keeps_its_readable_headers(rest: bytes) -> None:
    assert refusal(HEADER + rest).headers == READABLE


def test_refusal_survives_the_way_between_processes() -> None:
    error = refusal(HEADER + b"X: " + b"x" * (MAX_FIELD_BYTES + 1))
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 (our own bytes)
    assert (str(again), again.headers) == (str(error), READABLE)


def test_readable_headers_are_text_whatever_octets_stand_in_them() -> None:
    raw = (
        b"From: \xe4 <\xe4@b.example>\r\nSubject: \xe4\r\nDate: \xe4\r\nMessage-ID: <\xe4@b.example>\r\n\r\n"
    )
    found = readable_headers(raw)
    assert found.message_id is not None
    for value in (found.subject, found.sender_name, found.sender_address or "", found.date, found.message_id):
        assert value.encode()


def test_refusal_says_nothing_of_what_the_mail_says() -> None:
    assert "media-office" not in str(refusal(HEADER + b"X: " + b"x" * (MAX_FIELD_BYTES + 1)))


def test_many_lines_in_deep_nesting_are_refused() -> None:
    opening = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(40))
    assert "levels deep" in str(refusal(opening + b"\n" + b"x\n" * 200_000))


def test_many_delimiters_of_nobody_are_text() -> None:
    raw = b"Subject: x\n\n" + b"-- \n--rule\n" * 5000
    assert parse_message(raw).root.content_type == "text/plain"


def test_bytes_without_header_have_no_readable_headers() -> None:
    assert readable_headers(b"\x00\x01") == ReadableHeaders()
