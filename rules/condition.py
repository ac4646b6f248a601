"""What every condition of a rule is made of: a question about a case, answered with its reason."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from typing_extensions import override

from rules.case import Case

T = TypeVar("T")


def as_list(value: object) -> object:
    """A list as it is, and anything else as the only item of one."""
    return value if isinstance(value, list | tuple) else [value]


OneOrMore = Annotated[tuple[T, ...], BeforeValidator(as_list), Field(min_length=1)]
"""A value, or a list of which one suffices."""
Text = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether a condition holds, with the words for it."""

    matched: bool
    why: str


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Holds when every part holds; the reason is every part, or the first that fails."""
    parts = list(verdicts)
    failed = next((part for part in parts if not part.matched), None)
    return failed or Verdict(matched=True, why="; ".join(part.why for part in parts))


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Holds when one part holds; the reason is the first that does, or every part."""
    parts = list(verdicts)
    succeeded = next((part for part in parts if part.matched), None)
    return succeeded or Verdict(matched=False, why="; ".join(part.why for part in parts))


def listed(subject: str, actual: str | None, wanted: Iterable[str]) -> Verdict:
    """Whether the value is one of those wanted."""
    names = [str(name) for name in wanted]
    if actual in names:
        return Verdict(matched=True, why=f"{subject} is {actual}")
    return Verdict(matched=False, why=f"{subject} is {actual or 'none'}, not {' or '.join(names)}")


def agreed(subject: str, *, actual: bool, wanted: bool) -> Verdict:
    """Whether a yes-or-no fact is as wanted."""
    return Verdict(matched=actual is wanted, why=f"{subject}: {'yes' if actual else 'no'}")


class Condition(BaseModel):
    """One question about a case. Answering it never raises."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @abstractmethod
    def judge(self, case: Case) -> Verdict:
        """Whether the condition holds for the case, and why."""


class OneOf(Condition):
    """Holds when the case's value is one of those listed."""

    subject: ClassVar[str]
    one_of: tuple[Any, ...]

    @override
    def judge(self, case: Case) -> Verdict:
        return listed(self.subject, self._actual(case), self.one_of)

    @abstractmethod
    def _actual(self, case: Case) -> str | None:
        """The case's value."""

    @model_validator(mode="before")
    @classmethod
    def _spelt_out(cls, value: object) -> object:
        return value if isinstance(value, cls) else {"one_of": value}


class Facets(Condition):
    """A group of optional keys; at least one is set, and all that are set must hold."""

    @override
    def judge(self, case: Case) -> Verdict:
        return all_of(self._verdicts(case))

    @abstractmethod
    def _verdicts(self, case: Case) -> Iterator[Verdict]:
        """One verdict for each key that is set."""

    @model_validator(mode="after")
    def _something_set(self) -> "Facets":
        if not self.model_fields_set:
            raise ValueError("needs at least one key")
        return self
