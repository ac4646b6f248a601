"""The ledger's verdict as people see it in a terminal, and how far verifying has come."""

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.progress import track

from config.settings import Ledger
from daemon.chain import Sealed
from daemon.ledger_check import Finding, Verdict, Watched
from daemon.ledger_key import key_file
from daemon.terminal import Listing, instant, show_listing

COLUMNS = ("what", "sequence", "entry", "event", "at", "detail")


def watched_on(console: Console) -> Watched:
    """A bar on a terminal, nothing in a pipe."""

    def watched(entries: Iterable[Sealed], total: int) -> Iterable[Sealed]:
        if not console.is_terminal:
            return entries
        return track(entries, total=total, description="verifying", console=console, transient=True)

    return watched


def show_verdict(console: Console, verdict: Verdict) -> None:
    """What was found, and how much was looked at."""
    if verdict.findings:
        rows = [_row(finding) for finding in verdict.findings]
        show_listing(console, Listing(title="The ledger is not whole", columns=COLUMNS, rows=rows))
    for line in _summary(verdict):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def show_key_place(console: Console, ledger: Ledger) -> None:
    """Say so where the ledger's key is one that we made ourselves."""
    if ledger.key is None:
        place = f"The ledger's key was made here and lies in {key_file(ledger)}"
        console.print(
            f"{place}; set `ledger.key` to keep it elsewhere.",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )


def _row(finding: Finding) -> tuple[str, ...]:
    several = finding.last > finding.first
    return (
        finding.kind,
        f"{finding.first} to {finding.last}" if several else str(finding.first),
        str(finding.entry or ""),
        finding.event or "",
        instant(finding.at) if finding.at else "",
        finding.detail,
    )


def _summary(verdict: Verdict) -> Iterator[str]:
    if verdict.more:
        yield f"{verdict.more} more findings are not listed."
    state = "whole" if verdict.whole else "not whole"
    yield f"{verdict.entries} sealed entries up to {verdict.last}: {state}."
    if verdict.heads:
        yield f"{verdict.heads} heads compared."
    else:
        yield "No head compared: entries cut off at the end could not be seen."
    if verdict.unsealed:
        since = instant(verdict.unsealed_since)
        yield f"{verdict.unsealed} entries wait to be sealed, the oldest since {since}."
