"""What no honest mail exceeds, checked in linear time before anything is parsed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge

from config.errors import MailwardenError
from parsers.headers import decode_field, mailbox_in, message_ids

MAX_BYTES = 35 * 1024 * 1024
MAX_HEADER_BYTES = 256 * 1024
MAX_FIELD_BYTES = 64 * 1024
MAX_ENCODED_WORD_BYTES = 64 * 1024
MAX_DEPTH = 50
MAX_PARTS = 1000
MAX_LINES = 600_000  # 35 MB of Base64 have fewer
MAX_GROUPS = 10_000  # of fields in delivery reports, each of which parsers make an entity of its own
MAX_LINES_TIMES_DEPTH = 6_000_000  # parsers compare every line with the boundary of every level around it

_SHOWN_CHARACTERS = 4000
_HEADER_LINES = re.compile(
    rb"(?:[!-9;-~]+[ \t]*:[^\n]*(?:\n|\Z)|[ \t][^\r\n][^\n]*(?:\n|\Z)|From [^\n]*(?:\n|\Z))*"
)
_FIELD_ENDS = re.compile(rb"\n(?![ \t])")
_ENCODED_WORD = re.compile(rb"=\?[^?\s]{1,80}\?[bBqQ]\?[^?\r\n]{0,4000}\?=")
# Both begin with fixed octets, which a search finds many times faster than alternatives.
_DELIMITER_LINE = re.compile(rb"\n--([^\r\n]{1,250})")
_DECLARED_BOUNDARY = re.compile(rb"boundary[ \t]{0,9}=[ \t]{0,9}\"?([^\"\s;]{1,250})")


@dataclass(frozen=True, kw_only=True)
class ReadableHeaders:
    """What the header says of a mail that was not parsed, each decoded and at most 4,000 characters."""

    subject: str = ""
    sender_name: str = ""
    sender_address: str | None = None  # the domain in lower case
    date: str = ""  # as written
    message_id: str | None = None  # without angle brackets


class Unreadable(MailwardenError):
    """The mail is outside what may be parsed; hold it and let a person look at the raw bytes.

    `headers` says what could be read nevertheless, for the ticket of the held mail. It is not part
    of the message, which may be logged.
    """

    def __init__(self, message: str, *, headers: ReadableHeaders | None = None) -> None:
        super().__init__(message)
        self.headers = headers or ReadableHeaders()


def header_length(raw: bytes) -> int:
    """The number of bytes of the header block with its fields; a block over the limit is cut there."""
    block = _HEADER_LINES.match(raw, 0, MAX_HEADER_BYTES + MAX_FIELD_BYTES)
    return block.end() if block else 0


def check_bounds(raw: bytes) -> None:
    """Refuse what is too large, too deep or too much.

    Raises:
        Unreadable: with the limit that is exceeded.
    """
    check_size(len(raw))
    _check_header(raw[: header_length(raw)])
    check_structure(raw)


def check_size(size: int) -> None:
    """Refuse a mail by its number of bytes alone, as `check_bounds` would.

    Raises:
        Unreadable: it has more than `MAX_BYTES`.
    """
    if size > MAX_BYTES:
        raise Unreadable(f"The mail has {size} bytes, more than {MAX_BYTES}; read it by hand.")


def readable_headers(raw: bytes) -> ReadableHeaders:
    """The few fields by which a person recognises the mail, read without parsing it."""
    fields: dict[str, str] = {}
    for line in _FIELD_ENDS.split(raw[: min(header_length(raw), MAX_HEADER_BYTES)]):
        name, _, value = line[:_SHOWN_CHARACTERS].partition(b":")
        fields.setdefault(name.strip().decode("latin-1").lower(), value.decode("utf-8", "surrogateescape"))
    name, address = mailbox_in(fields.get("from", ""))
    ids = message_ids(decode_field(fields.get("message-id", "")))
    return ReadableHeaders(
        subject=decode_field(fields.get("subject", "")),
        sender_name=name,
        sender_address=address,
        date=decode_field(fields.get("date", "")),
        message_id=ids[0] if ids else None,
    )


def encoded_word_bytes(data: bytes) -> int:
    """How many bytes are RFC 2047 encoded words; some parsers take the square of that in time."""
    return sum(map(len, _ENCODED_WORD.findall(data))) if b"=?" in data else 0


def _check_header(block: bytes) -> None:
    longest = max(map(len, _FIELD_ENDS.split(block)))
    if len(block) > MAX_HEADER_BYTES or longest > MAX_FIELD_BYTES:
        raise Unreadable(
            f"The header has {len(block)} bytes or more, its longest field {longest}; allowed are "
            f"{MAX_HEADER_BYTES} and {MAX_FIELD_BYTES}. Read the mail by hand."
        )
    encoded = encoded_word_bytes(block)
    if encoded > MAX_ENCODED_WORD_BYTES:
        raise Unreadable(
            f"The header has {encoded} bytes of encoded words, more than {MAX_ENCODED_WORD_BYTES}; "
            "read the mail by hand."
        )


def check_structure(raw: bytes) -> None:
    """Count lines, groups of fields, delimiters and nesting as a parser would meet them (RFC 2046, 5.1).

    Raises:
        Unreadable: with the limit that is exceeded.
    """
    feeds, returns = raw.count(b"\n"), raw.count(b"\r")
    most, lines = max(feeds, returns), feeds + returns
    if most > MAX_LINES:
        raise Unreadable(f"The mail has {most} lines, more than {MAX_LINES}; read it by hand.")
    gaps = raw.count(b"\n\n") + raw.count(b"\n\r\n")
    if gaps > MAX_GROUPS and b"delivery-status" in raw.lower():
        raise Unreadable(f"The mail has {gaps} groups of fields, more than {MAX_GROUPS}; read it by hand.")
    delimiters = raw.count(b"\n--") + raw.count(b"\r--")  # each level and each part needs one
    if delimiters <= MAX_DEPTH and delimiters * lines <= MAX_LINES_TIMES_DEPTH:
        return
    open_boundaries: list[bytes] = []
    parts = deepest = 0
    for declared, boundary in _boundary_marks(raw):
        if declared:
            open_boundaries.append(boundary)
        else:
            parts += _close_inner(open_boundaries, boundary.rstrip())
        deepest = max(deepest, len(open_boundaries))
        if deepest > MAX_DEPTH:
            raise too_deep()
        if parts > MAX_PARTS:
            raise too_many_parts()
    if deepest * lines > MAX_LINES_TIMES_DEPTH:
        raise Unreadable(f"The mail has {lines} lines, {deepest} levels deep; read it by hand.")


def _boundary_marks(raw: bytes) -> Iterator[tuple[bool, bytes]]:
    """What declares a boundary (true) or begins like a delimiter (false), in order, with the boundary."""
    declared = _DECLARED_BOUNDARY.finditer(raw.lower())
    for mark in merge(_DELIMITER_LINE.finditer(raw), declared, key=re.Match.start):
        yield mark.re is _DECLARED_BOUNDARY, raw[mark.start(1) : mark.end(1)]


def _close_inner(open_boundaries: list[bytes], line: bytes) -> bool:
    """Whether the line is a delimiter; what is open inside its multipart ends there."""
    boundary = line if line in open_boundaries else line.removesuffix(b"--")
    if boundary not in open_boundaries:
        return False
    last = len(open_boundaries) - 1 - open_boundaries[::-1].index(boundary)
    del open_boundaries[last + (boundary == line) :]
    return True


def too_deep() -> Unreadable:
    """The refusal of a mail with more levels than `MAX_DEPTH`."""
    return Unreadable(f"The mail is nested more than {MAX_DEPTH} levels deep; read it by hand.")


def too_many_parts() -> Unreadable:
    """The refusal of a mail with more parts than `MAX_PARTS`."""
    return Unreadable(f"The mail has more than {MAX_PARTS} parts; read it by hand.")
