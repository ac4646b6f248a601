"""The commands by which a person puts a matter right: split, merge, urgency, and its clocks."""

import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from pydantic import TypeAdapter
from rich.console import Console

from daemon import clock_corrections
from daemon.command_line import ByOption, ConfigOption, JsonOption, MatterName, database_of
from daemon.corrections import Correct, Corrected, Word, correct
from daemon.merging import merge
from daemon.splitting import split
from daemon.urgency_correction import set_urgency
from parsers.facts import Urgency
from rules.site import load

CORRECTIONS = TypeAdapter(Corrected)

MessageNumbers = Annotated[
    list[int], typer.Argument(metavar="MESSAGE", help="Numbers of messages, as `matter show` has them.")
]
OtherName = Annotated[str, typer.Argument(metavar="KEY", help="The other one.")]
Level = Annotated[Urgency, typer.Argument(metavar="LEVEL", help="low, normal, high or critical.")]
ReasonOption = Annotated[
    str, typer.Option("--reason", help="Why, in a sentence; it is kept, and goes onto the ticket.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask on a terminal.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]
ClockOption = Annotated[
    int | None,
    typer.Option("--clock", metavar="NUMBER", help="Which clock, as `matter show` numbers them."),
]


def is_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


def instant_of(text: str) -> datetime:
    """Read `2026-11-04T12:00+01:00`, or `2026-11-04 12:00 Europe/Berlin`."""
    at, _, zone = text.rpartition(" ")
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = _in_zone(at, zone)
    if found.tzinfo is None:
        raise typer.BadParameter("name the time zone: 2026-11-04T12:00+01:00, or 2026-11-04 12:00 UTC")
    return found


DueOption = Annotated[
    datetime,
    typer.Option(
        "--due",
        metavar="INSTANT",
        parser=instant_of,
        help='When it runs out: 2026-11-04T12:00+01:00, or "2026-11-04 12:00 Europe/Berlin".',
    ),
]

console = Console()


def matter_split(
    *,
    name: MatterName,
    messages: MessageNumbers,
    reason: ReasonOption,
    by: ByOption,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    json: JsonOption = False,
    config: ConfigOption = Path(),
) -> None:
    """Give messages that do not belong to a matter one of their own, with a ticket of its own.

    The message that opened the matter stays: name the others. Both tickets say so and are linked. Later
    mail that looks like both joins the nearer one. Messages that were merged by hand go back to the ticket
    that they had. Doing it twice changes nothing. It ends with 1 when it can't be done.
    """
    correction = partial(split, name=name, numbers=tuple(messages))
    _carry_out(config, correction, Word(by=by, reason=reason), yes=yes, dry_run=dry_run, json=json)


def matter_merge(
    *,
    name: MatterName,
    other: OtherName,
    reason: ReasonOption,
    by: ByOption,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    json: JsonOption = False,
    config: ConfigOption = Path(),
) -> None:
    """Make one matter of two; the lower key is kept, whichever is named first.

    The other ticket is linked to it as a duplicate and closed, and later mail on either goes to the one
    that is kept. The earliest clock governs. Doing it twice changes nothing. It ends with 1 when it can't
    be done, as with matters of two parties: each has its own clock.
    """
    correction = partial(merge, one=name, other=other)
    _carry_out(config, correction, Word(by=by, reason=reason), yes=yes, dry_run=dry_run, json=json)


def matter_urgency(
    *,
    name: MatterName,
    level: Level,
    reason: ReasonOption,
    by: ByOption,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    json: JsonOption = False,
    config: ConfigOption = Path(),
) -> None:
    """Set a matter's urgency. It stays so: mail that asks for more is told in a comment.

    The ticket gets the priority that the rules give to that level.
    """
    correction = partial(set_urgency, name=name, level=level)
    _carry_out(config, correction, Word(by=by, reason=reason), yes=yes, dry_run=dry_run, json=json)


def clock_confirm(
    *,
    name: MatterName,
    clock: ClockOption = None,
    reason: ReasonOption = "the limit was checked",
    by: ByOption,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    json: JsonOption = False,
    config: ConfigOption = Path(),
) -> None:
    """Say that a clock is right as it was read; what later mail repeats of it does not count.

    Without --clock the only one that runs is meant.
    """
    correction = partial(clock_corrections.confirm, name=name, number=clock)
    _carry_out(config, correction, Word(by=by, reason=reason), yes=yes, dry_run=dry_run, json=json)


def clock_correct(
    *,
    name: MatterName,
    due: DueOption,
    clock: ClockOption = None,
    reason: ReasonOption,
    by: ByOption,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    json: JsonOption = False,
    config: ConfigOption = Path(),
) -> None:
    """Let a clock run out at another time; a matter without a clock gets one.

    Without --clock the only one that runs is meant. The earliest clock of a matter governs.
    """
    correction = partial(clock_corrections.move, name=name, number=clock, due_at=due)
    _carry_out(config, correction, Word(by=by, reason=reason), yes=yes, dry_run=dry_run, json=json)


def clock_stop(
    *,
    name: MatterName,
    clock: ClockOption = None,
    reason: ReasonOption,
    by: ByOption,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    json: JsonOption = False,
    config: ConfigOption = Path(),
) -> None:
    """Stop a clock: it was answered, or it never applied.

    Without --clock the only one that runs is meant. Where no other clock runs, the due date is emptied.
    """
    correction = partial(clock_corrections.stop, name=name, number=clock)
    _carry_out(config, correction, Word(by=by, reason=reason), yes=yes, dry_run=dry_run, json=json)


def clock_pause(
    *,
    name: MatterName,
    clock: ClockOption = None,
    reason: ReasonOption,
    by: ByOption,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    json: JsonOption = False,
    config: ConfigOption = Path(),
) -> None:
    """Let a clock stand still, as while the sender has to answer a question of ours.

    Nothing is due by it until `clock resume`; `status` names it as long. Without --clock the only one
    that runs is meant.
    """
    correction = partial(clock_corrections.pause, name=name, number=clock)
    _carry_out(config, correction, Word(by=by, reason=reason), yes=yes, dry_run=dry_run, json=json)


def clock_resume(
    *,
    name: MatterName,
    clock: ClockOption = None,
    reason: ReasonOption = "the pause is over",
    by: ByOption,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    json: JsonOption = False,
    config: ConfigOption = Path(),
) -> None:
    """Let a paused clock go on: it runs out as much later as it stood still, to the second.

    Where the law counts otherwise, as in working days, use `clock correct`. Without --clock the only paused
    one is meant.
    """
    correction = partial(clock_corrections.resume, name=name, number=clock)
    _carry_out(config, correction, Word(by=by, reason=reason), yes=yes, dry_run=dry_run, json=json)


def _carry_out(
    config: Path, correction: Correct, word: Word, *, yes: bool, dry_run: bool, json: bool
) -> None:
    """Say what will be done, ask on a terminal, and do it."""
    database, site = database_of(config), load(config, with_secrets=False, with_lexicons=False)
    is_asked = is_terminal() and not (yes or dry_run)
    if is_asked:
        foreseen = correct(database, site, word, correction, dry_run=True)
        _show(foreseen, Console(stderr=True))
        if foreseen.changed:
            typer.confirm("Shall this be done?", abort=True, err=True)
    done = correct(database, site, word, correction, dry_run=dry_run)
    if json:
        typer.echo(CORRECTIONS.dump_json(done, indent=2))
        return
    if not is_asked:
        _show(done, console)
    if done.changed:
        outcome = "Nothing was done: this was a dry run." if dry_run else "The daemon carries it to Jira."
        console.print(outcome)


def _show(corrected: Corrected, on: Console) -> None:
    for step in corrected.steps:
        on.print(step, markup=False, highlight=False, soft_wrap=True)


def _in_zone(at: str, zone: str) -> datetime:
    try:
        local = datetime.fromisoformat(at)
        return local if local.tzinfo else local.replace(tzinfo=ZoneInfo(zone))
    except (ValueError, LookupError):
        raise typer.BadParameter("name an instant such as 2026-11-04T12:00+01:00") from None


def add_to(matter: typer.Typer, clock: typer.Typer) -> None:
    """Make them commands of `matter` and `clock`."""
    matter.command("split")(matter_split)
    matter.command("merge")(matter_merge)
    matter.command("urgency")(matter_urgency)
    clock.command("confirm")(clock_confirm)
    clock.command("correct")(clock_correct)
    clock.command("pause")(clock_pause)
    clock.command("resume")(clock_resume)
    clock.command("stop")(clock_stop)
