"""The commands about versions of the rules: what governed when, what a change would do, going back."""

import csv
import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.progress import track

from config.durations import parse_duration
from config.errors import MailwardenError
from config.instant import utcnow
from daemon.backtest import Backtest, compare, count_decided, decided_since, summed_up
from daemon.command_line import OK, ByOption, ConfigOption, JsonOption, database_of
from daemon.governing import rules_file_now
from daemon.mail_cases import mails_of
from daemon.rule_sets import (
    Source,
    Version,
    activate,
    difference,
    find,
    history,
    last_activation,
    predecessor,
    roll_back,
)
from daemon.store.models import RuleSet
from daemon.terminal_rules import show_backtest, show_history
from rules.lint import Weight, lint
from rules.loader import RulesFile, parse_rules
from rules.schema import Rules
from rules.site import load_rotas, rules_file
from rules.tests_in_file import failures

ALARMING = 3
"""The exit code of a back-test in which a critical report is worse off."""
VERSIONS = TypeAdapter(tuple[Version, ...])
BACKTESTS = TypeAdapter(Backtest)


def duration(text: str) -> timedelta:
    """Read `30d`."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


RulesFileArgument = Annotated[Path, typer.Argument(metavar="FILE.yaml", exists=True, dir_okay=False)]
HashArgument = Annotated[str, typer.Argument(metavar="HASH", help="Its first six characters or more.")]
SinceOption = Annotated[
    timedelta,
    typer.Option(
        "--since", metavar="DURATION", parser=duration, show_default="30d", help="How far back: 12h, 30d."
    ),
]
CsvOption = Annotated[bool, typer.Option("--csv", help="Print every difference as CSV.")]
DiffOption = Annotated[bool, typer.Option("--diff", help="Only what it changed when it was first activated.")]

console = Console()


class FailingTests(MailwardenError):
    """Rules whose own tests fail are not taken into use."""


def rules_history(*, config: ConfigOption = Path(), json: JsonOption = False) -> None:
    """Show every rule set that ever governed, the newest first."""
    with database_of(config).read() as session:
        versions = tuple(history(session))
    if json:
        typer.echo(VERSIONS.dump_json(versions, indent=2))
    else:
        show_history(console, versions)


def rules_show(*, start: HashArgument, diff: DiffOption = False, config: ConfigOption = Path()) -> None:
    """Print a rule set as its file was, or what it changed."""
    with database_of(config).read() as session:
        found = find(session, start)
        before = predecessor(session, found) if diff else ""
    text = "\n".join(difference(before, found.text)) if diff else found.text.rstrip("\n")
    typer.echo(text)


def rules_activate(*, file: RulesFileArgument, by: ByOption, config: ConfigOption = Path()) -> None:
    """Let the rules of a file govern from the next message on, on every host.

    The file is checked against the site's folder, and its tests are run. With a fault it ends with 2, and
    when a test fails with 1; then nothing is changed.
    """
    source = _tested(rules_file(config, file), config)
    activate(database_of(config), source, by=by)
    console.print(f"Rule set {source.hash[:12]} governs. To go back: run.py rules history")
    if rules_file_now(config).hash != source.hash:
        console.print(
            "The routing.yaml in place is another one: put this file there, so that its next change "
            "starts from what governs.",
            soft_wrap=True,
        )


def rules_rollback(*, start: HashArgument, by: ByOption, config: ConfigOption = Path()) -> None:
    """Let an earlier rule set govern again, from the next message on, on every host.

    The file on disk stays as it is; it counts again when it is changed or activated.
    """
    whole = roll_back(database_of(config), start, by=by)
    console.print(f"Rule set {whole[:12]} governs again.")


def rules_backtest(
    *,
    file: RulesFileArgument,
    since: SinceOption = timedelta(days=30),
    config: ConfigOption = Path(),
    json: JsonOption = False,
    as_csv: CsvOption = False,
) -> None:
    """Show what the rules of a file would have decided of the mail that is stored.

    Both rule sets, the governing one and the file's, are asked about each report as it was decided on;
    nothing is changed. It ends with 3 when a critical report would lose its ticket, its priority or its
    time limit, or be due later; with 0 otherwise.
    """
    found = _backtest(config, rules_file(config, file).rules, since)
    if json:
        typer.echo(BACKTESTS.dump_json(found, indent=2))
    elif as_csv:
        _write_csv(found)
    else:
        show_backtest(console, found)
    raise typer.Exit(ALARMING if found.alarming else OK)


def _tested(file: RulesFile, folder: Path) -> Source:
    failed = failures(file.rules, load_rotas(folder), mails_of(file.rules, folder))
    if failed:
        raise FailingTests("\n".join([f"{file.document.file}: {len(failed)} tests fail", *map(str, failed)]))
    for remark in lint(file):
        if remark.weight is Weight.WARNING:
            fault = file.document.fault(remark.at, remark.message, remark.hint)
            console.print(f"warning {fault}", markup=False, soft_wrap=True)
    return Source(text=file.text, rules=file.rules)


def _backtest(folder: Path, candidate: Rules, since: timedelta) -> Backtest:
    start, rotas = utcnow() - since, load_rotas(folder)
    with database_of(folder).read() as session:
        governing = last_activation(session)
        rule_set = session.get_one(RuleSet, governing.hash) if governing else None
        current = parse_rules(rule_set.text) if rule_set else rules_file(folder).rules
        reports, not_kept = count_decided(session, start)
        differences = compare(decided_since(session, start), current, candidate, rotas)
        watched = track(differences, "Asking", total=reports, console=Console(stderr=True), transient=True)
        return summed_up(watched, not_kept)


def _write_csv(found: Backtest) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(["message", "received", "urgency", "changes", "before", "after"])
    for each in found.differences:
        changes = "; ".join(each.changes)
        row = [each.message_id, each.received_at.isoformat(), each.urgency, changes, each.before, each.after]
        writer.writerow(row)


def add_to(rules: typer.Typer) -> None:
    """Make them commands of `rules`."""
    rules.command("history")(rules_history)
    rules.command("show")(rules_show)
    rules.command("activate")(rules_activate)
    rules.command("rollback")(rules_rollback)
    rules.command("backtest")(rules_backtest)
