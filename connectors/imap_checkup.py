"""Whether a mailbox can be watched: signs in and opens the folder read-only, as the daemon does."""

from contextlib import closing

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from connectors.checkup import ConnectionFault, network_fault
from connectors.errors import CredentialsRefused, Unavailable
from connectors.imap import ImapAccount, ImapSource


def mailbox_faults(account: ImapAccount) -> list[ConnectionFault]:
    """What keeps the mailbox from being watched; at most one thing, since each hides the next."""
    with closing(ImapSource(account)) as source:
        try:
            source.open()
        except CredentialsRefused:
            mend = "correct `user`, or renew the secret behind `password`"
            return [_fault(account, "the server does not accept user or password", mend)]
        except Unavailable as error:
            return [_explained(account, error)]
    return []


def _explained(account: ImapAccount, error: Unavailable) -> ConnectionFault:
    match error.__cause__:
        case OSError() as cause:
            return network_fault(_where(account), cause, host=account.host, port=account.port)
        case IMAPClientAbortError():
            what = f"{account.host}:{account.port} does not answer as an IMAP server"
            return _fault(account, what, "correct `host`, `port` and `tls`")
        case IMAPClientError():
            what = f'the folder "{account.folder}" cannot be opened'
            return _fault(account, what, "correct `folder`, or let the account read it")
    return _fault(account, "the server is not ready to sign us in", "try again in some minutes")


def _fault(account: ImapAccount, what: str, mend: str) -> ConnectionFault:
    return ConnectionFault(where=_where(account), what=what, mend=mend)


def _where(account: ImapAccount) -> str:
    return f"mailbox {account.name}"
