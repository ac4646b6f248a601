"""Who is on duty. Pure: the instant is given.

Hours and hand-overs are those of the clock on the wall of the rota's time zone, so that a shift from
08:00 begins at 08:00 also on the days on which the clock is changed.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from parsers.facts import Instant
from rules.rota import Day, Hourly, Layer, Person, Rota, Rotas, Shift

ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(weeks=1)
WEEKS_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
"""A Monday, from which weeks are counted."""
LOOKS_AHEAD = timedelta(days=31)
"""Nobody is looked for further away than this."""


@dataclass(frozen=True, kw_only=True)
class Duty:
    """Who takes a ticket now, and who will have it when its clock runs out."""

    person: str
    until: Instant
    then: str | None = None  # who is on duty when the clock ends, where that is somebody else


def on_duty(rotas: Rotas, name: str, at: Instant, language: str | None = None) -> str | None:
    """The person on duty in the rota; among those there, one who speaks the language goes first."""
    present = _present(rotas.rotas[name], at)
    speakers = (person for person in present if _speaks(rotas.people[person], language))
    return next(speakers, None) or (present[0] if present else None)


def duty(
    rotas: Rotas, name: str, at: Instant, *, due: Instant | None = None, language: str | None = None
) -> Duty | None:
    """Who takes a ticket that is opened at an instant, of which the clock ends at `due`; None for a hole."""
    present = _shift_at(rotas, name, at, language)
    if present.person is None:
        return None
    until = _end_of(rotas, name, present, language)
    later = _shift_at(rotas, name, due, language).person if due is not None and due > until else None
    return Duty(person=present.person, until=until, then=later if later != present.person else None)


def next_on_duty(rotas: Rotas, name: str, after: Instant, language: str | None = None) -> Shift | None:
    """The first shift with somebody on duty after a hole."""
    shift = _shift_at(rotas, name, after, language)
    while shift.person is None and shift.end < after + LOOKS_AHEAD:
        shift = _shift_at(rotas, name, shift.end, language)
    return shift if shift.person else None


def _end_of(rotas: Rotas, name: str, shift: Shift, language: str | None) -> Instant:
    """When somebody else comes, as far as is looked ahead; a shift may go on into the next week."""
    following = shift
    while (following.person, following.meant) == (shift.person, shift.meant):
        end = following.end
        if end >= shift.end + LOOKS_AHEAD:
            break
        following = _shift_at(rotas, name, end, language)
    return end


def _shift_at(rotas: Rotas, name: str, at: Instant, language: str | None) -> Shift:
    """The shift that an instant lies in, within its week."""
    week = _week(rotas, name, (at - WEEKS_BEGIN) // ONE_WEEK, language)
    return week[bisect_right(week, at, key=lambda shift: shift.begin) - 1]


def _week(rotas: Rotas, name: str, number: int, language: str | None) -> tuple[Shift, ...]:
    """The shifts of a week, worked out once: a back-test asks about the same weeks thousands of times."""
    heard = language if language in rotas.spoken else None
    known = rotas.worked_out.get((name, number, heard))
    if known is None:
        begin = WEEKS_BEGIN + number * ONE_WEEK
        known = tuple(shifts(rotas, name, begin, begin + ONE_WEEK, heard))
        rotas.worked_out[name, number, heard] = known
    return known


def shifts(
    rotas: Rotas, name: str, begin: Instant, end: Instant, language: str | None = None
) -> Iterator[Shift]:
    """The shifts between two instants, in order and without a gap."""
    rota = rotas.rotas[name]
    edges = sorted({begin, end, *(edge for edge in _edges(rota, begin, end) if begin < edge < end)})
    pending: Shift | None = None
    for first, last in pairwise(edges):
        person = on_duty(rotas, name, first, language)
        meant = None if person else meant_for_nobody(rota, first)
        if pending is not None and (pending.person, pending.meant) == (person, meant):
            pending = replace(pending, end=last)
            continue
        if pending is not None:
            yield pending
        pending = Shift(begin=first, end=last, person=person, meant=meant)
    if pending is not None:
        yield pending


def meant_for_nobody(rota: Rota, at: Instant) -> str | None:
    """Why nobody is meant to be on duty at an instant; None where somebody is."""
    return next((each.reason for each in rota.uncovered if _works(rota, each, at)), None)


def _present(rota: Rota, at: Instant) -> list[str]:
    """Everybody who is there, in the order in which they are asked."""
    standing_in = [
        each.person for each in rota.overrides if _instant(rota, each.begin) <= at < _instant(rota, each.end)
    ]
    if standing_in:
        return standing_in
    return [_whose_turn(rota, layer, at) for layer in rota.layers if _works(rota, layer, at)]


def _works(rota: Rota, layer: Hourly, at: Instant) -> bool:
    today = at.astimezone(rota.zone).date()
    begun = (day for day in (today - ONE_DAY, today) if Day.of(day) in layer.days)
    return any(begin <= at < end for begin, end in (_span(rota, layer, day) for day in begun))


def _span(rota: Rota, layer: Hourly, day: date) -> tuple[Instant, Instant]:
    """When the hours that begin on a day begin and end."""
    begin, end = layer.hours
    last = day if begin < end else day + ONE_DAY
    return _instant(rota, datetime.combine(day, begin)), _instant(rota, datetime.combine(last, end))


def _whose_turn(rota: Rota, layer: Layer, at: Instant) -> str:
    wall = at.astimezone(rota.zone).replace(tzinfo=None)
    turns = (wall - layer.first_turn) // layer.turn
    if at < _instant(rota, layer.first_turn + turns * layer.turn):
        turns -= 1  # the clock was put on: on the wall it is later than it is
    return layer.people[turns % len(layer.people)]


def _speaks(person: Person, language: str | None) -> bool:
    return language is not None and language in (person.languages or ())


def _edges(rota: Rota, begin: Instant, end: Instant) -> Iterator[Instant]:
    """Every instant in between at which another person may come on duty."""
    wall = begin.astimezone(rota.zone).replace(tzinfo=None) - ONE_DAY
    last = end.astimezone(rota.zone).replace(tzinfo=None) + ONE_DAY
    for override in rota.overrides:
        yield from (_instant(rota, override.begin), _instant(rota, override.end))
    while wall.date() <= last.date():
        for layer in rota.layers:
            for at in {*layer.hours, layer.first_turn.time()}:
                yield _instant(rota, datetime.combine(wall.date(), at))
        for uncovered in rota.uncovered:
            yield from (_instant(rota, datetime.combine(wall.date(), at)) for at in uncovered.hours)
        wall += ONE_DAY


def _instant(rota: Rota, wall: datetime) -> Instant:
    return wall.replace(tzinfo=rota.zone).astimezone(UTC)
