"""How the settings become what connectors sign in with. Secrets are revealed here, and kept nowhere else."""

from config.settings import Mailbox, Smtp
from connectors.imap import ImapAccount
from connectors.smtp import SmtpAccount


def imap_account(mailbox: Mailbox) -> ImapAccount:
    """The account of a watched mailbox."""
    return ImapAccount(
        name=mailbox.name,
        host=mailbox.host,
        port=mailbox.port,
        user=mailbox.user,
        password=mailbox.password.reveal(),
        folder=mailbox.folder,
        tls=mailbox.tls,
    )


def smtp_account(smtp: Smtp) -> SmtpAccount:
    """The account that hands in mail of ours."""
    return SmtpAccount(
        host=smtp.host,
        port=smtp.port,
        user=smtp.user,
        password=smtp.password.reveal() if smtp.password else None,
        tls=smtp.tls,
    )
