"""Every fault, on both personas."""

from http import HTTPStatus
from typing import Any

import pytest
import requests

from config.settings import JiraEdition
from connectors.jira.rate_limit import RateLimitReason
from connectors.jira.sandbox.faults import EVERY_WRITE
from connectors.jira.sandbox.server import Sandbox
from tests.unit.jira.api import Api

pytestmark = pytest.mark.parametrize("edition", list(JiraEdition), indirect=True)

ISSUE = r"/rest/api/\d/issue"


def test_a_fault_hits_its_route_as_often_as_it_was_told(api: Api, sandbox: Sandbox) -> None:
    sandbox.faults.answer("GET", r"/rest/api/\d/(myself|field)", status=HTTPStatus.BAD_GATEWAY, times=2)
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


def test_truncate_does_it_and_ends_within_the_answer(
    api: Api, sandbox: Sandbox, fields: dict[str, Any]
) -> None:
    sandbox.faults.truncate("POST", ISSUE)
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        api("POST", "issue", {"fields": fields})
    assert len(sandbox.tickets()) == 1
    assert api("POST", "issue", {"fields": fields}).status_code == 201


@pytest.mark.parametrize("executed", [True, False])
def test_another_answer_comes_before_or_after_the_request_is_carried_out(
    api: Api, sandbox: Sandbox, fields: dict[str, Any], *, executed: bool
) -> None:
    sandbox.faults.answer("POST", ISSUE, status=HTTPStatus.GATEWAY_TIMEOUT, executed=executed)
    assert api("POST", "issue", {"fields": fields}).status_code == 504
    assert len(sandbox.tickets()) == executed


def test_a_sign_on_page_comes_with_status_200_and_nothing_is_done(
    api: Api, sandbox: Sandbox, fields: dict[str, Any]
) -> None:
    sandbox.faults.sign_on_page("POST", ISSUE)
    answer = api("POST", "issue", {"fields": fields})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")
    assert sandbox.tickets() == ()


@pytest.mark.parametrize("reason", RateLimitReason)
@pytest.mark.parametrize(("retry_after", "reset"), [("7", None), (None, "2026-11-03T10:00Z"), (None, None)])
def test_a_rate_limit_names_its_reason_and_its_wait(
    sandbox: Sandbox, reason: RateLimitReason, retry_after: str | None, reset: str | None
) -> None:
    sandbox.faults.rate_limit("GET", ".*", reason=reason, retry_after=retry_after, reset=reset)
    answer = requests.get(sandbox.url, timeout=10)
    assert (answer.status_code, answer.headers["RateLimit-Reason"]) == (429, reason)
    assert answer.headers.get("Retry-After") == retry_after
    assert answer.headers.get("X-RateLimit-Reset") == reset


def test_a_delayed_answer_is_the_same_answer(api: Api, sandbox: Sandbox, fields: dict[str, Any]) -> None:
    sandbox.faults.delay("POST", ISSUE, seconds=0.01)
    assert api("POST", "issue", {"fields": fields}).json()["key"] == "INC-1"


def test_every_write_is_hit_and_no_read(api: Api, sandbox: Sandbox, fields: dict[str, Any]) -> None:
    api("POST", "issue", {"fields": fields})
    sandbox.faults.answer(*EVERY_WRITE, status=HTTPStatus.BAD_GATEWAY, times=100)
    writes = [
        ("POST", "issue"),
        ("PUT", "issue/INC-1"),
        ("POST", "issue/INC-1/comment"),
        ("POST", "issueLink"),
    ]
    reads = [("GET", "myself"), ("GET", "issue/INC-1"), ("POST", "search"), ("POST", "search/jql")]
    assert {api(method, path, {}).status_code for method, path in writes} == {502}
    assert 502 not in {api(method, path, {}).status_code for method, path in reads}
    assert api("POST", "issue/bulkfetch", {}).status_code != 502
