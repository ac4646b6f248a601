from typing import Any

import pytest
import requests

from connectors.jira.sandbox.server import Sandbox
from tests.unit.jira.api import DOCUMENT, Api


def test_keys_count_up_within_each_project(api: Api, fields: dict[str, Any]) -> None:
    keys = [
        api("POST", "issue", {"fields": {**fields, "project": {"key": project}}}).json()["key"]
        for project in ("INC", "LAW", "INC")
    ]
    assert keys == ["INC-1", "LAW-1", "INC-2"]


def test_a_token_gets_the_key_foreseen_for_it(fields: dict[str, Any]) -> None:
    with Sandbox(next_keys={"a1": "INC-40"}) as sandbox:
        for token in ("a0", "a1", "a1", "a2"):
            properties = [{"key": "mailwarden", "value": {"token": token}}]
            body = {"fields": fields, "properties": properties}
            requests.post(f"{sandbox.url}/rest/api/3/issue", json=body, timeout=10)
        assert [ticket.key for ticket in sandbox.tickets()] == ["INC-1", "INC-40", "INC-41", "INC-42"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"summary": None}, "You must specify a summary"),
        ({"summary": " "}, "You must specify a summary"),
        ({"summary": "x" * 256}, "can't exceed 255"),
        ({"summary": "😀" * 128}, "can't exceed 255"),
        ({"summary": "a\nb"}, "newline"),
        ({"project": {"key": "NONE"}}, "valid project"),
        ({"issuetype": {"name": "Poem"}}, "valid issue type"),
        ({"priority": {"name": "Blocker"}}, "priority selected is invalid"),
        ({"duedate": "tomorrow"}, "date string"),
        ({"labels": ["a b"]}, "contains spaces"),
        ({"labels": ["x" * 256]}, "maximum length"),
        ({"labels": "a"}, "array"),
        ({"description": "plain"}, "Atlassian Document"),
        ({"description": {"type": "doc", "version": 1}}, "Atlassian Document"),
        ({"components": ["Trust"]}, "array of objects"),
        ({"assignee": {"name": "bob"}}, "accountId"),
        ({"dueDate": "2026-12-01"}, "cannot be set"),
    ],
)
def test_a_wrong_field_is_refused_by_name(
    api: Api, sandbox: Sandbox, fields: dict[str, Any], wrong: dict[str, Any], words: str
) -> None:
    answer = api("POST", "issue", {"fields": {**fields, **wrong}})
    assert answer.status_code == 400
    assert answer.json()["errorMessages"] == []
    assert list(answer.json()["errors"]) == list(wrong)
    assert words in next(iter(answer.json()["errors"].values()))
    assert sandbox.tickets() == ()


def test_a_text_beyond_jiras_limit_is_refused(api: Api, fields: dict[str, Any]) -> None:
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": "x" * 32_768}]}
    answer = api("POST", "issue", {"fields": {**fields, "description": {**DOCUMENT, "content": [paragraph]}}})
    assert "too long" in answer.json()["errors"]["description"]


def test_a_missing_field_is_refused_by_name(api: Api) -> None:
    errors = api("POST", "issue", {"fields": {}}).json()["errors"]
    assert set(errors) == {"project", "issuetype", "summary"}


def test_a_field_that_is_not_on_the_screen_is_refused_and_not_offered(
    api: Api, sandbox: Sandbox, fields: dict[str, Any]
) -> None:
    sandbox.store.hidden_fields["INC"] = frozenset({"duedate"})
    answer = api("POST", "issue", {"fields": {**fields, "duedate": "2026-12-01"}})
    assert "not on the appropriate screen" in answer.json()["errors"]["duedate"]
    kind = api("GET", "issue/createmeta/INC/issuetypes").json()["issueTypes"][0]["id"]
    offered = {
        field["fieldId"] for field in api("GET", f"issue/createmeta/INC/issuetypes/{kind}").json()["fields"]
    }
    assert "priority" in offered
    assert "duedate" not in offered


def test_a_ticket_shows_the_fields_asked_for(api: Api, fields: dict[str, Any]) -> None:
    api("POST", "issue", {"fields": fields, "properties": [{"key": "k", "value": 1}]})
    everything = api("GET", "issue/INC-1").json()
    assert {"summary", "status", "created", "issuelinks"} <= everything["fields"].keys()
    assert "properties" not in everything
    some = api("GET", "issue/INC-1?fields=summary,priority&properties=k&expand=changelog,names").json()
    assert some["fields"].keys() == {"summary", "priority"}
    assert some["fields"]["priority"]["name"] == "Medium"
    assert some["properties"] == {"k": 1}
    assert some["changelog"]["total"] == 1
    assert some["names"]["duedate"] == "Due date"


