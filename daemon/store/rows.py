"""New rows without what SQLAlchemy does to each, which takes longer than to store it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, starmap
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.orm import Session

from daemon.store.models import Base, table_of

SQLITE_VALUES = 32_766
"""The most parameters of a statement (SQLITE_MAX_VARIABLE_NUMBER since 3.32)."""

Row = Sequence[object]
"""The values of a row, in the order of the columns."""


class NewRows:
    """An INSERT into some columns of a table, prepared once for each kind of database."""

    def __init__(self, model: type[Base], *columns: str, unless_known: bool = False) -> None:
        """`unless_known`: rows that would break a constraint of uniqueness are passed over."""
        self._table = table_of(model)
        self._columns = tuple(self._table.c[name] for name in columns)
        self._unless_known = unless_known
        self._prepared: dict[str, _Prepared] = {}

    def insert(self, session: Session, rows: Iterable[Row]) -> None:
        """Add the rows to the transaction under way, in their order; there must be one at least."""
        connection = session.connection()
        prepared = self._prepared.get(connection.dialect.name)
        if prepared is None:
            prepared = self._prepared[connection.dialect.name] = self._prepare(connection.dialect)
        written = prepared.written(rows)
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql(prepared.statement(), written if len(written) > 1 else written[0])
            return
        at_once = SQLITE_VALUES // len(self._columns)
        for start in range(0, len(written), at_once):
            some = written[start : start + at_once]
            connection.exec_driver_sql(prepared.statement(len(some)), tuple(chain.from_iterable(some)))

    def _prepare(self, dialect: Dialect) -> "_Prepared":
        mark = "?" if dialect.paramstyle == "qmark" else "%s"
        names, marks = (
            ", ".join(column.name for column in self._columns),
            ", ".join(mark for _ in self._columns),
        )
        types = (column.type.dialect_impl(dialect) for column in self._columns)
        return _Prepared(
            beginning=f"INSERT INTO {self._table.name} ({names}) VALUES ",  # noqa: S608  (our own names)
            marks=f"({marks})",
            end=" ON CONFLICT DO NOTHING" if self._unless_known else "",
            writers=tuple(kind.bind_processor(dialect) for kind in types),
        )


@dataclass(frozen=True, kw_only=True)
class _Prepared:
    beginning: str
    marks: str  # for one row
    end: str
    writers: tuple[Any, ...]  # a function for each column that isn't stored as it is

    def statement(self, rows: int = 1) -> str:
        """The INSERT of so many rows."""
        return self.beginning + ", ".join([self.marks] * rows) + self.end

    def written(self, rows: Iterable[Row]) -> list[tuple[object, ...]]:
        """The rows as the driver takes them; made by columns, since most columns need no change."""
        columns = zip(self.writers, zip(*rows, strict=True), strict=True)
        return list(zip(*starmap(_written, columns), strict=True))


def _written(writer: Any, values: tuple[object, ...]) -> tuple[object, ...]:  # noqa: ANN401  (as SQLAlchemy gives it)
    if writer is None:
        return values
    first = values[0]
    if all(value is first for value in values):  # such as the instant at which all were stored
        return (writer(first),) * len(values)
    return tuple(map(writer, values))
