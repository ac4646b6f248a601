"""The commands that prove what happened: `ledger verify`, `ledger export` and `account`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import available_timezones

import typer
from pydantic import TypeAdapter
from rich.console import Console

from daemon import service
from daemon.account import Account
from daemon.account import account as account_of
from daemon.command_line import ATTENTION, OK, ConfigOption, JsonOption, database_of, settings_of
from daemon.heads import Heads
from daemon.ledger_check import Verdict, verify, verify_export
from daemon.ledger_export import opened_for_export, write_export
from daemon.ledger_key import ledger_key
from daemon.terminal_account import show_account
from daemon.terminal_ledger import show_verdict, watched_on

VERDICTS = TypeAdapter(Verdict)
ACCOUNTS = TypeAdapter(Account)
DATES = ["%Y-%m-%d"]
ONE_DAY = timedelta(days=1)

HeadsOption = Annotated[
    Path | None,
    typer.Option(
        "--heads", metavar="DIR", exists=True, file_okay=False, help="A copy of the heads, kept elsewhere."
    ),
]
ExportOption = Annotated[
    Path | None,
    typer.Option(
        "--file", metavar="FILE", exists=True, dir_okay=False, help="Verify an export; needs no database."
    ),
]
SinceOption = Annotated[
    datetime | None, typer.Option("--since", formats=DATES, help="The first day, in UTC.")
]
UntilOption = Annotated[datetime | None, typer.Option("--until", formats=DATES, help="The last day, in UTC.")]
ExportFile = Annotated[Path, typer.Argument(metavar="FILE|-", help="A new file, or - for standard output.")]
DayOption = Annotated[
    datetime, typer.Option("--day", formats=DATES, help="The day on which the mail arrived.")
]
OfflineOption = Annotated[bool, typer.Option("--offline", help="Leave the mail servers out.")]


def known_zone(name: str) -> str:
    """A time zone as the IANA database names it."""
    if name not in available_timezones():
        raise typer.BadParameter("is not a time zone of the IANA database, such as Europe/Istanbul")
    return name


ZoneOption = Annotated[
    str, typer.Option("--zone", metavar="ZONE", callback=known_zone, help="The time zone of the day.")
]

ledger = typer.Typer(help="The record of what happened, when, and why.", no_args_is_help=True)
console = Console()


@ledger.command("verify")
def ledger_verify(
    *,
    heads: HeadsOption = None,
    file: ExportOption = None,
    config: ConfigOption = Path(),
    json: JsonOption = False,
) -> None:
    """Find entries that were altered, inserted, reordered, taken out, or cut off at the end.

    It ends with 1 when anything is found. What is not sealed yet is told, and is no fault.
    """
    places = settings_of(config).ledger
    key, known_heads = ledger_key(places), Heads(heads or places.heads).read()
    if file:
        found = verify_export(file, key, known_heads)
    else:
        found = verify(database_of(config), key, known_heads, watched_on(Console(stderr=True)))
    if json:
        typer.echo(VERDICTS.dump_json(found, indent=2))
    else:
        show_verdict(console, found)
    raise typer.Exit(OK if found.whole else ATTENTION)


@ledger.command("export")
def ledger_export(
    file: ExportFile, since: SinceOption = None, until: UntilOption = None, config: ConfigOption = Path()
) -> None:
    """Write the sealed entries as JSON, a line each; `ledger verify --file` checks them."""
    first = since.replace(tzinfo=UTC) if since else None
    end = until.replace(tzinfo=UTC) + ONE_DAY if until else None
    with opened_for_export(file) as out:
        count = write_export(database_of(config), out, since=first, until=end)
    Console(stderr=True).print(f"{count} entries exported.")


def account(
    *,
    day: DayOption,
    zone: ZoneOption = "UTC",
    offline: OfflineOption = False,
    config: ConfigOption = Path(),
    json: JsonOption = False,
) -> None:
    """Show that every mail of a day has become exactly one thing, or name each that has not.

    The mail servers are asked, and only read. It ends with 1 when anything differs.
    """
    database = database_of(config)
    watched = [] if offline else service.watches(settings_of(config))
    found = account_of(database, watched, day.date(), zone=zone, offline=offline)
    if json:
        typer.echo(ACCOUNTS.dump_json(found, indent=2))
    else:
        show_account(console, found)
    raise typer.Exit(OK if found.complete else ATTENTION)
