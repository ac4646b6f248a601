"""What becomes of tickets in the sandbox: statuses, resolutions, other projects, deletion."""

from typing import Any

import pytest

from config.settings import JiraEdition
from connectors.jira.sandbox.server import Sandbox
from connectors.jira.sandbox.store import STATUSES
from connectors.jira.sandbox.ticket import Transition
from tests.unit.jira.api import Api

pytestmark = pytest.mark.parametrize("edition", list(JiraEdition), indirect=True)

DONE = STATUSES[-1]
MOVES = "issue/INC-1/transitions"


@pytest.fixture(autouse=True)
def tickets(api: Api, fields: dict[str, Any]) -> None:
    """Two tickets, INC-1 that blocks INC-2."""
    for _ in range(2):
        api("POST", "issue", {"fields": fields})
    link = {"type": {"name": "Blocks"}, "inwardIssue": {"key": "INC-1"}, "outwardIssue": {"key": "INC-2"}}
    api("POST", "issueLink", link)


def resolution(api: Api) -> str | None:
    shown = api("GET", "issue/INC-1?fields=resolution").json()["fields"]["resolution"]
    return shown["name"] if shown else None


def test_the_ways_lead_to_the_other_statuses_with_their_categories(api: Api) -> None:
    ways = api("GET", MOVES).json()["transitions"]
    shown = [(way["id"], way["to"]["name"], way["to"]["statusCategory"]["key"]) for way in ways]
    assert shown == [("21", "In Progress", "indeterminate"), ("31", "Done", "done")]
    assert all("fields" not in way for way in ways)


def test_a_ticket_shows_its_ways_and_their_fields_when_asked(api: Api, sandbox: Sandbox) -> None:
    sandbox.store.transitions = (Transition(id="31", to=DONE, screen={"resolution": True}),)
    assert "transitions" not in api("GET", "issue/INC-1").json()
    (way,) = api("GET", "issue/INC-1?expand=transitions.fields").json()["transitions"]
    assert way["fields"]["resolution"]["required"]
    assert "Duplicate" in {choice["name"] for choice in way["fields"]["resolution"]["allowedValues"]}
    (bare,) = api("GET", "issue/INC-1?expand=transitions").json()["transitions"]
    assert "fields" not in bare


def test_a_ticket_is_resolved_as_long_as_it_is_done(api: Api) -> None:
    assert resolution(api) is None
    assert api("POST", MOVES, {"transition": {"id": "31"}}).status_code == 204
    assert resolution(api) == "Done"
    api("POST", MOVES, {"transition": {"id": "11"}})
    assert resolution(api) is None


@pytest.mark.parametrize(
    ("screen", "given", "objection"),
    [
        ({}, {"resolution": {"name": "Duplicate"}}, "resolution"),
        ({"resolution": True}, {}, "resolution"),
        ({"resolution": True}, {"resolution": {"name": "Twin"}}, "resolution"),
        ({"customfield_10001": True, "resolution": False}, {}, "customfield_10001"),
    ],
)
def test_a_move_takes_what_its_screen_asks_for_and_nothing_else(
    api: Api, sandbox: Sandbox, screen: dict[str, bool], given: dict[str, object], objection: str
) -> None:
    sandbox.store.transitions = (Transition(id="31", to=DONE, screen=screen),)
    answer = api("POST", MOVES, {"transition": {"id": "31"}, "fields": given})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [objection]
    assert sandbox.store.ticket("INC-1").status == STATUSES[0]


def test_a_move_to_where_the_ticket_is_is_refused(api: Api) -> None:
    assert api("POST", MOVES, {"transition": {"id": "11"}}).status_code == 400
    assert api("POST", MOVES, {"transition": {"id": "99"}}).status_code == 400


def test_a_deleted_ticket_takes_its_links_along_and_its_key_is_not_given_again(
    api: Api, fields: dict[str, Any]
) -> None:
    assert api("DELETE", "issue/INC-2").status_code == 204
    assert api("GET", "issue/INC-2").status_code == 404
    assert api("GET", "issue/INC-1").json()["fields"]["issuelinks"] == []
    assert api("POST", "issue", {"fields": fields}).json()["key"] == "INC-3"


def test_a_moved_ticket_keeps_its_id_and_answers_to_its_old_key(api: Api, sandbox: Sandbox) -> None:
    before = api("GET", "issue/INC-1").json()
    sandbox.store.move_to_project(sandbox.store.ticket("INC-1"), "LAW")
    after = api("GET", "issue/INC-1").json()
    assert (after["id"], after["key"]) == (before["id"], "LAW-1")
    assert after["fields"]["project"]["key"] == "LAW"
    (link,) = api("GET", "issue/INC-2").json()["fields"]["issuelinks"]
    assert link["inwardIssue"]["key"] == "LAW-1"


def test_a_ticket_moved_twice_answers_to_all_its_keys(api: Api, sandbox: Sandbox) -> None:
    for project in ("LAW", "INC"):
        sandbox.store.move_to_project(sandbox.store.ticket("INC-1"), project)
    assert {api("GET", f"issue/{key}").json()["key"] for key in ("INC-1", "LAW-1", "INC-3")} == {"INC-3"}
