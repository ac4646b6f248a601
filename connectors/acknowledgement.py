"""The mail that tells a sender that a report has arrived: an automatic answer (RFC 3834)."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry, MessageIDHeader
from email.message import EmailMessage
from email.policy import SMTP

from connectors.errors import Refused
from connectors.jira.text import clean, one_line
from connectors.outbox import OutgoingMail

_headers = HeaderRegistry()
for _name in ("in-reply-to", "references"):
    _headers.map_to_type(_name, MessageIDHeader)  # type: ignore[arg-type] # the stubs forget what it is made into
_POLICY = SMTP.clone(header_factory=_headers)
"""As a header of plain words, a long Message-ID would be encoded, and no mail program would know it."""
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_DOT_ATOM = rf"{_ATOM}(?:\.{_ATOM})*"
_MESSAGE_ID = re.compile(rf"(?=.{{1,250}}\Z)<{_DOT_ATOM}@{_DOT_ATOM}>")
_ADDRESS = re.compile(rf"(?=.{{1,254}}\Z)({_DOT_ATOM})@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
"""What every mail server takes: no quoted names, no letters beyond ASCII (RFC 5321, section 4.1.2)."""

_SPECIALS = re.compile(r'[()<>\[\]:;@\\,."]')
"""What a display name may hold only in quotes (RFC 5322, section 3.2.3)."""


@dataclass(frozen=True, kw_only=True)
class AckDraft:
    """An acknowledgement, in our own words; only the addresses and the subject may be a stranger's."""

    token: str
    sender: str = field(repr=False)  # an address at our own domain
    sender_name: str
    recipient: str = field(repr=False)
    answers: str | None = field(repr=False)  # the Message-ID of the mail that is acknowledged
    subject: str = field(repr=False)
    text: str = field(repr=False)
    language: str  # of the text, as in RFC 5646
    at: datetime  # aware


def acknowledgement(draft: AckDraft) -> OutgoingMail:
    """The whole mail. The same draft leads to the same octets.

    Raises:
        Refused: the recipient or the sender is no address that every mail server takes.
    """
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = _address(draft.sender, _plain_name(draft.sender_name))
    mail["To"] = _address(draft.recipient)
    mail["Subject"] = one_line(draft.subject)
    mail["Date"] = draft.at
    mail["Message-ID"] = message_id(draft)
    if draft.answers and _MESSAGE_ID.fullmatch(draft.answers):
        mail["In-Reply-To"] = mail["References"] = draft.answers
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(clean(draft.text), cte="quoted-printable")
    mail["Content-Language"] = draft.language
    return OutgoingMail(recipient=draft.recipient, octets=mail.as_bytes())


def message_id(draft: AckDraft) -> str:
    """The Message-ID by which an answer to the acknowledgement is known; one token, one Message-ID."""
    return f"<mw-{draft.token}@{draft.sender.rpartition('@')[2]}>"


def _plain_name(name: str) -> str:
    """Without what would have to be quoted: where a quoted name is folded, the library loses its quotes."""
    return " ".join(_SPECIALS.sub(" ", one_line(name)).split())


def _address(address: str, name: str = "") -> Address:
    parts = _ADDRESS.fullmatch(address)
    if parts is None:
        raise Refused("an acknowledgement can't be addressed: not every mail server takes such an address")
    return Address(name, *parts.groups())
