"""The part of JQL that the sandbox understands.

Fields project, key, labels, status, created; operators = != < <= > >= IN NOT IN; AND, OR, NOT, brackets;
ORDER BY key, created, updated, status. Anything else is refused, as Jira refuses what it can't read.
"""

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from config.errors import MailwardenError
from connectors.jira.sandbox.ticket import Ticket

Condition = Callable[[Ticket], bool]

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<symbol><=|>=|!=|[=<>(),])
      | (?P<word>[^\s"'=<>!(),]+)
    )""",
    re.VERBOSE,
)
_AGE = re.compile(r"-(\d+)([mhdw])\Z")
_AGE_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_EQUALITY = {"=", "!="}
_ORDERS: dict[str, Callable[[Ticket], tuple[str | int | datetime, ...]]] = {
    "key": lambda ticket: (ticket.project, ticket.number),
    "created": lambda ticket: (ticket.created,),
    "updated": lambda ticket: (ticket.updated,),
    "status": lambda ticket: (ticket.status.name,),
}


class JqlError(MailwardenError):
    """The query can't be read; the message is meant for its author."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """One column of ORDER BY."""

    field: str
    descending: bool


@dataclass(frozen=True, kw_only=True)
class Query:
    """A query that was read. `condition` is None when it restricts nothing."""

    condition: Condition | None
    order: tuple[Order, ...]

    def matches(self, ticket: Ticket) -> bool:
        """Whether the query asks for this ticket."""
        return self.condition is None or self.condition(ticket)

    def ordered(self, tickets: Sequence[Ticket]) -> list[Ticket]:
        """The tickets in the order asked for; without one, the newest first."""
        found = list(tickets)
        for column in reversed(self.order or (Order(field="created", descending=True),)):
            found.sort(key=_ORDERS[column.field], reverse=column.descending)
        return found


def parse(text: str, *, now: datetime, projects: Sequence[str]) -> Query:
    """Read a query. Like Jira, it refuses the name of a project that does not exist."""
    return _Reader(_tokens(text), now, projects).query()


def _tokens(text: str) -> list[str]:
    """Words and symbols; a quoted value keeps its opening quote, so that it is never taken for a keyword."""
    tokens: list[str] = []
    position = 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise JqlError(f"Error in the JQL Query: unexpected character at position {position + 1}.")
        position = match.end()
        quoted = match["quoted"]
        tokens.append('"' + re.sub(r"\\(.)", r"\1", quoted[1:-1]) if quoted else match[match.lastgroup or 0])
    return tokens


class _Reader:
    """A recursive descent over the tokens: OR of ANDs of conditions."""

    def __init__(self, tokens: list[str], now: datetime, projects: Sequence[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._now = now
        self._projects = {project.upper() for project in projects}

    def query(self) -> Query:
        condition = None if self._sees("ORDER") or self._peek() is None else self._either()
        order = self._order() if self._takes("ORDER") else ()
        if self._peek() is not None:
            raise JqlError(f"Error in the JQL Query: expecting the end, but got '{self._peek()}'.")
        return Query(condition=condition, order=order)

    def _either(self) -> Condition:
        parts = [self._both()]
        while self._takes("OR"):
            parts.append(self._both())
        return lambda ticket: any(part(ticket) for part in parts)

    def _both(self) -> Condition:
        parts = [self._single()]
        while self._takes("AND"):
            parts.append(self._single())
        return lambda ticket: all(part(ticket) for part in parts)

    def _single(self) -> Condition:
        if self._takes("NOT"):
            inner = self._single()
            return lambda ticket: not inner(ticket)
        if self._takes("("):
            inner = self._either()
            self._expect(")")
            return inner
        return self._clause()

    def _clause(self) -> Condition:
        field = self._next().lower()
        if self._takes("NOT"):
            self._expect("IN")
            return self._none_of(field)
        if self._takes("IN"):
            return self._one_of(field)
        sign = self._next()
        if sign not in _COMPARISONS:
            raise JqlError(f"Error in the JQL Query: expecting an operator, but got '{sign}'.")
        return self._comparison(field, sign, self._value())

    def _one_of(self, field: str) -> Condition:
        parts = [self._comparison(field, "=", value) for value in self._values()]
        return lambda ticket: any(part(ticket) for part in parts)

    def _none_of(self, field: str) -> Condition:
        inner = self._one_of(field)
        return lambda ticket: not inner(ticket)

    def _comparison(self, field: str, sign: str, value: str) -> Condition:
        compare = _COMPARISONS[sign]
        if field == "created":
            instant = self._instant(value)
            return lambda ticket: compare(ticket.created, instant)
        if field in {"key", "issuekey", "issue"}:
            return _key_comparison(value, sign)
        if sign not in _EQUALITY:
            raise JqlError(f"The operator '{sign}' is not supported by the '{field}' field.")
        return self._equality(field, value, wanted=sign == "=")

    def _equality(self, field: str, value: str, *, wanted: bool) -> Condition:
        match field:
            case "project":
                if value.upper() not in self._projects:
                    raise JqlError(f"The value '{value}' does not exist for the field 'project'.")
                return lambda ticket: (ticket.project == value.upper()) is wanted
            case "labels":
                return lambda ticket: (value in ticket.labels) is wanted
            case "status":
                return lambda ticket: (ticket.status.name.lower() == value.lower()) is wanted
        raise JqlError(f"Field '{field}' does not exist or you do not have permission to view it.")

    def _instant(self, value: str) -> datetime:
        age = _AGE.match(value)
        if age:
            return self._now - timedelta(**{_AGE_UNITS[age[2]]: int(age[1])})
        try:
            return datetime.fromisoformat(value.replace("/", "-")).replace(tzinfo=UTC)
        except ValueError:
            raise JqlError(f"Date value '{value}' for field 'created' is invalid.") from None

    def _order(self) -> tuple[Order, ...]:
        self._expect("BY")
        columns = [self._column()]
        while self._takes(","):
            columns.append(self._column())
        return tuple(columns)

    def _column(self) -> Order:
        field = self._next().lower()
        if field not in _ORDERS:
            raise JqlError(f"Not able to sort using field '{field}'.")
        descending = self._takes("DESC")
        if not descending:
            self._takes("ASC")
        return Order(field=field, descending=descending)

    def _values(self) -> list[str]:
        self._expect("(")
        values = [self._value()]
        while self._takes(","):
            values.append(self._value())
        self._expect(")")
        return values

    def _value(self) -> str:
        return self._next().removeprefix('"')

    def _peek(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _sees(self, word: str) -> bool:
        return (self._peek() or "").upper() == word

    def _takes(self, word: str) -> bool:
        seen = self._sees(word)
        self._at += seen
        return seen

    def _expect(self, word: str) -> None:
        if not self._takes(word):
            raise JqlError(
                f"Error in the JQL Query: expecting '{word}', but got '{self._peek() or 'the end'}'."
            )

    def _next(self) -> str:
        token = self._peek()
        if token is None:
            raise JqlError("Error in the JQL Query: it ends too early.")
        self._at += 1
        return token


def _key_comparison(value: str, sign: str) -> Condition:
    project, _, number = value.upper().rpartition("-")
    if not project or not number.isdecimal():
        raise JqlError(f"The issue key '{value}' for field 'key' is invalid.")
    compare, wanted = _COMPARISONS[sign], int(number)
    if sign == "!=":
        return lambda ticket: (ticket.project, ticket.number) != (project, wanted)
    return lambda ticket: ticket.project == project and compare(ticket.number, wanted)
