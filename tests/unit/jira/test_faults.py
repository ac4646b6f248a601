from http import HTTPStatus
from typing import Any

import pytest
import requests

from connectors.jira.sandbox.server import Sandbox
from tests.unit.jira.api import Api

ISSUE = "/rest/api/3/issue"


def test_a_fault_hits_its_route_as_often_as_it_was_told(api: Api, sandbox: Sandbox) -> None:
    sandbox.faults.answer("GET", r"/rest/api/3/(myself|field)", status=HTTPStatus.BAD_GATEWAY, times=2)
    paths = ("priority", "myself", "field", "myself")
    assert [api("GET", path).status_code for path in paths] == [200, 502, 502, 200]


def test_execute_then_drop_does_it_and_breaks_the_connection(
    api: Api, sandbox: Sandbox, fields: dict[str, Any]
) -> None:
    sandbox.faults.execute_then_drop("POST", ISSUE)
    with pytest.raises(requests.ConnectionError):
        api("POST", "issue", {"fields": fields})
    assert len(sandbox.tickets()) == 1


def test_drop_before_execute_breaks_the_connection_and_does_nothing(
    api: Api, sandbox: Sandbox, fields: dict[str, Any]
) -> None:
    sandbox.faults.drop_before_execute("POST", ISSUE)
    with pytest.raises(requests.ConnectionError):
        api("POST", "issue", {"fields": fields})
    assert sandbox.tickets() == ()
    assert sandbox.requests("POST", ISSUE) == 1


def test_a_rate_limit_names_its_wait(api: Api, sandbox: Sandbox) -> None:
    sandbox.faults.rate_limit("GET", ".*", retry_after="7")
    answer = api("GET", "myself")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_a_delayed_answer_is_the_same_answer(api: Api, sandbox: Sandbox, fields: dict[str, Any]) -> None:
    sandbox.faults.delay("POST", ISSUE, seconds=0.01)
    assert api("POST", "issue", {"fields": fields}).json()["key"] == "INC-1"


def test_a_request_that_the_judge_objects_to_is_not_carried_out(fields: dict[str, Any]) -> None:
    shown: list[tuple[str, str, bytes]] = []

    def object_to_everything(method: str, url: str, _headers: object, body: bytes) -> str:
        shown.append((method, url, body))
        return "no"

    with Sandbox(judge=object_to_everything) as sandbox:
        url = f"{sandbox.url}{ISSUE}?x=1"
        answer = requests.post(url, data=b"{}", timeout=10)
        page = requests.get(sandbox.url, timeout=10)
    assert (answer.status_code, answer.json()["errorMessages"]) == (400, ["no"])
    assert page.status_code == 200
    assert shown == [("POST", url, b"{}")]
    assert sandbox.tickets() == ()


def test_a_stopped_sandbox_refuses_connections_and_keeps_its_tickets(
    api: Api, sandbox: Sandbox, fields: dict[str, Any]
) -> None:
    api("POST", "issue", {"fields": fields})
    sandbox.stop()
    with pytest.raises(requests.ConnectionError):
        api("GET", "myself")
    assert [ticket.key for ticket in sandbox.tickets()] == ["INC-1"]


def test_only_the_right_credentials_reach_the_interface() -> None:
    with Sandbox(credentials=("bot@clipora.example", "right")) as sandbox:
        url = f"{sandbox.url}/rest/api/3/myself"
        right = requests.get(url, auth=("bot@clipora.example", "right"), timeout=10)
        wrong = requests.get(url, auth=("bot@clipora.example", "other"), timeout=10)
        none = requests.get(url, timeout=10)
        page = requests.get(sandbox.url, timeout=10)
        odd = requests.get(url, headers={"Authorization": b"Basic \xff"}, timeout=10)
    assert [answer.status_code for answer in (right, wrong, none, odd, page)] == [200, 401, 401, 401, 200]
