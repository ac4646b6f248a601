"""The files that came with a mail, and what mails are attached to it."""

import hashlib
from collections.abc import Iterator

from parsers.body import is_shown, read_body
from parsers.facts import Attachment
from parsers.message import Part

# Parts that hold the structure of the mail rather than a file of the sender's.
_STRUCTURE = frozenset({"application/pgp-encrypted", "message/delivery-status", "text/rfc822-headers"})


def read_attachments(root: Part) -> tuple[Attachment, ...]:
    """Every file and attached message, in order; attached messages are not opened here."""
    return tuple(map(_attachment, _files(root)))


def attached_texts(root: Part) -> list[str]:
    """Subject and text of every attached message, and of those attached to them in turn."""
    texts: list[str] = []
    for message in root.attached_messages():
        texts += [message.field("subject") or "", read_body(message).text]
        texts += attached_texts(message)
    return texts


def _files(root: Part) -> Iterator[Part]:
    for part in root.own_parts():
        container = part.content_type.startswith("multipart/")
        if not container and part.content_type not in _STRUCTURE and not _is_text(part):
            yield part


def _is_text(part: Part) -> bool:
    """Whether this is text of the mail, or the calendar form of it (RFC 6047)."""
    calendar = part.content_type == "text/calendar" and not part.name and part.disposition != "attachment"
    return calendar or is_shown(part)


def _attachment(part: Part) -> Attachment:
    content = _content(part)
    return Attachment(
        name=part.name,
        content_type=part.content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _content(part: Part) -> bytes:
    """The bytes that identify the file; an attached message is known by its parts' contents."""
    return part.content + b"".join(map(_content, part.children))
