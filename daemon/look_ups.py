"""The statements by which a report finds what is known, put together once for each kind of database.

What is sought comes as one JSON parameter, so that a statement's text is the same for every report:
PostgreSQL then plans it once for each connection, and SQLite keeps it ready. A key is followed no further
than to its oldest matters, so a decision costs no more because everybody reports the same.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    TableValuedAlias,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
)

from daemon.store.models import LookupKey, Relation, ReportWords, table_of
from daemon.store.states import KeyKind

OLDEST_MATTERS = 100  # that one key leads to
RECENT_REPORTS = 50

_KEYS = table_of(LookupKey).c
_WORDS = table_of(ReportWords).c
_RELATIONS = table_of(Relation).c
# Spelled out: only so does a database see that an index of references alone will do.
_IS_REFERENCE = _KEYS.kind == literal_column(f"'{KeyKind.REFERENCE}'")


@dataclass(frozen=True, kw_only=True)
class LookUps:
    """The statements for one kind of database."""

    own: Select[Any]
    """For each pair of kind and value that is `sought`: these, and the `party`'s oldest matters with it."""
    anybodys: Select[Any]
    """The same for whoever's matters, but by references alone."""
    compared_by: Select[Any]
    """Matter, kind and value of what the `matters` are vetoed and compared by."""
    latest: Select[Any]
    """Matter, bareness and words of the `party`'s latest reports, the newest first."""


def look_ups(dialect: str) -> LookUps:
    """Those for SQLite or PostgreSQL."""
    return _look_ups(embedded=dialect == "sqlite")


@cache
def _look_ups(*, embedded: bool) -> LookUps:
    sought = _each("sought", embedded=embedded)
    kind, value = _member(sought, 0, _KEYS.kind), _member(sought, 1, _KEYS.value)
    own = and_(_KEYS.kind == kind, _KEYS.value == value, _KEYS.party == bindparam("party"))
    anybodys = and_(_IS_REFERENCE, _KEYS.value == value)

    def having(condition: ColumnElement[bool]) -> Select[Any]:
        matters = _oldest(condition, sought, embedded=embedded)
        return select(kind, value, matters.c[0]).select_from(sought.join(matters, true()))

    return LookUps(
        own=having(own),
        anybodys=having(anybodys),
        compared_by=_compared_by(embedded=embedded),
        latest=_LATEST,
    )


def _compared_by(*, embedded: bool) -> Select[Any]:
    matters = _each("matters", embedded=embedded)
    number = cast(cast(matters.c.value, String), Integer)
    compared = and_(_KEYS.matter_id == number, or_(_KEYS.kind == KeyKind.CASE, _IS_REFERENCE))
    if embedded:
        found = select(_KEYS.matter_id, _KEYS.kind, _KEYS.value)
        return found.join_from(matters, table_of(LookupKey), compared).distinct()
    # One matter after the other: while there are few keys, PostgreSQL would rather look through all.
    keys = select(_KEYS.kind, _KEYS.value).where(compared).distinct().lateral()
    return select(number, keys.c.kind, keys.c.value).select_from(matters.join(keys, true()))


_LATEST = (
    select(_RELATIONS.matter_id, _WORDS.is_bare, _WORDS.sketch)
    .join_from(table_of(ReportWords), table_of(Relation), _RELATIONS.message_id == _WORDS.message_id)
    .where(_WORDS.party == bindparam("party"))
    .order_by(_WORDS.message_id.desc())
    .limit(RECENT_REPORTS)
)


def _each(name: str, *, embedded: bool) -> TableValuedAlias:
    """The members of a JSON array that is given as a parameter, one a row."""
    function = func.json_each if embedded else func.json_array_elements
    return function(bindparam(name, type_=JSON)).table_valued("value")


def _member(array: TableValuedAlias, place: int, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A member of an array in an array, of the column's type."""
    return array.c.value.op("->>", return_type=column.type)(literal_column(str(place)))


def _oldest(condition: ColumnElement[bool], sought: FromClause, *, embedded: bool) -> FromClause:
    """For each that is sought, the oldest matters with a key that fulfils the condition."""
    found = select(_KEYS.matter_id).where(condition).distinct().order_by(_KEYS.matter_id)
    matters = found.limit(literal_column(str(OLDEST_MATTERS), Integer))
    if not embedded:
        return matters.lateral()
    # SQLite knows no LATERAL, but a function may look at what stands before it.
    gathered = select(func.json_group_array(matters.correlate(sought).subquery().c.matter_id))
    return func.json_each(gathered.correlate(sought).scalar_subquery()).table_valued("value")
