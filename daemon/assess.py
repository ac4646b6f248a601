"""Assess: Message -> Report. A mail that can't be read becomes a held message, never a lost one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, String, Update, and_, bindparam, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from config.instant import utcnow
from daemon.bell import Bell
from daemon.lease import Alone, Claimant
from daemon.ledger import Event, record
from daemon.pool import WorkerUnavailable
from daemon.relate import AUTOMATIC
from daemon.store.database import Database, rows_changed
from daemon.store.models import Message, StoredReport, table_of
from daemon.store.rows import NewRows
from daemon.store.states import MessageState
from daemon.store.types import Document
from daemon.stored_mail import StoredMail, stored_mail
from parsers.bounds import MAX_BYTES, ReadableHeaders, Unreadable, check_size, readable_headers
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
NOT_THE_MAILS_FAULT = (WorkerUnavailable, DBAPIError)

log = structlog.get_logger()

Reader = Callable[[bytes, datetime], Report]
"""What makes a report of raw bytes and the instant of receipt."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A message that this thread, and no other, is reading."""

    message: Message
    mail: StoredMail  # no more of it than will be read
    claimed_by: str


class Assessor:
    """The assess step. Takes hastened messages first, the others in the order of their collection.

    Where several work beside each other they may end in another order, which does no harm: decide
    waits for the older message of the same party.
    """

    def __init__(
        self,
        *,
        database: Database,
        read: Reader,
        collected: Bell,
        assessed: Bell,
        number: int = 1,
        claimant: Claimant | None = None,
    ) -> None:
        self.name = f"assess {number}"
        self._database = database
        self._read = read
        self._collected = collected
        self._assessed = assessed
        self._claimant = claimant or Alone()
        self._due = _due(database)
        self._taking = _taking(self._due)
        self._rings = 0
        self._claim: Claim | None = None

    def work(self) -> bool:
        """Read one message and commit its report; the next one is claimed in the same commit."""
        self._rings = self._collected.rings
        if self._claim is None:
            self._claim = self._claimed()
        claim = self._claim
        if claim is None:
            return False
        report, held_reason = self._reading(claim)
        document = REPORTS.dump_python(report, mode="json")

        def settle(session: Session) -> Claim | None:
            if _settle(session, claim, report, held_reason):
                _store(session, claim.message, report.sender.party, document, held_reason)
            return self._take(session)

        self._claim = self._database.together("assess", settle)
        log.info("assessed" if held_reason is None else "held", message_id=claim.message.id)
        self._assessed.ring()
        return True

    def failed(self, error: Exception) -> None:
        """Count a try for the message that could not be read and move it ahead in time.

        Where the answer to a commit was lost, the next message may be claimed by it.
        """
        if isinstance(error, DBAPIError):
            self._claimant.doubt()
        claim = self._claim
        if claim is None:
            return
        log.warning("assess failed", message_id=claim.message.id, error=type(error).__name__)
        with self._database.write("assess failed") as session:
            if not isinstance(error, NOT_THE_MAILS_FAULT):
                self._count_try(session, claim)
            _free(session, claim)
        self._claim = None

    def rest(self) -> None:
        """Wait for the bell, or until a failed message is due again."""
        free = and_(Message.state == MessageState.COLLECTED, Message.claimed_by.is_(None))
        with self._database.read() as session:
            due = session.scalar(select(func.min(Message.next_try_at)).where(free))
        seconds = IDLE_SECONDS if due is None else (due - utcnow()).total_seconds()
        self._collected.wait(since=self._rings, seconds=max(0.05, min(seconds, IDLE_SECONDS)))

    def interrupt(self) -> None:
        """End the wait."""
        self._collected.ring()

    def close(self) -> None:
        """Free what was claimed and not begun."""
        claim, self._claim = self._claim, None
        if claim is not None:
            with self._database.write("stop assessing") as session:
                _free(session, claim)

    def _claimed(self) -> Claim | None:
        if not self._something_due():
            return None
        return self._database.together("claim message", self._take)

    def _something_due(self) -> bool:
        """A look that needs no lock; on an idle daemon it is all that happens."""
        with self._database.read() as session:
            return session.scalar(self._due) is not None

    def _take(self, session: Session) -> Claim | None:
        """Claim by a conditional update: whoever changes the row first has the message."""
        mine = self._claimant.id
        message = session.scalar(self._taking, {"claimant": mine})
        if message is None:
            return None
        most = MAX_BYTES if message.held_reason is None else 0
        mail = stored_mail(session, message.sha256, most=most)
        return Claim(message=message, mail=mail, claimed_by=mine)

    def _reading(self, claim: Claim) -> tuple[Report, str | None]:
        """The report, and why the message is held if it is."""
        message, mail = claim.message, claim.mail
        reason, headers = message.held_reason, None
        if reason is None:
            try:
                check_size(mail.size)
                return self._read(mail.octets, message.received_at), None
            except Unreadable as refusal:
                log.warning("unreadable", message_id=message.id, reason=type(refusal).__name__)
                reason = str(refusal).rstrip(".")[:REASON_CHARACTERS]
                headers = refusal.headers if mail.size <= MAX_BYTES else None
        if headers is None:
            headers = _headers_here(claim)
        return held_report(message.received_at, message.sha256, headers), reason

    def _count_try(self, session: Session, claim: Claim) -> None:
        tries = claim.message.tries + 1
        if claim.message.held_reason is not None:
            values: dict[str, object] = {}
        elif tries >= MAX_TRIES:
            values = {"held_reason": f"could not be read in {tries} tries"}
        else:
            values = {"next_try_at": self._database.from_now(timedelta(seconds=RETRY_SECONDS[tries - 1]))}
        if rows_changed(session.execute(_mine(claim).values(tries=tries, **values))):
            record(session, Event.ASSESS_FAILED, utcnow(), message_id=claim.message.id, tries=tries)


