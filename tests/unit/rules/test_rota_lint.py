"""Holes in rotas are named with their hours in the rota's own time zone."""

from datetime import UTC, datetime
from typing import Any

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


def test_a_hole_on_one_day_is_seen_weeks_ahead() -> None:
    whole_week_but_sunday_noon = (
        {"days": [*WEEKDAYS, "sat"]},
        {"days": "sun", "hours": "00:00-12:00"},
        {"days": "sun", "hours": "13:00-00:00"},
    )
    [remark] = lint_rotas(rotas(*whole_week_but_sunday_noon), rules(), MONDAY)
    assert "Sun 06 Dec 12:00 to 13:00" in remark.message
    assert remark.weight is Weight.NOTE  # no rule gives it a ticket
