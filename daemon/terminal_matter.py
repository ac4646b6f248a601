"""A matter as people see it in a terminal."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from daemon.matter import ClockOfMatter, Entry, MatterView
from daemon.terminal import inert, instant, styled_urgency

TO_THE_SECOND = "%Y-%m-%d %H:%M:%S UTC"


def show_matter(console: Console, view: MatterView) -> None:
    """The matter, and the tables of what belongs to it."""
    console.print(_heading(view))
    for table in (_messages(view), _clocks(view), _actions(view), _ledger(view)):
        if table.row_count:
            console.print(table)


def _heading(view: MatterView) -> Table:
    table = Table("fact", "value", title=f"Matter {view.number}", title_justify="left", show_header=False)
    table.add_row("ticket", view.ticket or "not yet")
    table.add_row("party", inert(view.party))
    table.add_row("sender", "verified" if view.verified else "not verified")
    table.add_row("opened", instant(view.opened_at))
    table.add_row("urgency", styled_urgency(view.urgency))
    table.add_row("due", instant(view.due_at) if view.due_at else "no binding clock")
    return table


def _messages(view: MatterView) -> Table:
    table = _table(
        "Messages", "number", "mailbox", "received", "relation", "reason", "disposition", "SHA-256"
    )
    for message in view.messages:
        table.add_row(
            str(message.number),
            message.mailbox,
            instant(message.received_at),
            message.relation,
            inert(message.reason),
            (message.disposition or "").replace("_", " "),
            message.sha256,
        )
    return table


def _clocks(view: MatterView) -> Table:
    table = _table("Clocks", "due", "source", "phrase", "nature", "message")
    for clock in view.clocks:
        nature = "; ".join(_nature(clock))
        table.add_row(_due(clock), inert(clock.source), inert(clock.phrase), nature, str(clock.message))
    return table


def _actions(view: MatterView) -> Table:
    table = _table("Actions", "number", "kind", "state", "tries", "outcome", "trouble", "message")
    for action in view.actions:
        table.add_row(
            str(action.number),
            action.kind,
            action.state,
            str(action.tries),
            inert(action.outcome or ""),
            inert(action.trouble or ""),
            str(action.message),
        )
    return table


def _ledger(view: MatterView) -> Table:
    table = _table("Ledger", "entry", "at", "event", "message", "action", "facts")
    for entry in view.ledger:
        at = entry.at.strftime(TO_THE_SECOND)
        table.add_row(str(entry.number), at, entry.event, *_subjects(entry), inert(_facts(entry)))
    return table


def _table(title: str, *columns: str) -> Table:
    return Table(*columns, title=title, title_justify="left")


def _due(clock: ClockOfMatter) -> str:
    """UTC first, then the local time of each desk."""
    local = (f"{at:%Y-%m-%d %H:%M} {zone}" for zone, at in clock.due_local.items())
    return "\n".join((instant(clock.due_at), *local))


def _nature(clock: ClockOfMatter) -> Iterable[str]:
    yield "binding" if clock.binding else "a wish"
    if clock.confirm:
        yield "computed, confirm"


def _subjects(entry: Entry) -> tuple[str, str]:
    return str(entry.message or ""), str(entry.action or "")


def _facts(entry: Entry) -> str:
    return ", ".join(f"{name} {value}" for name, value in entry.facts.items() if value is not None)