def _due(database: Database) -> Select[int]:
    """The id of the message to be read next."""
    due = Message.next_try_at <= database.from_now()
    free = Message.state == MessageState.COLLECTED, Message.claimed_by.is_(None)
    return select(Message.id).where(*free, due).order_by(Message.haste, Message.id).limit(1)


def _taking(due: Select[int]) -> ReturningUpdate[Message]:
    """For the claimant that is named then: its id may change at any moment."""
    mine = bindparam("claimant", type_=String())
    first = due.with_for_update(skip_locked=True).scalar_subquery()
    free = update(Message).where(Message.id == first, Message.claimed_by.is_(None))
    taken = free.values(claimed_by=mine).returning(Message)
    return taken.execution_options(synchronize_session=False)


def _mine(claim: Claim) -> Update:
    """Meets the message only while the claim holds."""
    return update(Message).where(
        Message.id == claim.message.id,
        Message.state == MessageState.COLLECTED,
        Message.claimed_by == claim.claimed_by,
    )


def _free(session: Session, claim: Claim) -> None:
    session.execute(_mine(claim).values(claimed_by=None))


def _headers_here(claim: Claim) -> ReadableHeaders:
    """What the header says of a mail that no worker was given; nothing if even that has failed before."""
    if claim.message.tries > MAX_TRIES:
        return ReadableHeaders()
    return readable_headers(claim.mail.octets)


_NEW_REPORT = NewRows(StoredReport, "message_id", "party", "document")
_SETTLED = (
    update(table_of(Message))
    .where(
        Message.id == bindparam("message"),
        Message.state == MessageState.COLLECTED,
        Message.claimed_by == bindparam("claim"),
    )
    .values(
        state=MessageState.ASSESSED,
        claimed_by=None,
        tries=0,
        party=bindparam("of"),
        awaits_all=bindparam("automatic"),
        held_reason=bindparam("reason"),
    )
)


def _settle(session: Session, claim: Claim, report: Report, held_reason: str | None) -> bool:
    """Whether the message is ours to assess; another daemon may have taken it over meanwhile."""
    values = {
        "message": claim.message.id,
        "claim": claim.claimed_by,
        "of": report.sender.party,
        "automatic": report.kind in AUTOMATIC,
        "reason": held_reason,
    }
    return bool(rows_changed(session.execute(_SETTLED, values)))


def _store(
    session: Session, message: Message, party: str, document: Document, held_reason: str | None
) -> None:
    _NEW_REPORT.insert(session, [(message.id, party, document)])
    event = Event.ASSESSED if held_reason is None else Event.HELD
    record(session, event, utcnow(), message_id=message.id)


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
