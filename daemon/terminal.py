"""What people see in a terminal: tables and colours there, plain lines in a pipe (rich tells which)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from connectors.jira.text import clean
from daemon.governing import FileStanding, GoverningSet
from daemon.status import DaemonStatus, MailboxStatus, Status
from parsers.facts import Elapsed, Limit, Report, Until, Urgency, WorkingDays

URGENCY_STYLES = {
    Urgency.CRITICAL: "bold red",
    Urgency.HIGH: "yellow",
    Urgency.NORMAL: "",
    Urgency.LOW: "dim",
}
FILE_TOLD = {
    FileStanding.GOVERNS: "",
    FileStanding.DIFFERS: " The file routing.yaml differs: `run.py rules activate` takes it into use.",
    FileStanding.REFUSED: " The file routing.yaml is refused; the old rules go on.",
}
INSTANT = "%Y-%m-%d %H:%M UTC"


@dataclass(frozen=True, kw_only=True)
class Listing:
    """Rows of plain text, which may be a stranger's."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    styles: Sequence[str] = ()  # of the rows, as rich names them; none in a pipe


def show_listing(console: Console, listing: Listing) -> None:
    """A table on a terminal; in a pipe a line a row, its cells apart by tabs, under title and columns."""
    if console.is_terminal:
        table = Table(title=listing.title, title_justify="left")
        for column in listing.columns:
            table.add_column(column, overflow="fold")  # a hash without its end is worth nothing
        for row, style in zip_longest(listing.rows, listing.styles, fillvalue=""):
            table.add_row(*map(inert, row), style=str(style))
        console.print(table)
        return
    for line in ((listing.title,), listing.columns, *listing.rows):
        cells = ("; ".join(clean(cell).split("\n")).replace("\t", " ") for cell in line)
        console.file.write("\t".join(cells) + "\n")  # rich itself would turn tabs into blanks
    console.file.write("\n")


def show_status(console: Console, status: Status) -> None:
    """The snapshot as a few tables; what needs somebody comes last, where the eye rests."""
    if status.daemons:
        console.print(_daemons(status.daemons))
    if status.mailboxes:
        console.print(_mailboxes(status.mailboxes))
    for title, counts in (("Queue", status.queue), ("Messages decided", status.dispositions)):
        if counts:
            console.print(_counts(title, counts))
    _show_clocks(console, status)
    if status.unsealed:
        since = instant(status.unsealed_since)
        console.print(f"Ledger: {status.unsealed} entries not sealed yet, the oldest of {since}")
    if status.held:
        console.print(f"Held for a person: messages {', '.join(map(str, status.held))} (run.py held list)")
    if status.rules:
        _show_rules(console, status.rules)
    _show_troubles(console, status)


def _show_clocks(console: Console, status: Status) -> None:
    if status.due:
        due = Table("due", "urgency", "ticket", title="Clocks", title_justify="left")
        for matter in status.due:
            due.add_row(instant(matter.due_at), styled_urgency(matter.urgency), matter.ticket or "not yet")
        console.print(due)
    if status.paused:
        paused = Table("paused since", "clock", "ticket", title="Paused clocks", title_justify="left")
        for clock in status.paused:
            paused.add_row(instant(clock.since), str(clock.clock), clock.ticket or "not yet")
        console.print(paused)


def show_report(console: Console, name: str, report: Report) -> None:
    """What the parsers make of one mail."""
    table = Table("fact", "value", title=inert(name), title_justify="left", show_header=False)
    for label, value in _report_rows(report):
        table.add_row(label, inert(value))
    console.print(table)
    if report.own_text:
        console.print(inert(report.own_text), soft_wrap=True)
    console.print()


def _show_rules(console: Console, rules: GoverningSet) -> None:
    because = ", because the file changed" if rules.from_file else ""
    governs = f"Rules: {rules.hash[:12]} governs since {instant(rules.at)}, by {inert(rules.by)}{because}."
    told = FILE_TOLD[rules.file] if rules.file else ""
    faults = f" {len(rules.faults)} faults, the first: {inert(rules.faults[0])}" if rules.faults else ""
    console.print(f"{governs}{told}{faults}", soft_wrap=True)


def _show_troubles(console: Console, status: Status) -> None:
    if not status.troubles:
        console.print("No trouble.")
        return
    troubles = Table("where", "what", "since", title="Needs attention", title_justify="left", style="red")
    for trouble in status.troubles:
        troubles.add_row(trouble.where, inert(trouble.what), instant(trouble.since))
    console.print(troubles)


