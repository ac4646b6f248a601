from typing import Any

import pytest
import requests

from config.settings import JiraEdition
from connectors.jira.sandbox.server import Sandbox
from tests.unit.jira.api import Api

ISSUE = "/rest/api/3/issue"


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


def test_data_center_also_takes_a_personal_access_token() -> None:
    with Sandbox(edition=JiraEdition.DATA_CENTER, credentials=("bot", "right")) as sandbox:
        url = f"{sandbox.url}/rest/api/2/myself"
        token, wrong = ({"Authorization": f"Bearer {word}"} for word in ("right", "wrong"))
        answers = [requests.get(url, headers=headers, timeout=10) for headers in (token, wrong)]
        basic = requests.get(url, auth=("bot", "right"), timeout=10)
    assert [answer.status_code for answer in (*answers, basic)] == [200, 401, 200]


def test_cloud_takes_no_personal_access_token() -> None:
    with Sandbox(credentials=("bot@clipora.example", "right")) as sandbox:
        headers = {"Authorization": "Bearer right"}
        assert (
            requests.get(f"{sandbox.url}/rest/api/3/myself", headers=headers, timeout=10).status_code == 401
        )
