"""The solar Hijri calendar, by which Iran dates its letters: 15 Aban 1405 is 6 November 2026."""

from datetime import date

_FIRST_HALF = 6  # months of 31 days; the others have 30, the last 29 or 30
_LONG, _SHORT = 31, 30
_CYCLE, _LEAPS = 33, 8  # years, and how many of them are leap years
_SHIFT = 1595  # brings the years of our time to the start of such cycles
_EPOCH = -356033  # the ordinal before the first day of the shifted count
_GAP = 621  # years between the calendars, as long as the month is before January
_PAST = 60  # days in which a date without a year still means the year that goes on


def from_solar(year: int, month: int, day: int) -> date:
    """The Gregorian date; right for the years 1178 to 1633.

    Raises:
        ValueError: the calendar has no such month or day.
    """
    long = month <= _FIRST_HALF
    if not (1 <= month <= 12 and 1 <= day <= (_LONG if long else _SHORT)):  # noqa: PLR2004 - months
        raise ValueError("no day of the solar Hijri calendar")
    years = year + _SHIFT
    before = 365 * years + years // _CYCLE * _LEAPS + (years % _CYCLE + 3) // 4
    months = (month - 1) * _LONG if long else (month - 1) * _SHORT + _FIRST_HALF
    return date.fromordinal(_EPOCH + before + months + day)


def next_solar(month: int, day: int, *, received: date) -> date:
    """The date of this month and day that a letter of that time means when it names no year."""
    year = received.year - _GAP - 1
    candidates = (from_solar(each, month, day) for each in (year, year + 1, year + 2))
    return next(found for found in candidates if (received - found).days <= _PAST)
