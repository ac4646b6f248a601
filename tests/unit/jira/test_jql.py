from datetime import UTC, datetime, timedelta

import pytest

from connectors.jira.sandbox.jql import JqlError, parse
from connectors.jira.sandbox.store import STATUSES
from connectors.jira.sandbox.ticket import Ticket

NOW = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
PROJECTS = ("INC", "LAW")


def ticket(key: str, *labels: str, hours_old: int = 0, status: int = 0) -> Ticket:
    created = NOW - timedelta(hours=hours_old)
    return Ticket(
        id=key,
        key=key,
        project=key.partition("-")[0],
        status=STATUSES[status],
        created=created,
        updated=created,
        fields={"summary": key, "labels": list(labels)},
    )


TICKETS = [
    ticket("INC-2", "mw-a", hours_old=30),
    ticket("INC-10", "mw-b", "it's", hours_old=2, status=1),
    ticket("LAW-1", "mw-a", 'q"uote', hours_old=1, status=2),
]


def found(jql: str) -> list[str]:
    query = parse(jql, now=NOW, projects=PROJECTS)
    return [ticket.key for ticket in query.ordered([one for one in TICKETS if query.matches(one)])]


@pytest.mark.parametrize(
    ("jql", "keys"),
    [
        ("project = INC ORDER BY key DESC", ["INC-10", "INC-2"]),
        ("project = inc order by KEY asc", ["INC-2", "INC-10"]),
        ('labels = "mw-a" ORDER BY key', ["INC-2", "LAW-1"]),
        ("labels = mw-a AND project != INC", ["LAW-1"]),
        ("labels IN (mw-b, 'it\\'s')", ["INC-10"]),
        ('labels = "q\\"uote"', ["LAW-1"]),
        ("labels NOT IN (mw-a)", ["INC-10"]),
        ("NOT (labels = mw-a OR labels = mw-b)", []),
        ("labels = mw-b OR labels = mw-a AND project = LAW ORDER BY created DESC", ["LAW-1", "INC-10"]),
        ("(labels = mw-b OR labels = mw-a) AND project = LAW", ["LAW-1"]),
        ('status = "in progress"', ["INC-10"]),
        ("status != Done ORDER BY status DESC, key ASC", ["INC-2", "INC-10"]),
        ("key = law-1", ["LAW-1"]),
        ("key != INC-2 ORDER BY key", ["INC-10", "LAW-1"]),
        ("key > INC-2", ["INC-10"]),
        ("key in (INC-2, LAW-1) ORDER BY created ASC", ["INC-2", "LAW-1"]),
        ("created >= -1d ORDER BY created", ["INC-10", "LAW-1"]),
        ('created < "2026-11-03 00:00"', ["INC-2"]),
        ("created > 2026/11/03", ["LAW-1", "INC-10"]),
        ("ORDER BY created", ["INC-2", "INC-10", "LAW-1"]),
        ("", ["LAW-1", "INC-10", "INC-2"]),
    ],
)
def test_a_query_finds_what_it_says(jql: str, keys: list[str]) -> None:
    assert found(jql) == keys


@pytest.mark.parametrize(
    ("jql", "words"),
    [
        ("project = NONE", "'NONE' does not exist"),
        ("project INC", "expecting an operator"),
        ("project =", "ends too early"),
        ("project = INC extra", "expecting the end"),
        ("(project = INC", "expecting '\\)'"),
        ("labels ~ x", "expecting an operator"),
        ("labels > x", "not supported by the 'labels' field"),
        ("labels IN mw-a", "expecting '\\('"),
        ("summery = x", "Field 'summery' does not exist"),
        ("key = 12", "issue key '12'"),
        ("created > yesterday", "Date value 'yesterday'"),
        ("project = INC ORDER BY summary", "sort using field 'summary'"),
        ("project = INC ORDER key", "expecting 'BY'"),
        ('labels = "open', "unexpected character"),
        ('"AND" = x', "Field '\"and' does not exist"),
    ],
)
def test_what_can_not_be_read_is_refused(jql: str, words: str) -> None:
    with pytest.raises(JqlError, match=words):
        found(jql)


def test_a_query_that_restricts_nothing_says_so() -> None:
    assert parse("ORDER BY key", now=NOW, projects=PROJECTS).condition is None
    assert parse("key = INC-1", now=NOW, projects=PROJECTS).condition is not None
