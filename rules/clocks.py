"""By when something must be done: the clocks of a report, those it states and those that statutes set."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from config.regimes import Regime, Regimes
from parsers.facts import (
    Elapsed,
    Instant,
    Limit,
    Report,
    SenderClass,
    StatedClock,
    Until,
    Urgency,
    Verification,
    WorkingDays,
)
from parsers.folding import fold
from parsers.phrases import compiled
from parsers.zones import assumed_zone

STATED = "stated"
"""The source of a clock that the mail itself states."""

_LONGEST_DAYS = 3_650
_CRITICAL_WITHIN = timedelta(hours=4)
_HIGH_WITHIN = timedelta(hours=24)
_END_OF_DAY = time(23, 59, 59)
_SATURDAY = 5


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One time limit of a matter, in UTC."""

    source: str  # "stated", or the id of a regime in clocks.yaml
    starts_at: Instant
    due_at: Instant
    phrase: str  # the words that set it, as written
    binding: bool = True  # False: a wish
    confirm: bool = False  # computed from a statute; a person has to confirm it
    law: str = ""  # the statute with its article; empty for a stated clock
    raises: bool = True  # False: too little speaks for it to make the matter urgent


def stated_clocks(report: Report) -> tuple[Clock, ...]:
    """The limits in the mail's own words, as instants.

    Elapsed hours count from receipt. Working days are Monday to Friday after the day of receipt,
    and the last one ends at 23:59:59 in the zone of the organisation's country (UTC when unknown);
    holidays count as working days, which errs on the early side.
    """
    return tuple(_stated(clock, report) for clock in report.clocks)


def statutory_clocks(report: Report, regimes: Regimes) -> tuple[Clock, ...]:
    """The clocks that statutes set by the arrival of the report, each to be confirmed by a person.

    Only for a verified regulator or law-enforcement body of a country whose law it is, only where
    the statute names a number and holds on the day of receipt, and only when the author's own words
    hold one of its keywords. A time to keep something sets no clock. One keyword may be a mere mention,
    as of an authority's name: it shows the clock, and only a second one makes the matter urgent.
    """
    if not _is_genuine_authority(report):
        return ()
    text = unicodedata.normalize("NFKC", report.own_text)
    folded = fold(text)
    clocks = []
    for regime in regimes.regimes:
        hit = _keyword(regime, report, folded)
        if hit and regime.answer_within:
            clock = _statutory(regime, regime.answer_within, report.received_at, text[hit[0] : hit[1]])
            clocks.append(replace(clock, raises=_is_corroborated(regime, report, folded)))
    return tuple(clocks)


def governing(clocks: Iterable[Clock]) -> Clock | None:
    """The binding clock that runs out first, else the wished one that does."""
    return min(clocks, key=lambda clock: (not clock.binding, clock.due_at), default=None)


def urgency_of_matter(report: Report, clocks: Iterable[Clock], now: datetime) -> Urgency:
    """The higher of what the mail states and what the governing clock demands, if that one binds.

    Clocks that do not raise are left out.
    """
    clock = governing(clock for clock in clocks if clock.raises)
    demanded = _demanded(clock, now) if clock and clock.binding else Urgency.LOW
    return max(report.urgency.level, demanded, key=lambda urgency: urgency.rank)


def _demanded(clock: Clock, now: datetime) -> Urgency:
    length = clock.due_at - clock.starts_at
    if length <= _CRITICAL_WITHIN or clock.due_at <= now:
        return Urgency.CRITICAL
    return Urgency.HIGH if length <= _HIGH_WITHIN else Urgency.LOW


def _stated(clock: StatedClock, report: Report) -> Clock:
    starts_at = report.received_at.astimezone(UTC)
    return Clock(
        source=STATED,
        starts_at=starts_at,
        due_at=_instant(clock.limit, starts_at, report.sender.country),
        phrase=clock.phrase,
        binding=clock.binding,
    )


def _instant(limit: Limit, start: datetime, country: str | None) -> datetime:
    match limit:
        case Elapsed(hours=hours):
            return start + timedelta(hours=min(hours, _LONGEST_DAYS * 24))
        case WorkingDays(days=days):
            return _end_of_working_day(start, min(days, _LONGEST_DAYS), country)
        case Until(at=at):
            return at.astimezone(UTC)


def _end_of_working_day(start: datetime, days: int, country: str | None) -> datetime:
    zone = assumed_zone(country, None, at=start)
    day = start.astimezone(zone).date()
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < _SATURDAY
    return datetime.combine(day, _END_OF_DAY, tzinfo=zone).astimezone(UTC)


def _is_genuine_authority(report: Report) -> bool:
    is_authority = report.sender.sender_class in (SenderClass.REGULATOR, SenderClass.LAW_ENFORCEMENT)
    return is_authority and report.authenticity.verdict is Verification.VERIFIED


def _keyword(regime: Regime, report: Report, folded: str) -> tuple[int, int] | None:
    """Where the regime's first keyword stands, when the regime can apply at all."""
    applies = (
        regime.auto
        and regime.covers(report.sender.country)
        and regime.holds_on(report.received_at.astimezone(UTC).date())
    )
    keywords = regime.keywords.get(report.language.code or "", ())
    hit = compiled(keywords).search(folded) if applies and keywords else None
    return hit.span() if hit else None


def _is_corroborated(regime: Regime, report: Report, folded: str) -> bool:
    """Whether the text holds two different keywords of the regime."""
    keywords = regime.keywords.get(report.language.code or "", ())
    return len({match[0] for match in compiled(keywords).finditer(folded)}) > 1


def _statutory(regime: Regime, length: timedelta, received_at: datetime, phrase: str) -> Clock:
    starts_at = received_at.astimezone(UTC)
    return Clock(
        source=regime.id,
        starts_at=starts_at,
        due_at=starts_at + length,
        phrase=phrase,
        confirm=True,
        law=", ".join(part for part in (regime.name, regime.article) if part),
    )
