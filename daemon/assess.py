"""Assess: Message -> Report. A mail that can't be read becomes a held message, never a lost one."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, Select, String, Update, bindparam, func, select, update
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
MOST_AT_ONCE = 4
"""Messages that one thread has at a time, and whose reports share a commit, while they are read quickly."""
QUICK_SECONDS = 0.2
"""That a report may wait for its commit, and a message in the hands of one thread for its turn."""
NOT_THE_MAILS_FAULT = (WorkerUnavailable, DBAPIError)

log = structlog.get_logger()

Reader = Callable[[bytes, datetime], Report]
"""What makes a report of raw bytes and the instant of receipt."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A message that this thread, and no other, is reading."""

    message: Message
    claimed_by: str


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """What reading a claimed message has yielded."""

    claim: Claim
    report: Report
    held_reason: str | None


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
        self._due = _due(database.from_now())
        self._taking = _taking(database.from_now())
        self._rings = 0
        self._claims: list[Claim] = []
        self._assessments: list[Assessment] = []  # of the first of them, until these are committed
        self._current: Claim | None = None  # that is being read
        self._at_once = 1  # after a failure, so that it takes nothing else with it

    def work(self) -> bool:
        """Read what is claimed and commit the reports; what is read next is claimed in the same commit."""
        self._rings = self._collected.rings
        self._claims = self._claims or self._claimed()
        if not self._claims:
            return False
        self._read_claimed()
        self._claims = self._database.together("assess", self._settle)
        for one in self._assessments:
            log.info("held" if one.held_reason else "assessed", message_id=one.claim.message.id)
        self._assessments = []
        self._assessed.ring()
        return True

    def failed(self, error: Exception) -> None:
        """Count a try for the message that could not be read and move it ahead in time.

        Those that were claimed with it are read again: one by one, so that it shows whose fault it is. Where
        the answer to a commit was lost, the next messages may be claimed by it.
        """
        if isinstance(error, DBAPIError):
            self._claimant.doubt()
        if not self._claims:
            return
        alone = self._claims[0] if len(self._claims) == 1 else None
        self._put_aside(error, culprit=self._current or alone)
        self._claims, self._assessments, self._current, self._at_once = [], [], None, 1

    def rest(self) -> None:
        """Wait for the bell, or until a failed message is due again."""
        with self._database.read() as session:
            due = session.scalar(_NEXT_DUE)
        seconds = IDLE_SECONDS if due is None else (due - utcnow()).total_seconds()
        self._collected.wait(since=self._rings, seconds=max(0.05, min(seconds, IDLE_SECONDS)))

    def interrupt(self) -> None:
        """End the wait."""
        self._collected.ring()

    def close(self) -> None:
        """Free what was claimed and not begun."""
        claims, self._claims = self._claims, []
        if claims:
            with self._database.write("stop assessing") as session:
                _free(session, claims)

    def _claimed(self) -> list[Claim]:
        if not self._something_due():
            return []
        return self._database.together("claim message", self._take)

    def _something_due(self) -> bool:
        """A look that needs no lock; on an idle daemon it is all that happens."""
        with self._database.read() as session:
            return session.scalar(self._due) is not None

    def _take(self, session: Session) -> list[Claim]:
        """Claim by a conditional update: whoever changes a row first has the message."""
        mine = self._claimant.id
        taken = session.scalars(self._taking, {"claimant": mine, "most": self._at_once})
        messages = sorted(taken, key=lambda message: (message.haste, message.id))
        return [Claim(message=message, claimed_by=mine) for message in messages]

    def _read_claimed(self) -> None:
        """One after another, as long as that is quick."""
        began = time.monotonic()
        for claim in self._claims[len(self._assessments) :]:
            self._current = claim
            report, held_reason = self._reading(claim)
            self._assessments.append(Assessment(claim=claim, report=report, held_reason=held_reason))
            self._current = None
            if time.monotonic() - began > QUICK_SECONDS:
                self._at_once = 1
                return
        self._at_once = min(2 * self._at_once, MOST_AT_ONCE)

    def _settle(self, session: Session) -> list[Claim]:
        """Commit what was read; returns what is to be read next."""
        for one in self._assessments:
            _store(session, one)
        return self._claims[len(self._assessments) :] or self._take(session)

    def _put_aside(self, error: Exception, *, culprit: Claim | None) -> None:
        number = culprit.message.id if culprit else None
        log.warning("assess failed", message_id=number, error=type(error).__name__)
        with self._database.write("assess failed") as session:
            if culprit is not None and not isinstance(error, NOT_THE_MAILS_FAULT):
                self._count_try(session, culprit)
            _free(session, self._claims)

    def _mail(self, message: Message) -> StoredMail:
        """No more of it than will be read."""
        most = MAX_BYTES if message.held_reason is None else 0
        with self._database.read() as session:
            return stored_mail(session, message.sha256, most=most)

    def _reading(self, claim: Claim) -> tuple[Report, str | None]:
        """The report, and why the message is held if it is."""
        message, mail = claim.message, self._mail(claim.message)
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
            headers = _headers_here(message, mail)
        return held_report(message.received_at, message.sha256, headers), reason

    def _count_try(self, session: Session, claim: Claim) -> None:
        tries = claim.message.tries + 1
        if claim.message.held_reason is not None:
            values: dict[str, object] = {}
        elif tries >= MAX_TRIES:
            values = {"held_reason": f"could not be read in {tries} tries"}
        else:
            values = {"next_try_at": self._database.from_now(timedelta(seconds=RETRY_SECONDS[tries - 1]))}
        if rows_changed(session.execute(_mine([claim]).values(tries=tries, **values))):
            record(session, Event.ASSESS_FAILED, utcnow(), message_id=claim.message.id, tries=tries)


