"""What rules set beside the destination reaches the ticket, and later mails keep to it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from connectors.errors import OutcomeUnknown
from connectors.tickets import FactTable
from daemon.bell import Bell
from daemon.deliver import Courier
from daemon.merging import merge
from daemon.splitting import split
from daemon.store.models import Action
from daemon.store.states import ActionKind
from daemon.sweep import Sweeper
from daemon.urgency_correction import set_urgency
from parsers.facts import Elapsed, Harm, Kind, StatedClock, Urgency
from rules.explain import LONGEST_REASON, routed_by
from rules.priority import Priority
from rules.routing import Route
from rules.site import Site
from rules.ticket_keys import Audience
from tests.support.corrections import put_right
from tests.support.reports import report, video
from tests.support.site import site as make_site
from tests.support.tickets import MemoryTicket, MemoryTickets
from tests.unit.daemon.conftest import Desk

ROUTING = """\
routes:
  - {name: in a hurry, when: {own_text: {contains: an hour is left}}, then: {due: 1h}}
  - name: orders
    when: {any: [{kind: report}, {relation: related}]}
    then:
      watchers: [mei, john]
      security_level: Legal only
      due: 3h
      fields: {Their case: "{{ authority_ref }}", Score: 3}
      comment_visibility: {role: Administrators}
additions:
  - {name: songs, when: {harm: ip}, then: {labels: [song]}}
default:
  then: {project: INC, issue_type: Task}
