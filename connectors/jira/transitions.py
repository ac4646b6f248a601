"""Which of a ticket's transitions leads where it is to go."""

from collections.abc import Iterable, Mapping
from typing import Any

from connectors.errors import Refused
from connectors.tickets import StatusCategory, StatusTarget

EXPANSION = "transitions.fields"
"""What makes Jira show a ticket's transitions, with the fields that each of them asks for."""

_CATEGORY_KEYS = {
    StatusCategory.TO_DO: "new",
    StatusCategory.IN_PROGRESS: "indeterminate",
    StatusCategory.DONE: "done",
}
"""What Jira calls the categories; the same in every language and on every site."""
_RESOLUTION = "resolution"

Transition = Mapping[str, Any]
"""As Jira shows it."""


def is_at(status: Mapping[str, Any], target: StatusTarget) -> bool:
    """Whether this status is the one, or one of those, to go to."""
    if target.status is not None:
        return str(status.get("name", "")).casefold() == target.status.casefold()
    key = status.get("statusCategory", {}).get("key")
    return target.category is not None and key == _CATEGORY_KEYS[target.category]


def transition_to(
    target: StatusTarget, transitions: Iterable[Transition], *, resolution: str | None
) -> dict[str, Any]:
    """The request's body for the best way there: it asks for nothing else, and takes the resolution.

    Raises:
        Refused: no transition leads there, or each of them asks for further fields.
    """
    ways = [way for way in transitions if is_at(way.get("to", {}), target)]
    open_ways = [way for way in ways if not _missing(way, resolution)]
    if not open_ways:
        raise Refused(_no_way(target, ways, resolution))
    way = max(open_ways, key=lambda way: _takes(way, resolution))
    body: dict[str, Any] = {"transition": {"id": way["id"]}}
    if _takes(way, resolution):
        body["fields"] = {_RESOLUTION: {"name": resolution}}
    return body


def _takes(way: Transition, resolution: str | None) -> bool:
    """Whether the transition's screen has the resolution, and this one among its choices."""
    field = way.get("fields", {}).get(_RESOLUTION)
    if resolution is None or field is None:
        return False
    choices = field.get("allowedValues")
    return choices is None or any(choice.get("name") == resolution for choice in choices)


def _missing(way: Transition, resolution: str | None) -> set[str]:
    """The fields that the transition asks for and that we have no value for."""
    asked = {
        name
        for name, field in way.get("fields", {}).items()
        if field.get("required") and not field.get("hasDefaultValue")
    }
    return asked - {_RESOLUTION} if _takes(way, resolution) else asked


def _no_way(target: StatusTarget, ways: Iterable[Transition], resolution: str | None) -> str:
    missing = sorted(set().union(*(_missing(way, resolution) for way in ways)))
    if not missing:
        return (
            f"no transition leads from the ticket's status to {target}; "
            "check the workflow and the account's permission to transition"
        )
    fields = ", ".join(missing)
    return f"every transition to {target} asks for {fields}; make that optional in the workflow"
