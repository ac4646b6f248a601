"""The fields of a ticket: what is taken, and how it is kept."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any

from connectors.jira.sandbox.refusal import Refusal
from connectors.jira.sandbox.store import PRIORITIES, Store
from connectors.jira.sandbox.ticket import CustomField, Named

Check = Callable[[Store, Any], str | None]
"""Says what Jira would say against a value; None when it takes it."""

SUMMARY_LIMIT = 255
LABEL_LIMIT = 255
TEXT_LIMIT = 32_767
DEFAULT_PRIORITY = "Medium"


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field that can be set."""

    id: str
    name: str
    type: str
    check: Check
    required: bool = False
    items: str = ""  # the type of each, where it is an array
    custom: str = ""  # the kind of a custom field
    options: tuple[str, ...] = ()


FieldTable = Mapping[str, Field]
"""By id."""


def named(values: Sequence[Named], reference: object) -> Named | None:
    """The entry that a reference such as {"name": …}, {"key": …} or {"id": …} means."""
    if not isinstance(reference, dict):
        return None
    name = reference.get("name", reference.get("key"))
    return next((value for value in values if value.id == reference.get("id") or value.name == name), None)


def units(text: str) -> int:
    """The length of a text as Jira counts it: in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def _check_project(store: Store, value: object) -> str | None:
    return None if named(store.projects, value) else "valid project is required"


def _check_issue_type(store: Store, value: object) -> str | None:
    return None if named(store.issue_types, value) else "Specify a valid issue type"


def _check_summary(_store: Store, value: object) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return "You must specify a summary of the issue."
    if "\n" in value or "\r" in value:
        return "The summary is invalid because it contains newline characters."
    if units(value) > SUMMARY_LIMIT:
        return f"Summary can't exceed {SUMMARY_LIMIT} characters."
    return None


def _check_labels(_store: Store, value: object) -> str | None:
    if not isinstance(value, list) or not all(isinstance(label, str) for label in value):
        return "data was not an array of strings"
    for label in value:
        if any(character.isspace() for character in label):
            return f"The label '{label}' contains spaces which is invalid."
        if len(label) > LABEL_LIMIT:
            return f"The label '{label}' exceeds the maximum length of {LABEL_LIMIT} characters."
    return None


def _check_priority(_store: Store, value: object) -> str | None:
    return None if named(PRIORITIES, value) else "The priority selected is invalid."


def _check_date(_store: Store, value: object) -> str | None:
    try:
        if value is not None:
            date.fromisoformat(str(value))
    except ValueError:
        return f"Error parsing date string: {value}"
    return None


def _check_components(_store: Store, value: object) -> str | None:
    if isinstance(value, list) and all(
        isinstance(item, dict) and {"id", "name"} & item.keys() for item in value
    ):
        return None
    return "expected an array of objects with id or name"


def _account_check(key: str) -> Check:
    def check(_store: Store, value: object) -> str | None:
        if value is None or (isinstance(value, dict) and key in value):
            return None
        return f"expected '{key}' property to be provided"

    return check


def _check_security(store: Store, value: object) -> str | None:
    levels = [level for levels in store.security_levels.values() for level in levels]
    return None if named(levels, value) else "Security level is invalid, or you may not set it."


def _or_nothing(check: Check) -> Check:
    return lambda store, value: None if value is None else check(store, value)


def field_table(*, check_text: Check, account_key: str) -> FieldTable:
    """All fields by id. `account_key` is how the edition refers to accounts."""
    fields = (
        Field(id="project", name="Project", type="project", check=_check_project, required=True),
        Field(id="issuetype", name="Issue Type", type="issuetype", check=_check_issue_type, required=True),
        Field(id="summary", name="Summary", type="string", check=_check_summary, required=True),
        Field(id="description", name="Description", type="string", check=_or_nothing(check_text)),
        Field(id="labels", name="Labels", type="array", check=_check_labels),
        Field(id="priority", name="Priority", type="priority", check=_check_priority),
        Field(id="duedate", name="Due date", type="date", check=_check_date),
        Field(id="components", name="Components", type="array", check=_check_components),
        Field(id="assignee", name="Assignee", type="user", check=_account_check(account_key)),
        Field(id="security", name="Security Level", type="securitylevel", check=_check_security),
    )
    return {field.id: field for field in fields}


def custom_table(store: Store, *, check_text: Check, account_key: str) -> FieldTable:
    """The fields that the site's administrators have made, by id."""
    checks: Mapping[str, Check] = {
        "string": lambda _store, value: None if _is_line(value) else "Operation value must be a string",
        "number": lambda _store, value: None if _is_number(value) else "Operation value must be a number",
        "date": _check_date,
        "user": _account_check(account_key),
    }
    return {
        field.id: Field(
            id=field.id,
            name=field.name,
            type=field.type,
            check=check_text if field.kind == "textarea" else _custom_check(field, checks),
            items=field.items,
            custom=f"com.atlassian.jira.plugin.system.customfieldtypes:{field.kind}",
            options=field.options,
        )
        for field in store.custom_fields
    }


