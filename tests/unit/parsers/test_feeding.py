"""A mail that is fed to the parser without the middle of its long bodies has the same parts."""

import base64
import tracemalloc
from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from pathlib import Path

import pytest

from parsers import feeding
from parsers.feeding import BLOCK_BYTES, octets, parse
from parsers.message import parse_message
from parsers.part import Part
from parsers.tree import Tree
from tests.support.raw_mails import HEADER, attached, body

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures" / "mail").glob("*.eml"))
FILM = bytes(range(256)) * 2000
MARK = b"\x000\x00"


def contents(message: Message) -> list[bytes]:
    return [octets(part) for part in message.walk()]


def lines_of(message: Message) -> int:
    """How many lines the parser has kept, whoever put them together again."""
    return sum(str(part.get_payload()).count("\n") for part in message.walk() if not part.is_multipart())


def plainly(raw: bytes) -> Message:
    return message_from_bytes(raw, policy=compat32)


def in_multipart(*parts: bytes, kind: bytes = b"mixed", boundary: bytes = b"b") -> bytes:
    opened = HEADER + b'Content-Type: multipart/%b; boundary="%b"\r\n\r\n' % (kind, boundary)
    between = b"--" + boundary + b"\r\n"
    return opened + b"".join(between + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"


def tree(raw: bytes, message: Message) -> Part:
    return _as_read(Tree(raw).message(message))


def _as_read(part: Part) -> Part:
    """Of a report for machines its fields, whatever stood between them."""
    content = b"" if part.blocks else part.content
    return replace(part, content=content, children=tuple(map(_as_read, part.children)))


CODED = base64.encodebytes(FILM)
LETTERS = "Grüße aus der Behörde, wir bitten um Löschung.\r\n".encode("latin-1") * 4000
FIELDS = b"Subject: inner \xfc\r\nX-Order: " + LETTERS.replace(b"\r\n", b" ")[:50_000] + b"\r\n\r\n" + LETTERS
LARGE = {
    "an attachment": attached(b"film.mp4", FILM),
    "carriage returns": attached(b"film.mp4", FILM).replace(b"\n", b"\r\n"),
    "two attachments": in_multipart(b"X: 1\r\n\r\n" + CODED, b"X: 2\r\n\r\n" + CODED.lower()),
    "the last line right before the delimiter": in_multipart(b"\r\n" + CODED.strip()),
    "no end": in_multipart(b"\r\n" + CODED)[:-9],
    "blank lines": in_multipart(b"\r\n" + CODED.replace(b"A\n", b"A\n\n")),
    "no blank line before it": in_multipart(CODED),
    "behind the end": in_multipart(b"\r\none") + CODED + b"--b\r\n\r\n" + CODED,
    "one line": body(CODED.replace(b"\n", b""), encoding=b"base64"),
    "in an attached mail": in_multipart(b"Content-Type: message/rfc822\r\n\r\n" + attached(b"a", FILM)),
    "eight-bit letters around it": body("Grüße\r\n".encode("latin-1") * 9 + CODED + b"\xff\r\n"),
    "a NUL": body(MARK + CODED),
    "eight-bit letters": body(LETTERS),
    "eight-bit letters on one line": body(LETTERS.replace(b"\r\n", b" ")),
    "one line that begins like a field": body(b"Order:" + LETTERS.replace(b"\r\n", b" ")),
    "lines that look like fields": body(b"Order: " + LETTERS.replace(b"\n", b"\nOrder: ")),
    "one line of blanks": body(b" " * 4 * BLOCK_BYTES),
    "carriage returns only": in_multipart(b"\r\n" + LETTERS, b"\r\n" + LETTERS).replace(b"\r\n", b"\r"),
    "no header": LETTERS,
    "before the first delimiter": in_multipart().replace(b"--b--", LETTERS + b"\r\n--b\r\n\r\none\r\n--b--"),
    "right before the delimiter": in_multipart(b"\r\n" + LETTERS, b"\r\n" + LETTERS.strip()),
    "line ends before the delimiter": in_multipart(b"\r\n" + LETTERS + b"\n\r\n\r"),
    "lines that are almost delimiters": in_multipart(b"\r\n" + LETTERS + b"-- \r\n--ba\r\n" + LETTERS),
    "fields of an attached mail": in_multipart(b"Content-Type: MESSAGE/rfc822\r\n\r\n" + FIELDS),
    "fields of a mail in a digest": in_multipart(b"\r\n" + FIELDS, kind=b"digest"),
    "a delimiter that looks like a field": in_multipart(
        b"Content-Type: message/rfc822\r\n--x: y\r\n\r\n" + FIELDS, boundary=b"a:b"
    ),
    "a mail in an attached mail": body(b"Content-Type: message/rfc822\r\n\r\n" + FIELDS, b"message/rfc822"),
}


@pytest.mark.parametrize("raw", LARGE.values(), ids=LARGE)
def test_large_mail_has_the_same_contents(raw: bytes) -> None:
    assert contents(parse(raw)) == contents(plainly(raw))
    assert tree(raw, parse(raw)) == tree(raw, plainly(raw))


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_every_fixture_has_the_same_contents_in_small_blocks(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding, "BLOCK_BYTES", 100)
    raw = path.read_bytes()
    assert tree(raw, parse(raw)) == tree(raw, plainly(raw))


def test_long_base64_does_not_go_through_the_parser() -> None:
    raw = attached(b"film.mp4", FILM)
    assert lines_of(parse(raw)) < lines_of(plainly(raw)) / 2
    assert len(raw) > 4 * BLOCK_BYTES


@pytest.mark.parametrize("name", ["eight-bit letters", "eight-bit letters on one line", "a NUL"])
def test_long_body_costs_the_parser_next_to_nothing(name: str) -> None:
    raw = LARGE[name]
    tracemalloc.start()
    parse(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * len(raw)


def test_part_behind_the_end_is_read_whole() -> None:
    film = in_multipart(b"\r\none") + b"--b\r\nContent-Type: video/mp4\r\n\r\n" + CODED * 8 + b"\r\n--b--\r\n"
    assert len(film) > 4 * 1024 * 1024
    assert parse_message(film).root.children[-1].content.strip() == (CODED * 8).strip()


def test_mark_inside_an_encoded_mail_stays_what_it_is() -> None:
    inner = base64.encodebytes(b"Subject: inner\r\n\r\n" + MARK)
    raw = in_multipart(
        b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + inner,
        b"Content-Type: video/mp4\r\nContent-Transfer-Encoding: base64\r\n\r\n" + CODED * 8,
    )
    attached_mail, film = parse_message(raw).root.children
    assert attached_mail.children[0].content == MARK
    assert len(film.content) > len(FILM)
