"""The conditions on time: what is left of it, and what the clock on the wall shows."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, StrictBool

from config.durations import Duration, duration_text
from config.settings import TimeZoneName
from rules.case import Case
from rules.condition import Facets, OneOrMore, Text, Verdict, agreed, listed
from rules.rota import WHOLE_DAY, Day, Hours, parse_hours


class ClockIs(Facets):
    """The clock that governs the matter."""

    within: Duration | None = None
    """It runs out within this time from now, or has run out."""
    runs: StrictBool | None = None
    """Whether there is one at all."""
    regime: OneOrMore[Text] | None = None
    """One of the laws that set the clocks, by its id in `clocks.yaml`."""

    def _verdicts(self, case: Case) -> Iterator[Verdict]:
        if self.runs is not None:
            yield agreed("a clock runs", actual=case.due is not None, wanted=self.runs)
        if self.within is not None:
            yield self._verdict_within(case, self.within)
        if self.regime:
            yield listed(
                "regime", next((one for one in self.regime if one in case.regimes), None), self.regime
            )

    def _verdict_within(self, case: Case, within: timedelta) -> Verdict:
        if case.due is None:
            return Verdict(matched=False, why="no clock runs")
        left = case.due - case.now
        said = duration_text(left) if left > timedelta(0) else "nothing"
        return Verdict(matched=left <= within, why=f"time left on the clock: {said}")


class TimeIs(Facets):
    """The clock on the wall when the message is decided on."""

    zone: TimeZoneName
    days: OneOrMore[Day] | None = None
    """Left out, every day. Hours that go past midnight belong to the day on which they begin."""
    hours: Annotated[Hours, BeforeValidator(parse_hours)] = WHOLE_DAY

    def _verdicts(self, case: Case) -> Iterator[Verdict]:
        wall = case.now.astimezone(ZoneInfo(self.zone))
        begin, end = self.hours
        past_midnight = end <= begin and wall.time() < end
        day = Day.of(wall.date() - timedelta(days=past_midnight))
        during = past_midnight or (begin <= wall.time() and (wall.time() < end or end <= begin))
        why = f"it is {wall:%a %H:%M} in {self.zone}"
        yield Verdict(matched=during and day in (self.days or tuple(Day)), why=why)
