"""Who is on duty."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.duty import LOOKS_AHEAD, duty, next_on_duty, on_duty, shifts
from rules.rota import Rotas

PEOPLE = {
    "ayse": {"account": "1", "languages": ["tr", "en"]},
    "john": {"account": "2", "languages": "en"},
    "mei": {"account": "3"},
}
WORKING = ["mon", "tue", "wed", "thu", "fri"]
DESK = {
    "time_zone": "Europe/Istanbul",
    "layers": [
        {"people": ["ayse", "john"], "days": WORKING, "hours": "08:00-20:00", "first": "2026-01-05"},
        {"people": "mei", "hours": "20:00-08:00"},
    ],
}


def rotas(**changed: Any) -> Rotas:  # noqa: ANN401 (as YAML has it)
    return Rotas.model_validate({"people": PEOPLE, "rotas": {"desk": DESK | changed}})


def istanbul(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+03:00")


@pytest.mark.parametrize(
    ("at", "person"),
    [
        ("2026-01-05T08:00", "ayse"),
        ("2026-01-09T19:59", "ayse"),
        ("2026-01-12T08:00", "john"),
        ("2026-01-19T12:00", "ayse"),
        ("2026-01-05T20:00", "mei"),
        ("2026-01-06T07:59", "mei"),
        ("2025-12-29T12:00", "john"),  # turns go on before the first one
        ("2026-01-10T12:00", None),  # a Saturday
        ("2026-01-10T03:00", "mei"),  # the night that began on Friday
    ],
)
def test_the_first_layer_that_has_somebody_there_decides(at: str, person: str | None) -> None:
    assert on_duty(rotas(), "desk", istanbul(at)) == person


def test_somebody_who_speaks_the_language_goes_first() -> None:
    both = rotas(layers=[{"people": "john"}, {"people": "ayse"}])
    at = istanbul("2026-01-05T12:00")
    assert on_duty(both, "desk", at, "tr") == "ayse"
    assert on_duty(both, "desk", at, "en") == "john"
    assert on_duty(both, "desk", at, "ja") == "john"


def test_who_stands_in_goes_before_every_layer() -> None:
    stand_in = {"from": "2026-01-05T10:00", "to": "2026-01-05T12:00", "person": "mei"}
    covered = rotas(overrides=[stand_in])
    seen = [on_duty(covered, "desk", istanbul(f"2026-01-05T{at}")) for at in ("09:59", "10:00", "12:00")]
    assert seen == ["ayse", "mei", "ayse"]


def test_a_clock_that_ends_after_the_shift_names_who_is_there_then() -> None:
    at, due = istanbul("2026-01-05T18:00"), istanbul("2026-01-05T22:00")
    taken = duty(rotas(), "desk", at, due=due)
    assert taken is not None
    assert (taken.person, taken.until, taken.then) == ("ayse", istanbul("2026-01-05T20:00"), "mei")


def test_a_clock_that_ends_within_the_shift_names_nobody_else() -> None:
    taken = duty(rotas(), "desk", istanbul("2026-01-05T09:00"), due=istanbul("2026-01-05T13:00"))
    assert taken is not None
    assert taken.then is None


def test_nobody_takes_what_comes_into_a_hole() -> None:
    assert duty(rotas(), "desk", istanbul("2026-01-10T12:00")) is None


def test_a_shift_keeps_its_hour_when_the_clock_is_changed() -> None:
    berlin = rotas(time_zone="Europe/Berlin", layers=[{"people": "mei", "hours": "08:00-09:00"}])
    begin = datetime(2026, 10, 24, tzinfo=UTC)  # the clock goes back in the night to the 25th
    worked = [each for each in shifts(berlin, "desk", begin, begin + timedelta(days=2)) if each.person]
    assert [each.begin.hour for each in worked] == [6, 7]


INSTANTS = st.datetimes(datetime(2026, 3, 20), datetime(2026, 11, 10)).map(  # noqa: DTZ001 (UTC is put on)
    lambda naive: naive.replace(tzinfo=UTC, microsecond=0)
)
TIMES = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from((0, 15, 30)))
LAYERS = st.fixed_dictionaries(
    {"people": st.lists(st.sampled_from(sorted(PEOPLE)), min_size=1, max_size=3)},
    optional={
        "days": st.lists(st.sampled_from([*WORKING, "sat", "sun"]), min_size=1),
        "hours": st.builds("{}-{}".format, TIMES, TIMES),
        "turn": st.sampled_from(("1d", "3d", "1w", "2w")),
        "hand_over": TIMES,
    },
)
ZONES = st.sampled_from(("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"))


@settings(max_examples=60, deadline=None)
@given(ZONES, st.lists(LAYERS, min_size=1, max_size=3), INSTANTS, st.integers(1, 96 * 60))
def test_the_shifts_tell_the_same_as_a_look_at_any_instant(
    zone: str, layers: list[dict[str, Any]], begin: datetime, minutes: int
) -> None:
    random = rotas(time_zone=zone, layers=layers)
    planned = list(shifts(random, "desk", begin, begin + timedelta(days=4)))
    assert planned[0].begin == begin
    assert all(one.end == following.begin for one, following in pairwise(planned))
    at = begin + timedelta(minutes=minutes - 1)
    assert [each.person for each in planned if each.begin <= at < each.end] == [on_duty(random, "desk", at)]


BUSY = Rotas.model_validate(
    {
        "people": {
            "ayse": {"account": "a", "languages": ["tr", "en"]},
            "john": {"account": "j", "languages": "en"},
            "mei": {"account": "m", "languages": ["ja"]},
        },
        "rotas": {
            "desk": {
                "time_zone": "Europe/Berlin",
                "layers": [
                    {
                        "people": ["ayse", "john"],
                        "days": ["mon", "tue", "wed", "thu"],
                        "hours": "08:00-20:00",
                    },
                    {"people": ["mei", "ayse"], "turn": "3d", "hand_over": "02:30", "hours": "20:00-08:00"},
                    {"people": "john", "days": ["sat", "sun"], "hours": "00:00-00:00"},
                ],
                "overrides": [{"from": "2026-03-28T23:00", "to": "2026-03-30T09:00", "person": "mei"}],
                "uncovered": [{"days": "fri", "reason": "a day off"}],
            }
        },
    }
)
NEW_YEAR, CHANGE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 28, tzinfo=UTC)
ANY_INSTANT = st.timedeltas(timedelta(0), timedelta(days=364)).map(lambda since: NEW_YEAR + since)
AROUND_A_CHANGE = st.timedeltas(timedelta(0), timedelta(days=3)).map(lambda since: CHANGE + since)


@settings(max_examples=150, deadline=None)
@given(ANY_INSTANT | AROUND_A_CHANGE, st.sampled_from((None, "tr", "en", "ja", "de")))
def test_whoever_is_found_by_the_week_is_whoever_is_there(at: datetime, language: str | None) -> None:
    found = duty(BUSY, "desk", at, language=language)
    first = next(shifts(BUSY, "desk", at, at + LOOKS_AHEAD, language))
    coming = next_on_duty(BUSY, "desk", at, language)
    assert (found.person if found else None) == on_duty(BUSY, "desk", at, language) == first.person
    if found is None:
        assert coming is not None
        assert coming.person == on_duty(BUSY, "desk", coming.begin, language)
        assert coming.begin == first.end or on_duty(BUSY, "desk", first.end, language) is None
    else:
        assert found.until == first.end