def test_a_fetch_of_many_leaves_out_what_is_not_there(api: Api, fields: dict[str, Any]) -> None:
    api("POST", "issue", {"fields": fields})
    found = api("POST", "issue/bulkfetch", {"issueIdsOrKeys": ["INC-1", "INC-2"]}).json()["issues"]
    assert [issue["key"] for issue in found] == ["INC-1"]
    assert api("POST", "issue/bulkfetch", {"issueIdsOrKeys": ["INC-1"] * 101}).status_code == 400


def test_a_search_goes_page_by_page_and_shows_ids_by_default(api: Api, fields: dict[str, Any]) -> None:
    for _ in range(5):
        api("POST", "issue", {"fields": fields})
    query: dict[str, object] = {"jql": "project = INC ORDER BY key", "maxResults": 2}
    pages = [api("POST", "search/jql", query).json()]
    while "nextPageToken" in pages[-1]:
        pages.append(api("POST", "search/jql", {**query, "nextPageToken": pages[-1]["nextPageToken"]}).json())
    assert [len(page["issues"]) for page in pages] == [2, 2, 1]
    assert [page["isLast"] for page in pages] == [False, False, True]
    assert all("total" not in page for page in pages)
    assert all(issue.keys() == {"id"} for page in pages for issue in page["issues"])


@pytest.mark.parametrize(
    "body", [{"jql": "project ="}, {"jql": "ORDER BY key"}, {"jql": "key = A-1", "nextPageToken": "?"}]
)
def test_a_search_that_can_not_be_done_is_refused(api: Api, body: dict[str, str]) -> None:
    answer = api("POST", "search/jql", body)
    assert answer.status_code == 400
    assert answer.json()["errorMessages"]


def test_an_edit_checks_its_fields_like_a_create(api: Api, sandbox: Sandbox, fields: dict[str, Any]) -> None:
    api("POST", "issue", {"fields": fields})
    assert api("PUT", "issue/INC-1", {"fields": {"labels": ["a b"]}}).status_code == 400
    assert api("PUT", "issue/INC-1", {"fields": {"duedate": "2026-12-01"}}).status_code == 204
    assert api("PUT", "issue/INC-1", {"update": {"labels": [{"add": "x"}, {"add": "x"}]}}).status_code == 204
    (ticket,) = sandbox.tickets()
    assert (ticket.fields["duedate"], ticket.labels) == ("2026-12-01", ("x",))
    assert [change.what for change in ticket.history] == ["Created", "duedate", "labels"]
    assert api("PUT", "issue/INC-1", {"update": {"labels": [{"remove": "x"}]}}).status_code == 204
    assert sandbox.tickets()[0].labels == ()
    assert api("PUT", "issue/INC-1", {"update": {"labels": [{"set": ["y"]}]}}).status_code == 400


def test_two_equal_links_are_two_links(api: Api, sandbox: Sandbox, fields: dict[str, Any]) -> None:
    for _ in range(2):
        api("POST", "issue", {"fields": fields})
    body = {"type": {"name": "Blocks"}, "inwardIssue": {"key": "INC-1"}, "outwardIssue": {"key": "INC-2"}}
    assert [api("POST", "issueLink", body).status_code for _ in range(2)] == [201, 201]
    assert [link.other for link in sandbox.store.ticket("INC-2").links] == ["INC-1", "INC-1"]
    shown = api("GET", "issue/INC-2?fields=issuelinks").json()["fields"]["issuelinks"][0]
    assert (shown["inwardIssue"]["key"], shown["type"]["inward"]) == ("INC-1", "is blocked by")


def test_a_file_beyond_the_limit_is_refused(sandbox: Sandbox, api: Api, fields: dict[str, Any]) -> None:
    api("POST", "issue", {"fields": fields})
    sandbox.store.upload_limit = 3
    assert api("GET", "attachment/meta").json() == {"enabled": True, "uploadLimit": 3}
    url = f"{sandbox.url}/rest/api/3/issue/INC-1/attachments"
    headers = {"X-Atlassian-Token": "no-check"}
    sent = [
        requests.post(url, headers=headers, files={"file": ("a.txt", content)}, timeout=10).status_code
        for content in (b"four", b"two")
    ]
    assert sent == [413, 200]


def test_a_file_without_the_header_against_forged_forms_is_refused(api: Api, fields: dict[str, Any]) -> None:
    api("POST", "issue", {"fields": fields})
    assert api("POST", "issue/INC-1/attachments", {}).status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "issue/INC-9"),
        ("PUT", "issue/INC-9"),
        ("POST", "issue/INC-9/comment"),
        ("GET", "issue/INC-9/properties/k"),
        ("GET", "project/NONE"),
        ("GET", "nothing"),
    ],
)
def test_what_is_not_there_is_not_found(api: Api, method: str, path: str) -> None:
    assert api(method, path, {}).status_code == 404


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"])
def test_a_body_that_is_no_object_is_refused(sandbox: Sandbox, body: bytes) -> None:
    answer = requests.post(f"{sandbox.url}/rest/api/3/issue", data=body, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["errorMessages"]
