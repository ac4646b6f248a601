"""The health of a running daemon, asked for over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from connectors.embedded import free_port
from connectors.jira.sandbox.server import Sandbox
from tests.support.daemon import MAILBOXES, ROOT, Daemon, account
from tests.support.dovecot import Dovecot
from tests.support.waiting import eventually

SOON = 60.0
ORDER = ROOT / "tests" / "corpus" / "messages" / "001-sydk-8a-daglarin-sesi.eml"


class Watched:
    """A daemon with a health door."""

    def __init__(self, daemon: Daemon, port: int, sandbox: Sandbox) -> None:
        self.daemon = daemon
        self.sandbox = sandbox
        self._url = f"http://127.0.0.1:{port}"

    def code(self, path: str) -> int:
        """The status code; 0 while nothing listens."""
        try:
            return requests.get(f"{self._url}{path}", timeout=5).status_code
        except requests.ConnectionError:
            return 0

    def faults(self) -> list[str]:
        return list(requests.get(f"{self._url}/readyz", timeout=5).json()["faults"])

    def metric(self, name: str, **labels: str) -> float:
        """One sample of a scrape; -1 while there is none."""
        text = requests.get(f"{self._url}/metrics", timeout=5).text
        found = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }
        return found.get((f"mailwarden_{name}", frozenset(labels.items())), -1)


@pytest.fixture
def watched(dovecot: Dovecot, mail_user: str, tmp_path: Path) -> Iterator[Watched]:
    port = free_port()
    with Sandbox(projects=("INC",)) as sandbox:
        daemon = Daemon.on(
            tmp_path / "site", imap_port=dovecot.port, mail_user=mail_user, jira_url=sandbox.url
        )
        settings = daemon.folder / "mailwarden.yaml"
        settings.write_text(f"health: {{port: {port}}}\n{settings.read_text()}")
        yield Watched(daemon, port, sandbox)
        daemon.end()


def test_a_daemon_is_ready_tells_of_its_work_and_closes_its_door(
    watched: Watched, dovecot: Dovecot, mail_user: str
) -> None:
    watched.daemon.start()
    eventually(lambda: watched.code("/readyz") == 200, within=SOON)
    assert watched.code("/healthz") == 200
    dovecot.deliver(account(mail_user, "regulators"), ORDER.read_bytes())
    eventually(watched.sandbox.tickets, within=SOON)
    eventually(lambda: watched.metric("queue_length", step="deliver", urgency="high") == 0, within=SOON)
    assert watched.metric("messages_collected_total") == 1
    assert watched.metric("daemons") == 1
    assert 0 < watched.metric("lease_remaining_seconds") <= 30
    assert watched.metric("loop_in_trouble", loop="decide") == 0
    assert all(0 <= watched.metric("mailbox_lag_seconds", mailbox=name) < SOON for name in MAILBOXES)
    assert watched.daemon.stop() == 0
    assert watched.code("/healthz") == 0


def test_an_outage_of_jira_makes_it_not_ready_but_leaves_it_alive(
    watched: Watched, dovecot: Dovecot, mail_user: str
) -> None:
    watched.daemon.start()
    eventually(lambda: watched.code("/readyz") == 200, within=SOON)
    watched.sandbox.stop()
    dovecot.deliver(account(mail_user, "regulators"), ORDER.read_bytes())
    eventually(lambda: watched.code("/readyz") == 503, within=SOON)
    assert all(fault.startswith("jira: deliver ") for fault in watched.faults())
    assert watched.code("/healthz") == 200
    assert watched.daemon.stop() == 0
