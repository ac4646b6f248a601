"""The daemon as a real process, on a site folder made for the test."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from daemon.store.database import Database
from tests.support.dovecot import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
JIRA_TOKEN = "jira-secret"

SITE = """\
database: sqlite:///{folder}/mailwarden.db
receiving_host: mx.clipora.example
own_domains: [intake.clipora.example]
mailboxes:
  - name: regulators
    host: 127.0.0.1
    port: {imap_port}
    tls: false
    user: {user}
    password: {{env: TEST_IMAP_PASSWORD}}
    since: 2026-01-01
jira:
  url: {jira_url}
  user: mailwarden@clipora.example
  token: {{env: TEST_JIRA_TOKEN}}
  unknown_wait: 1s
"""


@dataclass
class Daemon:
    """Start it, end it gently or not; its log is kept."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def on(cls, folder: Path, *, imap_port: int, user: str, jira_url: str) -> "Daemon":
        """Write a site with one mailbox and the shipped rules and organisations."""
        folder.mkdir(exist_ok=True)
        places = {"folder": folder, "imap_port": imap_port, "user": user, "jira_url": jira_url}
        (folder / "mailwarden.yaml").write_text(SITE.format(**places))
        shutil.copy(ROOT / "config" / "routing.yaml", folder)
        shutil.copy(ROOT / "config" / "organisations.yaml", folder)
        secrets = {"TEST_IMAP_PASSWORD": PASSWORD, "TEST_JIRA_TOKEN": JIRA_TOKEN}
        return cls(folder=folder, environment={**os.environ, **secrets})

    @property
    def log(self) -> str:
        return (self.folder / "daemon.log").read_text()

    def database(self) -> Database:
        """Another connection to the daemon's database."""
        return Database(f"sqlite:///{self.folder}/mailwarden.db")

    def start(self) -> None:
        with (self.folder / "daemon.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "run.py", "start", "--config", str(self.folder)],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )

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
        if self.process is not None and self.process.poll() is None:
            self.kill()
