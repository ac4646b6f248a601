"""A ticket's fields as both editions of Jira take them, and the marks by which it is found again."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from connectors.jira.text import summary
from connectors.tickets import TicketDraft

PROPERTY = "mailwarden"
"""The entity property that holds the token; readable by key at once, unlike the search index."""
LABEL_PREFIX = "mw-"
OPTIONAL_FIELDS = frozenset({"assignee", "components", "duedate", "labels", "priority"})
"""A ticket is better opened without these than not at all."""

Fields = dict[str, Any]


def create_fields(
    draft: TicketDraft, token: str, *, text: object, assignee: Mapping[str, str | None]
) -> Fields:
    """The fields of a new ticket; `text` and `assignee` are in the edition's own form."""
    fields: Fields = {
        "project": {"key": draft.project},
        "issuetype": {"name": draft.issue_type},
        "summary": summary(draft.summary),
        "description": text,
        "labels": [label(token), *draft.labels],
        **urgency_fields(draft.priority, draft.due),
    }
    if draft.components:
        fields["components"] = [{"name": name} for name in draft.components]
    if draft.assignee:
        fields["assignee"] = assignee
    return fields


def urgency_fields(priority: str | None, due: date | None) -> Fields:
    """The fields that say how pressing a ticket is; None leaves one out."""
    fields: Fields = {}
    if priority:
        fields["priority"] = {"name": priority}
    if due:
        fields["duedate"] = due.isoformat()
    return fields


def without(fields: Fields, refused: frozenset[str], token: str) -> Fields:
    """The fields without the refused ones; of the labels our own stays, because the ticket is found by it."""
    kept = {name: value for name, value in fields.items() if name not in refused}
    return {**kept, "labels": [label(token)]} if "labels" in refused else kept


def label(token: str) -> str:
    """The label that marks a ticket."""
    return LABEL_PREFIX + token


def mark(token: str) -> dict[str, Any]:
    """The entity property that marks a ticket or a comment."""
    return {"key": PROPERTY, "value": {"token": token}}


def is_marked(issue: Mapping[str, Any], token: str) -> bool:
    """Whether either mark is there: people can remove a label, a moved project can lose a property."""
    labels = issue.get("fields", {}).get("labels", [])
    return label(token) in labels or issue.get("properties", {}).get(PROPERTY) == {"token": token}
