"""What is wrong with a configuration: every fault with its place, told all at once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from config.errors import MailwardenError

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing to be put right. It repeats no value that could be a secret."""

    file: str  # the file's name, or "environment"
    line: int | None = None  # from 1; None where a file has no such place
    column: int | None = None  # from 1
    key: str = ""  # the way to the value, such as routes[2].when.urgency
    message: str
    hint: str = ""  # what to do about it

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        key = f" {self.key}:" if self.key else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{place}{key} {self.message}{hint}"

    @property
    def order(self) -> tuple[str, int, int]:
        """Faults are told in this order: by file, then from top to bottom."""
        return self.file, self.line or 0, self.column or 0


class ConfigurationError(MailwardenError):
    """The configuration cannot be used; the text holds one line for each fault."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.order))
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True, kw_only=True)
class Attempt(Generic[T]):
    """The outcome of loading one file, kept so that the faults of all files can be told together."""

    value: T | None = None
    faults: tuple[Fault, ...] = ()

    @classmethod
    def at(cls, load: Callable[[], T]) -> "Attempt[T]":
        """Call `load`, which never returns None, and keep its value or its faults."""
        try:
            return cls(value=load())
        except ConfigurationError as error:
            return cls(faults=error.faults)

    def result(self) -> T:
        """The value.

        Raises:
            ConfigurationError: loading failed.
        """
        if self.value is None:
            raise ConfigurationError(self.faults)
        return self.value
