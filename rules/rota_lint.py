"""What is suspicious about rotas: times at which nobody is on duty."""

from collections.abc import Iterator
from datetime import timedelta

from parsers.facts import Instant
from rules.duty import shifts
from rules.lint import Remark, Weight
from rules.rota import Rota, Rotas, Shift
from rules.schema import Rules

LOOKS_AHEAD = timedelta(weeks=8)
SHOWN = 3


def lint_rotas(rotas: Rotas, rules: Rules, now: Instant) -> Iterator[Remark]:
    """Each rota with holes that are not meant, a warning where a rule gives it tickets; and idle people."""
    outcomes = [*(route.then for route in rules.routes), rules.default.then]
    used = {outcome.assignee.rota for outcome in outcomes if outcome.assignee}
    for name, rota in rotas.rotas.items():
        found = shifts(rotas, name, now, now + LOOKS_AHEAD)
        holes = [shift for shift in found if shift.person is None and shift.meant is None]
        if holes:
            weight = Weight.WARNING if name in used else Weight.NOTE
            hint = "add a layer that covers them, or say under `uncovered` why nobody is there"
            yield Remark(weight=weight, at=("rotas", name), message=_told(name, rota, holes), hint=hint)
    busy = {person for rota in rotas.rotas.values() for person in rota.everybody}
    for person in sorted(rotas.people.keys() - busy):
        yield Remark(weight=Weight.NOTE, at=("people", person), message=f'"{person}" is in no rota')


def _told(name: str, rota: Rota, holes: list[Shift]) -> str:
    first = ", ".join(_hours(rota, hole) for hole in holes[:SHOWN])
    more = f" and {len(holes) - SHOWN} more" if len(holes) > SHOWN else ""
    weeks = LOOKS_AHEAD.days // 7
    return f'"{name}" has nobody on duty in the next {weeks} weeks on {first}{more} ({rota.time_zone})'


def _hours(rota: Rota, hole: Shift) -> str:
    begin, end = hole.begin.astimezone(rota.zone), hole.end.astimezone(rota.zone)
    last = f"{end:%H:%M}" if end.date() == begin.date() else f"{end:%a %d %b %H:%M}"
    return f"{begin:%a %d %b %H:%M} to {last}"
