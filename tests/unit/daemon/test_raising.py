"""The daemon raises what it set itself, lowers nothing, and leaves to people what they set in Jira."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from connectors.errors import OutcomeUnknown
from connectors.tickets import FactTable, Pressing
from daemon.payloads import RaisePayload
from daemon.raising import Kept, raising
from daemon.store.models import Action
from daemon.store.states import ActionKind, ActionState
from parsers.facts import Elapsed, Kind, StatedClock, StatedUrgency, Urgency
from tests.support.couriers import deliver_all
from tests.support.reports import RECEIVED, report
from tests.support.tickets import MemoryTickets
from tests.unit.daemon.conftest import Desk

FIRST = report(authority_ref="2026/1")
HIGH = replace(FIRST, kind=Kind.REPLY, content_digest="b", urgency=StatedUrgency(level=Urgency.HIGH))
CRITICAL = replace(HIGH, content_digest="c", urgency=StatedUrgency(level=Urgency.CRITICAL))
SOON = StatedClock(limit=Elapsed(hours=30), phrase="within thirty hours", position=0)
TODAY, TOMORROW = date(2026, 11, 3), date(2026, 11, 4)


@pytest.fixture
def tickets() -> MemoryTickets:
    return MemoryTickets()


def last_rows(tickets: MemoryTickets) -> dict[str, str]:
    *_, text = tickets.tickets["INC-1"].comments.values()
    return {label: value for block in text if isinstance(block, FactTable) for label, value in block.rows}


def test_a_priority_that_a_person_lowered_in_jira_is_left_and_the_ticket_says_so(
    desk: Desk, tickets: MemoryTickets
) -> None:
    desk.decide(FIRST)
    deliver_all(desk, tickets)
    tickets.tickets["INC-1"].priority = "Low"
    desk.decide(CRITICAL)
    deliver_all(desk, tickets)
    assert tickets.tickets["INC-1"].priority == "Low"
    assert last_rows(tickets)["Priority"] == "Low; the mail asks for Highest"


def test_what_nobody_touched_is_raised_again_and_again(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(FIRST)
    for mail, priority in ((HIGH, "High"), (CRITICAL, "Highest")):
        desk.decide(mail)
        deliver_all(desk, tickets)
        assert tickets.tickets["INC-1"].priority == priority
    assert len(tickets.tickets["INC-1"].comments) == 2


def test_back_to_what_we_had_set_before_is_a_persons_word_too(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(FIRST)
    desk.decide(HIGH)
    deliver_all(desk, tickets)
    tickets.tickets["INC-1"].priority = "Medium"
    desk.decide(CRITICAL)
    deliver_all(desk, tickets)
    assert tickets.tickets["INC-1"].priority == "Medium"


def test_a_priority_that_a_person_raised_needs_no_word(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(FIRST)
    deliver_all(desk, tickets)
    tickets.tickets["INC-1"].priority = "Highest"
    desk.decide(HIGH)
    deliver_all(desk, tickets)
    assert tickets.tickets["INC-1"].priority == "Highest"
    assert len(tickets.tickets["INC-1"].comments) == 1


def test_a_due_date_that_a_person_moved_is_left(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(FIRST)
    deliver_all(desk, tickets)
    tickets.tickets["INC-1"].due = date(2026, 11, 20)
    desk.decide(replace(HIGH, clocks=(SOON,)))
    deliver_all(desk, tickets)
    ticket = tickets.tickets["INC-1"]
    assert (ticket.due, ticket.priority) == (date(2026, 11, 20), "High")
    assert last_rows(tickets)["Due date"] == f"2026-11-20; the mail asks for {TOMORROW}"


def test_a_lost_answer_makes_nothing_a_persons(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(FIRST)
    deliver_all(desk, tickets)
    desk.decide(HIGH)
    tickets.after["raise_ticket"] = [OutcomeUnknown("time-out")]
    deliver_all(desk, tickets)
    assert tickets.tickets["INC-1"].priority == "High"
    assert len(tickets.tickets["INC-1"].comments) == 1
    with desk.database.read() as session:
        state = session.scalar(select(Action.state).where(Action.kind == ActionKind.RAISE))
    assert state is ActionState.DONE


def test_a_field_that_the_project_would_not_take_was_not_set(desk: Desk, tickets: MemoryTickets) -> None:
    tickets.dropped = ("duedate",)
    desk.decide(replace(FIRST, clocks=(SOON,)))
    deliver_all(desk, tickets)
    tickets.tickets["INC-1"].due, tickets.dropped = None, ()
    soon = replace(SOON, limit=Elapsed(hours=2))
    desk.decide(replace(HIGH, received_at=RECEIVED, clocks=(soon,)))
    deliver_all(desk, tickets)
    assert tickets.tickets["INC-1"].due == TODAY


OURS = Pressing(priority="Medium", due=TOMORROW)


@pytest.mark.parametrize(
    ("wanted", "shown", "written"),
    [
        (RaisePayload(priority="Low", due=None), OURS, RaisePayload()),
        (RaisePayload(priority="High", due=date(2026, 11, 9)), OURS, RaisePayload(priority="High")),
        (RaisePayload(priority="High", due=TODAY), OURS, RaisePayload(priority="High", due=TODAY)),
        (RaisePayload(priority="High"), Pressing(due=TOMORROW), RaisePayload(priority="High")),
    ],
    ids=["never lower", "never later", "both", "no priority there"],
)
def test_what_is_ours_is_only_ever_raised(
    wanted: RaisePayload, shown: Pressing, written: RaisePayload
) -> None:
    judged = raising(wanted, shown, OURS)
    assert (judged.write, judged.kept) == (written, ())


def test_a_priority_that_only_the_site_knows_is_a_persons() -> None:
    judged = raising(RaisePayload(priority="Highest"), Pressing(priority="Blocker", due=TOMORROW), OURS)
    assert judged.kept == (Kept(field="priority", shown="Blocker", asked="Highest"),)


def test_an_emptied_due_date_is_a_persons_word() -> None:
    judged = raising(RaisePayload(due=TODAY), Pressing(priority="Medium"), OURS)
    assert judged.kept == (Kept(field="due date", shown="empty", asked="2026-11-03"),)
