"""What a `then` may say of a ticket beside where it goes; the same for routes and additions."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, model_validator

from config.durations import Duration, duration_text, parse_duration
from config.yaml_file import text_like
from rules.case import Case
from rules.condition import Several, Text
from rules.templates import Fact, check, facts_for_texts, filled_in

T = TypeVar("T")

CLOCK = "clock"
FieldValue = str | int | float | tuple[str, ...]
"""Of a field: a text (an option is one, too), a number, or several texts."""
FieldName = Annotated[str, text_like(r"\S(.{0,253}\S)?", "a field's name of at most 255 characters")]


class DueWanted(BaseModel):
    """Until when the ticket is due; never later than the governing clock."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    within: Duration | None = None
    """After receipt; None where the clock alone counts."""

    def __str__(self) -> str:
        return CLOCK if self.within is None else duration_text(self.within)


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Who sees a comment."""

    kind: Literal["role", "group"]
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class AudienceWanted(BaseModel):
    """A role of the project, or else a group."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    role: Text | None = None
    group: Text | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.role is None) == (self.group is None):
            raise ValueError("needs a role, or else a group")
        return self

    def __str__(self) -> str:
        return str(self.audience)

    @property
    def audience(self) -> Audience:
        """The same for whoever writes comments."""
        if self.role is not None:
            return Audience(kind="role", name=self.role)
        return Audience(kind="group", name=self.group or "")


def _in_words(value: object) -> str:
    match value:
        case tuple():
            return ", ".join(map(str, value))
        case dict():
            return ", ".join(f"{name}: {_in_words(inner)}" for name, inner in value.items())
    return str(value)


def _due(value: object) -> object:
    if value == CLOCK:
        return {}
    if not isinstance(value, str):
        return value
    try:
        return {"within": parse_duration(value)}
    except ValueError:
        raise ValueError('is neither "clock" nor a duration such as 15m, 4h or 2d') from None


def _field(value: object) -> FieldValue:
    """A value as the file gives it, its texts checked."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | list | tuple):
        raise ValueError("is no text, number or list of texts")  # noqa: TRY004 (pydantic wants it)
    if isinstance(value, str):
        return check(value)
    if isinstance(value, int | float):
        return value
    if not all(isinstance(item, str) for item in value):
        raise ValueError("is a list of something else than texts")
    return tuple(check(item) for item in value)


Due = Annotated[DueWanted, BeforeValidator(_due, json_schema_input_type=str)]
"""`clock`, or a span from receipt such as `4h`."""
FieldSource = Annotated[FieldValue, PlainValidator(_field, json_schema_input_type=FieldValue)]


class TicketKeys(BaseModel):
    """Of each key the first that is said counts: the route's, then the additions' in their order."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    watchers: Several[Text] = ()
    """Accounts that are told of every change; those of all rules that apply."""
    security_level: Text | None = None
    """Who may see the ticket; it is not opened where this can't be set."""
    due: Due | None = None
    """Left out, the clock's."""
    fields: dict[FieldName, FieldSource] = Field(default_factory=dict)
    """Fields of the project by their names; each counts for itself."""
    comment_visibility: AudienceWanted | None = None
    """Who sees the comments that mails become; left out, everybody who sees the ticket."""

    @property
    def told(self) -> tuple[str, ...]:
        """Each key that is written, with its value, in words."""
        said = (
            (name, getattr(self, name)) for name in type(self).model_fields if name in self.model_fields_set
        )
        return tuple(f"{name} {_in_words(value)}" for name, value in said)


@dataclass(frozen=True, kw_only=True)
class Extras:
    """What the rules that apply say of one ticket together."""

    watchers: tuple[str, ...]
    security_level: str | None
    due_within: timedelta | None
    fields: Mapping[str, FieldValue]
    comment_visibility: Audience | None


def extras(case: Case, keys: Iterable[TicketKeys]) -> Extras:
    """Every key of the rules that apply, the route's first; texts are filled in."""
    said = list(keys)
    due, wanted = _first(said, lambda each: each.due), _first(said, lambda each: each.comment_visibility)
    return Extras(
        watchers=tuple(dict.fromkeys(account for each in said for account in each.watchers)),
        security_level=_first(said, lambda each: each.security_level),
        due_within=due.within if due else None,
        fields=_fields(case, said),
        comment_visibility=wanted.audience if wanted else None,
    )


def _first(said: Iterable[TicketKeys], key: Callable[[TicketKeys], T | None]) -> T | None:
    return next((value for value in map(key, said) if value is not None), None)


def _fields(case: Case, said: Iterable[TicketKeys]) -> dict[str, FieldValue]:
    sources: dict[str, FieldValue] = {}
    for each in said:
        sources |= {name: source for name, source in each.fields.items() if name not in sources}
    if not sources:
        return {}
    facts = facts_for_texts(case)
    values = {name: _value(source, facts) for name, source in sources.items()}
    return {name: value for name, value in values.items() if value not in ("", ())}


def _value(source: FieldValue, facts: Mapping[str, Fact]) -> FieldValue:
    match source:
        case str():
            return filled_in(source, facts)
        case tuple():
            return tuple(filter(None, (filled_in(item, facts) for item in source)))
    return source
