"""The judge's power: wrong requests are caught, and so are wrong answers."""

import json
from http import HTTPStatus

import pytest
import requests

from tests.contract.jira_judge import SITE, Judge, judged_sandbox, requires_contracts

pytestmark = requires_contracts

API = "/rest/api/3"
JSON = {"content-type": "application/json"}
FIELDS = {"summary": "s"}
DOCUMENT = {"type": "doc", "version": 1, "content": []}


def paragraph(*content: object) -> dict[str, object]:
    return {"type": "paragraph", "content": list(content)}


def document(*content: object) -> dict[str, object]:
    return {"type": "doc", "version": 1, "content": list(content)}


RIGHT = {
    "create": ("POST", "/issue", {"fields": {**FIELDS, "description": DOCUMENT, "labels": ["a"]}}),
    "create with a property": (
        "POST",
        "/issue",
        {"fields": FIELDS, "properties": [{"key": "k", "value": 1}]},
    ),
    "create with a custom field": ("POST", "/issue", {"fields": {**FIELDS, "customfield_10010": 1}}),
    "comment": ("POST", "/issue/I-1/comment", {"body": DOCUMENT}),
    "search": ("POST", "/search/jql", {"jql": "key = I-1", "nextPageToken": "x"}),
    "transition": ("POST", "/issue/I-1/transitions", {"transition": {"id": "31"}}),
    "transition with a resolution": (
        "POST",
        "/issue/I-1/transitions",
        {"transition": {"id": "31"}, "fields": {"resolution": {"name": "Duplicate"}}},
    ),
    "read with parameters": ("GET", "/issue/I-1?fields=summary&expand=names", None),
    "read with transitions": ("GET", "/issue/I-1?fields=status&expand=transitions.fields", None),
}
WRONG = {
    "a description that is plain text": ("POST", "/issue", {"fields": {**FIELDS, "description": "text"}}),
    "a label with a space": ("POST", "/issue", {"fields": {**FIELDS, "labels": ["a b"]}}),
    "a summary with line ends": ("POST", "/issue", {"fields": {"summary": "a\nb"}}),
    "a summary that is too long": ("POST", "/issue", {"fields": {"summary": "a" * 256}}),
    "properties as an object": ("POST", "/issue", {"fields": FIELDS, "properties": {"k": 1}}),
    "an unknown key": ("POST", "/issue", {"fields": FIELDS, "propertys": []}),
    "an unknown field": ("POST", "/issue", {"fields": {**FIELDS, "dueDate": "2026-12-01"}}),
    "a wrong field in an update": ("PUT", "/issue/I-1", {"fields": {"labels": ["a b"]}}),
    "a comment that is plain text": ("POST", "/issue/I-1/comment", {"body": "x"}),
    "an unknown key in a comment": ("POST", "/issue/I-1/comment", {"body": DOCUMENT, "text": "x"}),
    "an unknown kind of visibility": (
        "POST",
        "/issue/I-1/comment",
        {"body": DOCUMENT, "visibility": {"type": "roles", "value": "x"}},
    ),
    "a transition's id as a number": ("POST", "/issue/I-1/transitions", {"transition": {"id": 31}}),
    "an unknown field in a transition": (
        "POST",
        "/issue/I-1/transitions",
        {"transition": {"id": "31"}, "fields": {"Resolution": {"name": "Done"}}},
    ),
    "a way to show fields that transitions lack": ("GET", "/issue/I-1/transitions?fields=resolution", None),
    "a file that is no form": ("POST", "/issue/I-1/attachments", {"file": "x"}),
    "a link with one end": ("POST", "/issueLink", {"type": {"name": "R"}, "inwardIssue": {"key": "A-1"}}),
    "an unknown key in a link": (
        "POST",
        "/issueLink",
        {"type": {"name": "R"}, "inwardIssue": {"key": "A-1"}, "outwardIssue": {"key": "A-2"}, "x": 1},
    ),
    "a remote link without a title": ("POST", "/issue/I-1/remotelink", {"object": {"url": "u"}}),
    "a remote link to nothing": ("POST", "/issue/I-1/remotelink", {"globalId": "g"}),
    "a search that counts pages": ("POST", "/search/jql", {"jql": "x", "startAt": 0}),
    "reconciling by key": ("POST", "/search/jql", {"jql": "x", "reconcileIssues": ["INC-1"]}),
    "the removed search": ("POST", "/search", {"jql": "x"}),
    "an unknown parameter": ("GET", "/search/jql?jql=x&nextToken=1", None),
    "an unknown parameter without a value": ("GET", "/issue/I-1?field", None),
    "a watcher as an object": ("POST", "/issue/I-1/watchers", {"accountId": "x"}),
    "an unknown path": ("POST", "/issue/I-1/comments", {"body": DOCUMENT}),
    "a wrong method": ("PATCH", "/issue/I-1", {"fields": FIELDS}),
}
WRONG_DOCUMENTS = {
    "no version": {"type": "doc", "content": []},
    "an empty text": document(paragraph({"type": "text", "text": ""})),
    "text outside a paragraph": document({"type": "text", "text": "x"}),
    "an unknown node": document({"type": "h1", "content": []}),
    "code with marks": document(
        {
            "type": "codeBlock",
            "content": [{"type": "text", "text": "x", "marks": [{"type": "strong"}]}],
        }
    ),
    "a blockquote with nothing in it": document({"type": "blockquote", "content": []}),
}


