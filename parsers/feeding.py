"""The standard library's parser, kept from holding a large mail many times over.

It keeps every line as a text of its own and then joins them. Of a long body it needs to see nothing but
its ends: it is fed a mark in place of the rest. It is fed characters that are octets, too, since its own
stand-ins for eight-bit ones take up to four times the room.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from email.errors import MessageError
from email.feedparser import FeedParser
from email.message import Message
from email.policy import Compat32, compat32
from functools import partial
from hashlib import sha256
from heapq import merge
from itertools import pairwise

from parsers.bounds import Unreadable, check_structure

BLOCK_BYTES = 64 * 1024
"""So long a stretch is worth leaving out; so much is fed at a time."""

_LINE_END = re.compile(rb"\r\n?|\n")
# What the parser takes for lines of a header, and so for no body.
_HEADER_LINES = re.compile(rb"(?:(?:From |[!-9;-~]*+:|[ \t])[^\r\n]*+(?:\r\n?|\n|\Z))*+")
_DELIMITERS = (re.compile(rb"\n--"), re.compile(rb"\r--"))
_DIGEST = b"multipart/digest"
_PIECE_BYTES = 1024 * 1024
_END_BYTES = 2  # the line end before a delimiter belongs to it

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


@dataclass(frozen=True, kw_only=True)
class _Omissions:
    """The stretches that were left out of a mail, and the marks that stand for them."""

    raw: memoryview
    stretches: Sequence[Stretch]
    name: bytes  # in every mark; a content that held it would contain its own digest

    @classmethod
    def of(cls, raw: bytes) -> "_Omissions":
        stretches = tuple(_stretches(raw))
        name = sha256(raw).hexdigest().encode() if stretches else b""
        return cls(raw=memoryview(raw), stretches=stretches, name=name)

    def mark(self, number: int) -> bytes:
        """What the parser sees in place of a stretch."""
        return b"\x00%b %d\x00" % (self.name, number)

    def restored(self, content: bytes) -> bytes:
        """The content with the stretches in place of their marks."""
        if not self.stretches or self.name not in content:
            return content
        pieces: list[bytes | memoryview] = [*re.split(rb"\x00%b (\d+)\x00" % self.name, content)]
        for place in range(1, len(pieces), 2):
            start, end = self.stretches[int(pieces[place])]
            pieces[place] = self.raw[start:end]
        return b"".join(pieces)


class _Shortened(Message):
    """An entity of a mail some stretches of which were left out; each character of it is an octet."""

    def __init__(self, omissions: _Omissions, *, policy: Compat32) -> None:
        super().__init__(policy)
        self._omissions = omissions

    def set_raw(self, name: str, value: str) -> None:
        """Keep a field with the stand-ins for eight-bit octets by which everybody else knows these."""
        super().set_raw(name, value.encode("latin-1").decode("ascii", "surrogateescape"))

    def received(self, text: str) -> bytes:
        """What stood in the mail where the parser has found this."""
        return self._omissions.restored(text.encode("latin-1"))


def parse(raw: bytes) -> Message:
    """As `email.message_from_bytes`, which however holds many copies of the mail at a time.

    Raises:
        Unreadable: the mail breaks the parser.
    """
    omissions = _Omissions.of(raw)
    parser = FeedParser(partial(_Shortened, omissions), policy=compat32)
    position = 0
    with _unreadable_at_faults():
        for number, (start, end) in enumerate(omissions.stretches):
            _feed(parser, raw, position, start)
            parser.feed(omissions.mark(number).decode("ascii"))
            position = end
        _feed(parser, raw, position, len(raw))
        return parser.close()


def parse_enclosed(content: bytes) -> Message:
    """An entity that was found inside another, encoded or behind a boundary of its own.

    Raises:
        Unreadable: it has too many lines or parts, is too deep, or breaks the parser.
    """
    check_structure(content)
    return parse(content)


@contextmanager
def _unreadable_at_faults() -> Iterator[None]:
    try:
        yield
    except PARSER_FAULTS as error:
        raise Unreadable(f"The mail breaks the parser ({type(error).__name__}); read it by hand.") from error


def octets(message: Message) -> bytes:
    """The content as received. The parser would decode it less patiently where it knows the encoding."""
    if isinstance(message, _Shortened):
        text = message.get_payload()
        return message.received(text) if isinstance(text, str) else b""
    bare = copy(message)
    del bare["content-transfer-encoding"]
    payload = bare.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def epilogue(message: Message) -> bytes:
    """What stands behind a multipart's end (RFC 2046, section 5.1.1)."""
    text = message.epilogue or ""
    if isinstance(message, _Shortened):
        return message.received(text)
    return text.encode("utf-8", "surrogateescape")


def _feed(parser: "FeedParser[Message]", raw: bytes, start: int, end: int) -> None:
    for position in range(start, end, BLOCK_BYTES):
        parser.feed(str(memoryview(raw)[position : min(position + BLOCK_BYTES, end)], "latin-1"))


def _stretches(raw: bytes) -> Iterator[Stretch]:
    """Where the parser would read long stretches of one body; all but their ends."""
    digest = len(raw) > BLOCK_BYTES and _holds_digest(raw)
    for start, end in pairwise((0, *_delimiters(raw), len(raw))):
        if end - start > BLOCK_BYTES:
            body = _body_start(raw, start, end, digest=digest)
            if end - _END_BYTES - body > BLOCK_BYTES:
                yield body, end - _END_BYTES


def _delimiters(raw: bytes) -> Iterator[int]:
    """Where lines begin that may be delimiters, each with the line end before it (RFC 2046, 5.1.1)."""
    found = (pattern.finditer(raw) for pattern in _DELIMITERS)
    return (match.start() for match in merge(*found, key=re.Match.start))


def _body_start(raw: bytes, start: int, end: int, *, digest: bool) -> int:
    """From where on all is one body, whatever the parser is in the middle of where the region starts.

    A body begins with a line that no header has, or behind the blank line that ends a header. Behind
    that of an attached mail another header follows: where its type says so, or may be left unsaid, as
    in a digest (RFC 2046, 5.1.5), or may stand above a line that only looks like a delimiter.
    """
    position, header_follows = start, False
    if start:
        position = _line_end(raw, start + 1, end)
        header_follows = digest or _header_end(raw, start + 1, position) > start + 1
    while True:
        header_end = _header_end(raw, position, end)
        blank = _LINE_END.match(raw, header_end, end)
        if blank is None:
            return header_end
        if not header_follows and b"message/" not in raw[position:header_end].lower():
            return blank.end()
        position, header_follows = blank.end(), False


def _header_end(raw: bytes, start: int, end: int) -> int:
    block = _HEADER_LINES.match(raw, start, end)
    return block.end() if block else start


def _line_end(raw: bytes, start: int, end: int) -> int:
    found = _LINE_END.search(raw, start, end)
    return found.end() if found else end


def _holds_digest(raw: bytes) -> bool:
    """Whether a multipart may be one whose parts are mails without saying so."""
    overlap = len(_DIGEST) - 1
    pieces = (raw[start : start + _PIECE_BYTES + overlap] for start in range(0, len(raw), _PIECE_BYTES))
    return any(_DIGEST in piece.lower() for piece in pieces)
