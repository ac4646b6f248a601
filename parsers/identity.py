"""By what a mail is recognised, and what other mails it points to."""

import hashlib
import re
from collections.abc import Iterator

from parsers.delivery import returned_ids
from parsers.facts import Kind, Thread
from parsers.headers import message_ids
from parsers.message import ParsedMessage
from parsers.references import ticket_keys

_SENDERS_FIELDS = ("from", "subject", "message-id")  # a mail sent to each recipient apart has two dates
_MAX_POINTERS = 100
_PIECE_BYTES = 1024 * 1024
_WRITTEN = re.compile(rb"\S")


def content_digest(message: ParsedMessage) -> str:
    """SHA-256, in hexadecimal, over what the sender sent.

    Trace fields, which every delivery writes anew, do not count, nor do line ends and white space
    at the end; so one mail delivered to two mailboxes has one digest.
    """
    digest = hashlib.sha256()
    for name in _SENDERS_FIELDS:
        for value in message.every(name):
            digest.update(f"{name}:{value}\n".encode("utf-8", "replace"))
    digest.update(b"\n")
    for piece in _with_line_feeds(_stripped(message.body)):
        digest.update(piece)
    return digest.hexdigest()


def _with_line_feeds(body: memoryview) -> Iterator[bytes]:
    """The body with LF line ends, in pieces: a whole copy of a large mail is much."""
    start = 0
    while start < len(body):
        end = start + _PIECE_BYTES
        if bytes(body[end - 1 : end + 1]) == b"\r\n":
            end += 1
        yield bytes(body[start:end]).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        start = end


def _stripped(body: memoryview) -> memoryview:
    """The body without white space around it."""
    written = _WRITTEN.search(body)
    if written is None:
        return body[:0]
    start, end = written.start(), len(body)
    while not (last := bytes(body[max(start, end - _PIECE_BYTES) : end]).rstrip()):
        end -= _PIECE_BYTES
    return body[start : max(start, end - _PIECE_BYTES) + len(last)]


def read_thread(message: ParsedMessage, *, kind: Kind, subject: str, own_text: str, body_text: str) -> Thread:
    """The identifiers that relate this mail to others (RFC 5322, section 3.6.4; RFC 3464 for bounces)."""
    own = message_ids(message.first("message-id"))
    pointers = [
        *message_ids(message.first("in-reply-to")),
        *reversed(message_ids(message.first("references"))),
    ]
    if kind is Kind.BOUNCE or message.root.content_type == "multipart/report":
        pointers.extend(returned_ids(message.root, body_text))
    return Thread(
        message_id=own[0] if own else None,
        points_to=tuple(dict.fromkeys(pointers))[:_MAX_POINTERS],
        ticket_keys=ticket_keys(subject, own_text),
    )
