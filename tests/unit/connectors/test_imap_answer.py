from datetime import UTC, datetime, timedelta, timezone

import pytest
from imapclient.exceptions import IMAPClientError

from connectors.imap_answer import read_answer

MAIL = b"From: a@b.example\r\n\r\nx\r\n"


def test_the_usual_answer_of_dovecot() -> None:
    items = b'UID 7 RFC822.SIZE 24 INTERNALDATE "25-Nov-2026 07:04:15 +0000" X-GUID 17.M1.vm,S=2'
    head = b"1 (" + items + b" BODY[]<0> {24}"
    assert read_answer([(head, MAIL), b")"]) == {
        7: {
            b"UID": 7,
            b"RFC822.SIZE": 24,
            b"INTERNALDATE": datetime(2026, 11, 25, 7, 4, 15, tzinfo=UTC),
            b"X-GUID": b"17.M1.vm,S=2",
            b"BODY[]<0>": MAIL,
        }
    }


def test_the_usual_answer_of_cyrus() -> None:
    head = b'3 (UID 9 INTERNALDATE " 1-Nov-2026 07:04:15 -0530" EMAILID (M53a2) RFC822.SIZE 24 BODY[]<0> {24}'
    [item] = read_answer([(head, MAIL), b")"]).values()
    west = timezone(-timedelta(hours=5, minutes=30))
    assert item[b"INTERNALDATE"] == datetime(2026, 11, 1, 7, 4, 15, tzinfo=west)
    assert item[b"EMAILID"] == b"M53a2"


def test_several_mails() -> None:
    data = [(b"1 (UID 7 BODY[] {24}", MAIL), b")", (b"2 (UID 8 BODY[] {1}", b"x"), b")"]
    assert {uid: item[b"BODY[]"] for uid, item in read_answer(data).items()} == {7: MAIL, 8: b"x"}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param([(b"1 (BODY[]<0> {24}", MAIL), b" UID 7)"], id="items after the octets"),
        pytest.param([b'1 (UID 7 BODY[]<0> "From: a@b.example")'], id="octets in quotes"),
        pytest.param([b"1 (UID 7 BODY[]<0> NIL)"], id="nothing there"),
        pytest.param(
            [b"4 (FLAGS (\\Seen))", (b"1 (UID 7 BODY[]<0> {24}", MAIL), b")"],
            id="flags that nobody asked for",
        ),
        pytest.param([(b"1 (UID 7 FLAGS (\\Seen (odd)) BODY[]<0> {24}", MAIL), b")"], id="a list in a list"),
    ],
)
def test_whatever_is_unusual_is_read_too(data: list[object]) -> None:
    assert b"BODY[]<0>" in read_answer(data)[7]


def test_what_is_no_answer_is_refused() -> None:
    with pytest.raises(IMAPClientError):
        read_answer([(b"1 (UID 7 X-GUID  BODY[]<0> {24}", MAIL), b")"])


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="INTERNALDATE"):
        read_answer([(b'1 (UID 7 INTERNALDATE "yesterday" BODY[] {24}', MAIL), b")"])
