"""A site folder for a benchmark, and the daemon run on it as a real process until all mail is handled."""

import math
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.flow_cores import Cores, cores_used
from benchmarks.flow_process import Taken, watched
from daemon.ledger import Event
from daemon.store.database import Database
from daemon.store.models import Action, LedgerEntry, Message
from daemon.store.states import FINISHED, ActionKind, MessageState
from tests.support.daemon import LEDGER_KEY, SITE, Daemon
from tests.support.imap_server import PASSWORD, ImapServer

CONFIG = Path(__file__).resolve().parents[1] / "config"
USER = "bench"
ROUTING = """\
routes:
  - {name: unasked, when: {kind: [spam, newsletter]}, then: {set_aside: nobody asked}}
default: {then: {project: INC, issue_type: Task}}
"""
MAILBOX = """\
  - name: regulators
    host: 127.0.0.1
    port: {port}
    tls: false
    user: {user}
    password: {{env: BENCH_SECRET}}
    since: 2026-01-01
"""
SECRETS = {"BENCH_SECRET": PASSWORD, "TEST_JIRA_TOKEN": PASSWORD, "TEST_LEDGER_KEY": LEDGER_KEY}
LOOK_EVERY_SECONDS = 0.25
UP_WITHIN_SECONDS = 120


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One run of the daemon over a mailbox, from its opening to the last action."""

    mails: int
    wall: float  # seconds
    taken: Taken
    cores: Cores
    tickets: tuple[int, ...]  # the messages that opened tickets, in the order of delivery
    actions: int  # that were carried out
    last_mail: int  # the message with the highest UID
    last_mail_after: float  # seconds until it had its ticket, or infinity

    @property
    def rate(self) -> float:
        return self.mails / self.wall


def write_site(folder: Path, server: ImapServer, url: str, *, threads: int = 2) -> None:
    """The shipped organisations, one mailbox, and rules that send everything to one project."""
    folder.mkdir(exist_ok=True)
    places = {"database": database_url(folder), "heads": folder / "ledger", "jira_url": url}
    settings = SITE.format(edition="cloud", **places).replace(
        "mailboxes:", f"  delivery_threads: {threads}\nmailboxes:"
    )
    (folder / "mailwarden.yaml").write_text(settings + MAILBOX.format(port=server.port, user=USER))
    (folder / "routing.yaml").write_text(ROUTING)
    shutil.copy(CONFIG / "organisations.yaml", folder)
    os.environ.update(SECRETS)


def database_url(folder: Path) -> str:
    return f"sqlite:///{folder}/mailwarden.db"


def run_flow(folder: Path, count: int, *, begins_with: Event = Event.EPOCH_OPENED) -> Flow:
    """Start the daemon, and stop it when so many mails are handled; time runs from the first such event."""
    database = Database(database_url(folder))
    database.upgrade()
    with _running(folder) as daemon:
        _wait(lambda: _first(database, begins_with) is not None)
        assert daemon.process is not None
        with watched(daemon.process.pid) as taken, cores_used() as cores:
            while not _is_done(database, count):
                if not daemon.is_running:
                    raise RuntimeError(daemon.log[-2000:])
                time.sleep(LOOK_EVERY_SECONDS)
    return _flow(database, count, taken, cores, begins_with)


def _flow(database: Database, count: int, taken: Taken, cores: Cores, begins_with: Event) -> Flow:
    begun = _first(database, begins_with)
    assert begun is not None
    with database.read() as session:
        done = select(LedgerEntry).where(LedgerEntry.event == Event.DONE).order_by(LedgerEntry.id)
        entries = session.scalars(done).all()
        last_mail = session.scalars(select(Message.id).order_by(Message.uid.desc()).limit(1)).one()
    database.close()
    created = {
        entry.message_id or 0: entry.at for entry in entries if entry.facts["kind"] == ActionKind.CREATE
    }
    last_at = created.get(last_mail)
    return Flow(
        mails=count,
        wall=(entries[-1].at - begun).total_seconds(),
        taken=taken,
        cores=cores,
        tickets=tuple(created),
        actions=len(entries),
        last_mail=last_mail,
        last_mail_after=(last_at - begun).total_seconds() if last_at else math.inf,
    )


@contextmanager
def _running(folder: Path) -> Iterator[Daemon]:
    daemon = Daemon(folder=folder, database_url=database_url(folder), environment={**os.environ, **SECRETS})
    daemon.start()
    try:
        yield daemon
        daemon.stop()
    finally:
        daemon.end()


def _wait(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + UP_WITHIN_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.02)


def _first(database: Database, event: Event) -> datetime | None:
    with database.read() as session:
        return session.scalar(select(func.min(LedgerEntry.at)).where(LedgerEntry.event == event))


def _is_done(database: Database, count: int) -> bool:
    decided = select(func.count()).where(Message.state == MessageState.DECIDED)
    unfinished = select(Action.id).where(Action.state.not_in(FINISHED)).limit(1)
    with database.read() as session:
        return session.scalar(decided) == count and session.scalar(unfinished) is None
