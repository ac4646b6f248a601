"""Jira Cloud as a ticket system: REST API version 3, each ticket and comment marked with its token."""

import time
from collections.abc import Callable, Iterator
from datetime import date
from http import HTTPStatus
from typing import Any

from connectors.errors import Unavailable
from connectors.jira import answers
from connectors.jira.adf import document, summary
from connectors.jira.answers import FieldsRefused
from connectors.jira.session import JiraSession
from connectors.tickets import Created, TicketDraft, TicketText

PROPERTY = "mailwarden"
"""The entity property that holds the token; readable by key at once, unlike the search index."""
LABEL_PREFIX = "mw-"

_OPTIONAL_FIELDS = frozenset({"assignee", "components", "duedate", "labels", "priority"})
_WINDOW = 100
"""Keys asked for at once; the most that one bulk fetch takes."""
_PAGE = 100


class JiraCloud:
    """One connection to a Jira Cloud site (see `connectors.tickets.TicketSystem`). Not thread-safe.

    Building it opens no connection. `request_timeout` is in seconds; `pause` waits between short tries.
    Without a user, the token is sent as a bearer token.
    """

    def __init__(
        self,
        *,
        url: str,
        user: str | None,
        token: str,
        request_timeout: float = 30.0,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._session = JiraSession(
            url=url, user=user, token=token, request_timeout=request_timeout, pause=pause
        )

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def highest_number(self, project: str) -> int:
        """The highest key number that the search index knows; 0 when the project is empty."""
        newest = self._search(f"project = {_quoted(project)} ORDER BY key DESC", limit=1)
        return max((_number(issue["key"]) for issue in newest), default=0)

    def create(self, draft: TicketDraft, *, token: str) -> Created:
        """Open a ticket; optional fields that the project does not take are dropped and reported."""
        fields = _fields(draft, token)
        dropped: frozenset[str] = frozenset()
        while True:
            try:
                return Created(key=self._create(fields, token), dropped=tuple(sorted(dropped)))
            except FieldsRefused as refusal:
                # A definite refusal: nothing was created, so that a second request makes no twin.
                if not refusal.fields <= _OPTIONAL_FIELDS.intersection(fields) - dropped:
                    raise
                dropped |= refusal.fields
                fields = _without(fields, refusal.fields, token)

    def find_created(self, *, project: str, token: str, floor: int) -> str | None:
        """Look in the search index, then past it: by key, from `floor` on, as long as there are tickets."""
        indexed = self._search(f"labels = {_quoted(_label(token))} ORDER BY key ASC", limit=1)
        found = indexed or (issue for issue in self._above(project, floor) if _carries(issue, token))
        return next((str(issue["key"]) for issue in found), None)

    def comment(self, key: str, text: TicketText, *, token: str) -> str:
        """Add a comment whose own property holds the token."""
        path = f"issue/{key}/comment"
        body = {"body": document(text), "properties": [_property(token)]}
        response = self._session.write("POST", path, body, done=HTTPStatus.CREATED)
        return _named(answers.json_of(response), "id", f"POST {path}")

    def find_comment(self, key: str, *, token: str) -> str | None:
        """Read the comments and compare their properties."""
        return next(
            (comment["id"] for comment in self._comments(key) if _property(token) in _properties(comment)),
            None,
        )

    def link(self, key: str, other: str, *, link_type: str) -> None:
        """Link `key` outward to `other`, unless such a link is there; Jira itself would double it."""
        path = f"issue/{key}"
        fields = self._session.get(path, {"fields": "issuelinks"}).get("fields", {})
        if any(_leads_to(link, other, link_type) for link in _listed(fields, "issuelinks", path)):
            return
        body = {"type": {"name": link_type}, "inwardIssue": {"key": key}, "outwardIssue": {"key": other}}
        self._session.write("POST", "issueLink", body, done=HTTPStatus.CREATED)

    def raise_ticket(self, key: str, *, priority: str | None, due: date | None) -> None:
        """Set priority and due date; None leaves the field as it is."""
        fields = _urgency_fields(priority, due)
        if fields:
            self._session.write("PUT", f"issue/{key}", {"fields": fields}, done=HTTPStatus.NO_CONTENT)

    def _create(self, fields: dict[str, Any], token: str) -> str:
        body = {"fields": fields, "properties": [_property(token)]}
        response = self._session.write("POST", "issue", body, done=HTTPStatus.CREATED)
        return _named(answers.json_of(response), "key", "POST issue")

    def _search(self, jql: str, *, limit: int) -> list[dict[str, Any]]:
        body = {"jql": jql, "maxResults": limit, "fields": ["labels"]}
        return _listed(self._session.search("search/jql", body), "issues", "search/jql")

    def _above(self, project: str, floor: int) -> Iterator[dict[str, Any]]:
        """The tickets with key numbers above `floor`, window by window, until a window is empty."""
        while issues := self._window(project, floor):
            yield from issues
            floor += _WINDOW

    def _window(self, project: str, floor: int) -> list[dict[str, Any]]:
        keys = [f"{project}-{number}" for number in range(floor + 1, floor + _WINDOW + 1)]
        body = {"issueIdsOrKeys": keys, "fields": ["labels"], "properties": [PROPERTY]}
        answer = self._session.search("issue/bulkfetch", body)
        if answer.get("issueErrors"):
            raise Unavailable(f"Jira could not read all of {keys[0]} to {keys[-1]}; it is tried again later")
        return _listed(answer, "issues", "issue/bulkfetch")

    def _comments(self, key: str) -> Iterator[dict[str, Any]]:
        start = 0
        while page := self._comment_page(key, start):
            yield from page
            start += len(page)

    def _comment_page(self, key: str, start: int) -> list[dict[str, Any]]:
        path = f"issue/{key}/comment"
        query: dict[str, str | int] = {"startAt": start, "maxResults": _PAGE, "expand": "properties"}
        return _listed(self._session.get(path, query), "comments", path)


def _fields(draft: TicketDraft, token: str) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "project": {"key": draft.project},
        "issuetype": {"name": draft.issue_type},
        "summary": summary(draft.summary),
        "description": document(draft.text),
        "labels": [_label(token), *draft.labels],
        **_urgency_fields(draft.priority, draft.due),
    }
    if draft.components:
        fields["components"] = [{"name": name} for name in draft.components]
    if draft.assignee:
        fields["assignee"] = {"accountId": draft.assignee}
    return fields


