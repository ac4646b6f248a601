"""What signing in to an IMAP server tells apart, proven on a real Dovecot."""

import ssl
from contextlib import closing

import pytest

from connectors.errors import CredentialsRefused, Unavailable
from connectors.imap import ImapAccount, ImapSource
from connectors.mail import Awaited
from tests.support.dovecot import Dovecot
from tests.support.imap_server import PASSWORD

MAIL = b"From: alice@regulator.example\r\nSubject: one\r\n\r\nbody\r\n"


def account(server: Dovecot, user: str, **changes: object) -> ImapAccount:
    values = {"host": "127.0.0.1", "port": server.port, "user": user, "password": PASSWORD, "tls": False}
    return ImapAccount(name="regulators", **(values | changes))  # type: ignore[arg-type]


def test_a_wrong_password_is_told_apart_from_a_server_that_is_down(dovecot: Dovecot, mail_user: str) -> None:
    wrong = account(dovecot, mail_user, password="wrong")
    with closing(ImapSource(wrong)) as source, pytest.raises(CredentialsRefused) as refused:
        source.open()
    assert mail_user not in str(refused.value)
    down = account(dovecot, mail_user, port=1)
    with closing(ImapSource(down)) as source, pytest.raises(Unavailable):
        source.open()


def test_a_folder_that_does_not_exist_is_named_as_trouble(dovecot: Dovecot, mail_user: str) -> None:
    nowhere = account(dovecot, mail_user, folder="Nowhere")
    with closing(ImapSource(nowhere)) as source, pytest.raises(Unavailable, match="mailbox regulators: open"):
        source.open()


def test_tls_works_and_an_unknown_certificate_is_refused(
    dovecot: Dovecot,
    mail_user: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    by_tls = account(dovecot, mail_user, host="localhost", port=dovecot.tls_port, tls=True)
    with closing(ImapSource(by_tls)) as source, pytest.raises(Unavailable, match="SSLCertVerificationError"):
        source.open()
    trusting = ssl.create_default_context(cafile=str(dovecot.certificate))
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
    with closing(ImapSource(by_tls)) as source:
        source.open()
        dovecot.deliver(mail_user, MAIL)
        assert source.wait(20) is Awaited.NEWS
