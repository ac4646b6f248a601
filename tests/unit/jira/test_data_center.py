"""What Data Center's persona does otherwise than Cloud's."""

from typing import Any

import pytest

from config.settings import JiraEdition
from connectors.jira.sandbox.server import Sandbox
from tests.unit.jira.api import DOCUMENT, Api

pytestmark = pytest.mark.parametrize("edition", [JiraEdition.DATA_CENTER], indirect=True)


def test_it_says_what_it_is(api: Api) -> None:
    server, account = api("GET", "serverInfo").json(), api("GET", "myself").json()
    assert (server["deploymentType"], server["versionNumbers"][0]) == ("Server", 10)
    assert account["name"] == "mailwarden"
    assert "accountId" not in account


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"description": DOCUMENT}, "must be a string"),
        ({"description": "x" * 32_768}, "too long"),
        ({"assignee": {"accountId": "5b10"}}, "'name'"),
    ],
)
def test_clouds_forms_are_refused(
    api: Api, fields: dict[str, Any], wrong: dict[str, Any], words: str
) -> None:
    answer = api("POST", "issue", {"fields": {**fields, **wrong}})
    assert answer.status_code == 400
    assert words in answer.json()["errors"][next(iter(wrong))]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_search_counts_from_a_start_and_tells_the_total(
    api: Api, fields: dict[str, Any], method: str
) -> None:
    for _ in range(5):
        api("POST", "issue", {"fields": fields})
    jql = "project = INC ORDER BY key"
    if method == "GET":
        page = api("GET", f"search?jql={jql}&startAt=3&maxResults=3&fields=labels").json()
    else:
        page = api("POST", "search", {"jql": jql, "startAt": 3, "maxResults": 3, "fields": ["labels"]}).json()
    assert [issue["key"] for issue in page["issues"]] == ["INC-4", "INC-5"]
    assert (page["startAt"], page["total"]) == (3, 5)
    assert page["issues"][0]["fields"] == {"labels": []}


def test_a_search_may_restrict_nothing_but_must_be_readable(api: Api) -> None:
    assert api("POST", "search", {"jql": "ORDER BY key"}).json()["total"] == 0
    assert api("POST", "search", {"jql": "project ="}).status_code == 400


def test_a_list_of_comments_shows_no_properties_and_each_comment_does(
    api: Api, sandbox: Sandbox, fields: dict[str, Any]
) -> None:
    api("POST", "issue", {"fields": fields})
    body = {"body": "*text*", "properties": [{"key": "k", "value": {"token": "c1"}}]}
    name = api("POST", "issue/INC-1/comment", body).json()["id"]
    (listed,) = api("GET", "issue/INC-1/comment?expand=properties").json()["comments"]
    assert listed["body"] == "*text*"
    assert "properties" not in listed
    assert api("GET", f"comment/{name}/properties").json()["keys"][0]["key"] == "k"
    assert api("GET", f"comment/{name}/properties/k").json() == {"key": "k", "value": {"token": "c1"}}
    assert api("GET", f"comment/{name}/properties/none").status_code == 404
    assert api("GET", "comment/1/properties/k").status_code == 404


def test_all_permissions_are_told_unasked(api: Api, sandbox: Sandbox) -> None:
    sandbox.store.denied["INC"] = frozenset({"EDIT_ISSUES"})
    told = api("GET", "mypermissions?projectKey=INC").json()["permissions"]
    assert {key for key, bean in told.items() if not bean["havePermission"]} == {"EDIT_ISSUES"}


def test_create_screens_stand_under_values(api: Api) -> None:
    kind = api("GET", "issue/createmeta/INC/issuetypes").json()["values"][0]["id"]
    screen = api("GET", f"issue/createmeta/INC/issuetypes/{kind}").json()["values"]
    assert "duedate" in {field["fieldId"] for field in screen}


@pytest.mark.parametrize(("method", "path"), [("POST", "issue/bulkfetch"), ("POST", "search/jql")])
def test_what_only_cloud_has_is_missing(api: Api, method: str, path: str) -> None:
    assert api(method, path, {}).status_code in {404, 405}


def test_a_long_text_is_not_repeated_in_the_history(
    api: Api, sandbox: Sandbox, fields: dict[str, Any]
) -> None:
    api("POST", "issue", {"fields": fields})
    api("PUT", "issue/INC-1", {"fields": {"description": "x" * 1_000}})
    (change,) = sandbox.tickets()[0].history[1:]
    assert (change.before, change.after) == ("text", "(text)")
