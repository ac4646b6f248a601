from datetime import UTC, datetime

import pytest

from rules.working_days import last_working_day

FRIDAY = datetime(2026, 10, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("country", "days", "expected"),
    [
        ("DE", 1, "2026-10-26T22:59:59"),  # Monday
        ("SA", 1, "2026-10-25T20:59:59"),  # Sunday: the weekend is Friday and Saturday
        ("IL", 5, "2026-10-29T21:59:59"),
        ("AE", 1, "2026-10-26T19:59:59"),  # Saturday and Sunday since 2022
        ("IR", 1, "2026-10-24T20:29:59"),  # only the Friday is free
        ("NP", 1, "2026-10-26T18:14:59"),
    ],
)
def test_the_weekend_is_the_country_s(country: str, days: int, expected: str) -> None:
    found = last_working_day(FRIDAY, days, country)
    assert found.at.astimezone(UTC).isoformat() == f"{expected}+00:00"
    assert not found.assumed


def test_a_public_holiday_does_not_count_and_is_named() -> None:
    found = last_working_day(FRIDAY, 4, "TR")
    assert found.at == datetime(2026, 10, 30, 20, 59, 59, tzinfo=UTC)
    assert found.holidays == ("2026-10-29 Republic Day",)
    assert last_working_day(FRIDAY, 3, "TR").holidays == ()


def test_a_holiday_of_one_part_of_the_country_counts_as_a_working_day() -> None:
    before_epiphany = datetime(2027, 1, 5, 9, tzinfo=UTC)  # a holiday in Bavaria
    assert last_working_day(before_epiphany, 1, "DE").at == datetime(2027, 1, 6, 22, 59, 59, tzinfo=UTC)


def test_a_holiday_whose_date_is_only_estimated_counts_as_a_working_day() -> None:
    before_the_feast = datetime(2027, 3, 8, 9, tzinfo=UTC)  # Eid al-Fitr, by the moon on the 9th
    found = last_working_day(before_the_feast, 1, "KE")
    assert (found.at, found.holidays) == (datetime(2027, 3, 9, 20, 59, 59, tzinfo=UTC), ())


@pytest.mark.parametrize("country", [None, "XX", "EU"])
def test_an_unknown_country_works_from_monday_to_friday_and_is_marked(country: str | None) -> None:
    found = last_working_day(datetime(2026, 12, 24, 9, tzinfo=UTC), 2, country)
    assert found.at == datetime(2026, 12, 28, 23, 59, 59, tzinfo=UTC)
    assert found.assumed
