from datetime import date, timedelta
from pathlib import Path

import pytest

from config.regimes import Regime, Start, fixed_length, load_regimes

SHIPPED = load_regimes(Path(__file__).parents[3] / "config" / "clocks.yaml")
BY_ID = {regime.id: regime for regime in SHIPPED.regimes}


def with_changes(name: str, **changes: object) -> Regime:
    return BY_ID[name].model_copy(update=changes)


def test_the_catalogue_is_whole() -> None:
    assert len(SHIPPED.regimes) == 80
    assert sum(regime.verified for regime in SHIPPED.regimes) == 50
    assert sum(regime.auto for regime in SHIPPED.regimes) == 29


def test_every_automatic_clock_starts_on_arrival_or_is_a_time_to_keep() -> None:
    silent = {regime.id for regime in SHIPPED.regimes if regime.auto and regime.answer_within is None}
    assert silent == {"eu-tco-preserve", "eu-eevidence-preserve", "us-2258a-preserve"}


@pytest.mark.parametrize(
    ("duration", "length"),
    [
        ("PT1H", timedelta(hours=1)),
        ("PT90M", timedelta(minutes=90)),
        ("P10D", timedelta(days=10)),
        ("P1DT12H", timedelta(hours=36)),
        ("P6M", None),
        ("P1Y", None),
    ],
)
def test_months_and_years_have_no_fixed_length(duration: str, length: timedelta | None) -> None:
    assert fixed_length(duration) == length


def test_a_rule_holds_from_its_first_day_until_the_day_on_which_it_ends() -> None:
    regime = with_changes("in-3-1-d", valid_from=date(2026, 2, 20), valid_to=date(2026, 3, 1))
    days = [date(2026, 2, 19), date(2026, 2, 20), date(2026, 2, 28), date(2026, 3, 1)]
    assert [regime.holds_on(day) for day in days] == [False, True, True, False]


@pytest.mark.parametrize("name", ["tr-5651-9", "tr-2026-urgent", "pk-2020", "bd-btrc"])
def test_what_is_annulled_unconfirmed_superseded_or_a_draft_does_not_hold(name: str) -> None:
    assert not BY_ID[name].holds_on(date(2026, 11, 25))


def test_a_european_rule_covers_member_states_and_the_union_but_not_others() -> None:
    covered = [BY_ID["eu-tco-remove"].covers(country) for country in ("DE", "EU", "CH", "GB", None)]
    assert covered == [True, True, False, False, False]


def test_working_days_and_other_starts_give_no_time_from_arrival() -> None:
    assert with_changes("in-3-1-d", calendar="business").answer_within is None
    assert with_changes("in-3-1-d", starts=Start.REMOVAL).answer_within is None
