"""Fields that a rule names: which of the site's they are, and their values in Jira's own form."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from connectors.jira.text import one_line, shortened
from rules.ticket_keys import FieldValue

LINE_LIMIT = 255
"""Longest text of a field of one line, in UTF-16 units."""
_TEXT_AREA = ":textarea"
_NAMED = frozenset({"component", "group", "priority", "version"})
"""Types of which a value is meant by its name."""


@dataclass(frozen=True, kw_only=True)
class SiteField:
    """A field as the site describes it."""

    id: str
    name: str
    type: str
    items: str = ""  # the type of each, where the field is a list
    custom: str = ""  # the kind of a custom field

    @classmethod
    def of(cls, bean: Mapping[str, Any]) -> "SiteField":
        """The field of Jira's description."""
        schema = bean.get("schema") or {}
        return cls(
            id=str(bean.get("id", bean.get("fieldId"))),
            name=str(bean.get("name")),
            type=str(schema.get("type", "")),
            items=str(schema.get("items", "")),
            custom=str(schema.get("custom", "")),
        )


@dataclass(frozen=True, kw_only=True)
class Forms:
    """How one edition takes what is not the same in both."""

    area: Callable[[str], object]  # a text of several lines
    line: Callable[[str], str]  # a text of one line, made inert
    account: Callable[[str], object]


@dataclass(frozen=True, kw_only=True)
class Translated:
    """The fields that the site has, by id, with the names by which rules know them; and the others."""

    values: Mapping[str, object]
    names: Mapping[str, str]  # by id
    left_out: tuple[str, ...]  # with the reasons


def translated(wanted: Mapping[str, FieldValue], known: Iterable[SiteField], forms: Forms) -> Translated:
    """Each field by its id, with its value in Jira's form.

    A field is left out that the site does not have, or has twice, or that can't take the value.
    """
    every = list(known)
    values, names, left_out = {}, {}, []
    for name, value in wanted.items():
        meant = named(name, every)
        if len(meant) != 1:
            left_out.append(f"{name} ({'no such field' if not meant else 'several fields have this name'})")
            continue
        [field] = meant
        form = _form(field, value, forms)
        if form is None:
            left_out.append(f"{name} (it takes no such value)")
            continue
        values[field.id], names[field.id] = form, name
    return Translated(values=values, names=names, left_out=tuple(left_out))


def named(name: str, known: Iterable[SiteField]) -> list[SiteField]:
    """The fields of this name, or the one with this id."""
    return [field for field in known if name in (field.id, field.name)]


def _form(field: SiteField, value: FieldValue, forms: Forms) -> object:
    """The value in Jira's form; None where the field can't take it."""
    if field.type == "array":
        items = value if isinstance(value, tuple) else (str(value),)
        found = [_single(field.items, field, item, forms) for item in items]
        return None if None in found else found
    if isinstance(value, tuple):
        value = ", ".join(value)
    return _single(field.type, field, value, forms)


def _single(kind: str, field: SiteField, value: str | float, forms: Forms) -> object:
    match kind:
        case "number":
            return _number(value)
        case "string":
            return _text(field, str(value), forms)
        case "option":
            return {"value": one_line(str(value))}
        case "user":
            return forms.account(str(value))
        case "date" | "datetime":
            return next(_instants(kind, str(value)), None)
    return {"name": one_line(str(value))} if kind in _NAMED else None


def _text(field: SiteField, value: str, forms: Forms) -> object:
    if field.type == "array":  # labels, in which Jira takes no spaces
        return "-".join(one_line(value).split())
    return (
        forms.area(value) if field.custom.endswith(_TEXT_AREA) else shortened(forms.line(value), LINE_LIMIT)
    )


def _number(value: str | float) -> float | None:
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return None


def _instants(kind: str, text: str) -> Iterator[str]:
    """The text as Jira writes dates and instants; nothing where it is neither."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return
    if kind == "date":
        yield (at.astimezone(UTC).date() if at.tzinfo else date(at.year, at.month, at.day)).isoformat()
    elif at.tzinfo:
        yield at.strftime("%Y-%m-%dT%H:%M:%S.000%z")