def _custom_check(field: CustomField, checks: Mapping[str, Check]) -> Check:
    single = checks.get(field.items or field.type, _option_check(field))
    if field.type != "array":
        return single

    def check(store: Store, value: object) -> str | None:
        if not isinstance(value, list):
            return "data was not an array"
        return next(filter(None, (single(store, item) for item in value)), None)

    return check


def _option_check(field: CustomField) -> Check:
    def check(_store: Store, value: object) -> str | None:
        chosen = value.get("value") if isinstance(value, dict) else None
        return None if chosen in field.options else f"Option value '{chosen}' is not valid"

    return check


def _is_line(value: object) -> bool:
    return isinstance(value, str) and units(value) <= SUMMARY_LIMIT and "\n" not in value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_FOR_CREATE_ONLY = {"project", "issuetype"}


def for_create(store: Store, fields: FieldTable, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a new ticket; raises a refusal that names what is wrong with each."""
    wanted = {field.id: None for field in fields.values() if field.required} | dict(given)
    project = named(store.projects, wanted["project"])
    _refuse_wrong(store, fields, project.name if project else "", wanted)
    return {"labels": [], **_kept(store, {"priority": {"name": DEFAULT_PRIORITY}, **wanted})}


def for_edit(store: Store, fields: FieldTable, project: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields to change; raises a refusal that names what is wrong with each."""
    editable = {name: field for name, field in fields.items() if name not in _FOR_CREATE_ONLY}
    _refuse_wrong(store, editable, project, given)
    return _kept(store, given)


def properties_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """The entity properties in a request's body."""
    given = body.get("properties", [])
    if not isinstance(given, list) or not all(isinstance(item, dict) and "key" in item for item in given):
        raise Refusal(HTTPStatus.BAD_REQUEST, "properties must be a list of objects with key and value")
    if any(len(json.dumps(item.get("value"))) > TEXT_LIMIT for item in given):
        raise Refusal(HTTPStatus.BAD_REQUEST, "The property value is too long.")
    return {item["key"]: item.get("value") for item in given}


def _refuse_wrong(store: Store, fields: FieldTable, project: str, given: Mapping[str, Any]) -> None:
    hidden = store.hidden_fields.get(project, frozenset())
    on_screen = {name: field for name, field in fields.items() if name not in hidden}
    objections = {name: _objection(store, on_screen.get(name), name, value) for name, value in given.items()}
    errors = {name: objection for name, objection in objections.items() if objection}
    if errors:
        raise Refusal(HTTPStatus.BAD_REQUEST, errors=errors)


def _objection(store: Store, field: Field | None, name: str, value: object) -> str | None:
    if field is None:
        return f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."
    return field.check(store, value)


def _kept(store: Store, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the store keeps them: references by the name they resolve to."""
    lists = {"project": store.projects, "issuetype": store.issue_types, "priority": PRIORITIES}
    kept = dict(given)
    for name in lists.keys() & kept.keys():
        entry = named(lists[name], kept[name])
        kept[name] = {"name": entry.name} if entry else None
    return kept
