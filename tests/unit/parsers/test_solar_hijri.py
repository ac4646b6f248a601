"""Dates of the solar Hijri calendar against days that are known from history and almanacs."""

from datetime import date

import pytest

from parsers.solar_hijri import from_solar, next_solar


@pytest.mark.parametrize(
    ("solar", "gregorian"),
    [
        ((1405, 8, 15), date(2026, 11, 6)),
        ((1405, 1, 1), date(2026, 3, 21)),
        ((1403, 12, 30), date(2025, 3, 20)),  # the last day of a leap year
        ((1404, 1, 1), date(2025, 3, 21)),
        ((1357, 11, 22), date(1979, 2, 11)),
    ],
)
def test_days_are_those_of_the_almanac(solar: tuple[int, int, int], gregorian: date) -> None:
    assert from_solar(*solar) == gregorian


@pytest.mark.parametrize("solar", [(1405, 13, 1), (1405, 7, 31), (1405, 0, 5)])
def test_a_day_that_is_in_no_month_is_none(solar: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="solar Hijri"):
        from_solar(*solar)


@pytest.mark.parametrize(
    ("month", "day", "received", "meant"),
    [
        (8, 15, date(2026, 11, 2), date(2026, 11, 6)),
        (7, 20, date(2026, 11, 2), date(2026, 10, 12)),
        (1, 5, date(2026, 11, 2), date(2027, 3, 25)),
        (10, 20, date(2027, 1, 5), date(2027, 1, 10)),
    ],
)
def test_without_a_year_the_nearest_day_to_come_is_meant(
    month: int, day: int, received: date, meant: date
) -> None:
    assert next_solar(month, day, received=received) == meant
