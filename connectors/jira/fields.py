"""A ticket's fields as both editions of Jira take them, and the marks by which it is found again."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from unicodedata import normalize

from connectors.jira.text import one_line, shortened, summary
from connectors.tickets import TicketDraft

PROPERTY = "mailwarden"
"""The entity property that holds the token; readable by key at once, unlike the search index."""
LABEL_PREFIX = "mw-"
NAME_LIMIT = 150
"""Longest name of an attachment in UTF-16 units; Jira's own limit is 255."""
OPTIONAL_FIELDS = frozenset({"assignee", "components", "duedate", "labels", "priority"})
"""A ticket is better opened without these than not at all."""

Fields = dict[str, Any]

_TOKEN_PART = 8
"""Digits of a token that mark an attachment: enough among the files of one ticket, and readable."""
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,15}\Z")
_NOT_IN_NAMES = re.compile(r"""[\\/"%:$?*<>|]""")
"""Characters in a file's name for which Jira refuses the file."""


def create_fields(
    draft: TicketDraft,
    token: str,
    *,
    text: object,
    assignee: Mapping[str, str | None],
    security_level: str | None,
    others: Mapping[str, object],
) -> Fields:
    """The fields of a new ticket; `text`, `assignee` and the `others` are in the edition's own form.

    `security_level` is an id.
    """
    fields: Fields = {
        **others,
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
    if security_level:
        fields["security"] = {"id": security_level}
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


def file_name(name: str, token: str) -> str:
    """The name under which a file is attached: its own, as far as Jira takes it, and a part of the token.

    Two files of one name and size are told apart by it, and a file is found again by it.
    """
    plain = _NOT_IN_NAMES.sub("_", one_line(normalize("NFC", name)))
    suffix = _SUFFIX.search(plain)
    stem, ending = (plain[: suffix.start()], suffix[0]) if suffix else (plain, "")
    ending = f"-{token[:_TOKEN_PART]}{ending}"
    return shortened(stem.strip(". ") or "file", NAME_LIMIT - len(ending)) + ending


def bears_property(issue: Mapping[str, Any], token: str) -> bool:
    """Whether the entity property holds the token; unlike a label, people can't copy it."""
    value: object = issue.get("properties", {}).get(PROPERTY)
    return value == {"token": token}


def is_marked(issue: Mapping[str, Any], token: str) -> bool:
    """Whether either mark is there: people can remove a label, a moved project can lose a property."""
    labels = issue.get("fields", {}).get("labels", [])
    return label(token) in labels or bears_property(issue, token)
