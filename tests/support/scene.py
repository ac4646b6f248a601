"""A daemon between servers that a test may break, and what a person sees of it meanwhile."""

import json
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import select
from typer.testing import CliRunner

from daemon.store.database import Database
from daemon.store.models import Mailbox
from run import app
from tests.contract.jira_judge import judged_sandbox
from tests.support.corpus_run import CORPUS, LABELS, LOG_CHARACTERS, Partition, Run, doubled, partition
from tests.support.daemon import MAILBOXES, Daemon, account
from tests.support.dovecot import Dovecot
from tests.support.hosts import stops_at
from tests.support.waiting import eventually

SOON = 30.0
UP_WITHIN = 90.0
"""On a machine that has a lot else to do."""
MENDED_WITHIN = 120.0
"""A loop that has failed again and again pauses for up to 75 s."""
FEW, MORE = LABELS[:4], LABELS[4:8]
"""Of two matters; and two mails on the first of them, and two matters more."""
ON_ITS_MATTER = {"duplicate", "followup"}


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One daemon, four mailboxes, one judged ticket system."""

    run: Run
    dovecot: Dovecot
    mail_user: str

    @property
    def daemon(self) -> Daemon:
        return self.run.daemon

    def start(self) -> None:
        """Start the daemon, and return when it watches every mailbox."""
        self.daemon.start()
        eventually(self._watches, within=UP_WITHIN)

    def start_until(self, point: str) -> None:
        """Start the daemon, and return when a SIGSTOP holds it there."""
        stops_at(self.daemon, point)
        self.daemon.start()
        eventually(lambda: self.daemon.is_stopped or not self.daemon.is_running, within=UP_WITHIN)
        assert self.daemon.is_running, self.daemon.log[-LOG_CHARACTERS:]

    def bring(self, labels: Iterable[dict[str, str]]) -> None:
        """Put corpus mails into their mailboxes without changing an octet."""
        for label in labels:
            self.put(label["mailbox"], octets(label))

    def put(self, mailbox: str, raw: bytes) -> None:
        with mail_program(self.dovecot, account(self.mail_user, mailbox)) as client:
            client.append("INBOX", raw)

    def status(self) -> dict[str, Any]:
        """What `status --json` tells."""
        return dict(json.loads(self._status("--json")))

    def shown(self) -> str:
        """What `status` shows to a person."""
        return self._status()

    def troubles(self) -> list[str]:
        return [f"{trouble['where']}: {trouble['what']}" for trouble in self.status()["troubles"]]

    def await_said(self, words: str) -> None:
        """Wait until `status` says these words of a trouble, to programs and to people."""
        eventually(lambda: any(words in trouble for trouble in self.troubles()), within=SOON)
        assert words in self.shown()

    def await_well(self) -> None:
        """Wait until `status` has nothing to complain of."""
        eventually(lambda: not self.troubles(), within=MENDED_WITHIN)
        assert "No trouble." in self.shown()

    def assert_whole(self, labels: Iterable[dict[str, str]]) -> None:
        """Each of these mails, and nothing else, is on the ticket of its matter, once."""
        tickets = self.run.sandbox.tickets()
        hashes = {label["file"]: sha256(octets(label)).hexdigest() for label in labels}
        assert partition(tickets, hashes) == by_label(labels)
        assert doubled(tickets) == []
        self.run.assert_nothing_doubled()

    def _watches(self) -> bool:
        assert self.daemon.is_running, self.daemon.log[-LOG_CHARACTERS:]
        if self.run.database.revision() is None:
            return False
        with self.run.database.read() as session:
            polls = session.scalars(select(Mailbox.last_good_poll)).all()
        return len(polls) == len(MAILBOXES) and None not in polls

    def _status(self, *options: str) -> str:
        command = ["status", "--config", str(self.daemon.folder), *options]
        told = CliRunner().invoke(app, command, catch_exceptions=False)
        assert told.stderr == ""
        return told.stdout


def octets(label: dict[str, str]) -> bytes:
    return (CORPUS / "messages" / label["file"]).read_bytes()


def by_label(labels: Iterable[dict[str, Any]]) -> Partition:
    """Which of these mails share a matter, by what the corpus says of them."""
    opened_by: dict[str, str] = {}
    for label in labels:
        relation, name = label["relation"], label["file"]
        opened_by[name] = opened_by[relation["of"]] if relation["type"] in ON_ITS_MATTER else name
    return frozenset(
        frozenset(name for name, opener in opened_by.items() if opener == one) for one in opened_by.values()
    )


@contextmanager
def mail_program(dovecot: Dovecot, user: str) -> Iterator[Any]:  # imapclient ships no types
    """A person's mail program."""
    client = dovecot.client(user)
    try:
        yield client
    finally:
        client.logout()


@contextmanager
def scene(
    folder: Path, *, dovecot: Dovecot, mail_user: str, database_url: str | None = None, extra: str = ""
) -> Iterator[Scene]:
    """The daemon is not started yet, and does not outlive the block."""
    with judged_sandbox() as sandbox:
        daemon = Daemon.on(
            folder,
            imap_port=dovecot.port,
            mail_user=mail_user,
            jira_url=sandbox.url,
            database_url=database_url,
            extra=extra,
        )
        with closing(Database(daemon.database_url)) as database:
            try:
                yield Scene(run=Run(daemon, sandbox, database=database), dovecot=dovecot, mail_user=mail_user)
            finally:
                daemon.end()
