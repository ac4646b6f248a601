"""The server that takes mail of ours (RFC 6409)."""

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

from config.fault_points import fault_point
from config.settings import SmtpTls
from connectors.checkup import ConnectionFault, network_fault
from connectors.errors import CredentialsRefused, OutcomeUnknown, Refused, Unavailable
from connectors.outbox import OutgoingMail

TIMEOUT_SECONDS = 15
END_SECONDS = 60.0
"""How long the reply to a whole mail may take: a server may examine it before it answers."""
_DONE, _GO_ON, _LATER, _NEVER = 2, 3, 4, 5  # what the first digit of a reply says (RFC 5321, section 4.2.1)
_PERMANENT = 500  # reply codes from here on are final (RFC 5321, section 4.2.1)
_WHERE = "smtp"


@dataclass(frozen=True, kw_only=True)
class SmtpAccount:
    """Where mail is handed in, and how to sign in; without a user nobody does."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: SmtpTls

    def __repr__(self) -> str:
        return f"SmtpAccount(host={self.host!r})"


class SmtpOutbox:
    """Hands each mail in over a connection of its own (see `connectors.outbox.Outbox`).

    `guard` is asked right before the line that makes a mail the server's, and raises when it must not be
    sent any more; `end_timeout` is the longest wait, in seconds, for the reply to it.
    """

    def __init__(
        self,
        account: SmtpAccount,
        *,
        guard: Callable[[], None] = lambda: None,
        end_timeout: float = END_SECONDS,
    ) -> None:
        self._account = account
        self._guard = guard
        self._end_timeout = end_timeout

    def send(self, mail: OutgoingMail) -> None:
        """Hand a mail in, with no return path (RFC 5321, section 4.5.5)."""
        fault_point("call SMTP send: before")
        with self._signed_in() as client:
            _expect(_DONE, client.mail(""), "MAIL")
            _expect(_DONE, client.rcpt(mail.recipient), "RCPT")
            _expect(_GO_ON, client.docmd("DATA"), "DATA")
            client.send(_transparent(mail.octets))
            self._guard()
            self._end(client)
        fault_point("call SMTP send: after")

    @contextmanager
    def _signed_in(self) -> Iterator[smtplib.SMTP]:
        """A connection, of whose failures none leaves a mail with the server."""
        account = self._account
        try:
            with closing(_connected(account)) as client:
                _sign_in(client, account)
                yield client
        except smtplib.SMTPException as error:
            raise _not_taken(error) from None  # the server's words can name the account or the recipient
        except OSError as error:
            fault = network_fault(_WHERE, error, host=account.host, port=account.port)
            raise Unavailable(str(fault)) from None

    def _end(self, client: smtplib.SMTP) -> None:
        """Send the line that ends the mail: from here on it may be the server's."""
        if client.sock is not None:
            client.sock.settimeout(self._end_timeout)
        try:
            reply = client.docmd(".")
        except smtplib.SMTPException as error:
            raise _in_doubt(type(error).__name__) from None
        if reply[0] // 100 not in {_DONE, _LATER, _NEVER}:
            raise _in_doubt(f"the server answers {reply[0]}")
        _expect(_DONE, reply, "the mail")
        with suppress(smtplib.SMTPException, OSError):
            client.quit()


def _transparent(octets: bytes) -> bytes:
    """The mail in lines of which none is taken for its end (RFC 5321, section 4.5.2)."""
    return re.sub(rb"(?m)^\.", b"..", octets)


def _expect(digit: int, reply: tuple[int, bytes], what: str) -> None:
    """Raise what a reply with another first digit means; none of them leaves the mail with the server."""
    code = reply[0]
    if code // 100 == digit:
        return
    kind = Refused if code // 100 == _NEVER else Unavailable
    raise kind(f"the SMTP server answers {code} to {what}")


def _not_taken(error: smtplib.SMTPException) -> Unavailable | CredentialsRefused:
    what, mend = _words(error)
    is_final = isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code >= _PERMANENT
    return (CredentialsRefused if is_final else Unavailable)(f"{_WHERE}: {what}; {mend}")


def _in_doubt(what: str) -> OutcomeUnknown:
    return OutcomeUnknown(f"the SMTP server may have taken the mail ({what}); it must not be sent again")


def smtp_faults(account: SmtpAccount) -> list[ConnectionFault]:
    """What keeps mail from being handed in; at most one thing, since each hides the next."""
    try:
        with _connected(account) as client:
            _sign_in(client, account)
    except smtplib.SMTPException as error:
        what, mend = _words(error)
        return [ConnectionFault(where=_WHERE, what=what, mend=mend)]
    except OSError as error:
        return [network_fault(_WHERE, error, host=account.host, port=account.port)]
    return []


def _connected(account: SmtpAccount) -> smtplib.SMTP:
    if account.tls is SmtpTls.IMPLICIT:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(account.host, account.port, timeout=TIMEOUT_SECONDS, context=context)
    return smtplib.SMTP(account.host, account.port, timeout=TIMEOUT_SECONDS)


def _sign_in(client: smtplib.SMTP, account: SmtpAccount) -> None:
    if account.tls is SmtpTls.STARTTLS:
        client.starttls(context=ssl.create_default_context())
    client.ehlo_or_helo_if_needed()
    if account.user is not None and account.password is not None:
        client.login(account.user, account.password)


def _words(error: smtplib.SMTPException) -> tuple[str, str]:
    """What happened and how to mend it; the server's own words are left out, they can name the account."""
    match error:
        case smtplib.SMTPAuthenticationError() if error.smtp_code >= _PERMANENT:
            return "the server does not accept user or password", "correct `user`, or renew `password`"
        case smtplib.SMTPNotSupportedError():
            missing = str(error).partition(" extension")[0]  # smtplib's own words, none of the server's
            return f"the server does not offer {missing}", "correct `tls`, `user` and `password`"
        case smtplib.SMTPResponseException():
            return f"the server answers {error.smtp_code}", "try again in some minutes, then ask who runs it"
    return "the server closes the connection", "correct `port` and `tls`"
