"""The server that takes mail of ours (RFC 6409)."""

import smtplib
import ssl
from dataclasses import dataclass

from config.settings import SmtpTls
from connectors.checkup import ConnectionFault, network_fault

TIMEOUT_SECONDS = 15
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
