"""Assess: Message -> Report. A mail that can't be read becomes a held message, never a lost one."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from config.instant import utcnow
from daemon.bell import Bell
from daemon.collect import raw_bytes
from daemon.ledger import Event, record
from daemon.store.database import Database
from daemon.store.models import Message, RawMail, StoredReport
from daemon.store.states import MessageState
from parsers.facts import (
    REPORTS,
    Acknowledgement,
    Authenticity,
    Harm,
    Kind,
    LanguageGuess,
    Report,
    Sender,
    StatedUrgency,
    Thread,
    Urgency,
    Verification,
)

MAX_TRIES = 3
RETRY_SECONDS = (1, 5)  # before the second and the third try
IDLE_SECONDS = 30.0

Reader = Callable[[bytes, datetime], Report]
"""What makes a report of raw bytes and the instant of receipt."""


class Assessor:
    """The assess step. Works in the order in which messages were collected."""

    name = "assess"

    def __init__(self, *, database: Database, read: Reader, collected: Bell, assessed: Bell) -> None:
        self._database = database
        self._read = read
        self._collected = collected
        self._assessed = assessed
        self._rings = 0
        self._current: int | None = None

    def work(self) -> bool:
        """Read one message and commit its report."""
        self._rings = self._collected.rings
        with self._database.read() as session:
            message = _next_message(session, utcnow())
            if message is None:
                return False
            raw = raw_bytes(session.get_one(RawMail, message.sha256))
        self._current = message.id
        self._commit(message.id, self._report(message, raw))
        return True

    def failed(self, error: Exception) -> None:  # noqa: ARG002  (whatever it was)
        """Count a try for the message that could not be read and move it ahead in time."""
        if self._current is None:
            return
        with self._database.write() as session:
            message = session.get_one(Message, self._current)
            message.tries += 1
            if message.tries >= MAX_TRIES:
                message.held_reason = f"could not be read in {message.tries} tries"
            else:
                message.next_try_at = utcnow() + timedelta(seconds=RETRY_SECONDS[message.tries - 1])
            record(session, Event.ASSESS_FAILED, utcnow(), message_id=message.id, tries=message.tries)
        self._current = None

    def rest(self) -> None:
        """Wait for the bell, or until a failed message is due again."""
        with self._database.read() as session:
            pending = session.scalar(_pending().with_only_columns(Message.next_try_at).limit(1))
        seconds = IDLE_SECONDS if pending is None else (pending - utcnow()).total_seconds()
        self._collected.wait(since=self._rings, seconds=max(0.05, min(seconds, IDLE_SECONDS)))

    def interrupt(self) -> None:
        """End the wait."""
        self._collected.ring()

    def close(self) -> None:
        """Nothing is held open between two pieces of work."""

    def _report(self, message: Message, raw: bytes) -> Report:
        if message.held_reason is not None:
            return held_report(message.received_at, message.sha256)
        return self._read(raw, message.received_at)

    def _commit(self, message_id: int, report: Report) -> None:
        with self._database.write() as session:
            message = session.get_one(Message, message_id)
            document = REPORTS.dump_python(report, mode="json")
            session.add(StoredReport(message_id=message.id, party=report.sender.party, document=document))
            message.state = MessageState.ASSESSED
            held = message.held_reason is not None
            record(session, Event.HELD if held else Event.ASSESSED, utcnow(), message_id=message.id)
        self._current = None
        self._assessed.ring()


def held_report(received_at: datetime, sha256: str) -> Report:
    """What is said of a mail that nobody could read: a person has to look."""
    return Report(
        received_at=received_at,
        subject="",
        sender=Sender(address=None),
        authenticity=Authenticity(verdict=Verification.UNVERIFIED, reasons=("the mail could not be read",)),
        kind=Kind.REPORT,
        language=LanguageGuess(code=None),
        own_text="",
        urgency=StatedUrgency(level=Urgency.HIGH),
        harm=Harm.OTHER,
        thread=Thread(),
        content_digest=sha256,
        acknowledgement=Acknowledgement(allowed=False, reason="the mail could not be read"),
        flags=frozenset({"held"}),
    )


def _pending() -> Select[Message]:
    return select(Message).where(Message.state == MessageState.COLLECTED).order_by(Message.id)


def _next_message(session: Session, now: datetime) -> Message | None:
    """The oldest message without a report; none while it waits for its next try, to keep the order."""
    message = session.scalar(_pending().limit(1))
    return message if message is not None and message.next_try_at <= now else None
