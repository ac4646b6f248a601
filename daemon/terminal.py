"""What people see in a terminal: tables and colours there, plain lines in a pipe (rich tells which)."""

from collections.abc import Iterable, Iterator, Sequence
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
    for listing in _overview(status):
        if listing.rows:
            show_listing(console, listing)
    if status.unsealed:
        since = instant(status.unsealed_since)
        _say(console, f"Ledger: {status.unsealed} entries not sealed yet, the oldest of {since}")
    if status.held:
        _say(console, f"Held for a person: messages {', '.join(map(str, status.held))} (run.py held list)")
    if status.rules:
        _say(console, _rules(status.rules))
    _show_troubles(console, status)


def _overview(status: Status) -> Iterator[Listing]:
    yield _daemons(status.daemons)
    yield _mailboxes(status.mailboxes)
    yield _counts("Queue", status.queue)
    yield _counts("Messages decided", status.dispositions)
    yield Listing(
        title="Clocks",
        columns=("due", "urgency", "ticket"),
        rows=[(instant(each.due_at), each.urgency, each.ticket or "not yet") for each in status.due],
        styles=[URGENCY_STYLES[Urgency(each.urgency)] if each.urgency else "" for each in status.due],
    )
    yield Listing(
        title="Paused clocks",
        columns=("paused since", "clock", "ticket"),
        rows=[(instant(each.since), str(each.clock), each.ticket or "not yet") for each in status.paused],
    )


def show_report(console: Console, name: str, report: Report) -> None:
    """What the parsers make of one mail."""
    show_listing(console, Listing(title=name, columns=("fact", "value"), rows=list(_report_rows(report))))
    if report.own_text:
        console.print(inert(report.own_text), soft_wrap=True)
    console.print()


def _rules(rules: GoverningSet) -> str:
    because = ", because the file changed" if rules.from_file else ""
    governs = f"Rules: {rules.hash[:12]} governs since {instant(rules.at)}, by {rules.by}{because}."
    told = FILE_TOLD[rules.file] if rules.file else ""
    faults = f" {len(rules.faults)} faults, the first: {rules.faults[0]}" if rules.faults else ""
    return f"{governs}{told}{faults}"


def _say(console: Console, sentence: str) -> None:
    """One line, however long."""
    console.print(inert(sentence), soft_wrap=True)


def _show_troubles(console: Console, status: Status) -> None:
    if not status.troubles:
        _say(console, "No trouble.")
        return
    rows = [(each.where, each.what, instant(each.since) if each.since else "now") for each in status.troubles]
    listing = Listing(
        title="Needs attention", columns=("where", "what", "since"), rows=rows, styles=["red"] * len(rows)
    )
    show_listing(console, listing)


def _daemons(daemons: Iterable[DaemonStatus]) -> Listing:
    rows = []
    for daemon in daemons:
        lease = f"{daemon.lease_seconds:.0f} s" if daemon.lease_seconds > 0 else "expired"
        counts = (daemon.loops, daemon.in_trouble, daemon.restarts)
        rows.append((daemon.instance, lease, *map(str, counts)))
    columns = ("daemon", "lease left", "loops", "in trouble", "started again")
    return Listing(title="Daemons", columns=columns, rows=rows)


def _mailboxes(mailboxes: Iterable[MailboxStatus]) -> Listing:
    rows = []
    for mailbox in mailboxes:
        lag = "" if mailbox.lag_seconds is None else f"{mailbox.lag_seconds:.0f} s"
        reconciled = (instant(mailbox.reconciled_at), str(mailbox.missing), str(mailbox.gone))
        looked = (instant(mailbox.last_good_poll), lag, *reconciled)
        rows.append((mailbox.name, str(mailbox.messages), *looked, str(mailbox.uidvalidity or "")))
    columns = ("mailbox", "messages", "last good poll", "lag", "reconciled", "missing", "gone", "UIDVALIDITY")
    return Listing(title="Mailboxes", columns=columns, rows=rows)


def _counts(title: str, counts: dict[str, int]) -> Listing:
    columns = tuple(name.replace("_", " ") for name in counts)
    return Listing(title=title, columns=columns, rows=[tuple(map(str, counts.values()))] if counts else [])


def _report_rows(report: Report) -> Iterable[tuple[str, str]]:
    sender = report.sender
    yield "subject", report.subject
    yield "sender", f"{sender.address or 'none'} ({sender.organisation or 'unknown'}, {sender.sender_class})"
    yield "authenticity", "; ".join((report.authenticity.verdict, *report.authenticity.reasons))
    yield "kind", report.kind
    yield "language", f"{report.language.code or 'none'} ({report.language.certainty:.0%})"
    yield "urgency", " / ".join((report.urgency.level, *report.urgency.sentences))
    yield "harm", " / ".join((report.harm, *report.harm_sentences))
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
