"""A mail with two files and a receipt: each is there once, wherever the daemon dies on the way."""

import base64
import hashlib
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from config.fault_points import VARIABLE
from connectors.jira.sandbox.server import Sandbox
from connectors.jira.sandbox.ticket import Ticket
from daemon.store.models import Action, LookupKey, Mailbox, Message
from daemon.store.states import FINISHED, ActionKind, ActionState, KeyKind, MessageState
from tests.contract.jira_judge import judged_sandbox
from tests.support.daemon import Daemon, account
from tests.support.dovecot import Dovecot
from tests.support.scripted_smtp import ScriptedSmtp
from tests.support.waiting import eventually

WITHIN = 60.0
LETTER, TABLE = b"%PDF-1.7\r\n%%EOF", b"sound;day\r\n1;2\r\n"
MAIL = b"""\
Return-Path: <ann@harborlight-records.example>
Delivered-To: partners@intake.clipora.example
Authentication-Results: mx.clipora.example;
 dmarc=pass header.from=harborlight-records.example
Received: from mail.harborlight-records.example by mx.clipora.example; Tue, 03 Nov 2026 09:00:00 +0000
From: Ann <ann@harborlight-records.example>
To: partners@intake.clipora.example
Subject: Notice of infringement HT-1
Date: Tue, 03 Nov 2026 09:00:00 +0000
Message-ID: <ht-1@harborlight-records.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Dear team,

this is a copyright infringement notice. Our unreleased master recording is used without a licence in the
videos listed in the attached table. We own the copyright. Please remove the infringing videos within
48 hours.

Ann
--b
Content-Type: application/pdf
Content-Disposition: attachment; filename=letter.pdf
Content-Transfer-Encoding: base64

%s
--b
Content-Type: text/csv
Content-Disposition: attachment; filename=table.csv
Content-Transfer-Encoding: base64

%s
--b--
""" % (base64.encodebytes(LETTER), base64.encodebytes(TABLE))
EXTRA = """\
smtp: {{host: 127.0.0.1, port: {port}, tls: none}}
acknowledge: {{sender: desk@intake.clipora.example, sender_name: Clipora}}
"""
ATTACHING, SENDING = "call Jira POST issue/attachments", "call SMTP send"


@pytest.fixture
def smtp() -> Iterator[ScriptedSmtp]:
    with ScriptedSmtp() as server:
        yield server


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with judged_sandbox() as running:
        yield running


@pytest.fixture
def daemon(
    tmp_path: Path, dovecot: Dovecot, mail_user: str, sandbox: Sandbox, smtp: ScriptedSmtp
) -> Iterator[Daemon]:
    """It is not started yet."""
    made = Daemon.on(
        tmp_path / "site",
        imap_port=dovecot.port,
        mail_user=mail_user,
        jira_url=sandbox.url,
        extra=EXTRA.format(port=smtp.port),
    )
    yield made
    made.end()


def actions(daemon: Daemon) -> dict[str, Action]:
    """All that were planned, by kind and file."""
    database = daemon.database()
    with database.read() as session:
        found = session.scalars(select(Action).order_by(Action.position)).all()
    database.close()
    return {f"{action.kind} {action.payload.get('name', '')}".strip(): action for action in found}


def is_finished(daemon: Daemon) -> bool:
    database = daemon.database()
    try:
        if database.revision() is None:
            return False
        with database.read() as session:
            states = session.scalars(select(Message.state)).all()
    finally:
        database.close()
    return states == [MessageState.DECIDED] and all(
        action.state in FINISHED for action in actions(daemon).values()
    )


def the_ticket(sandbox: Sandbox) -> Ticket:
    [ticket] = sandbox.tickets()
    return ticket


def is_watching(daemon: Daemon) -> bool:
    """The mailbox was looked at; what is there from the beginning would not be acknowledged."""
    database = daemon.database()
    try:
        if database.revision() is None:
            return False
        with database.read() as session:
            mailbox = session.get(Mailbox, "partners")
        return mailbox is not None and mailbox.last_good_poll is not None
    finally:
        database.close()


