"""By what a mail is recognised, and what other mails it points to."""

import hashlib
import re

from parsers.facts import Kind, Thread
from parsers.headers import message_ids
from parsers.message import ParsedMessage, Part
from parsers.references import ticket_keys

_SENDERS_FIELDS = ("from", "subject", "message-id")  # a mail sent to each recipient apart has two dates
_QUOTED_ID = re.compile(r"^[> ]{0,10}message-id:\s{0,9}<([^<>\s]{1,900})>", re.IGNORECASE | re.MULTILINE)
_SCANNED = 100_000
_MAX_POINTERS = 100


def content_digest(message: ParsedMessage) -> str:
    """SHA-256, in hexadecimal, over what the sender sent.

    Trace fields, which every delivery writes anew, do not count, nor do line ends and white space
    at the end; so one mail delivered to two mailboxes has one digest.
    """
    digest = hashlib.sha256()
    for name in _SENDERS_FIELDS:
        for value in message.every(name):
            digest.update(f"{name}:{value}\n".encode("utf-8", "replace"))
    digest.update(b"\n" + message.body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").strip())
    return digest.hexdigest()


def read_thread(message: ParsedMessage, *, kind: Kind, subject: str, own_text: str, body_text: str) -> Thread:
    """The identifiers that relate this mail to others (RFC 5322, section 3.6.4; RFC 3464 for bounces)."""
    own = message_ids(message.first("message-id"))
    pointers = [
        *message_ids(message.first("in-reply-to")),
        *reversed(message_ids(message.first("references"))),
    ]
    if kind is Kind.BOUNCE:
        pointers.extend(_returned(message.root, body_text))
    return Thread(
        message_id=own[0] if own else None,
        points_to=tuple(dict.fromkeys(pointers))[:_MAX_POINTERS],
        ticket_keys=ticket_keys(subject, own_text),
    )


def _returned(root: Part, body_text: str) -> list[str]:
    """The Message-ID of the mail that a bounce gives back, whole, as headers, or quoted."""
    attached = [
        value for message in root.attached_messages() for value in message_ids(message.field("message-id"))
    ]
    headers = [part.text for part in root.own_parts() if part.content_type == "text/rfc822-headers"]
    quoted = [value for text in (*headers, body_text) for value in _QUOTED_ID.findall(text[:_SCANNED])]
    return attached + quoted
