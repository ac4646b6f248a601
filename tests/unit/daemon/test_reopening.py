"""A closed ticket is opened again by a mail that asks for something."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from connectors.errors import OutcomeUnknown, Refused
from connectors.tickets import StatusCategory, StatusTarget
from daemon.store.models import Action
from daemon.store.states import ActionKind, ActionState
from parsers.facts import Elapsed, Kind, StatedClock, StatedUrgency, Thread, Urgency
from rules.site import Site
from tests.support.couriers import deliver_all
from tests.support.reports import PLAIN, UNVERIFIED, report
from tests.support.site import site as make_site
from tests.support.tickets import MemoryTickets
from tests.unit.daemon.conftest import Desk

DONE, REOPENED = StatusTarget.done(), StatusTarget(status="Reopened")
REMINDER = report(authority_ref="2026/1", kind=Kind.REPLY, content_digest="b")
FIRST = report(authority_ref="2026/1")
SOON = StatedClock(limit=Elapsed(hours=4), phrase="within four hours", position=0)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    plain = make_site(tmp_path_factory.mktemp("reopening"))
    jira = plain.settings.jira.model_copy(update={"reopen_to": "Reopened"})
    return replace(plain, settings=plain.settings.model_copy(update={"jira": jira}))


@pytest.fixture
def tickets() -> MemoryTickets:
    return MemoryTickets()


def kinds(desk: Desk) -> list[ActionKind]:
    with desk.database.read() as session:
        return list(session.scalars(select(Action.kind).order_by(Action.id)))


def state(desk: Desk, kind: ActionKind) -> ActionState | None:
    with desk.database.read() as session:
        return session.scalar(select(Action.state).where(Action.kind == kind).order_by(Action.id.desc()))


def test_a_closed_ticket_is_opened_again(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(FIRST)
    deliver_all(desk, tickets)
    tickets.transition("INC-1", DONE)
    desk.decide(REMINDER)
    deliver_all(desk, tickets)
    assert tickets.tickets["INC-1"].at == REOPENED


@pytest.mark.parametrize("status", [None, StatusTarget(category=StatusCategory.IN_PROGRESS)])
def test_a_ticket_that_is_not_closed_stays_where_it_is(
    desk: Desk, tickets: MemoryTickets, status: StatusTarget | None
) -> None:
    desk.decide(FIRST)
    deliver_all(desk, tickets)
    tickets.tickets["INC-1"].at = status
    desk.decide(REMINDER)
    deliver_all(desk, tickets)
    assert tickets.tickets["INC-1"].at == status


def test_it_is_opened_before_it_is_raised(desk: Desk) -> None:
    desk.decide(FIRST)
    desk.decide(replace(REMINDER, clocks=(SOON,)))
    assert kinds(desk)[1:] == [ActionKind.COMMENT, ActionKind.TRANSITION, ActionKind.RAISE]


def test_thanks_leave_it_closed(desk: Desk) -> None:
    desk.decide(FIRST)
    desk.decide(replace(REMINDER, urgency=StatedUrgency(level=Urgency.LOW)))
    assert ActionKind.TRANSITION not in kinds(desk)


def test_automatic_mail_leaves_it_closed(desk: Desk) -> None:
    desk.decide(FIRST)
    answer = Thread(message_id="two@regulator.example", points_to=("one@regulator.example",))
    desk.decide(replace(REMINDER, kind=Kind.AUTO_REPLY, thread=answer))
    assert kinds(desk) == [ActionKind.CREATE, ActionKind.COMMENT]


def test_unverified_mail_leaves_it_closed(desk: Desk) -> None:
    desk.decide(replace(PLAIN, authenticity=UNVERIFIED))
    desk.decide(replace(PLAIN, authenticity=UNVERIFIED))
    assert kinds(desk) == [ActionKind.CREATE, ActionKind.COMMENT]


def test_a_workflow_without_a_way_holds_nothing_up(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(FIRST)
    desk.decide(replace(REMINDER, clocks=(SOON,)))
    tickets.before["transition"] = [Refused("no transition leads there")]
    deliver_all(desk, tickets)
    assert state(desk, ActionKind.TRANSITION) is ActionState.FAILED
    assert state(desk, ActionKind.RAISE) is ActionState.DONE


def test_an_unknown_outcome_is_simply_tried_again(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(FIRST)
    desk.decide(REMINDER)
    tickets.after["transition"] = [OutcomeUnknown("time-out")]
    deliver_all(desk, tickets)
    assert (tickets.calls["transition"], state(desk, ActionKind.TRANSITION)) == (2, ActionState.DONE)
