"""The two editions of Jira, each as a ticket system."""

from collections.abc import Iterator
from typing import Any

from connectors.errors import Unavailable
from connectors.jira.adf import document
from connectors.jira.fields import PROPERTY, mark
from connectors.jira.text import one_line
from connectors.jira.tickets import JiraTickets, listed
from connectors.jira.wiki import inert_line, markup
from connectors.tickets import TicketText

_WINDOW = 100
"""Keys asked for at once; the most that one bulk fetch of Cloud takes."""
_LONGEST_GAP = 25
"""Keys in a row that lead to no ticket, after which a Data Center site is taken to have no later ones."""


class JiraCloud(JiraTickets):
    """Jira Cloud by REST API version 3."""

    version = "3"

    def _comments_with(self, key: str, token: str) -> Iterator[str]:
        """Read the comments with their properties."""
        comments = self._comments(key, expand="properties")
        return (comment["id"] for comment in comments if mark(token) in _properties(comment))

    def _text(self, text: TicketText) -> object:
        return document(text)

    def _line(self, text: str) -> str:
        return one_line(text)

    def _account(self, name: str | None) -> dict[str, str | None]:
        return {"accountId": name}

    def _search(self, jql: str, *, limit: int) -> list[dict[str, Any]]:
        return self._searched("search/jql", {"jql": jql, "maxResults": limit, "fields": ["labels"]})

    def _above(self, project: str, floor: int) -> Iterator[dict[str, Any]]:
        """Window by window, until a window is empty."""
        while issues := self._window(project, floor):
            yield from issues
            floor += _WINDOW

    def _window(self, project: str, floor: int) -> list[dict[str, Any]]:
        keys = [f"{project}-{number}" for number in range(floor + 1, floor + _WINDOW + 1)]
        body = {"issueIdsOrKeys": keys, "fields": ["labels"], "properties": [PROPERTY]}
        answer = self._session.search("issue/bulkfetch", body)
        if answer.get("issueErrors"):
            raise Unavailable(f"Jira could not read all of {keys[0]} to {keys[-1]}; it is tried again later")
        return listed(answer, "issues", "issue/bulkfetch")


class JiraDataCenter(JiraTickets):
    """Jira Data Center, 9 and later, by REST API version 2."""

    version = "2"

    def _comments_with(self, key: str, token: str) -> Iterator[str]:
        """Read the comments' properties one by one, the newest first: a list does not show them."""
        comments = reversed(list(self._comments(key)))
        return (comment["id"] for comment in comments if self._is_marked(comment, token))

    def _text(self, text: TicketText) -> object:
        return markup(text)

    def _line(self, text: str) -> str:
        return inert_line(text)

    def _account(self, name: str | None) -> dict[str, str | None]:
        return {"name": name}

    def _search(self, jql: str, *, limit: int) -> list[dict[str, Any]]:
        body = {"jql": jql, "startAt": 0, "maxResults": limit, "fields": ["labels"]}
        return self._searched("search", body)

    def _above(self, project: str, floor: int) -> Iterator[dict[str, Any]]:
        """Key by key, until `_LONGEST_GAP` of them in a row lead to no ticket."""
        number, misses = floor, 0
        while misses < _LONGEST_GAP:
            number, misses = number + 1, misses + 1
            issue = self._read(f"issue/{project}-{number}", {"fields": "labels", "properties": PROPERTY})
            if issue is not None:
                misses = 0
                yield issue

    def _is_marked(self, comment: dict[str, Any], token: str) -> bool:
        return self._read(f"comment/{comment['id']}/properties/{PROPERTY}") == mark(token)


def _properties(comment: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": item["key"], "value": item["value"]} for item in comment.get("properties", [])]
