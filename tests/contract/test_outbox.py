"""Handing mail in: what each way to fail means, against a server that fails so, and a real one."""

import socket
from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from config.settings import SmtpTls
from connectors.embedded import free_port
from connectors.errors import CredentialsRefused, OutcomeUnknown, OutsideError, Refused, Unavailable
from connectors.outbox import OutgoingMail
from connectors.smtp import SmtpAccount, SmtpOutbox
from tests.support.scripted_smtp import HANG_UP, SILENCE, ScriptedSmtp

OCTETS = b"Subject: s\r\n\r\nfirst\r\n.\r\n..two\r\n.end\r\n"
MAIL = OutgoingMail(recipient="kurum@regulator.example", octets=OCTETS)


def account(port: int, *, password: str | None = None) -> SmtpAccount:
    user = "desk" if password else None
    return SmtpAccount(host="127.0.0.1", port=port, user=user, password=password, tls=SmtpTls.NONE)


class Inbox:
    """Keeps the envelopes that aiosmtpd takes."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        return "250 OK"


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def server(inbox: Inbox) -> Iterator[Controller]:
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


def test_a_real_server_gets_every_octet_and_no_return_path(server: Controller, inbox: Inbox) -> None:
    SmtpOutbox(account(server.port)).send(MAIL)
    (envelope,) = inbox.envelopes
    assert envelope.original_content == OCTETS
    assert (envelope.mail_from, envelope.rcpt_tos) == ("<>", [MAIL.recipient])


def test_one_outbox_hands_in_one_mail_after_another(server: Controller, inbox: Inbox) -> None:
    outbox = SmtpOutbox(account(server.port))
    outbox.send(MAIL)
    outbox.send(MAIL)
    assert len(inbox.envelopes) == 2


def test_the_conversation_is_that_of_the_standard() -> None:
    with ScriptedSmtp() as server:
        SmtpOutbox(account(server.port, password="secret")).send(MAIL)
    assert server.commands[1].startswith("AUTH PLAIN ")
    assert server.commands[2:] == [
        "mail FROM:<>",
        "rcpt TO:<kurum@regulator.example>",
        "DATA",
        ".",
        "quit",
    ]
    assert server.mail == OCTETS.replace(b"\r\n.", b"\r\n..")


FAILURES: dict[str, tuple[dict[str, str], type[OutsideError]]] = {
    "busy from the start": ({"": "421 too many"}, Unavailable),
    "closed from the start": ({"": HANG_UP}, Unavailable),
    "wrong password": ({"AUTH": "535 no"}, CredentialsRefused),
    "sign-in is down": ({"AUTH": "454 later"}, Unavailable),
    "closed at the sign-in": ({"AUTH": HANG_UP}, Unavailable),
    "no null return path": ({"MAIL": "550 no"}, Refused),
    "too busy for a mail": ({"MAIL": "452 full"}, Unavailable),
    "no such address": ({"RCPT": "550 unknown"}, Refused),
    "greylisted": ({"RCPT": "451 later"}, Unavailable),
    "closed at the recipient": ({"RCPT": HANG_UP}, Unavailable),
    "no mail is taken": ({"DATA": "554 no"}, Refused),
    "no mail is taken now": ({"DATA": "451 later"}, Unavailable),
    "closed before the mail": ({"DATA": HANG_UP}, Unavailable),
    "an odd go-ahead": ({"DATA": "250 yes?"}, Unavailable),
    "the mail is refused": ({".": "554 spam"}, Refused),
    "the mail is not taken now": ({".": "451 later"}, Unavailable),
    "closed after the mail": ({".": HANG_UP}, OutcomeUnknown),
    "an odd answer to the mail": ({".": "354 more?"}, OutcomeUnknown),
    "no answer at all to the mail": ({".": "\x00\x01"}, OutcomeUnknown),
}


@pytest.mark.parametrize("name", FAILURES)
def test_each_failure_says_whether_the_mail_may_be_sent_again(name: str) -> None:
    changes, meaning = FAILURES[name]
    with ScriptedSmtp(changes) as server, pytest.raises(OutsideError) as failure:
        SmtpOutbox(account(server.port, password="secret")).send(MAIL)
    assert type(failure.value) is meaning
    assert server.accepted == 0


def test_a_silent_end_leaves_the_outcome_unknown() -> None:
    with ScriptedSmtp({".": SILENCE}) as server, pytest.raises(OutcomeUnknown, match="not be sent again"):
        SmtpOutbox(account(server.port), end_timeout=0.1).send(MAIL)


@pytest.mark.parametrize("farewell", ["500 what?", HANG_UP])
def test_a_bad_farewell_does_not_undo_a_mail_that_was_taken(farewell: str) -> None:
    with ScriptedSmtp({"QUIT": farewell}) as server:
        SmtpOutbox(account(server.port)).send(MAIL)
    assert server.accepted == 1


def test_a_refused_connection_means_that_nothing_was_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unavailable, match="nothing listens"):
        SmtpOutbox(account(port)).send(MAIL)


def test_the_guard_is_asked_last_and_may_stop_the_mail() -> None:
    def refuse() -> None:
        raise Unavailable("the lease is over")

    with ScriptedSmtp() as server, pytest.raises(Unavailable, match="lease"):
        SmtpOutbox(account(server.port), guard=refuse).send(MAIL)
    assert server.commands[-1] == "DATA"
    assert server.accepted == 0


def test_an_encrypted_way_that_the_server_lacks_is_not_done_without() -> None:
    plain = account(1)
    with ScriptedSmtp() as server:
        wanting = SmtpAccount(
            host="127.0.0.1", port=server.port, user=plain.user, password=None, tls=SmtpTls.STARTTLS
        )
        with pytest.raises(Unavailable, match="STARTTLS"):
            SmtpOutbox(wanting).send(MAIL)
    assert "MAIL" not in " ".join(server.commands)


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "."])
def test_the_servers_words_are_not_repeated(command: str) -> None:
    answer = {command: "550 kurum@regulator.example does not live here"}
    with ScriptedSmtp(answer) as server, pytest.raises(Refused) as refusal:
        SmtpOutbox(account(server.port)).send(MAIL)
    told = f"{refusal.value!r} {refusal.value.__cause__!r} {refusal.value.__context__!r}"
    assert "regulator" not in told
