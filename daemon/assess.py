"""Assess: Message -> Report. A mail that can't be read becomes a held message, never a lost one."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from config.instant import utcnow
from daemon.bell import Bell
from daemon.collect import raw_bytes
from daemon.ledger import Event, record
from daemon.pool import WorkerUnavailable
from daemon.store.database import Database
from daemon.store.models import Message, RawMail, StoredReport
from daemon.store.states import MessageState
from parsers.bounds import ReadableHeaders, Unreadable
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
REASON_CHARACTERS = 200  # as the column takes

Reader = Callable[[bytes, datetime], Report]
"""What makes a report of raw bytes and the instant of receipt."""


class InHand:
    """Which messages the assess loops are reading just now, so that no two take the same."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids: set[int] = set()

    def take(self, session: Session, now: datetime) -> Message | None:
        """The oldest message that is due and that nobody reads."""
        with self._lock:
            due = select(Message).where(self._free(), Message.next_try_at <= now)
            message = session.scalar(due.order_by(Message.id).limit(1))
            if message is not None:
                self._ids.add(message.id)
            return message

    def put_back(self, message_id: int) -> None:
        """Let go of a message, once what became of it is committed."""
        with self._lock:
            self._ids.discard(message_id)

    def next_due(self, session: Session) -> datetime | None:
        """When the first of the messages is due that nobody reads."""
        with self._lock:
            return session.scalar(select(func.min(Message.next_try_at)).where(self._free()))

    def _free(self) -> ColumnElement[bool]:
        return and_(Message.state == MessageState.COLLECTED, Message.id.not_in(self._ids))


class Assessor:
    """The assess step. Takes messages in the order in which they were collected.

    Where several work beside each other they may end in another order, which does no harm: decide
    waits for the older message.
    """

    def __init__(
        self,
        *,
        database: Database,
        read: Reader,
        collected: Bell,
        assessed: Bell,
        number: int = 1,
        in_hand: InHand | None = None,
    ) -> None:
        """`in_hand` is shared by all that work on one database."""
        self.name = f"assess {number}"
        self._database = database
        self._read = read
        self._collected = collected
        self._assessed = assessed
        self._in_hand = in_hand or InHand()
        self._rings = 0
        self._current: int | None = None

    def work(self) -> bool:
        """Read one message and commit its report."""
        self._let_go()
        self._rings = self._collected.rings
        with self._database.read() as session:
            message = self._in_hand.take(session, utcnow())
            if message is None:
                return False
            self._current = message.id
            raw = raw_bytes(session.get_one(RawMail, message.sha256))
        self._commit(message.id, *self._reading(message, raw))
        return True

    def failed(self, error: Exception) -> None:
        """Count a try for the message that could not be read and move it ahead in time."""
        if self._current is None:
            return
        if not isinstance(error, WorkerUnavailable):
            self._count_try(self._current)
        self._let_go()

    def rest(self) -> None:
        """Wait for the bell, or until a failed message is due again."""
        with self._database.read() as session:
            due = self._in_hand.next_due(session)
        seconds = IDLE_SECONDS if due is None else (due - utcnow()).total_seconds()
        self._collected.wait(since=self._rings, seconds=max(0.05, min(seconds, IDLE_SECONDS)))

    def interrupt(self) -> None:
        """End the wait."""
        self._collected.ring()

    def close(self) -> None:
        """Nothing is held open between two pieces of work."""

    def _reading(self, message: Message, raw: bytes) -> tuple[Report, str | None]:
        """The report, and why the message is held if it is."""
        reason, headers = message.held_reason, ReadableHeaders()
        if reason is None:
            try:
                return self._read(raw, message.received_at), None
            except Unreadable as refusal:
                reason = str(refusal).rstrip(".")[:REASON_CHARACTERS]
                headers = refusal.headers
        return held_report(message.received_at, message.sha256, headers), reason

    def _commit(self, message_id: int, report: Report, held_reason: str | None) -> None:
        with self._database.write() as session:
            message = session.get_one(Message, message_id)
            document = REPORTS.dump_python(report, mode="json")
            session.add(StoredReport(message_id=message.id, party=report.sender.party, document=document))
            message.state = MessageState.ASSESSED
            message.held_reason = held_reason
            event = Event.ASSESSED if held_reason is None else Event.HELD
            record(session, event, utcnow(), message_id=message.id)
        self._let_go()
        self._assessed.ring()

    def _count_try(self, message_id: int) -> None:
        with self._database.write() as session:
            message = session.get_one(Message, message_id)
            message.tries += 1
            if message.tries >= MAX_TRIES:
                message.held_reason = f"could not be read in {message.tries} tries"
            else:
                message.next_try_at = utcnow() + timedelta(seconds=RETRY_SECONDS[message.tries - 1])
            record(session, Event.ASSESS_FAILED, utcnow(), message_id=message.id, tries=message.tries)

    def _let_go(self) -> None:
        if self._current is not None:
            self._in_hand.put_back(self._current)
        self._current = None


def held_report(received_at: datetime, sha256: str, headers: ReadableHeaders) -> Report:
    """What is said of a mail that nobody could read: a person has to look."""
    address = headers.sender_address
    return Report(
        received_at=received_at,
        subject=headers.subject,
        sender=Sender(
            address=address,
            display_name=headers.sender_name,
            domain=address.rpartition("@")[2] if address else None,
        ),
        authenticity=Authenticity(verdict=Verification.UNVERIFIED, reasons=("the mail could not be read",)),
        kind=Kind.REPORT,
        language=LanguageGuess(code=None),
        own_text="",
        urgency=StatedUrgency(level=Urgency.HIGH),
        harm=Harm.OTHER,
        thread=Thread(message_id=headers.message_id),
        content_digest=sha256,
        acknowledgement=Acknowledgement(allowed=False, reason="the mail could not be read"),
        flags=frozenset({"held"}),
    )
