"""The standard library's parser, kept from holding a large mail many times over.

It keeps every line as a text of its own and then joins them. What makes a mail large is base64, of
which it needs to see nothing: it is fed a mark in place of each long stretch.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email import message_from_bytes
from email.errors import MessageError
from email.feedparser import BytesFeedParser
from email.message import Message
from email.policy import Compat32, compat32
from functools import partial
from string import ascii_letters, digits

from parsers.bounds import Unreadable, check_structure

BLOCK_BYTES = 64 * 1024
_BASE64 = f"{ascii_letters}{digits}+/=\r\n".encode()
_MARK = re.compile(rb"\x00(\d{1,9})\x00")

# What parsers let slip on malformed fields.
PARSER_FAULTS = (
    AssertionError,
    AttributeError,
    LookupError,
    MessageError,
    RecursionError,
    TypeError,
    ValueError,
)

Stretch = tuple[int, int]


class _Marked(Message):
    """An entity of a mail whose stretches were left out, and which no part of its content can pose as."""

    def __init__(self, stretches: Sequence[memoryview], *, policy: Compat32) -> None:
        super().__init__(policy)
        self.stretches = stretches


def parse(raw: bytes) -> Message:
    """As `email.message_from_bytes`, which however holds six copies of the mail at a time.

    Raises:
        Unreadable: the mail breaks the parser.
    """
    stretches = tuple(_stretches(raw))
    views = [memoryview(raw)[start:end] for start, end in stretches]
    parser = BytesFeedParser(partial(_Marked, views), policy=compat32)
    position = 0
    with _unreadable_at_faults():
        for number, (start, end) in enumerate(stretches):
            _feed(parser, raw, position, start)
            parser.feed(b"\x00%d\x00" % number)
            position = end
        _feed(parser, raw, position, len(raw))
        return parser.close()


def parse_enclosed(content: bytes) -> Message:
    """An entity that was found inside another, encoded or behind a boundary of its own.

    Raises:
        Unreadable: it has too many lines or parts, is too deep, or breaks the parser.
    """
    check_structure(content)
    with _unreadable_at_faults():
        return message_from_bytes(content, policy=compat32)


@contextmanager
def _unreadable_at_faults() -> Iterator[None]:
    try:
        yield
    except PARSER_FAULTS as error:
        raise Unreadable(f"The mail breaks the parser ({type(error).__name__}); read it by hand.") from error


def octets(message: Message) -> bytes:
    """The content as received. The parser would decode it less patiently where it knows the encoding."""
    del message["content-transfer-encoding"]
    payload = message.get_payload(decode=True)
    return _whole(payload, message) if isinstance(payload, bytes) else b""


def epilogue(message: Message) -> bytes:
    """What stands behind a multipart's end (RFC 2046, section 5.1.1)."""
    return _whole((message.epilogue or "").encode("utf-8", "surrogateescape"), message)


def _whole(content: bytes, message: Message) -> bytes:
    """The content with the stretches in place of their marks."""
    if not isinstance(message, _Marked) or not message.stretches:
        return content
    pieces = _MARK.split(content)
    return b"".join(
        message.stretches[int(piece)] if place % 2 else piece for place, piece in enumerate(pieces)
    )


def _feed(parser: BytesFeedParser, raw: bytes, start: int, end: int) -> None:
    for position in range(start, end, BLOCK_BYTES):
        parser.feed(raw[position : min(position + BLOCK_BYTES, end)])


def _stretches(raw: bytes) -> Iterator[Stretch]:
    """Where long stretches of base64 stand.

    Left to the parser are the first whole line, so that a stretch always lies within one body, and the
    end of the last, which may belong to a delimiter.
    """
    if b"\x00" in raw:  # a mark could be somebody else's
        return
    for start, end in _pure_blocks(raw):
        first = raw.find(b"\n", raw.find(b"\n", start, end) + 1 or end, end) + 1
        last = raw.rfind(b"\n", start, end) - 1
        if 0 < first < last:
            yield first, last


def _pure_blocks(raw: bytes) -> Iterator[Stretch]:
    """Runs of blocks in which there is nothing but base64 and line ends."""
    start = None
    for position in range(0, len(raw), BLOCK_BYTES):
        pure = not raw[position : position + BLOCK_BYTES].translate(None, _BASE64)
        if pure and start is None:
            start = position
        elif not pure and start is not None:
            yield start, position
            start = None
    if start is not None:
        yield start, len(raw)
