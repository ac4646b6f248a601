"""The account of a day as people see it in a terminal."""

from collections.abc import Iterator

from rich.console import Console

from daemon.account import Account, Difference, MailboxAccount
from daemon.fates import Fate
from daemon.terminal import Listing, show_listing

COUNTS = (
    "mailbox",
    "on the server",
    "before its start",
    "collected",
    "no longer there",
    *(fate.replace("_", " ") for fate in Fate),
    "differences",
)


def show_account(console: Console, account: Account) -> None:
    """The numbers of each mailbox, what is no longer on the server, and each difference by its name."""
    title = f"Account of {account.day.isoformat()} ({account.zone})"
    rows = [_counts(mailbox) for mailbox in account.mailboxes]
    show_listing(console, Listing(title=title, columns=COUNTS, rows=rows))
    gone = [
        (mailbox.mailbox, str(mail.uid), str(mail.number))
        for mailbox in account.mailboxes
        for mail in mailbox.gone
    ]
    if gone:
        listing = Listing(title="No longer on the server", columns=("mailbox", "UID", "message"), rows=gone)
        show_listing(console, listing)
    told = [_difference(one) for mailbox in account.mailboxes for one in mailbox.differences]
    if told:
        listing = Listing(title="Differences", columns=("mailbox", "UID", "message", "what"), rows=told)
        show_listing(console, listing)
    for line in _summary(account):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _counts(mailbox: MailboxAccount) -> tuple[str, ...]:
    return (
        mailbox.mailbox,
        "not asked" if mailbox.on_server is None else str(mailbox.on_server),
        str(mailbox.before_start),
        str(mailbox.collected),
        str(len(mailbox.gone)),
        *(str(mailbox.fates[fate]) for fate in Fate),
        str(len(mailbox.differences)),
    )


def _difference(one: Difference) -> tuple[str, ...]:
    return one.mailbox, str(one.uid or ""), str(one.number or ""), one.what


def _summary(account: Account) -> Iterator[str]:
    if account.offline:
        yield "The servers were not asked: a mail that was never collected can't be seen."
    collected = sum(mailbox.collected for mailbox in account.mailboxes)
    if account.complete:
        yield f"Complete: {collected} mails collected, each accounted for."
    else:
        count = sum(len(mailbox.differences) for mailbox in account.mailboxes)
        yield f"Not complete: {count} differences."
