"""Held messages as people see them in a terminal."""

from collections.abc import Iterator, Sequence

from rich.console import Console

from daemon.held import Contents, HeldMessage
from daemon.terminal import Listing, inert, instant, show_listing

SUBJECT_CHARACTERS = 100
COLUMNS = ("number", "mailbox", "received", "sender", "subject", "reason", "ticket")


def show_held(console: Console, messages: Sequence[HeldMessage]) -> None:
    """What waits for a person."""
    if messages:
        show_listing(console, Listing(title="Held", columns=COLUMNS, rows=[_cells(one) for one in messages]))
    else:
        console.print("Nothing is held.")


def show_contents(console: Console, contents: Contents, *, with_text: bool) -> None:
    """One held message; what it says only when asked for."""
    show_listing(
        console, Listing(title="Held message", columns=("fact", "value"), rows=list(_facts(contents)))
    )
    if with_text:
        console.print(
            inert(contents.text) or "No text could be read; --raw gives the octets.", soft_wrap=True
        )


def _facts(contents: Contents) -> Iterator[tuple[str, str]]:
    yield from zip(COLUMNS, _cells(contents.message), strict=True)
    yield "SHA-256", contents.message.sha256
    yield "size", f"{contents.size} bytes"
    yield from contents.headers
    for attachment in contents.attachments:
        name = attachment.name or "no name"
        yield "attachment", f"{name}, {attachment.content_type}, {attachment.size} bytes"


def _cells(message: HeldMessage) -> tuple[str, ...]:
    return (
        str(message.number),
        message.mailbox,
        instant(message.received_at),
        message.sender or "no address",
        message.subject[:SUBJECT_CHARACTERS] or "no subject",
        message.reason,
        message.ticket or "not yet",
    )
