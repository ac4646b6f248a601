"""The daemon as a process: signals, faults at start, and outages."""

import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from connectors.jira.sandbox.server import Sandbox
from daemon.rule_sets import last_activation
from daemon.store.database import Database
from daemon.store.models import Mailbox, Matter, Message, RuleSet, Worker
from daemon.store.states import Disposition
from tests.support.daemon import MAILBOXES, ROOT, Daemon, account
from tests.support.dovecot import Dovecot
from tests.support.waiting import eventually

SOON = 60.0
CORPUS = ROOT / "tests" / "corpus" / "messages"
ORDER = CORPUS / "001-sydk-8a-daglarin-sesi.eml"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(projects=("INC",)) as running:
        yield running


@pytest.fixture
def daemon(dovecot: Dovecot, mail_user: str, tmp_path: Path, sandbox: Sandbox) -> Iterator[Daemon]:
    made = Daemon.on(tmp_path / "site", imap_port=dovecot.port, mail_user=mail_user, jira_url=sandbox.url)
    yield made
    made.end()


def polled(daemon: Daemon) -> bool:
    database = daemon.database()
    try:
        if database.revision() is None:
            return False
        with database.read() as session:
            polls = session.scalars(select(Mailbox.last_good_poll)).all()
            return len(polls) == len(MAILBOXES) and None not in polls
    finally:
        database.close()


def trouble_of(database: Database, name: str) -> str | None:
    with database.read() as session:
        wanted = select(Worker.trouble).where(Worker.name.startswith(name), Worker.trouble.is_not(None))
        return session.scalar(wanted)


def tickets_of(database: Database) -> list[str]:
    with database.read() as session:
        return [key for key in session.scalars(select(Matter.ticket_key)) if key]


def test_faults_stop_the_start_with_2_and_are_all_named(daemon: Daemon) -> None:
    (daemon.folder / "routing.yaml").write_text("routs: []\n")
    settings = daemon.folder / "mailwarden.yaml"
    settings.write_text(settings.read_text().replace("    user:", "    usr:", 1))
    daemon.start()
    assert daemon.process is not None
    assert daemon.process.wait(SOON) == 2
    assert 'mailwarden.yaml:16:5 mailboxes[0].usr: unknown key; did you mean "user"?' in daemon.log
    assert 'routing.yaml:1:1 routs: unknown key; did you mean "routes"?' in daemon.log


def test_a_second_start_on_the_same_database_is_refused_and_terminating_the_first_ends_with_0(
    daemon: Daemon,
) -> None:
    daemon.start()
    eventually(lambda: polled(daemon), within=SOON)
    second = replace(daemon, process=None)
    second.start()
    assert second.process is not None
    assert second.process.wait(SOON) == 1
    assert "Another daemon works on this" in daemon.log
    assert daemon.stop() == 0


def governing_rules(database: Database) -> str:
    with database.read() as session:
        activation = last_activation(session)
        return session.get_one(RuleSet, activation.hash).text if activation else ""


def test_hanging_up_takes_new_rules_and_keeps_the_old_ones_when_they_are_bad(
    daemon: Daemon,
    dovecot: Dovecot,
    mail_user: str,
) -> None:
    daemon.start()
    eventually(lambda: polled(daemon), within=SOON)
    rules = daemon.folder / "routing.yaml"
    good = rules.read_text()
    rules.write_text("routs: []\n")
    daemon.signal(signal.SIGHUP)
    database = daemon.database()
    eventually(lambda: trouble_of(database, "configuration"), within=SOON)
    rules.write_text(good.replace("project: INC", "project: INC"))
    daemon.signal(signal.SIGHUP)
    eventually(lambda: trouble_of(database, "configuration") is None, within=SOON)
    dovecot.deliver(account(mail_user, "regulators"), ORDER.read_bytes())
    eventually(lambda: tickets_of(database), within=SOON)
    changed = f"# calmer\n{good}"
    rules.write_text(changed)
    eventually(lambda: governing_rules(database) == changed, within=SOON)  # nobody has to say so
    database.close()
    assert daemon.stop() == 0


def test_an_outage_of_jira_is_said_and_loses_nothing(
    daemon: Daemon,
    dovecot: Dovecot,
    mail_user: str,
    sandbox: Sandbox,
) -> None:
    sandbox.stop()
    daemon.start()
    eventually(lambda: polled(daemon), within=SOON)
    dovecot.deliver(account(mail_user, "regulators"), ORDER.read_bytes())
    database = daemon.database()
    eventually(lambda: trouble_of(database, "deliver"), within=SOON)
    with Sandbox(projects=("INC",), port=urlsplit(sandbox.url).port or 0) as back:
        eventually(lambda: tickets_of(database), within=SOON)
        assert len(back.tickets()) == 1
    database.close()
    assert daemon.stop() == 0


def test_an_outage_of_a_mailbox_is_said_and_mail_of_another_that_cannot_be_read_is_held_with_a_ticket(
    daemon: Daemon,
    dovecot: Dovecot,
    mail_user: str,
    sandbox: Sandbox,
) -> None:
    dovecot.deliver(account(mail_user, "partners"), b"X-Endless: " + b"a" * 300_000 + b"\r\n\r\nbody\r\n")
    settings = daemon.folder / "mailwarden.yaml"
    settings.write_text(settings.read_text().replace("    port: ", "    port: 1 # ", 1))
    daemon.start()
    database = daemon.database()
    eventually(lambda: database.revision() and trouble_of(database, "collect"), within=SOON)
    assert trouble_of(database, "collect") == "mailbox regulators: open: ConnectionRefusedError"
    eventually(sandbox.tickets, within=SOON)
    [ticket] = sandbox.tickets()
    assert ticket.fields["summary"].startswith("Held: a mail needs a person")
    with database.read() as session:
        assert session.scalars(select(Message.disposition)).one() is Disposition.HELD
    database.close()
    assert daemon.stop() == 0