_FREE = Message.state == MessageState.COLLECTED, Message.claimed_by.is_(None)
_NEXT_DUE = select(func.min(Message.next_try_at)).where(*_FREE)


def _due(now: ColumnElement[datetime]) -> Select[int]:
    """The ids of the messages that can be read now, the first first."""
    due = select(Message.id).where(*_FREE, Message.next_try_at <= now).order_by(Message.haste, Message.id)
    return due.limit(bindparam("most", 1))


def _taking(now: ColumnElement[datetime]) -> ReturningUpdate[Message]:
    """For the claimant that is named then: its id may change at any moment."""
    mine = bindparam("claimant", type_=String())
    first = _due(now).with_for_update(skip_locked=True).cte("due")
    # By a CTE, since PostgreSQL may run a subquery again for each row, and then claim more.
    free = update(Message).where(Message.id.in_(select(first.c.id)), Message.claimed_by.is_(None))
    taken = free.values(claimed_by=mine).returning(Message)
    return taken.execution_options(synchronize_session=False)


def _mine(claims: Sequence[Claim]) -> Update:
    """Meets the messages only while the claims hold."""
    return update(Message).where(
        Message.id.in_([claim.message.id for claim in claims]),
        Message.state == MessageState.COLLECTED,
        Message.claimed_by.in_({claim.claimed_by for claim in claims}),
    )


def _free(session: Session, claims: Sequence[Claim]) -> None:
    session.execute(_mine(claims).values(claimed_by=None))


def _headers_here(message: Message, mail: StoredMail) -> ReadableHeaders:
    """What the header says of a mail that no worker was given; nothing if even that has failed before."""
    if message.tries > MAX_TRIES:
        return ReadableHeaders()
    return readable_headers(mail.octets)


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


def _store(session: Session, one: Assessment) -> None:
    """Unless the message is not ours to assess: another daemon may have taken it over meanwhile."""
    message, report = one.claim.message, one.report
    values = {
        "message": message.id,
        "claim": one.claim.claimed_by,
        "of": report.sender.party,
        "automatic": report.kind in AUTOMATIC,
        "reason": one.held_reason,
    }
    if not rows_changed(session.execute(_SETTLED, values)):
        return
    _NEW_REPORT.insert(session, [(message.id, report.sender.party, REPORTS.dump_python(report, mode="json"))])
    event = Event.ASSESSED if one.held_reason is None else Event.HELD
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
