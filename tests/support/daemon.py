"""The daemon as a real process, on a site folder made for the test."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from config.settings import JiraEdition
from daemon.store.database import Database
from tests.support.imap_server import PASSWORD
from tests.support.waiting import eventually

ROOT = Path(__file__).resolve().parents[2]
JIRA_TOKEN = "jira-secret"
LEDGER_KEY = "a key for the ledgers of tests only"
STARTED = '"event": "started"'
UP_WITHIN = 30.0
MAILBOXES = ("regulators", "partners", "le", "escalations")

SITE = """\
database: {database}
ledger: {{heads: {heads}, key: {{env: TEST_LEDGER_KEY}}}}
receiving_host: mx.clipora.example
own_domains: [intake.clipora.example]
jira:
  edition: {edition}
  url: {jira_url}
  user: mailwarden@clipora.example
  token: {{env: TEST_JIRA_TOKEN}}
  unknown_wait: 1s
mailboxes:
"""
MAILBOX = """\
  - name: {name}
    host: 127.0.0.1
    port: {imap_port}
    tls: false
    user: {user}
    password: {{env: TEST_IMAP_PASSWORD}}
    since: 2026-01-01
"""


def account(mail_user: str, mailbox: str) -> str:
    """The mail server's user behind one mailbox of a test."""
    return f"{mail_user}-{mailbox}"


@dataclass
class Daemon:
    """Start it, end it gently or not; its log is kept."""

    folder: Path
    database_url: str
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def on(
        cls,
        folder: Path,
        *,
        imap_port: int,
        mail_user: str,
        jira_url: str,
        database_url: str | None = None,
        edition: JiraEdition = JiraEdition.CLOUD,
        readers: int = 1,
        extra: str = "",
    ) -> "Daemon":
        """Write a site with the shipped rules and organisations and their four mailboxes.

        `readers` are worker processes; each takes a second of CPU to start. `extra` holds further settings,
        as lines of YAML.
        """
        folder.mkdir(exist_ok=True)
        url = database_url or f"sqlite:///{folder}/mailwarden.db"
        mailboxes = "".join(
            MAILBOX.format(name=name, imap_port=imap_port, user=account(mail_user, name))
            for name in MAILBOXES
        )
        places = {"database": url, "heads": folder / "ledger", "jira_url": jira_url, "edition": edition}
        settings = f"{SITE.format(**places)}{mailboxes}reading_workers: {readers}\n{extra}"
        (folder / "mailwarden.yaml").write_text(settings)
        shutil.copy(ROOT / "config" / "routing.yaml", folder)
        shutil.copy(ROOT / "config" / "organisations.yaml", folder)
        secrets = {"TEST_IMAP_PASSWORD": PASSWORD, "TEST_JIRA_TOKEN": JIRA_TOKEN}
        secrets["TEST_LEDGER_KEY"] = LEDGER_KEY
        return cls(folder=folder, database_url=url, environment={**os.environ, **secrets})

    @property
    def log(self) -> str:
        return (self.folder / "daemon.log").read_text()

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def database(self) -> Database:
        """Another connection to the daemon's database."""
        return Database(self.database_url)

    def start_and_await(self) -> None:
        """Start, and return when it says that it has."""
        before = self.log.count(STARTED) if (self.folder / "daemon.log").exists() else 0
        self.start()
        eventually(lambda: self.log.count(STARTED) > before, within=UP_WITHIN)

    def start(self) -> None:
        with (self.folder / "daemon.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "run.py", "start", "--config", str(self.folder)],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    @property
    def is_stopped(self) -> bool:
        """Whether a SIGSTOP holds it."""
        look = os.WSTOPPED | os.WNOHANG | os.WNOWAIT
        process = self.process
        return process is not None and self.is_running and os.waitid(os.P_PID, process.pid, look) is not None

    def kill(self, *, after: float = 0) -> None:
        """SIGKILL, so many seconds from now: no chance to tidy up."""
        assert self.process is not None
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(after)
        self.process.kill()
        self.process.wait()

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        self.signal(signal.SIGTERM)
        assert self.process is not None
        return self.process.wait(60)

    def end(self) -> None:
        """Whatever state it is in, it does not outlive the test."""
        if self.is_running:
            self.kill()
