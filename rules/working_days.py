"""Working days of a country: its own weekend, and its public holidays."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from parsers.zones import assumed_zone

if TYPE_CHECKING:
    from holidays import HolidayBase

END_OF_DAY = time(23, 59, 59)

_LONGEST_DAYS = 3_650
_UNCERTAIN = "(estimated)"  # written behind holidays that follow a moon not seen yet
_BETWEEN_NAMES = "; "


@dataclass(frozen=True, kw_only=True)
class LastDay:
    """The end of the last of some working days."""

    at: datetime  # in the country's zone
    assumed: bool  # the country is not known: Monday to Friday, without holidays
    holidays: tuple[str, ...]  # days of the week that did not count, as "2026-10-29 Republic Day"


def last_working_day(start: datetime, days: int, country: str | None) -> LastDay:
    """The end of so many working days after the day on which `start` falls in the country.

    The last one ends at 23:59:59 in the country's zone (UTC when it is unknown). Only holidays of the
    whole country count, and of those that follow the moon only the ones whose date is settled: a limit
    should rather be seen too early than too late.

    Args:
        start: an aware instant.
        days: how many; beyond ten years they are cut.
        country: ISO 3166-1 alpha-2.
    """
    zone = assumed_zone(country, None, at=start)
    calendar, is_known = _calendar(country)
    day, left = start.astimezone(zone).date(), min(days, _LONGEST_DAYS)
    passed: list[str] = []
    while left > 0:
        day += timedelta(days=1)
        if calendar.is_weekend(day):
            left -= calendar.is_working_day(day)  # one that is made up for
        elif holiday := _holiday(calendar, day):
            passed.append(f"{day} {holiday}")
        else:
            left -= 1
    at = datetime.combine(day, END_OF_DAY, tzinfo=zone)
    return LastDay(at=at, assumed=not is_known, holidays=tuple(passed))


def _calendar(country: str | None) -> tuple["HolidayBase", bool]:
    """The country's calendar; of an unknown one a week with a weekend, and False."""
    # Only few mails count working days, and the package takes a while to be imported.
    from holidays import HolidayBase, country_holidays  # noqa: PLC0415

    try:
        known = country_holidays(country, language="en_US") if country else None
    except NotImplementedError:
        known = None
    return (HolidayBase(), False) if known is None else (known, True)


def _holiday(calendar: "HolidayBase", day: date) -> str | None:
    """The name of the holiday that falls on the day."""
    names = (name for each in calendar.get_list(day) for name in each.split(_BETWEEN_NAMES))
    return next((name for name in names if _UNCERTAIN not in name), None)