DATA_CENTER_RIGHT = {
    "create": ("POST", "/issue", {"fields": {**FIELDS, "description": "text", "assignee": {"name": "bob"}}}),
    "create with a property": (
        "POST",
        "/issue",
        {"fields": FIELDS, "properties": [{"key": "k", "value": {"token": "a1"}}]},
    ),
    "comment with a property": (
        "POST",
        "/issue/I-1/comment",
        {"body": "text", "properties": [{"key": "k", "value": 1}]},
    ),
    "search": ("POST", "/search", {"jql": "key = I-1", "startAt": 0, "maxResults": 1, "fields": ["labels"]}),
    "search by URL": ("GET", "/search?jql=x&startAt=0", None),
    "read with parameters": ("GET", "/issue/I-1?fields=labels&properties=mailwarden", None),
    "read with transitions": ("GET", "/issue/I-1?fields=status&expand=transitions.fields", None),
    "read the limit of uploads": ("GET", "/attachment/meta", None),
    "read a comment's property": ("GET", "/comment/10001/properties/mailwarden", None),
}
DATA_CENTER_WRONG = {
    "a description that is a document": ("POST", "/issue", {"fields": {**FIELDS, "description": DOCUMENT}}),
    "a comment that is a document": ("POST", "/issue/I-1/comment", {"body": DOCUMENT}),
    "a label with a space": ("POST", "/issue", {"fields": {**FIELDS, "labels": ["a b"]}}),
    "a summary with line ends": ("POST", "/issue", {"fields": {"summary": "a\nb"}}),
    "an unknown field": ("PUT", "/issue/I-1", {"fields": {"dueDate": "2026-12-01"}}),
    "an unknown key": ("POST", "/issue", {"fields": FIELDS, "propertys": []}),
    "properties as an object": ("POST", "/issue/I-1/comment", {"body": "x", "properties": {"k": 1}}),
    "Cloud's search": ("POST", "/search/jql", {"jql": "x"}),
    "Cloud's way to page": ("POST", "/search", {"jql": "x", "nextPageToken": "x"}),
    "a fetch of many": ("POST", "/issue/bulkfetch", {"issueIdsOrKeys": ["I-1"]}),
    "fields of transitions, asked for where they are not described": (
        "GET",
        "/issue/I-1/transitions?expand=transitions.fields",
        None,
    ),
    "an unknown parameter": ("GET", "/mypermissions?projectKey=I&permissions=EDIT_ISSUES", None),
    "a transition's id as a number": ("POST", "/issue/I-1/transitions", {"transition": {"id": 31}}),
}


@pytest.fixture
def judge() -> Judge:
    return Judge.cloud()


def judged(judge: Judge, method: str, path: str, body: object, *, api: str = API) -> str | None:
    content = b"" if body is None else json.dumps(body).encode()
    return judge(method, SITE + api + path, JSON, content)


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_request_passes(judge: Judge, name: str) -> None:
    assert judged(judge, *RIGHT[name]) is None
    assert judge.objections == []


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_request_is_caught(judge: Judge, name: str) -> None:
    assert judged(judge, *WRONG[name])
    assert len(judge.objections) == 1


@pytest.mark.parametrize("name", DATA_CENTER_RIGHT)
def test_a_right_request_to_data_center_passes(name: str) -> None:
    judge = Judge.data_center()
    assert judged(judge, *DATA_CENTER_RIGHT[name], api="/rest/api/2") is None


@pytest.mark.parametrize("name", DATA_CENTER_WRONG)
def test_a_wrong_request_to_data_center_is_caught(name: str) -> None:
    judge = Judge.data_center()
    assert judged(judge, *DATA_CENTER_WRONG[name], api="/rest/api/2")
    assert len(judge.objections) == 1


@pytest.mark.parametrize("name", WRONG_DOCUMENTS)
def test_a_wrong_document_is_caught(judge: Judge, name: str) -> None:
    fields = {**FIELDS, "description": WRONG_DOCUMENTS[name]}
    assert judged(judge, "POST", "/issue", {"fields": fields})
    assert judged(judge, "POST", "/issue/I-1/comment", {"body": WRONG_DOCUMENTS[name]})


@pytest.mark.parametrize(
    ("method", "path", "status", "content"),
    [
        ("POST", "/issue", HTTPStatus.CREATED, {"id": 10001, "key": "INC-1"}),
        ("POST", "/issue", HTTPStatus.BAD_REQUEST, {"errorMessages": [], "errors": ["x"]}),
        ("POST", "/issue", HTTPStatus.OK, {"key": "INC-1"}),
        ("POST", "/search/jql", HTTPStatus.OK, {"issues": {}}),
    ],
)
def test_a_wrong_answer_is_caught(
    judge: Judge, method: str, path: str, status: HTTPStatus, content: object
) -> None:
    judge.answer(method, SITE + API + path, status, JSON, json.dumps(content).encode())
    assert len(judge.objections) == 1


@pytest.mark.parametrize(
    ("path", "status", "content"),
    [
        ("/issue/I-1/comment", HTTPStatus.CREATED, {"id": "1", "created": "2026-09-25T22:42:39.399-0300"}),
        ("/issue", HTTPStatus.TOO_MANY_REQUESTS, {"errorMessages": ["slow down"]}),
        ("/issue", HTTPStatus.CREATED, {"id": "10001", "key": "INC-1", "new": True}),
    ],
)
def test_what_real_jira_answers_passes(judge: Judge, path: str, status: HTTPStatus, content: object) -> None:
    judge.answer("POST", SITE + API + path, status, JSON, json.dumps(content).encode())
    assert judge.objections == []


def test_a_test_that_sent_a_wrong_request_fails() -> None:
    body = {"fields": {"summery": "misspelt"}}
    with pytest.raises(pytest.fail.Exception, match="unknown fields"), judged_sandbox() as sandbox:
        requests.put(f"{sandbox.url}{API}/issue/INC-1", json=body, timeout=10)
