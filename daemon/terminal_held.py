"""Held messages as people see them in a terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from daemon.held import Contents, HeldMessage
from daemon.terminal import inert, instant


def show_held(console: Console, messages: Sequence[HeldMessage]) -> None:
    """What waits for a person."""
    if not messages:
        console.print("Nothing is held.")
        return
    table = Table("number", "mailbox", "received", "reason", "ticket", title="Held", title_justify="left")
    for message in messages:
        table.add_row(*_cells(message))
    console.print(table)


def show_contents(console: Console, contents: Contents, *, with_text: bool) -> None:
    """One held message; what it says only when asked for."""
    table = Table("fact", "value", show_header=False)
    for label, value in zip(
        ("number", "mailbox", "received", "reason", "ticket"), _cells(contents.message), strict=True
    ):
        table.add_row(label, value)
    table.add_row("SHA-256", contents.message.sha256)
    table.add_row("size", f"{contents.size} bytes")
    for name, value in contents.headers:
        table.add_row(name, inert(value))
    for attachment in contents.attachments:
        name = attachment.name or "no name"
        table.add_row("attachment", inert(f"{name}, {attachment.content_type}, {attachment.size} bytes"))
    console.print(table)
    if with_text:
        console.print(
            inert(contents.text) or "No text could be read; --raw gives the octets.", soft_wrap=True
        )


def _cells(message: HeldMessage) -> tuple[str, ...]:
    received = instant(message.received_at)
    return str(message.number), message.mailbox, received, inert(message.reason), message.ticket or "not yet"
