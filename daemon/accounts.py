"""How the settings become what connectors sign in with. Secrets are revealed here, and kept nowhere else."""

from collections.abc import Callable

from config.settings import AfterStoring, Mailbox, SecondOpinion, Smtp
from connectors.imap import ImapAccount, ImapSource
from connectors.mail import MailSource
from connectors.maildir import MaildirAccount, MaildirSource
from connectors.opinion import OpinionService
from connectors.smtp import SmtpAccount
from daemon.watched import Showing


def imap_account(mailbox: Mailbox) -> ImapAccount:
    """The account of a mailbox that is watched by IMAP; the settings see to it that it is whole."""
    return ImapAccount(
        name=mailbox.name,
        host=mailbox.host or "",
        port=mailbox.port,
        user=mailbox.user or "",
        password=mailbox.password.reveal() if mailbox.password else "",
        folder=mailbox.folder,
        tls=mailbox.tls,
    )


def source_opener(mailbox: Mailbox) -> Callable[[], MailSource]:
    """What makes a new source for a watched mailbox; it is not opened yet."""
    if mailbox.maildir is not None:
        maildir = MaildirAccount(name=mailbox.name, folder=mailbox.maildir)
        return lambda: MaildirSource(maildir)
    account = imap_account(mailbox)
    return lambda: ImapSource(account)


def showing_of(mailbox: Mailbox) -> Showing:
    """What people are to see on the mail server."""
    return Showing(
        keyword=mailbox.keyword if mailbox.after_storing is AfterStoring.KEYWORD else None,
        move_to=mailbox.move_to if mailbox.after_storing is AfterStoring.MOVE else None,
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


def opinion_service(wanted: SecondOpinion) -> OpinionService:
    """Who else is asked how urgent a mail is."""
    return OpinionService(url=wanted.url, token=wanted.token, timeout=wanted.timeout)
