"""The grammar of `rotas.yaml`: who works when."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated, NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from config.fault_words import did_you_mean
from config.settings import TimeZoneName
from config.yaml_file import Problem, found, text_like
from parsers.facts import Instant
from rules.condition import OneOrMore, Text
from rules.names import LanguageCode

PersonId = Annotated[str, text_like(r"[a-z0-9][a-z0-9_.-]{0,63}", "an id such as ayse or j.smith")]
RotaName = Annotated[str, text_like(r"[a-z0-9][a-z0-9_-]{0,63}", "a name such as turkish-desk")]

_CLOCK = r"([01][0-9]|2[0-3]):([0-5][0-9])"
_HOURS = re.compile(rf"{_CLOCK}-{_CLOCK}")
_TURN = re.compile(r"([1-9][0-9]?)([dw])")


class Day(StrEnum):
    """A day of the week."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"

    @staticmethod
    def of(day: date) -> "Day":
        """The day of the week of a date."""
        return _DAYS[day.weekday()]


_DAYS = tuple(Day)


class Hours(NamedTuple):
    """A part of the day; where `end` is not after `begin` it ends on the day after."""

    begin: time
    end: time


WHOLE_DAY = Hours(time(0), time(0))


def parse_hours(value: object) -> Hours:
    """Read `08:00-20:00`.

    Raises:
        ValueError: it is something else; the message says what is wanted.
    """
    form = _HOURS.fullmatch(value) if isinstance(value, str) else None
    if isinstance(value, Hours):
        return value
    if not form:
        raise ValueError("is not a part of the day such as 08:00-20:00 or 20:00-00:00, midnight")
    begin_hour, begin_minute, end_hour, end_minute = map(int, form.groups())
    return Hours(time(begin_hour, begin_minute), time(end_hour, end_minute))


def _turn(value: object) -> timedelta:
    form = _TURN.fullmatch(value) if isinstance(value, str) else None
    if isinstance(value, timedelta):
        return value
    if not form:
        raise ValueError("is not a time such as 1d, 1w or 2w")
    return timedelta(days=int(form[1])) * (7 if form[2] == "w" else 1)


HoursOfDay = Annotated[
    Hours,
    BeforeValidator(parse_hours, json_schema_input_type=Annotated[str, Field(pattern=f"^{_HOURS.pattern}$")]),
]
"""Written as `08:00-20:00`."""
Turn = Annotated[
    timedelta,
    BeforeValidator(_turn, json_schema_input_type=Annotated[str, Field(pattern=f"^{_TURN.pattern}$")]),
]
"""Written as `1d` or `2w`."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def _written(value: object) -> object:
    if not isinstance(value, str | datetime):
        raise ValueError("is no date and time such as 2026-12-31T08:00")  # noqa: TRY004 (pydantic wants it)
    return value


WallTime = Annotated[datetime, BeforeValidator(_written)]
"""Of the clock on the wall of the rota's zone."""


class Person(_Section):
    """Somebody who is on duty at times."""

    account: Text
    """Whom Jira assigns the ticket to: an account id (Cloud) or a user name (Data Center)."""
    name: Text | None = None
    languages: OneOrMore[LanguageCode] | None = None


class Hourly(_Section):
    """Some hours of some days."""

    days: OneOrMore[Day] = tuple(Day)
    """On which the hours begin."""
    hours: HoursOfDay = WHOLE_DAY


class Layer(Hourly):
    """People who take turns, on some days and at some hours."""

    people: OneOrMore[PersonId]
    turn: Turn = timedelta(weeks=1)
    """How long one person's turn lasts."""
    first: date = date(2024, 1, 1)
    """The day on which the first person's turn begins; the default is a Monday."""
    hand_over: Annotated[str, text_like(_CLOCK, "a time of day such as 09:00")] | None = None
    """When turns change on the day that they do; left out, when the hours begin."""

    @cached_property
    def first_turn(self) -> datetime:
        """When the first person's turn begins, by the clock on the wall."""
        at = time.fromisoformat(self.hand_over) if self.hand_over else self.hours.begin
        return datetime.combine(self.first, at)


class Uncovered(Hourly):
    """Hours at which it is meant that nobody is on duty."""

    reason: Text
    """Why; people read it beside a ticket that nobody gets."""


class Override(_Section):
    """One person stands in, whatever the layers say; times are the rota's own."""

    person: PersonId
    begin: WallTime = Field(alias="from")
    end: WallTime = Field(alias="to")

    @model_validator(mode="after")
    def _well_formed(self) -> Self:
        if self.begin.tzinfo or self.end.tzinfo:
            raise found([Problem((), "names a zone", "times are in the rota's own time zone")])
        if self.begin >= self.end:
            raise found([Problem(("to",), "is not after from")])
        return self


class Rota(_Section):
    """Who is on duty: an override, else the first layer that has somebody there."""

    time_zone: TimeZoneName
    layers: Annotated[tuple[Layer, ...], Field(min_length=1)]
    overrides: tuple[Override, ...] = ()
    uncovered: tuple[Uncovered, ...] = ()
    """Hours that are left to nobody on purpose; all other hours without anybody are remarked."""

    @property
    def everybody(self) -> frozenset[str]:
        """All who may be on duty at some time."""
        turns = (person for layer in self.layers for person in layer.people)
        return frozenset((*turns, *(override.person for override in self.overrides)))

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone of its times."""
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, kw_only=True)
class Shift:
    """One stretch of time with the same person on duty, or with nobody."""

    begin: Instant
    end: Instant
    person: str | None  # its id; None for a hole
    meant: str | None = None  # why nobody is meant to be there; None for a hole that is not meant


class Rotas(_Section):
    """All of `rotas.yaml`."""

    people: dict[PersonId, Person]
    rotas: dict[RotaName, Rota]

    @cached_property
    def spoken(self) -> frozenset[str]:
        """The languages that anybody speaks."""
        return frozenset(code for person in self.people.values() for code in person.languages or ())

    @cached_property
    def worked_out(self) -> dict[tuple[str, int, str | None], tuple[Shift, ...]]:
        """Shifts that were asked for, by rota, week and language."""
        return {}

    @model_validator(mode="after")
    def _people_exist(self) -> Self:
        problems = [
            Problem(at, f'"{person}" is none of the people', did_you_mean(person, self.people))
            for at, person in self._mentions()
            if person not in self.people
        ]
        if problems:
            raise found(problems)
        return self

    def _mentions(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        for name, rota in self.rotas.items():
            for number, layer in enumerate(rota.layers):
                for person in layer.people:
                    yield ("rotas", name, "layers", number, "people"), person
            for number, override in enumerate(rota.overrides):
                yield ("rotas", name, "overrides", number, "person"), override.person
