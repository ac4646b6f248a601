"""Who gets the ticket: an account, or whoever is on duty."""

from datetime import time
from typing import Any

from rules.given import Given
from rules.rota import Hours, Rotas, Uncovered
from rules.routing import Route, decide_route
from rules.schema import Rules

ROTAS = Rotas.model_validate(
    {
        "people": {
            "ayse": {"account": "a1", "name": "Ayşe", "languages": "tr"},
            "john": {"account": "j1", "languages": "en"},
        },
        "rotas": {
            "desk": {
                "time_zone": "Europe/Istanbul",
                "layers": [
                    {"people": "john", "hours": "08:00-20:00"},
                    {"people": "ayse", "hours": "08:00-22:00"},
                ],
            }
        },
    }
)
DESK = {"rota": "desk"}


def route(assignee: object, rotas: Rotas | None = ROTAS, **given: Any) -> Route:  # noqa: ANN401 (facts)
    then = {"project": "INC", "issue_type": "Task", "assignee": assignee}
    case = Given.model_validate({"at": "2026-11-03T12:00+03:00"} | given).case()
    return decide_route(case, Rules.model_validate({"default": {"then": then}}), rotas)


def test_an_account_is_taken_as_it_is() -> None:
    assert route("ann").assignee == route({"account": "ann"}).assignee == "ann"


def test_whoever_is_on_duty_gets_the_ticket_and_is_named() -> None:
    decided = route(DESK)
    assert decided.assignee == "j1"
    assert decided.reasons[-1] == "rota desk: john until Tue 20:00"


def test_a_speaker_of_the_language_goes_first() -> None:
    assert route(DESK, language="tr").assignee == "a1"


def test_a_clock_that_ends_after_the_shift_names_the_next_person() -> None:
    decided = route(DESK, due_in="9h")
    assert decided.reasons[-1] == "rota desk: john until Tue 20:00; when the clock ends, Ayşe"


def test_in_a_hole_nobody_gets_it_and_that_is_said() -> None:
    decided = route(DESK, at="2026-11-03T03:00+03:00")
    assert (decided.assignee, decided.reasons[-1]) == (
        None,
        "rota desk: nobody is on duty; from Tue 08:00 john is",
    )


def test_without_rotas_nobody_is_on_duty() -> None:
    assert route(DESK, rotas=None).assignee is None


def test_a_rota_that_is_gone_has_nobody_on_duty() -> None:
    assert route({"rota": "night"}).assignee is None


def test_a_ticket_that_nobody_is_meant_to_get_tells_why() -> None:
    uncovered = Uncovered(hours=Hours(time(22), time(8)), reason="nights are for the on-call phone")
    desk = ROTAS.rotas["desk"].model_copy(update={"uncovered": (uncovered,)})
    rotas = ROTAS.model_copy(update={"rotas": {"desk": desk}})
    at_night = route(DESK, rotas, at="2026-11-03T23:00+03:00")
    assert at_night.assignee is None
    told = "nobody is on duty (nights are for the on-call phone); from Wed 08:00 john is"
    assert f"rota desk: {told}" in at_night.reasons
