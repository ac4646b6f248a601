"""What a ticket says of clocks: when they run out, and what they rest on."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from config.regimes import Start
from config.settings import Settings
from daemon.clock_stops import Stop
from daemon.store.states import Stopping
from rules.clocks import Clock, Evidence, governing

Row = tuple[str, str]

_ENDED = {
    Stopping.EXTENDED: "the sender extended it",
    Stopping.WITHDRAWN: "the sender took it back",
}


def clock_rows(clocks: Sequence[Clock], settings: Settings) -> Iterable[Row]:
    """The governing clock first; every other one below it."""
    first = governing(clocks)
    for clock in sorted(clocks, key=lambda one: (one is not first, one.due_at)):
        yield "Due" if clock is first else "Also due", f"{_when(clock, settings)}{_weight(clock)}"


def superseded_rows(clocks: Iterable[Clock], settings: Settings) -> Iterable[Row]:
    """The clocks about which a person had decided before."""
    for clock in clocks:
        yield "Does not count", _when(clock, settings)


def stop_rows(stops: Iterable[Stop], settings: Settings) -> Iterable[Row]:
    """The clocks that the mail ends."""
    for stop in stops:
        due = instants(stop.due_at, settings)
        yield "No longer due", f"{due} ({stop.source}): {_ENDED[stop.how]}, “{stop.phrase}”."


def basis(evidence: Evidence) -> Iterable[str]:
    """What the clock rests on, in a few words each; the law is left out."""
    if evidence.counted_from not in (Start.RECEIPT, Start.NAMED_IN_ORDER):
        yield f"counted from {evidence.counted_from.words}"
    yield from (f"not counted: {holiday}" for holiday in evidence.holidays)
    yield from (f"assumed: {each}" for each in evidence.assumed)


def instants(instant: datetime, settings: Settings) -> str:
    """UTC first, then the local time of each desk."""
    zones = ((zone, instant.astimezone(ZoneInfo(zone))) for zone in settings.time_zones)
    desks = (f"{local:%H:%M} {zone.rpartition('/')[2].replace('_', ' ')}" for zone, local in zones)
    return " · ".join((f"{instant:%Y-%m-%d %H:%M} UTC", *desks))


def _when(clock: Clock, settings: Settings) -> str:
    nature = "" if clock.binding else " (a wish)"
    source = f"{clock.law}, {clock.source}" if clock.law else "the sender's own limit"
    details = "; ".join((source, *basis(clock.evidence)))
    return f"{instants(clock.due_at, settings)}{nature}, from “{clock.phrase}” ({details})."


def _weight(clock: Clock) -> str:
    check = " Computed, confirm." if clock.confirm else ""
    ran_out = " It had run out when the mail came." if clock.due_at <= clock.starts_at else ""
    return check + ran_out
