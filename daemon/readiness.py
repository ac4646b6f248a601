"""Whether a daemon is fit to work: what stands in its way, in ids and codes."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from config.instant import utcnow
from config.settings import Settings
from daemon.lease import Claimant, LeaseLost
from daemon.pulse import Pulse
from daemon.store.database import Database, head_revision
from daemon.store.models import Mailbox, Worker
from daemon.store.trouble import database_trouble

DATABASE = "database: "
"""Begins every fault of the database."""
POLLS_MISSED = 3
"""After so many intervals without a good look, a mailbox counts as out of reach."""


class Readiness:
    """Looks anew each time it is asked."""

    def __init__(
        self, *, settings: Settings, database: Database, lease: Claimant, pulses: Sequence[Pulse] = ()
    ) -> None:
        self._settings = settings
        self._database = database
        self._lease = lease
        self._pulses = pulses
        self._schema = head_revision()

    def faults(self) -> list[str]:
        """Everything that stands in the way; nothing when the daemon is ready."""
        try:
            if self._database.revision() != self._schema:
                return ["database: the tables are not those of this version"]
            return [
                *self._database_faults(),
                *self._lease_faults(),
                *self._mailbox_faults(utcnow()),
                *self._jira_faults(),
            ]
        except SQLAlchemyError as error:
            return [f"{DATABASE}{database_trouble(error) or type(error).__name__}"]

    def _database_faults(self) -> list[str]:
        """What the loops have met there: who can't write anything can often still read."""
        met = {pulse.database_trouble for pulse in self._pulses}
        return [f"{DATABASE}{trouble}" for trouble in sorted(filter(None, met))]

    def _lease_faults(self) -> Iterator[str]:
        try:
            self._lease.check(self._lease.id)
        except LeaseLost:
            yield "lease: lost"

    def _mailbox_faults(self, now: datetime) -> Iterator[str]:
        with self._database.read() as session:
            polls = dict(session.execute(select(Mailbox.name, Mailbox.last_good_poll)).all())
        for mailbox in self._settings.mailboxes:
            poll = polls.get(mailbox.name)
            if poll is None:
                yield f"mailbox {mailbox.name}: not looked at yet"
            elif now - poll > POLLS_MISSED * timedelta(seconds=mailbox.poll_seconds):
                yield f"mailbox {mailbox.name}: not looked at without an error since {poll.isoformat()}"

    def _jira_faults(self) -> Iterator[str]:
        couriers = Worker.instance == self._settings.instance, Worker.name.startswith("deliver ")
        troubled = select(Worker.name).where(*couriers, Worker.trouble.is_not(None)).order_by(Worker.name)
        with self._database.read() as session:
            yield from (f"jira: {name} is in trouble" for name in session.scalars(troubled))
