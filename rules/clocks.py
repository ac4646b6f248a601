"""By when something must be done: the clocks of a report, those it states and those that statutes set."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from pydantic import TypeAdapter

from config.regimes import Regime, Regimes, Start
from parsers.facts import (
    NOBODY_ASKS,
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
from rules.keywords import keywords_in
from rules.working_days import LastDay, last_working_day

STATED = "stated"
"""The source of a clock that the mail itself states."""
BY_PERSON = "person"
"""The source of a clock that no mail has named."""

NO_ZONE = "no time zone is named"
NO_COUNTRY = "the country is not known: Monday to Friday, no holidays"

_LONGEST_DAYS = 3_650
_CRITICAL_WITHIN = timedelta(hours=4)
_HIGH_WITHIN = timedelta(hours=24)


class ClockKind(StrEnum):
    """Where a clock comes from."""

    STATED = "stated"  # the mail's own words
    STATUTORY = "statutory"  # computed from a law, to be confirmed
    PERSON = "person"  # set by a person

    @classmethod
    def of(cls, source: str) -> "ClockKind":
        """The kind of a clock with this source."""
        return {STATED: cls.STATED, BY_PERSON: cls.PERSON}.get(source, cls.STATUTORY)


class Certainty(StrEnum):
    """How sure it is when a clock runs out, if it runs at all."""

    CERTAIN = "certain"
    ASSUMED = "assumed"  # something had to be taken for granted


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a clock rests on: enough for a person to count it again."""

    counted_from: Start = Start.RECEIPT
    position: int | None = None  # where its words begin in the text that they stand in, in characters
    found_in: str = "own text"  # or the name of the attachment
    law: str = ""  # the statute with its article; empty for a stated clock
    version: str = ""  # of the law's row in clocks.yaml
    assumed: tuple[str, ...] = ()  # what was taken for granted
    holidays: tuple[str, ...] = ()  # that did not count as working days

    @property
    def certainty(self) -> Certainty:
        """Whether anything was taken for granted."""
        return Certainty.ASSUMED if self.assumed else Certainty.CERTAIN


EVIDENCE: TypeAdapter[Evidence] = TypeAdapter(Evidence)


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One time limit of a matter, in UTC."""

    source: str  # "stated", or the id of a regime in clocks.yaml
    starts_at: Instant
    due_at: Instant
    phrase: str  # the words that set it, as written
    binding: bool = True  # False: a wish
    confirm: bool = False  # computed from a statute; a person has to confirm it
    raises: bool = True  # False: too little speaks for it to make the matter urgent
    extends: bool = False  # it takes the place of earlier limits that the sender had stated
    evidence: Evidence = Evidence()

    @property
    def kind(self) -> ClockKind:
        """Where it comes from."""
        return ClockKind.of(self.source)

    @property
    def law(self) -> str:
        """The statute with its article; empty for a stated clock."""
        return self.evidence.law


def stated_clocks(report: Report) -> tuple[Clock, ...]:
    """The limits in the mail's own words, as instants.

    Elapsed hours count from receipt. Working days are those of the organisation's country after the
    day of receipt there: see `rules.working_days`.
    """
    return tuple(_stated(clock, report) for clock in report.clocks)


def statutory_clocks(report: Report, regimes: Regimes) -> tuple[Clock, ...]:
    """The clocks that statutes set by the arrival of the report, each to be confirmed by a person.

    Only for what a verified regulator or law-enforcement body of a country whose law it is writes to us, not
    for its automatic mail, only where the statute names a number and holds on the day of receipt, and only
    when the author's own words hold one of its keywords. A time to keep something sets no clock. One keyword
    may be a mere mention, as of an authority's name: it shows the clock, and only a second one makes the
    matter urgent.
    """
    if report.kind in NOBODY_ASKS or not _is_genuine_authority(report):
        return ()
    text = unicodedata.normalize("NFKC", report.own_text)
    folded = fold(text)
    clocks = []
    for regime in regimes.regimes:
        if not (_applies(regime, report) and regime.auto and regime.answer_within):
            continue
        found = keywords_in(folded, regime, report.language.code)
        if found:
            start, end = found[0].span()
            signs = frozenset(keyword[0] for keyword in found)
            words = _Words(phrase=text[start:end], position=start, alone=len(signs) == 1)
            clocks.append(_statutory(regime, regime.answer_within, report.received_at, words))
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
    due_at, evidence = _counted(clock.limit, starts_at, report.sender.country)
    return Clock(
        source=STATED,
        starts_at=starts_at,
        due_at=due_at,
        phrase=clock.phrase,
        binding=clock.binding,
        extends=clock.extends,
        evidence=replace(evidence, position=clock.position, found_in=clock.source),
    )


def _counted(limit: Limit, start: datetime, country: str | None) -> tuple[datetime, Evidence]:
    match limit:
        case Elapsed(hours=hours):
            return start + timedelta(hours=min(hours, _LONGEST_DAYS * 24)), Evidence()
        case WorkingDays(days=days):
            last = last_working_day(start, days, country)
            return last.at.astimezone(UTC), _of_working_days(last)
        case Until(at=at, zone_assumed=zone_assumed):
            assumed = (NO_ZONE,) if zone_assumed else ()
            return at.astimezone(UTC), Evidence(counted_from=Start.NAMED_IN_ORDER, assumed=assumed)


def _of_working_days(last: LastDay) -> Evidence:
    return Evidence(assumed=(NO_COUNTRY,) if last.assumed else (), holidays=last.holidays)


def _is_genuine_authority(report: Report) -> bool:
    is_authority = report.sender.sender_class in (SenderClass.REGULATOR, SenderClass.LAW_ENFORCEMENT)
    return is_authority and report.authenticity.verdict is Verification.VERIFIED


def _applies(regime: Regime, report: Report) -> bool:
    """Whether it is the law of the sender's country on the day of receipt."""
    day = report.received_at.astimezone(UTC).date()
    return regime.covers(report.sender.country) and regime.holds_on(day)


@dataclass(frozen=True, kw_only=True)
class _Words:
    """What points to a law in a text."""

    phrase: str
    position: int
    alone: bool  # nothing else points to it


def _statutory(regime: Regime, length: timedelta, received_at: datetime, words: _Words) -> Clock:
    starts_at = received_at.astimezone(UTC)
    return Clock(
        source=regime.id,
        starts_at=starts_at,
        due_at=starts_at + length,
        phrase=words.phrase,
        confirm=True,
        raises=not words.alone,
        evidence=Evidence(
            counted_from=regime.starts,
            position=words.position,
            law=regime.title,
            version=regime.version,
            assumed=tuple(_assumed(regime, words)),
        ),
    )


def _assumed(regime: Regime, words: _Words) -> Iterable[str]:
    if regime.starts is not Start.RECEIPT:
        yield f"the law counts from {regime.starts.words}; the arrival of the mail was taken"
    if words.alone:
        yield f"only “{words.phrase}” points to this law"
