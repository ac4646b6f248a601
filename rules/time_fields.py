"""The conditions on time: what is left of it, and what the clock on the wall shows."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import StrictBool
from typing_extensions import override

from config.durations import Duration, duration_text
from config.settings import TimeZoneName
from rules.case import Case
from rules.condition import Facets, OneOrMore
from rules.formula import Formula, Has, Never, Number, Opaque
from rules.names import RegimeName
from rules.rota import WHOLE_DAY, Day, HoursOfDay

SECONDS_LEFT = "seconds left"


class ClockIs(Facets):
    """The clock that governs the matter."""

    within: Duration | None = None
    """It runs out within this time from now, or has run out."""
    runs: StrictBool | None = None
    """Whether there is one at all."""
    regime: OneOrMore[RegimeName] | None = None
    """One of the laws that set the clocks, by its id in `clocks.yaml`."""

    @override
    def _parts(self) -> Iterator[Formula]:
        if self.runs is not None:
            runs = Number(fact=SECONDS_LEFT, of=_seconds_left, said=_said_running)
            yield runs if self.runs else Never(runs)
        if self.within is not None:
            most = self.within.total_seconds()
            yield Number(fact=SECONDS_LEFT, of=_seconds_left, said=_said_left, at_most=most)
        if self.regime:
            yield Has(
                fact="regime",
                has=_under,
                values=self.regime,
                found="regime is {}",
                missing=f"regime is {{}}, not {' or '.join(self.regime)}",
                actual=lambda case: case.regimes,
            )


def _seconds_left(case: Case) -> float | None:
    return None if case.due is None else (case.due - case.now).total_seconds()


def _said_running(case: Case) -> str:
    return f"a clock runs: {'no' if case.due is None else 'yes'}"


def _said_left(case: Case) -> str:
    left = _seconds_left(case)
    if left is None:
        return "no clock runs"
    return f"time left on the clock: {duration_text(timedelta(seconds=left)) if left > 0 else 'nothing'}"


def _under(case: Case, regime: str) -> bool:
    return regime in case.regimes


class TimeIs(Facets):
    """The clock on the wall when the message is decided on."""

    zone: TimeZoneName
    days: OneOrMore[Day] | None = None
    """Left out, every day. Hours that go past midnight belong to the day on which they begin."""
    hours: HoursOfDay = WHOLE_DAY

    @override
    def _parts(self) -> Iterator[Formula]:
        days = " ".join(self.days or Day)
        key = f"time in {self.zone}: {days} {self.hours.begin}-{self.hours.end}"
        yield Opaque(key=key, holds=self._holds, said=self._said)

    def _holds(self, case: Case) -> bool:
        wall = self._wall(case)
        begin, end = self.hours
        past_midnight = end <= begin and wall.time() < end
        during = past_midnight or (begin <= wall.time() and (wall.time() < end or end <= begin))
        return during and Day.of(wall.date() - timedelta(days=past_midnight)) in (self.days or tuple(Day))

    def _said(self, case: Case) -> str:
        return f"it is {self._wall(case):%a %H:%M} in {self.zone}"

    def _wall(self, case: Case) -> datetime:
        return case.now.astimezone(ZoneInfo(self.zone))
