"""What waits for a person: held messages, and what a person decides about them.

Works beside the running daemon: what a decision does to the ticket is planned in the same transaction
as the decision, and the daemon carries it out.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes
from email.policy import compat32
from pathlib import Path

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from config.errors import MailwardenError
from config.instant import utcnow
from connectors.tickets import FactTable, Heading, Paragraph, TicketText
from daemon.bearing import own_bearing
from daemon.collect import raw_bytes
from daemon.decision import Decision
from daemon.ledger import Event, record
from daemon.plan import COMMENTS, CommentPayload, append, audience_of, files_and_receipt, last_recovery
from daemon.relate import Standing
from daemon.store.database import Database
from daemon.store.models import Matter, Message, RawMail, Relation, Routing, StoredReport
from daemon.store.states import ActionKind, Disposition
from daemon.stored_mail import head_of
from daemon.tokens import action_token
from daemon.wire import ring_planned
from parsers.facts import REPORTS, Attachment
from parsers.headers import headers
from parsers.message import MAX_HEADER_BYTES
from rules.routing import ROUTES
from rules.site import Site

SHOWN_HEADERS = ("From", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "Authentication-Results")
HEADER_CHARACTERS = 1000
REASON_CHARACTERS = 300  # as the column takes


class NotHeld(MailwardenError):
    """The message does not wait for a person; `run.py held list` names those that do."""


class UnusableReason(MailwardenError):
    """The reason is empty or too long; say in a sentence why."""


class FileNotWritten(MailwardenError):
    """The message could not be written to the file; name a new one in a folder of yours."""


@dataclass(frozen=True, kw_only=True)
class HeldMessage:
    """A message that waits for a person."""

    number: int
    mailbox: str
    received_at: datetime
    reason: str
    ticket: str | None  # None while its ticket does not exist yet
    sha256: str
    sender: str | None  # the address
    subject: str  # these two as the header has them, where the mail could not be read


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What can be told of a held message without showing what it says."""

    message: HeldMessage
    headers: tuple[tuple[str, str], ...]  # decoded, not made safe; those that can be read
    attachments: tuple[Attachment, ...]  # none where the mail could not be read
    size: int  # octets
    text: str  # the author's own words, where the mail could be read


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a person decides about a held message."""

    disposition: Disposition
    event: Event
    heading: str
    consequence: str


RELEASE = Verdict(
    disposition=Disposition.ON_TICKET,
    event=Event.RELEASED,
    heading="Released",
    consequence="A person has looked at the held mail. It is handled on this ticket.",
)
SET_ASIDE = Verdict(
    disposition=Disposition.SET_ASIDE,
    event=Event.SET_ASIDE,
    heading="Set aside",
    consequence="A person has looked at the held mail. Nothing is to be done about it.",
)


def list_held(database: Database) -> tuple[HeldMessage, ...]:
    """Every message that waits for a person, the one that came first on top."""
    with database.read() as session:
        found = session.execute(_held().order_by(Message.received_at, Message.id))
        return tuple(map(_held_message, found))


def contents(database: Database, number: int) -> Contents:
    """What can be told of a held message; raises `NotHeld`."""
    with database.read() as session:
        held = _one_held(session, number)
        mail = head_of(session, held[0].sha256)
        report = REPORTS.validate_python(session.get_one(StoredReport, number).document)
        return Contents(
            message=_held_message(held),
            headers=_headers(mail.octets),
            attachments=report.attachments,
            size=mail.size,
            text=report.own_text,
        )


def hand_out(database: Database, number: int, file: Path) -> None:
    """Write the octets of a held message to a new file that only the caller can read, and record it.

    Raises:
        NotHeld: the message does not wait for a person.
        FileNotWritten: the file is there already, or cannot be made.
    """
    with database.write("hand out") as session:
        message = _one_held(session, number)[0]
        record(session, Event.HANDED_OUT, utcnow(), message_id=number)
        _write_new(file, raw_bytes(session.get_one(RawMail, message.sha256)))


def decide_held(
    database: Database, site: Site, number: int, verdict: Verdict, *, reason: str, by: str
) -> None:
    """Let a held message wait no longer; its ticket gets a comment that says who decided so, and why.

    One that only a rule held, and that is released, now has what that kept back: its files on the ticket
    and a receipt, by the route that was found for it.

    Raises:
        NotHeld: the message does not wait for a person, or another one was quicker.
        UnusableReason: the reason is empty, or too long to be kept.
    """
    kept = _kept_reason(verdict, reason, by)
    with database.write("decide held") as session:
        message, matter, *_ = _one_held(session, number, lock=True)
        message.disposition, message.disposition_reason = verdict.disposition, kept
        note = CommentPayload(text=_note(message, verdict, reason, by), seen_by=audience_of(session, matter))
        token = action_token(ActionKind.COMMENT, message, verdict.event)
        recovery = last_recovery(session)
        wanted = [(ActionKind.COMMENT, token, COMMENTS.dump_python(note, mode="json"))]
        if verdict is RELEASE:
            released = _released(session, matter, message, site)
            wanted += files_and_receipt(session, released, site, recovery)
        append(session, matter, message, wanted, recovery)
        ring_planned(session)
        record(
            session,
            verdict.event,
            utcnow(),
            message_id=number,
            matter_id=matter.id,
            disposition=verdict.disposition.value,
        )


def _released(session: Session, matter: Matter, message: Message, site: Site) -> Decision:
    """The decision as it would have been without the rule that held the message."""
    report = REPORTS.validate_python(session.get_one(StoredReport, message.id).document)
    relation = session.get_one(Relation, message.id)
    route = ROUTES.validate_python(session.get_one(Routing, message.id).route)
    joined = None if matter.opened_by == message.id else matter
    return Decision(
        message=message,
        report=report,
        matter=matter,
        standing=Standing(type=relation.type, reason=relation.reason, joins=joined),
        clocks=own_bearing(report, site.regimes).clocks,
        route=replace(route, hold=None),
        raised=False,
    )


def _held() -> Select[Message, Matter, str | None, str]:
    """Held messages with their matter, sender and subject."""
    said = StoredReport.document
    return (
        select(Message, Matter, said["sender"]["address"].as_string(), said["subject"].as_string())
        .join(Relation, Relation.message_id == Message.id)
        .join(Matter, Matter.id == Relation.matter_id)
        .join(StoredReport, StoredReport.message_id == Message.id)
        .where(Message.disposition == Disposition.HELD)
    )


def _one_held(session: Session, number: int, *, lock: bool = False) -> Row[Message, Matter, str | None, str]:
    """The held message as `_held` has it; locked, where two people must not decide about it at once."""
    wanted = _held().where(Message.id == number)
    row = session.execute(wanted.with_for_update(of=Message) if lock else wanted).one_or_none()
    if row is None:
        raise NotHeld(f"message {number} is not held: {_standing(session.get(Message, number))}")
    return row


def _standing(message: Message | None) -> str:
    if message is None:
        return "there is no message with this number; `run.py held list` names those that wait"
    if message.disposition is None:
        return f"it is {message.state.value} and not decided yet; ask again when it is"
    return f"it is {message.disposition.value.replace('_', ' ')} ({message.disposition_reason})"


def _held_message(held: Row[Message, Matter, str | None, str]) -> HeldMessage:
    message, matter, sender, subject = held
    return HeldMessage(
        number=message.id,
        mailbox=message.mailbox,
        received_at=message.received_at,
        reason=message.disposition_reason or "",
        ticket=matter.ticket_key,
        sha256=message.sha256,
        sender=sender,
        subject=subject,
    )


def _headers(raw: bytes) -> tuple[tuple[str, str], ...]:
    """The header fields worth looking at. The body is cut off first: it may be what can't be read."""
    head = raw[:MAX_HEADER_BYTES].partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]
    parsed = message_from_bytes(head, policy=compat32)
    return tuple(
        (name, value[:HEADER_CHARACTERS]) for name in SHOWN_HEADERS for value in headers(parsed, name)
    )


def _write_new(file: Path, octets: bytes) -> None:
    try:
        file.touch(mode=0o600, exist_ok=False)
        file.write_bytes(octets)
    except OSError as error:
        raise FileNotWritten(f"{file} could not be written ({error.strerror}); name a new file") from None


def _kept_reason(verdict: Verdict, reason: str, by: str) -> str:
    kept = f"{verdict.heading.lower()} by {by}: {reason}"
    if not reason.strip():
        raise UnusableReason("the reason is empty; say in a sentence why")
    if len(kept) > REASON_CHARACTERS:
        excess = len(kept) - REASON_CHARACTERS
        raise UnusableReason(f"the reason is {excess} characters too long; say it in a sentence")
    return kept


def _note(message: Message, verdict: Verdict, reason: str, by: str) -> TicketText:
    rows = (("By", by), ("Reason", reason), ("Message", f"number {message.id}, SHA-256 {message.sha256}"))
    return (Heading(text=verdict.heading), Paragraph(text=verdict.consequence), FactTable(rows=rows))