Arrive = Callable[[], None]


@pytest.fixture
def arrive(daemon: Daemon, dovecot: Dovecot, mail_user: str) -> Arrive:
    """Start the daemon, and let the mail come once it watches."""

    def start_and_deliver() -> None:
        daemon.start()
        eventually(lambda: is_watching(daemon), within=WITHIN)
        dovecot.deliver(account(mail_user, "partners"), MAIL.replace(b"\n", b"\r\n"))

    return start_and_deliver


def finish(daemon: Daemon) -> None:
    eventually(lambda: is_finished(daemon), within=WITHIN)
    assert daemon.stop() == 0


def die_at(point: str, daemon: Daemon, arrive: Arrive) -> None:
    daemon.environment[VARIABLE] = f"kill {point}"
    arrive()
    eventually(lambda: not daemon.is_running, within=WITHIN)
    assert daemon.process is not None
    assert daemon.process.returncode == -signal.SIGKILL
    del daemon.environment[VARIABLE]
    daemon.start_and_await()


def test_files_are_on_the_ticket_and_the_sender_is_told_its_number(
    daemon: Daemon, sandbox: Sandbox, smtp: ScriptedSmtp, arrive: Arrive
) -> None:
    arrive()
    finish(daemon)
    ticket = the_ticket(sandbox)
    assert [attached.content for attached in ticket.attachments] == [LETTER, TABLE]
    assert smtp.accepted == 1
    assert "rcpt TO:<ann@harborlight-records.example>" in smtp.commands
    assert f"Subject: [{ticket.key}] Receipt of your message: Notice of".encode() in smtp.mail
    assert {action.state for action in actions(daemon).values()} == {ActionState.DONE}
    database = daemon.database()
    with database.read() as session:
        identifiers = session.scalars(
            select(LookupKey.value).where(LookupKey.kind == KeyKind.MESSAGE_ID)
        ).all()
    database.close()
    assert actions(daemon)["acknowledge"].outcome in {f"<{identifier}>" for identifier in identifiers}
    assert "ann@" not in daemon.log
    assert "letter.pdf" not in daemon.log


@pytest.mark.parametrize(
    "point",
    [
        pytest.param(f"{ATTACHING}: before", marks=pytest.mark.soak),
        f"{ATTACHING}: after",
        pytest.param("commit settle action: before", marks=pytest.mark.soak),
    ],
)
def test_dying_beside_a_file_doubles_and_loses_nothing(
    daemon: Daemon, sandbox: Sandbox, smtp: ScriptedSmtp, arrive: Arrive, point: str
) -> None:
    die_at(point, daemon, arrive)
    finish(daemon)
    sent = sorted(
        hashlib.sha256(attached.content).hexdigest() for attached in the_ticket(sandbox).attachments
    )
    assert sent == sorted(hashlib.sha256(content).hexdigest() for content in (LETTER, TABLE))
    assert smtp.accepted == 1


@pytest.mark.parametrize(
    "point", [pytest.param(f"{SENDING}: before", marks=pytest.mark.soak), f"{SENDING}: after"]
)
def test_dying_beside_a_receipt_sends_no_second_one_and_says_so(
    daemon: Daemon, sandbox: Sandbox, smtp: ScriptedSmtp, arrive: Arrive, point: str
) -> None:
    die_at(point, daemon, arrive)
    finish(daemon)
    receipt = actions(daemon)["acknowledge"]
    assert (receipt.kind, receipt.state) == (ActionKind.ACKNOWLEDGE, ActionState.FAILED)
    assert receipt.trouble == "it may have been sent before; see to it that the sender knows"
    assert smtp.accepted == point.endswith("after")
    assert len(the_ticket(sandbox).attachments) == 2
