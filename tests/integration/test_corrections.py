"""A person puts matters right beside the running daemon, and later mail does not undo it."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from config.instant import utcnow
from connectors.jira.sandbox.ticket import Ticket
from daemon.store.database import Database
from daemon.store.models import Action, Matter, Message, Relation
from daemon.store.states import CARRIED_OUT, MessageState
from run import app
from tests.contract.jira_judge import judged_sandbox
from tests.support.corpus_run import Run
from tests.support.daemon import Daemon, account
from tests.support.dovecot import Dovecot
from tests.support.waiting import eventually

USER = "corrections"
WITHIN = 60.0
MAIL = """\
Return-Path: <desk@{domain}>
Delivered-To: regulators@intake.clipora.example
Authentication-Results: mx.clipora.example;
 dmarc=pass header.from={domain}
Received: from mail.{domain} by mx.clipora.example; {date}
From: Desk <desk@{domain}>
To: regulators@intake.clipora.example
Subject: {subject}
Date: {date}
Message-ID: <{name}@{domain}>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Dear team,

{text}

The desk
"""
FRAUD = "an account sells forged concert tickets: https://clipora.example/@{account}. Please look into it."
URGENT = "Remove it immediately, within two hours. A life is in danger."


class World:
    """The daemon with its servers, and a person at the command line."""

    def __init__(self, run: Run, dovecot: Dovecot) -> None:
        self.run = run
        self._dovecot = dovecot
        self._mails = 0

    def brings(self, domain: str, text: str, subject: str = "A report") -> int:
        """A mail comes, and all that is planned is carried out; returns the number of its matter."""
        self._mails += 1
        date = f"{utcnow():%a, %d %b %Y %H:%M:%S +0000}"
        mail = MAIL.format(domain=domain, date=date, subject=subject, name=self._mails, text=text)
        self._dovecot.deliver(account(USER, "regulators"), mail.replace("\n", "\r\n").encode())
        eventually(self._is_still, within=WITHIN)
        with self.run.database.read() as session:
            matter = session.scalar(select(Relation.matter_id).order_by(Relation.message_id.desc()).limit(1))
        assert matter is not None
        return matter

    def says(self, *command: str) -> dict[str, object]:
        """A correction as a person makes it."""
        options = ["--reason", "we called them", "--by", "ann", "--json"]
        arguments = [*command, *options, "--config", str(self.run.daemon.folder)]
        told = CliRunner().invoke(app, arguments, catch_exceptions=False)
        assert told.exit_code == 0, told.stderr
        return dict(json.loads(told.stdout))

    def matter(self, number: int) -> Matter:
        with self.run.database.read() as session:
            return session.get_one(Matter, number)

    def ticket(self, number: int) -> Ticket:
        return self.run.sandbox.store.ticket(str(self.matter(number).ticket_key))

    def said_on(self, number: int) -> str:
        """All comments on the matter's ticket."""
        return json.dumps([comment.body for comment in self.ticket(number).comments])

    def last_message(self) -> int:
        with self.run.database.read() as session:
            return session.scalars(select(Message.id).order_by(Message.id.desc())).first() or 0

    def _is_still(self) -> bool:
        assert self.run.daemon.is_running, self.run.daemon.log
        with self.run.database.read() as session:
            states = session.scalars(select(Message.state)).all()
            actions = session.scalars(select(Action.state)).all()
        return (
            len(states) == self._mails
            and set(states) == {MessageState.DECIDED}
            and set(actions) <= CARRIED_OUT
        )


@pytest.fixture(scope="module")
def world(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One for all tests; each has an organisation of its own."""
    with judged_sandbox() as sandbox:
        daemon = Daemon.on(
            tmp_path_factory.mktemp("corrections") / "site",
            imap_port=dovecot.port,
            mail_user=USER,
            jira_url=sandbox.url,
        )
        with closing(Database(daemon.database_url)) as database:
            daemon.start_and_await()
            yield World(Run(daemon, sandbox, database=database), dovecot)
            daemon.end()


def priority(ticket: Ticket) -> str:
    return str(ticket.fields["priority"]["name"])


def test_what_was_split_is_not_merged_again(world: World) -> None:
    domain, song = "tnra.example", FRAUD.format(account="song")
    first = world.brings(domain, song)
    again = f"{song} This time they sell meals from a kitchen that was shut by the health inspectors."
    assert world.brings(domain, again) == first
    world.says("matter", "split", f"#{first}", str(world.last_message()))
    later = world.brings(domain, f"{again} We wait for your answer.")
    assert later != first
    assert world.ticket(later).links[0].other == world.ticket(first).key
    assert "Split by a person" in world.said_on(first)
    assert "Split by a person" in world.said_on(later)
    assert len(world.ticket(later).comments) == 2


def test_what_was_merged_gets_all_later_mail(world: World) -> None:
    domain = "onlinesafetyoffice.example"
    first = world.brings(domain, FRAUD.format(account="one"))
    second = world.brings(domain, "The film https://clipora.example/video/7001 shows how to forge money.")
    assert first != second
    world.says("matter", "merge", f"#{second}", f"#{first}")
    again = "The film https://clipora.example/video/7001 is still there. It shows how to forge money."
    assert world.brings(domain, again) == first
    gone = world.ticket(second)
    assert (gone.status.name, [link.other for link in gone.links]) == ("Done", [world.ticket(first).key])
    assert "Merged by a person" in world.said_on(first)


def test_urgency_that_a_person_set_is_not_raised_again(world: World) -> None:
    domain, text = "esafe-office.example", FRAUD.format(account="two")
    matter = world.brings(domain, text)
    world.says("matter", "urgency", f"#{matter}", "low")
    assert world.brings(domain, f"{text} {URGENT}") == matter
    assert priority(world.ticket(matter)) == "Low"
    assert "A person has set low" in world.said_on(matter)


def test_a_clock_that_a_person_corrected_is_not_put_back(world: World) -> None:
    domain, text = "eu-referral-desk.example", FRAUD.format(account="three")
    matter = world.brings(domain, f"{text} Reply within 24 hours.")
    due = utcnow().replace(microsecond=0) + timedelta(days=9)
    world.says("clock", "correct", f"#{matter}", "--due", due.isoformat())
    assert world.brings(domain, f"We remind you: {text} Reply within 24 hours.") == matter
    assert world.matter(matter).due_at == due
    assert world.ticket(matter).fields["duedate"] == due.date().isoformat()
    assert "a clock about which a person has decided" in world.said_on(matter)
    world.says("clock", "stop", f"#{matter}")
    world.brings(domain, f"Thanks. {text}")
    assert world.ticket(matter).fields["duedate"] is None


def test_a_priority_that_a_person_set_in_jira_is_not_raised(world: World) -> None:
    domain, text = "metro-constabulary.example", FRAUD.format(account="four")
    matter = world.brings(domain, text)
    world.run.sandbox.store.edit(world.ticket(matter), {"priority": {"name": "Lowest"}})
    assert world.brings(domain, f"{text} {URGENT}") == matter
    assert priority(world.ticket(matter)) == "Lowest"
    assert "Not raised" in world.said_on(matter)
