"""The statements by which a report finds what is known, put together once for each kind of database.

What is sought comes as one JSON parameter, so that a statement's text is the same for every report:
PostgreSQL then plans it once for each connection, and SQLite keeps it ready. A key is followed no further
than its oldest rows, so a decision costs no more because everybody reports the same.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    FromClause,
    Integer,
    Select,
    String,
    TableValuedAlias,
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

MAX_CANDIDATES = 60  # matters with a key in common; those that share most
OLDEST_ROWS = 300  # of one key, each a message's
RECENT_REPORTS = 50

_KEYS = table_of(LookupKey).c
_WORDS = table_of(ReportWords).c
_RELATIONS = table_of(Relation).c
# Spelled out: only so does a database see that an index of references alone will do.
_IS_REFERENCE = _KEYS.kind == literal_column(f"'{KeyKind.REFERENCE}'")


@dataclass(frozen=True, kw_only=True)
class LookUps:
    """The statements for one kind of database."""

    own_hits: Select[Any]
    """`party`, and `sought`: pairs of kind and value. Kinds and matters, what points to them first."""
    most_in_common: Select[Any]
    """`references`. The number of the matter, whoever's it is, that has most of them."""
    compared_by: Select[Any]
    """`matters`. Matter, kind and value of what these are vetoed and compared by."""
    latest: Select[Any]
    """`party`. Matter, bareness and words of its latest reports, the newest first."""


def look_ups(dialect: str) -> LookUps:
    """Those for SQLite or PostgreSQL."""
    return _look_ups(embedded=dialect == "sqlite")


@cache
def _look_ups(*, embedded: bool) -> LookUps:
    return LookUps(
        own_hits=_own_hits(embedded=embedded),
        most_in_common=_most_in_common(embedded=embedded),
        compared_by=_compared_by(embedded=embedded),
        latest=_LATEST,
    )


def _own_hits(*, embedded: bool) -> Select[Any]:
    sought = _each("sought", embedded=embedded, of_texts=False)
    kind = sought.c.value.op("->>", return_type=_KEYS.kind.type)(literal_column("0"))
    value = sought.c.value.op("->>", return_type=String())(literal_column("1"))
    matching = select(_KEYS.matter_id).where(
        _KEYS.kind == kind, _KEYS.value == value, _KEYS.party == bindparam("party")
    )
    having = _matters_having(matching, sought, embedded=embedded)
    matter = having.c[0]
    return (
        select(kind, matter)
        .select_from(sought.join(having, true()))
        .group_by(kind, matter)
        .order_by(kind == KeyKind.REFERENCE, func.count().desc(), matter)
        .limit(MAX_CANDIDATES)
    )


def _most_in_common(*, embedded: bool) -> Select[Any]:
    sought = _each("references", embedded=embedded)
    matching = select(_KEYS.matter_id).where(_IS_REFERENCE, _KEYS.value == sought.c.value)
    having = _matters_having(matching, sought, embedded=embedded)
    matter = having.c[0]
    joined = select(matter).select_from(sought.join(having, true()))
    return joined.group_by(matter).order_by(func.count().desc(), matter).limit(1)


def _compared_by(*, embedded: bool) -> Select[Any]:
    matters = _each("matters", embedded=embedded)
    is_one = _KEYS.matter_id == cast(matters.c.value, Integer)
    found = select(_KEYS.matter_id, _KEYS.kind, _KEYS.value).join_from(matters, table_of(LookupKey), is_one)
    return found.where(or_(_KEYS.kind == KeyKind.CASE, _IS_REFERENCE)).distinct()


_LATEST = (
    select(_RELATIONS.matter_id, _WORDS.is_bare, _WORDS.sketch)
    .join_from(table_of(ReportWords), table_of(Relation), _RELATIONS.message_id == _WORDS.message_id)
    .where(_WORDS.party == bindparam("party"))
    .order_by(_WORDS.message_id.desc())
    .limit(RECENT_REPORTS)
)


def _each(name: str, *, embedded: bool, of_texts: bool = True) -> TableValuedAlias:
    """The members of a JSON array that is given as a parameter, one a row."""
    taken_apart = func.json_array_elements_text if of_texts else func.json_array_elements
    function = func.json_each if embedded else taken_apart
    return function(bindparam(name, type_=JSON)).table_valued("value", joins_implicitly=True)


def _matters_having(matching: Select[Any], sought: FromClause, *, embedded: bool) -> FromClause:
    """For each that is sought, the matters of its oldest matching rows, each once."""
    oldest = matching.order_by(_KEYS.matter_id).limit(literal_column(str(OLDEST_ROWS))).correlate(sought)
    matters = select(oldest.subquery().c.matter_id).distinct()
    if not embedded:
        return matters.lateral()
    # SQLite knows no LATERAL, but a function may look at what stands before it.
    gathered = func.json_group_array(matters.subquery().c.matter_id)
    return func.json_each(select(gathered).correlate(sought).scalar_subquery()).table_valued("value")