def _daemons(daemons: Iterable[DaemonStatus]) -> Table:
    columns = ("daemon", "lease left", "loops", "in trouble", "started again")
    table = Table(*columns, title="Daemons", title_justify="left")
    for daemon in daemons:
        lease = f"{daemon.lease_seconds:.0f} s" if daemon.lease_seconds > 0 else "expired"
        counts = (daemon.loops, daemon.in_trouble, daemon.restarts)
        table.add_row(inert(daemon.instance), lease, *map(str, counts))
    return table


def _mailboxes(mailboxes: Iterable[MailboxStatus]) -> Table:
    columns = ("mailbox", "messages", "last good poll", "lag", "reconciled", "missing", "gone", "UIDVALIDITY")
    table = Table(*columns, title="Mailboxes", title_justify="left")
    for mailbox in mailboxes:
        lag = "" if mailbox.lag_seconds is None else f"{mailbox.lag_seconds:.0f} s"
        reconciled = (instant(mailbox.reconciled_at), str(mailbox.missing), str(mailbox.gone))
        looked = (instant(mailbox.last_good_poll), lag, *reconciled)
        table.add_row(mailbox.name, str(mailbox.messages), *looked, str(mailbox.uidvalidity or ""))
    return table


def _counts(title: str, counts: dict[str, int]) -> Table:
    table = Table(*(name.replace("_", " ") for name in counts), title=title, title_justify="left")
    table.add_row(*map(str, counts.values()))
    return table


def _report_rows(report: Report) -> Iterable[tuple[str, str]]:
    sender = report.sender
    yield "subject", report.subject
    yield "sender", f"{sender.address or 'none'} ({sender.organisation or 'unknown'}, {sender.sender_class})"
    yield "authenticity", "; ".join((report.authenticity.verdict, *report.authenticity.reasons))
    yield "kind", report.kind
    yield "language", f"{report.language.code or 'none'} ({report.language.certainty:.0%})"
    yield "urgency", " / ".join((report.urgency.level, *report.urgency.sentences))
    yield "harm", report.harm
    for clock in report.clocks:
        wish = "" if clock.binding else " (a wish)"
        extends = ", extends an earlier limit" if clock.extends else ""
        yield "clock", f"{_limit(clock.limit)}{wish}, from “{clock.phrase}” in {clock.source}{extends}"
    if report.withdrawal:
        yield "takes back", f"an earlier order or request, by “{report.withdrawal.phrase}”"
    for order in report.orders:
        elements = [f"{each.element} “{each.words}”" for each in order.found]
        missing = ", ".join(order.missing) or "nothing"
        yield "order", f"{order.regime}: has {'; '.join(elements) or 'nothing'}; missing {missing}"
    yield "references", ", ".join(map(str, report.references)) or "none"
    if report.references_elsewhere:
        yield "references elsewhere", ", ".join(map(str, report.references_elsewhere))
    yield "their case", report.authority_ref or "none"
    yield "thread", f"{report.thread.message_id or 'no id'}; points to {len(report.thread.points_to)}"
    for attachment in report.attachments:
        yield (
            "attachment",
            f"{attachment.name or 'no name'}, {attachment.content_type}, {attachment.size} bytes",
        )
    allowed = "yes" if report.acknowledgement.allowed else "no"
    yield "acknowledge", f"{allowed}: {report.acknowledgement.reason}"
    if report.flags:
        yield "flags", ", ".join(sorted(report.flags))


def _limit(limit: Limit) -> str:
    match limit:
        case Elapsed(hours=hours):
            return f"{hours:g} hours from receipt"
        case WorkingDays(days=days):
            return f"{days} working days from receipt"
        case Until(at=at, zone_assumed=assumed):
            return f"until {at.isoformat()}{' (zone assumed)' if assumed else ''}"


def inert(text: str) -> str:
    """The text for rich's markup, without what could take effect on a terminal."""
    return escape(clean(text))


def styled_urgency(level: str) -> str:
    """The level in its colour, as rich markup; an empty text stays empty."""
    style = URGENCY_STYLES[Urgency(level)] if level else ""
    return f"[{style}]{level}[/]" if style else level


def instant(at: datetime | None) -> str:
    """An instant in UTC, to the minute."""
    return at.strftime(INSTANT) if at else "never"
