"""What other rules would have decided of stored mail."""

from datetime import UTC, datetime
from typing import Any

import pytest

from daemon.backtest import Backtest, Change, compare, count_decided, decided_since, summed_up
from daemon.store.models import Routing
from parsers.facts import Elapsed, Harm, Kind, Report, StatedClock
from rules.schema import Rules
from tests.support.reports import PLAIN, report
from tests.unit.daemon.conftest import Desk

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
FOUR_HOURS = StatedClock(limit=Elapsed(hours=4), phrase="within four hours", position=0)
IP = report(content_digest="ip", harm=Harm.IP, own_text="About a song")
CRITICAL = report(content_digest="now", clocks=(FOUR_HOURS,), own_text="Within four hours")
THEN = {"project": "INC", "issue_type": "Task"}


def rules(*routes: dict[str, Any], **then: Any) -> Rules:  # noqa: ANN401 (as YAML has it)
    named = [{"name": f"route {number}"} | route for number, route in enumerate(routes, start=1)]
    return Rules.model_validate({"routes": named, "default": {"then": THEN | then}})


def backtest(desk: Desk, governing: Rules, candidate: Rules) -> Backtest:
    with desk.database.read() as session:
        _, not_kept = count_decided(session, LONG_AGO)
        return summed_up(compare(decided_since(session, LONG_AGO), governing, candidate), not_kept)


def decided(desk: Desk, *reports: Report) -> Desk:
    for each in reports:
        desk.decide(each)
    return desk


def ip_route(**then: Any) -> Rules:  # noqa: ANN401 (as YAML has it)
    return rules({"when": {"harm": "ip"}, "then": then})


def test_the_same_rules_change_nothing(desk: Desk) -> None:
    found = backtest(decided(desk, PLAIN, IP), ip_route(), ip_route())
    assert (found.reports, found.counts, found.differences) == (2, {}, ())


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ({}, {"project": "IPR"}, {Change.PROJECT}),
        ({}, {"issue_type": "Bug"}, {Change.ISSUE_TYPE}),
        ({}, {"priority": "Lowest"}, {Change.PRIORITY_DOWN}),
        ({}, {"priority": "Highest"}, {Change.PRIORITY_UP}),
        ({"assignee": "ann"}, {}, {Change.ASSIGNEE}),
        ({}, {"set_aside": "not ours"}, {Change.SET_ASIDE}),
        ({"set_aside": "not ours"}, {}, {Change.NO_LONGER_SET_ASIDE}),
        ({}, {"hold": "look first"}, {Change.HELD}),
        ({"hold": "look first"}, {}, {Change.NO_LONGER_HELD}),
        ({}, {"labels": ["song"]}, {Change.LABELS}),
        ({"security_level": "Legal"}, {}, {Change.SECURITY_LEVEL}),
        ({}, {"due": "4h"}, {Change.CLOCK_WON}),
        ({"due": "4h"}, {}, {Change.CLOCK_LOST}),
        ({"due": "4h"}, {"due": "2d"}, {Change.DUE_LATER}),
        ({"due": "2d"}, {"due": "4h"}, {Change.DUE_SOONER}),
        ({}, {"watchers": ["mei"]}, {Change.WATCHERS}),
        ({"fields": {"Case": "a"}}, {"fields": {"Case": "b"}}, {Change.FIELDS}),
        ({}, {"comment_visibility": {"role": "Legal"}}, {Change.COMMENT_VISIBILITY}),
        ({}, {"attachments": "attach"}, {Change.FILES}),
        ({}, {"acknowledgement": "receipt"}, {Change.ACKNOWLEDGEMENT}),
    ],
)
def test_each_way_in_which_a_decision_differs_has_its_name(
    desk: Desk, before: dict[str, Any], after: dict[str, Any], changes: set[Change]
) -> None:
    found = backtest(decided(desk, PLAIN, IP), ip_route(**before), ip_route(**after))
    assert set(found.counts) == changes
    [difference] = found.differences
    assert difference.message_id == 2


def test_what_no_route_fits_any_more_is_unrouted(desk: Desk) -> None:
    found = backtest(decided(desk, IP), ip_route(), rules())
    assert found.counts == {Change.UNROUTED: 1}


@pytest.mark.parametrize("then", [{"priority": "Low"}, {"set_aside": "not ours"}])
def test_a_critical_report_that_is_worse_off_is_alarming(desk: Desk, then: dict[str, str]) -> None:
    candidate = rules({"when": {"urgency": "critical"}, "then": then})
    found = backtest(decided(desk, CRITICAL, PLAIN), rules(), candidate)
    assert [each.message_id for each in found.alarming] == [1]


def test_a_report_that_is_not_critical_alarms_nobody(desk: Desk) -> None:
    found = backtest(decided(desk, IP), rules(), ip_route(set_aside="not ours"))
    assert found.alarming == ()


def test_the_next_mail_on_a_matter_that_was_never_opened_would_be_new(desk: Desk) -> None:
    first = report(content_digest="a", authority_ref="2026/1", kind=Kind.NEWSLETTER)
    second = report(content_digest="b", authority_ref="2026/1", kind=Kind.REPORT)
    third = report(content_digest="c", authority_ref="2026/1", kind=Kind.REPORT)
    decided(desk, first, second, third)
    candidate = rules(
        {"when": {"kind": "newsletter"}, "then": {"set_aside": "nobody asked"}},
        {"when": {"relation": "new", "kind": "report"}, "then": {"labels": ["opened"]}},
    )
    found = backtest(desk, rules(), candidate)
    assert [(each.message_id, Change.SET_ASIDE in each.changes) for each in found.differences] == [
        (1, True),
        (2, False),
    ]


def test_what_was_decided_before_facts_were_kept_is_counted_and_not_asked_about(desk: Desk) -> None:
    decided(desk, PLAIN, IP)
    with desk.database.write("test") as session:
        session.get_one(Routing, 1).facts = None
    found = backtest(desk, rules(), rules(project="IPR"))
    assert (found.reports, found.not_kept) == (1, 1)
