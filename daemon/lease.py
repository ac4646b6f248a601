"""The right of one daemon to work beside others: one lease, renewed by one heartbeat.

What a daemon claims (a message to read, an action to carry out, a mailbox to watch) carries the id of its
lease. When the lease has expired, whoever notices frees all of it, so nothing is claimed for ever.
Expiry goes by the database's time; the daemon itself trusts its lease only by a clock that also counts
while the machine sleeps, from before the moment at which it asked for the renewal.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol
from uuid import uuid4

from sqlalchemy import Update, delete, select, text, update
from sqlalchemy.orm import Session

from config.errors import MailwardenError
from config.instant import utcnow
from daemon.store.database import Database, rows_changed
from daemon.store.models import Duty, Running

NEW_DUTY = text("INSERT INTO duty (name) VALUES (:name) ON CONFLICT DO NOTHING")


class LeaseLost(MailwardenError):
    """This daemon was not heard of for too long: others may have taken over what it was doing."""


class Claimant(Protocol):
    """Who claims work."""

    @property
    def id(self) -> str:
        """What its claims carry now; another one after the lease was lost."""

    def check(self, claimed_by: str) -> None:
        """Raise `LeaseLost` unless claims that carry this id still hold."""

    def holds(self, duty: str) -> bool:
        """Whether it is the one to do what only one daemon at a time may do."""

    def doubt(self) -> None:
        """A claim may have been committed that nobody here knows of: let all that it has be freed."""


class Alone:
    """The claimant where nobody else can be at work: replay, and commands that a person runs."""

    id = "alone"

    def check(self, claimed_by: str) -> None:
        """Nobody takes anything over."""

    def holds(self, duty: str) -> bool:  # noqa: ARG002  (whatever it is)
        """Nobody else is there to do it."""
        return True

    def doubt(self) -> None:
        """Its claims are freed when it ends."""


class Hold:
    """What one thread has claimed just now, for whoever is about to change something outside."""

    def __init__(self, claimant: Claimant) -> None:
        self.claimant = claimant
        self._claimed_by = claimant.id

    def take(self, claimed_by: str) -> None:
        """Go on with a claim; raises `LeaseLost` when it no longer holds."""
        self._claimed_by = claimed_by
        self.check()

    def check(self) -> None:
        """Raise `LeaseLost` unless the claim still holds."""
        self.claimant.check(self._claimed_by)


class Lease:
    """A daemon's lease. `begin` comes first; `check` and `holds` may be called by any thread."""

    def __init__(
        self,
        *,
        database: Database,
        instance: str,
        length: timedelta,
        gained: Callable[[frozenset[str]], None] = lambda _: None,
    ) -> None:
        """`gained` is told of duties that it did not hold until now."""
        self.id = ""
        self._gained = gained
        self._database = database
        self._instance = instance
        self._length = length
        self._good_until = 0.0
        self._wanted: list[str] = []
        self._held: frozenset[str] = frozenset()
        self._doubted = False

    @property
    def renewal_seconds(self) -> float:
        """How long to wait between two renewals; two may fail before the lease is lost."""
        return self._length.total_seconds() / 3

    def want(self, duty: str) -> None:
        """Take over this duty as soon as nobody else has it."""
        self._wanted.append(duty)

    def begin(self) -> None:
        """Register under a new id, which nothing is claimed for yet."""
        asked_at, fresh = boot_seconds(), uuid4().hex
        row = Running(id=fresh, instance=self._instance, expires_at=utcnow())
        with self._database.write("begin lease") as session:
            session.add(row)
            session.flush()
            session.execute(self._prolonged(fresh))
            for duty in sorted(self._wanted):  # in one order on every host, so that none locks another out
                session.execute(NEW_DUTY, {"name": duty})
            held = self._take_duties(session, fresh)
        self.id = fresh
        self._note(held, asked_at)

    def renew(self) -> None:
        """Prolong the lease and take over the duties that nobody has.

        Raises:
            LeaseLost: all that was claimed is free, or will be; a new lease has begun.
        """
        asked_at = boot_seconds()
        if self._doubted:
            self._give_back()
            self._doubted = False
        with self._database.write("renew lease") as session:
            found = rows_changed(session.execute(self._prolonged(self.id)))
            held = self._take_duties(session, self.id) if found else frozenset()
        if not found:
            self.begin()
            raise LeaseLost(str(LeaseLost.__doc__))
        self._note(held, asked_at)

    def end(self) -> None:
        """Give the lease back; what is still claimed is free for others."""
        self._give_back()
        self._good_until = 0.0

    def doubt(self) -> None:
        """See `Claimant`. With the next renewal a new lease begins, and what the old one had is reaped."""
        self._doubted = True

    def check(self, claimed_by: str) -> None:
        """See `Claimant`."""
        if claimed_by != self.id or boot_seconds() >= self._good_until:
            raise LeaseLost(str(LeaseLost.__doc__))

    def holds(self, duty: str) -> bool:
        """See `Claimant`."""
        return duty in self._held and boot_seconds() < self._good_until

    def _note(self, held: frozenset[str], asked_at: float) -> None:
        before = self._held if boot_seconds() < self._good_until else frozenset()
        self._held, self._good_until = held, asked_at + self._length.total_seconds()
        if gained := held - before:
            self._gained(gained)

    def _give_back(self) -> None:
        with self._database.write("end lease") as session:
            session.execute(delete(Running).where(Running.id == self.id))
            session.execute(update(Duty).where(Duty.held_by == self.id).values(held_by=None))

    def _prolonged(self, lease: str) -> Update:
        until = self._database.from_now(self._length)
        return update(Running).where(Running.id == lease).values(expires_at=until)

    def _take_duties(self, session: Session, lease: str) -> frozenset[str]:
        """Never waits: one that somebody else is about to take is theirs."""
        free = select(Duty.name).where(Duty.name.in_(self._wanted), Duty.held_by.is_(None))
        taking = update(Duty).where(Duty.name.in_(free.with_for_update(skip_locked=True)))
        session.execute(taking.values(held_by=lease))
        return frozenset(session.scalars(select(Duty.name).where(Duty.held_by == lease)))


def boot_seconds() -> float:
    """A clock that is never set back and goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
