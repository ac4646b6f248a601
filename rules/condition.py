"""The models of conditions in `routing.yaml`: each is the formula that it stands for."""

from abc import abstractmethod
from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from typing_extensions import override

from rules.case import Case
from rules.formula import All, Among, Formula, Verdict

T = TypeVar("T")


def as_list(value: object) -> object:
    """A list as it is, and anything else as the only item of one."""
    return value if isinstance(value, list | tuple | set | frozenset) else [value]


OneOrMore = Annotated[tuple[T, ...], BeforeValidator(as_list), Field(min_length=1)]
"""A value, or a list of which one suffices."""
Several = Annotated[tuple[T, ...], BeforeValidator(as_list)]
"""Any number of values; one may stand alone."""
Text = Annotated[str, Field(min_length=1)]


class Condition(BaseModel):
    """One question about a case. Answering it never raises."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    @property
    @abstractmethod
    def formula(self) -> Formula:
        """What is asked."""

    def judge(self, case: Case) -> Verdict:
        """Whether the condition holds for the case, and why."""
        return self.formula.told(case)


class OneOf(Condition):
    """Holds when the case's value is one of those listed."""

    subject: ClassVar[str]
    domain: ClassVar[type[StrEnum] | None] = None
    one_of: tuple[Any, ...]

    @override
    @cached_property
    def formula(self) -> Formula:
        domain = tuple(self.domain) if self.domain else ()
        values = tuple(str(value) for value in self.one_of)
        return Among(fact=self.subject, of=self._actual, values=values, domain=domain)

    @staticmethod
    @abstractmethod
    def _actual(case: Case) -> str | None:
        """The case's value."""

    @model_validator(mode="before")
    @classmethod
    def _spelt_out(cls, value: object) -> object:
        return value if isinstance(value, cls) else {"one_of": value}


class Facets(Condition):
    """A group of optional keys; at least one is set, and all that are set must hold."""

    @override
    @cached_property
    def formula(self) -> Formula:
        parts = tuple(self._parts())
        return parts[0] if len(parts) == 1 else All(parts)

    @abstractmethod
    def _parts(self) -> Iterator[Formula]:
        """One formula for each key that is set."""

    @model_validator(mode="after")
    def _something_set(self) -> "Facets":
        if not self.model_fields_set:
            raise ValueError("needs at least one key")
        return self
