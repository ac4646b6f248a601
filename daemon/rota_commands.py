"""The commands about who is on duty."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.console import Console

from config.errors import MailwardenError
from config.fault_words import did_you_mean
from config.instant import utcnow
from daemon.command_line import ATTENTION, OK, ConfigOption, JsonOption
from daemon.terminal import Listing, show_listing
from rules.duty import shifts
from rules.rota import Rota, Rotas, Shift
from rules.site import load_rotas

DATES = ["%Y-%m-%d"]
DAYS_SHOWN = timedelta(days=7)
NOBODY = "NOBODY"

FromOption = Annotated[
    datetime | None, typer.Option("--from", formats=DATES, help="The first day; today if left out.")
]
ToOption = Annotated[
    datetime | None, typer.Option("--to", formats=DATES, help="The last day; a week later if left out.")
]
NameArgument = Annotated[str | None, typer.Argument(metavar="NAME", help="One rota; all if left out.")]

rota = typer.Typer(help="Who is on duty when.", no_args_is_help=True)
console = Console()


class NoSuchRota(MailwardenError):
    """`rotas.yaml` has no rota of this name."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The shifts of one rota."""

    rota: str
    time_zone: str
    shifts: tuple[Shift, ...]

    @property
    def has_holes(self) -> bool:
        """Whether nobody is on duty at some time, and it is not meant so."""
        return any(shift.person is None and shift.meant is None for shift in self.shifts)


PLANS = TypeAdapter(tuple[Plan, ...])


@rota.callback()
def about() -> None:
    """Who is on duty when."""


@rota.command("show")
def rota_show(
    *,
    name: NameArgument = None,
    begin: FromOption = None,
    end: ToOption = None,
    config: ConfigOption = Path(),
    json: JsonOption = False,
) -> None:
    """Show who is on duty, shift by shift, in the time zone of each rota.

    It ends with 1 when nobody is on duty at some time and `uncovered` does not say why: a ticket of that
    time has no assignee.
    """
    rotas = load_rotas(config)
    plans = tuple(_plan(rotas, each, begin, end) for each in _chosen(rotas, name))
    if json:
        typer.echo(PLANS.dump_json(plans, indent=2))
    else:
        _show(rotas, plans)
    raise typer.Exit(ATTENTION if any(plan.has_holes for plan in plans) else OK)


def _chosen(rotas: Rotas, name: str | None) -> list[str]:
    if name is not None and name not in rotas.rotas:
        raise NoSuchRota(f'rotas.yaml has no rota "{name}"; {did_you_mean(name, rotas.rotas)}')
    return list(rotas.rotas) if name is None else [name]


def _plan(rotas: Rotas, name: str, begin: datetime | None, end: datetime | None) -> Plan:
    """The days are those of the rota's own time zone."""
    zone = rotas.rotas[name].zone
    first = begin or utcnow().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    after = end + timedelta(days=1) if end else first + DAYS_SHOWN
    if after <= first:
        raise typer.BadParameter("the last day is before the first", param_hint="--to")
    bounds = first.replace(tzinfo=zone), after.replace(tzinfo=zone)
    return Plan(rota=name, time_zone=rotas.rotas[name].time_zone, shifts=tuple(shifts(rotas, name, *bounds)))


def _show(rotas: Rotas, plans: tuple[Plan, ...]) -> None:
    for plan in plans:
        title = f"{plan.rota} ({plan.time_zone})"
        rows = [_row(rotas, rotas.rotas[plan.rota], shift) for shift in plan.shifts]
        show_listing(console, Listing(title=title, columns=("from", "to", "on duty", "speaks"), rows=rows))
    if not plans:
        console.print("rotas.yaml has no rota; docs/routing.md shows how to write one.")


def _row(rotas: Rotas, rota: Rota, shift: Shift) -> tuple[str, str, str, str]:
    begin, end = (
        each.astimezone(rota.zone).strftime("%a %Y-%m-%d %H:%M") for each in (shift.begin, shift.end)
    )
    if shift.person is None:
        return begin, end, f"nobody: {shift.meant}" if shift.meant else NOBODY, ""
    person = rotas.people[shift.person]
    return begin, end, person.name or shift.person, ", ".join(person.languages or ())
