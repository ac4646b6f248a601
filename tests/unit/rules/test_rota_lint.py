"""Holes in rotas are named with their hours in the rota's own time zone."""

from datetime import UTC, datetime
from typing import Any

import pytest

from rules.lint import Weight
from rules.rota import Rotas
from rules.rota_lint import lint_rotas
from rules.schema import Rules

MONDAY = datetime(2026, 11, 30, 6, tzinfo=UTC)
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri"]
USED = {"project": "INC", "issue_type": "Task", "assignee": {"rota": "desk"}}


def rotas(*layers: dict[str, Any], **more: Any) -> Rotas:  # noqa: ANN401 (as YAML has it)
    people = {"mei": {"account": "m"}}
    desk = {"time_zone": "Europe/Istanbul", "layers": [{"people": "mei"} | layer for layer in layers], **more}
    return Rotas.model_validate({"people": people, "rotas": {"desk": desk}})


def rules(**then: Any) -> Rules:  # noqa: ANN401 (as YAML has it)
    return Rules.model_validate({"default": {"then": {"project": "INC", "issue_type": "Task"} | then}})


def test_a_rota_without_a_hole_is_not_remarked() -> None:
    assert list(lint_rotas(rotas({}), rules(), MONDAY)) == []


def test_holes_are_named_with_hours_and_zone_the_first_three_of_them() -> None:
    [remark] = lint_rotas(rotas({"hours": "08:00-20:00", "days": WEEKDAYS}), rules(**USED), MONDAY)
    assert remark.weight is Weight.WARNING
    assert remark.at == ("rotas", "desk")
    assert remark.message == (
        '"desk" has nobody on duty in the next 8 weeks on Mon 30 Nov 20:00 to Tue 01 Dec 08:00, '
        "Tue 01 Dec 20:00 to Wed 02 Dec 08:00, Wed 02 Dec 20:00 to Thu 03 Dec 08:00 and 37 more "
        "(Europe/Istanbul)"
    )


WEEKEND: dict[str, Any] = {"days": ["sat", "sun"], "reason": "mail waits for Monday"}


def test_holes_that_are_meant_are_not_remarked() -> None:
    covered = {"days": WEEKDAYS}
    assert len(list(lint_rotas(rotas(covered), rules(**USED), MONDAY))) == 1
    assert list(lint_rotas(rotas(covered, uncovered=[WEEKEND]), rules(**USED), MONDAY)) == []


def test_beside_holes_that_are_meant_all_others_are_remarked() -> None:
    desk = rotas({"days": WEEKDAYS, "hours": "08:00-00:00"}, uncovered=[WEEKEND])
    [remark] = lint_rotas(desk, rules(**USED), MONDAY)
    assert "Tue 01 Dec 00:00 to 08:00" in remark.message
    assert "Sat" not in remark.message


@pytest.mark.parametrize(
    ("zone", "monday", "sunday"),
    [
        ("Europe/Berlin", datetime(2026, 3, 23, tzinfo=UTC), "Sun 29 Mar"),  # 02:00 becomes 03:00
        ("Europe/Berlin", datetime(2026, 10, 19, tzinfo=UTC), "Sun 25 Oct"),  # 03:00 becomes 02:00
    ],
)
def test_an_hour_without_anybody_is_seen_on_the_day_on_which_the_clock_is_changed(
    zone: str, monday: datetime, sunday: str
) -> None:
    layers = ({"days": [*WEEKDAYS, "sat"]}, {"days": "sun", "hours": "00:00-01:30"})
    desk = rotas(*layers, {"days": "sun", "hours": "03:30-00:00"}, time_zone=zone)
    [remark] = lint_rotas(desk, rules(), monday)
    assert f"{sunday} 01:30 to 03:30" in remark.message
    meant = [{"days": "sun", "hours": "01:00-04:00", "reason": "quiet"}]
    assert (
        list(
            lint_rotas(
                rotas(*layers, {"days": "sun", "hours": "03:30-00:00"}, time_zone=zone, uncovered=meant),
                rules(),
                monday,
            )
        )
        == []
    )


def test_somebody_in_no_rota_is_noted() -> None:
    people = {"people": {"mei": {"account": "m"}, "ann": {"account": "a"}}}
    idle = Rotas.model_validate(rotas({}).model_dump(by_alias=True, exclude_unset=True) | people)
    assert [remark.message for remark in lint_rotas(idle, rules(), MONDAY)] == ['"ann" is in no rota']


def test_a_hole_on_one_day_is_seen_weeks_ahead() -> None:
    whole_week_but_sunday_noon = (
        {"days": [*WEEKDAYS, "sat"]},
        {"days": "sun", "hours": "00:00-12:00"},
        {"days": "sun", "hours": "13:00-00:00"},
    )
    [remark] = lint_rotas(rotas(*whole_week_but_sunday_noon), rules(), MONDAY)
    assert "Sun 06 Dec 12:00 to 13:00" in remark.message
    assert remark.weight is Weight.NOTE  # no rule gives it a ticket