def _urgency_fields(priority: str | None, due: date | None) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if priority:
        fields["priority"] = {"name": priority}
    if due:
        fields["duedate"] = due.isoformat()
    return fields


def _without(fields: dict[str, Any], refused: frozenset[str], token: str) -> dict[str, Any]:
    """The fields without the refused ones; of the labels our own stays, because the ticket is found by it."""
    kept = {name: value for name, value in fields.items() if name not in refused}
    return {**kept, "labels": [_label(token)]} if "labels" in refused else kept


def _label(token: str) -> str:
    return LABEL_PREFIX + token


def _property(token: str) -> dict[str, Any]:
    return {"key": PROPERTY, "value": {"token": token}}


def _properties(comment: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": item["key"], "value": item["value"]} for item in comment.get("properties", [])]


def _carries(issue: dict[str, Any], token: str) -> bool:
    """Whether either mark is there: people can remove a label, a moved project can lose a property."""
    labels = issue.get("fields", {}).get("labels", [])
    return _label(token) in labels or issue.get("properties", {}).get(PROPERTY) == {"token": token}


def _leads_to(link: dict[str, Any], other: str, link_type: str) -> bool:
    """Whether this is a link of that type to the other ticket; both ways count where both read the same."""
    kind = link["type"]
    ends = ["outwardIssue"] if kind["inward"] != kind["outward"] else ["outwardIssue", "inwardIssue"]
    return kind["name"] == link_type and any(link.get(end, {}).get("key") == other for end in ends)


def _listed(answer: dict[str, Any], name: str, request: str) -> list[dict[str, Any]]:
    """The list under this name; an answer without it must not be read as "none found"."""
    items = answer.get(name)
    if not isinstance(items, list):
        raise Unavailable(f"Jira's answer to {request} holds no {name}; it is tried again later")
    return items


def _named(answer: object, name: str, request: str) -> str:
    value = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(value, str):
        raise answers.outcome_unknown(request, f"Jira's answer has no {name}")
    return value


def _number(key: str) -> int:
    return int(key.rpartition("-")[2])


def _quoted(value: str) -> str:
    """The value as a JQL string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
