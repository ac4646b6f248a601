"""Several daemons on one PostgreSQL, the same four mailboxes and one ticket system."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from config.fault_points import VARIABLE
from config.settings import JiraEdition
from connectors.jira.sandbox.server import Sandbox
from connectors.jira.sandbox.ticket import Ticket
from daemon.store.database import Database
from daemon.store.models import Matter, Running, Worker
from tests.contract.jira_judge import judged_sandbox
from tests.support.corpus_run import LOG_CHARACTERS, Partition, Run, deliver, hashes, partition
from tests.support.daemon import Daemon
from tests.support.dovecot import Dovecot
from tests.support.postgres import Postgres
from tests.support.waiting import eventually

NAMES = ("one", "two", "three")
LEASE_SECONDS = 3
SITE = """\
instance: {name}
lease: {lease}s
"""
MEETS_WITHIN = 90.0
FREED_WITHIN = 90.0
LAST_LOOP = "seal"
"""The one that is started last; one that is stopped before that loses the connection that it starts with."""
DONE = "done"


@dataclass(frozen=True, kw_only=True)
class Hosts:
    """The daemons, which are not started yet, and all that they share."""

    daemons: tuple[Daemon, ...]
    sandbox: Sandbox
    database: Database
    dovecot: Dovecot
    mail_user: str

    def bring(self, labels: list[dict[str, str]]) -> None:
        """Hand these corpus mails in, each to its mailbox."""
        deliver(self.dovecot, self.mail_user, labels)

    def run(self, *, as_long_as: Daemon) -> Run:
        """What they do together; to wait for it fails once this one has ended."""
        return Run(as_long_as, self.sandbox, database=self.database)

    def start(self, *daemons: Daemon) -> None:
        """Start these, and return when all of their loops have had a turn, or when they were stopped.

        Fails at once when one has ended.
        """
        for daemon in daemons:
            daemon.start()
        eventually(lambda: all(map(self._is_up, daemons)), within=MEETS_WITHIN)
        for daemon in daemons:
            assert daemon.is_running, daemon.log[-LOG_CHARACTERS:]

    def is_at_work(self, daemon: Daemon) -> bool:
        """Whether nobody has freed yet what it claims."""
        with self.database.read() as session:
            known = session.scalar(select(Running.id).where(Running.instance == name_of(daemon)))
        return known is not None

    def stop(self) -> list[int]:
        """SIGTERM to all that still run, one after the other; returns the exit codes."""
        return [daemon.stop() for daemon in self.daemons if daemon.is_running]

    def _is_up(self, daemon: Daemon) -> bool:
        last = Worker.instance == name_of(daemon), Worker.name == LAST_LOOP
        with self.database.read() as session:
            last_good_at = session.scalar(select(Worker.last_good_at).where(*last))
        return last_good_at is not None or daemon.is_stopped or not daemon.is_running

    def await_freed(self, daemon: Daemon) -> None:
        """Wait until its lease has run out and another one has noticed."""
        eventually(lambda: not self.is_at_work(daemon), within=FREED_WITHIN)

    def open_tickets(self) -> list[Ticket]:
        return [ticket for ticket in self.sandbox.tickets() if ticket.status.category.name != DONE]

    def open_partition(self) -> Partition:
        """The corpus files that share a ticket on which work goes on."""
        return partition(self.open_tickets(), hashes(self.database))

    def is_merged(self) -> bool:
        """Whether one ticket is open for each matter, and no other."""
        return sorted(self.matter_keys()) == sorted(ticket.key for ticket in self.open_tickets())

    def matter_keys(self) -> list[str]:
        """The tickets of all matters, as the database has them."""
        with self.database.read() as session:
            return list(map(str, session.scalars(select(Matter.ticket_key))))


def name_of(daemon: Daemon) -> str:
    """Its name among those that share the database."""
    return daemon.folder.name


def stops_at(daemon: Daemon, point: str) -> None:
    """Once started, it will be stopped there by a SIGSTOP, once.

    It delivers on one thread: a second one could be stopped between its look at the lease and its write.
    """
    daemon.environment |= {VARIABLE: f"stop {point}", "MAILWARDEN_JIRA__DELIVERY_THREADS": "1"}


def dies_at(daemon: Daemon, point: str) -> None:
    """Once started, it will be killed there."""
    daemon.environment[VARIABLE] = f"kill {point}"


def await_stopped(daemon: Daemon) -> None:
    eventually(lambda: daemon.is_stopped or not daemon.is_running, within=MEETS_WITHIN)
    assert daemon.is_running, daemon.log[-LOG_CHARACTERS:]


def await_any_stopped(daemons: Sequence[Daemon]) -> Daemon:
    """Whichever is stopped first."""
    return eventually(lambda: [one for one in daemons if one.is_stopped], within=MEETS_WITHIN)[0]


def await_dead(daemon: Daemon) -> None:
    eventually(lambda: not daemon.is_running, within=MEETS_WITHIN)
    assert daemon.process is not None
    assert daemon.process.returncode == -signal.SIGKILL


@contextmanager
def hosts(
    folder: Path,
    *,
    number: int,
    dovecot: Dovecot,
    postgres: Postgres,
    mail_user: str,
    edition: JiraEdition = JiraEdition.CLOUD,
) -> Iterator[Hosts]:
    """So many daemons, each with a site folder of its own; none outlives the block."""
    url = postgres.emptied()
    with judged_sandbox(edition=edition) as sandbox, closing(Database(url)) as database:
        daemons = tuple(
            Daemon.on(
                folder / name,
                imap_port=dovecot.port,
                mail_user=mail_user,
                jira_url=sandbox.url,
                database_url=url,
                edition=edition,
                extra=SITE.format(name=name, lease=LEASE_SECONDS),
            )
            for name in NAMES[:number]
        )
        try:
            yield Hosts(
                daemons=daemons, sandbox=sandbox, database=database, dovecot=dovecot, mail_user=mail_user
            )
        finally:
            for daemon in daemons:
                daemon.end()