"""
AT = datetime(2026, 11, 3, 9, tzinfo=UTC)
FIRST = report(authority_ref="2026/1", received_at=AT)
LEGAL = Audience(kind="role", name="Administrators")
REPLY = report(
    authority_ref="2026/1", kind=Kind.REPLY, content_digest="b", received_at=AT + timedelta(hours=1)
)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return make_site(tmp_path_factory.mktemp("keys"), routing=ROUTING)


@pytest.fixture
def tickets() -> MemoryTickets:
    return MemoryTickets()


def deliver_all(desk: Desk, tickets: MemoryTickets) -> None:
    step = Courier(
        number=1, database=desk.database, tickets=tickets, planned=Bell(), unknown_wait=timedelta(0)
    )
    while True:
        try:
            if not step.work():
                return
        except OutcomeUnknown as error:
            step.failed(error)


def clock(hours: int) -> StatedClock:
    return StatedClock(limit=Elapsed(hours=hours), phrase=f"within {hours} hours", position=0)


def test_a_new_ticket_gets_what_its_rules_say(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(FIRST)
    deliver_all(desk, tickets)
    ticket = tickets.tickets["INC-1"]
    assert ticket.draft.security_level == "Legal only"
    assert ticket.draft.fields == {"Their case": "2026/1", "Score": 3}
    assert ticket.draft.due == date(2026, 11, 3)
    assert ticket.watchers == ("mei", "john")


def test_later_comments_are_seen_by_those_whom_the_opening_mails_rules_name(
    desk: Desk, tickets: MemoryTickets
) -> None:
    desk.decide(FIRST)
    desk.decide(REPLY)
    deliver_all(desk, tickets)
    audiences = set(tickets.tickets["INC-1"].audiences.values())
    assert audiences == {LEGAL}


def test_a_clock_that_ends_earlier_than_the_rules_span_counts(desk: Desk, tickets: MemoryTickets) -> None:
    late = AT.replace(hour=21)
    desk.decide(report(received_at=late, content_digest="c"))
    desk.decide(report(received_at=late, content_digest="d", own_text="Another", clocks=(clock(1),)))
    deliver_all(desk, tickets)
    due = {ticket.draft.due for ticket in tickets.tickets.values()}
    assert due == {date(2026, 11, 4), date(2026, 11, 3)}


def test_a_later_clock_never_puts_a_ticket_off(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(FIRST)
    desk.decide(report(authority_ref="2026/1", kind=Kind.REPLY, content_digest="b", clocks=(clock(99),)))
    deliver_all(desk, tickets)
    with desk.database.read() as session:
        assert session.scalar(select(Action.id).where(Action.kind == ActionKind.RAISE))
    assert tickets.tickets["INC-1"].due == date(2026, 11, 3)


def test_a_mail_whose_rules_want_it_sooner_moves_the_due_date(desk: Desk, tickets: MemoryTickets) -> None:
    """The span of a later mail counts, though neither urgency nor clocks have changed."""
    before_midnight = AT.replace(hour=21)  # three hours later it is the next day
    desk.decide(report(authority_ref="2026/1", received_at=before_midnight))
    again = {"received_at": before_midnight + timedelta(minutes=5), "own_text": "An hour is left."}
    desk.decide(report(authority_ref="2026/1", content_digest="b", kind=Kind.REPLY, **again))
    deliver_all(desk, tickets)
    [ticket] = tickets.tickets.values()
    assert (ticket.draft.due, ticket.due) == (date(2026, 11, 4), date(2026, 11, 3))


def test_a_mail_whose_rules_want_it_later_puts_nothing_off(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(FIRST)
    desk.decide(replace(REPLY, received_at=AT + timedelta(days=2)))
    deliver_all(desk, tickets)
    assert tickets.tickets["INC-1"].due == date(2026, 11, 3)
    with desk.database.read() as session:
        assert session.scalar(select(Action.id).where(Action.kind == ActionKind.RAISE)) is None


@pytest.fixture
def split_apart(desk: Desk, site: Site, tickets: MemoryTickets) -> MemoryTicket:
    """The ticket of a reply that a person split from INC-1, after which others wrote on it."""
    desk.decide(FIRST)
    desk.decide(replace(REPLY, own_text="A dance on a grave.", references=(video("8"),)))
    deliver_all(desk, tickets)
    put_right(desk.database, site, partial(split, name="INC-1", numbers=(2,)))
    deliver_all(desk, tickets)
    return tickets.tickets["INC-2"]


def test_a_ticket_that_is_split_off_gets_what_its_rules_say(split_apart: MemoryTicket) -> None:
    assert split_apart.watchers == ("mei", "john")
    assert split_apart.draft.security_level == "Legal only"
    assert split_apart.draft.due == date(2026, 11, 3)


def test_what_people_do_to_a_ticket_is_seen_by_those_who_see_its_mails(
    desk: Desk, site: Site, tickets: MemoryTickets, split_apart: MemoryTicket
) -> None:
    put_right(desk.database, site, partial(set_urgency, name="INC-2", level=Urgency.CRITICAL))
    put_right(desk.database, site, partial(merge, one="INC-2", other="INC-1"))
    deliver_all(desk, tickets)
    for ticket in (tickets.tickets["INC-1"], split_apart):
        assert len(ticket.audiences) >= 2
        assert set(ticket.audiences.values()) == {LEGAL}


def test_a_twin_is_explained_to_those_who_see_the_mails(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(FIRST)
    tickets.before["create"] = [OutcomeUnknown("time-out")]
    deliver_all(desk, tickets)
    [original] = tickets.tickets.values()
    tickets.create(original.draft, token=original.token)
    Sweeper(database=desk.database, tickets=tickets, unknown_wait=timedelta(0)).work()
    assert set(tickets.tickets["INC-2"].audiences.values()) == {LEGAL}


def facts(tickets: MemoryTickets) -> dict[str, str]:
    """What the description of the only ticket tells in its table."""
    [ticket] = tickets.tickets.values()
    tables = [block for block in ticket.draft.text if isinstance(block, FactTable)]
    return dict(tables[0].rows)


def test_a_ticket_tells_by_which_rules_it_came_there_and_why(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(report(received_at=AT, subject="x" * 300, harm=Harm.IP))
    deliver_all(desk, tickets)
    told = facts(tickets)
    assert told["Routed by"].split("\n") == [
        'route "orders": kind is report',
        'addition "songs": harm is ip; priority Medium by urgency normal',
    ]
    assert told["Due by a rule"].startswith("2026-11-03 12:00 UTC")
    assert told["Due by a rule"].endswith("3h after receipt")


def test_a_rule_of_many_words_is_cut_short_on_the_ticket() -> None:
    route = Route(
        name="a", project="INC", issue_type="Task", priority=Priority.LOW, reasons=("r" * 999, "p" * 999)
    )
    lines = routed_by(route).split("\n")
    assert [len(line) for line in lines] == [LONGEST_REASON, LONGEST_REASON]
    assert lines[0].endswith("…")
