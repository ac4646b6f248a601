"""Each action happens effectively once, whatever the ticket system answers."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from connectors.errors import CredentialsRefused, OutcomeUnknown, Refused, Unavailable
from daemon.bell import Bell
from daemon.deliver import Courier, forget_interrupted
from daemon.plan import append
from daemon.store.models import Action, LedgerEntry, Matter, Message
from daemon.store.states import ActionKind, ActionState
from parsers.facts import Elapsed, Kind, StatedClock
from tests.support.reports import BOB, PLAIN, report, video
from tests.support.tickets import MemoryTickets
from tests.support.waiting import eventually
from tests.unit.daemon.conftest import Desk

NO_WAIT = timedelta(0)


@pytest.fixture
def tickets() -> MemoryTickets:
    return MemoryTickets()


def courier(desk: Desk, tickets: MemoryTickets, *, wait: timedelta = NO_WAIT) -> Courier:
    return Courier(number=1, database=desk.database, tickets=tickets, planned=Bell(), unknown_wait=wait)


def deliver_all(step: Courier) -> None:
    """As the loop does: an error is told to the step, and the work goes on."""
    while True:
        try:
            if not step.work():
                return
        except Exception as error:  # noqa: BLE001
            step.failed(error)


def action(desk: Desk, number: int = 1) -> Action:
    with desk.database.read() as session:
        return session.get_one(Action, number)


def events(desk: Desk) -> list[str]:
    with desk.database.read() as session:
        told = select(LedgerEntry.event).where(LedgerEntry.action_id.is_not(None)).order_by(LedgerEntry.id)
        return list(session.scalars(told))


def test_a_ticket_is_opened_and_its_key_is_kept(desk: Desk, tickets: MemoryTickets) -> None:
    relation = desk.decide(PLAIN)
    deliver_all(courier(desk, tickets))
    assert list(tickets.tickets) == ["INC-1"]
    assert desk.matter(relation.matter_id).ticket_key == "INC-1"
    assert events(desk) == ["sending", "done"]


def test_comment_and_link_follow_their_tickets(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(report(references=(video("1"),)))
    desk.decide(report(references=(video("1"),), kind=Kind.REPLY, content_digest="b"))
    desk.decide(report(references=(video("1"),), sender=BOB, content_digest="c"))
    deliver_all(courier(desk, tickets))
    assert len(tickets.tickets["INC-1"].comments) == 1
    assert tickets.tickets["INC-2"].links == {"INC-1"}


@pytest.mark.parametrize("name", ["create", "comment"])
def test_what_was_carried_out_before_the_line_broke_is_found_not_repeated(
    desk: Desk,
    tickets: MemoryTickets,
    name: str,
) -> None:
    desk.decide(PLAIN)
    desk.decide(PLAIN)
    tickets.after[name] = [OutcomeUnknown("time-out")]
    deliver_all(courier(desk, tickets))
    assert tickets.calls[name] == 1
    assert len(tickets.tickets["INC-1"].comments) == 1
    assert "adopted" in events(desk)


@pytest.mark.parametrize("name", ["create", "comment"])
def test_what_was_lost_on_the_way_is_looked_for_and_then_sent_again(
    desk: Desk,
    tickets: MemoryTickets,
    name: str,
) -> None:
    desk.decide(PLAIN)
    desk.decide(PLAIN)
    tickets.before[name] = [OutcomeUnknown("time-out")]
    deliver_all(courier(desk, tickets))
    assert tickets.calls[name] == 2
    assert tickets.calls["find_created" if name == "create" else "find_comment"] == 1
    assert len(tickets.tickets["INC-1"].comments) == 1


def test_an_unknown_outcome_is_left_alone_until_the_wait_is_over(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(PLAIN)
    tickets.before["create"] = [OutcomeUnknown("time-out")]
    deliver_all(courier(desk, tickets, wait=timedelta(hours=1)))
    assert action(desk).state is ActionState.UNKNOWN
    assert tickets.calls["find_created"] == 0


def test_an_error_that_nobody_foresaw_is_an_unknown_outcome(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(PLAIN)
    tickets.after["create"] = [ZeroDivisionError()]
    deliver_all(courier(desk, tickets))
    assert (tickets.calls["create"], list(tickets.tickets)) == (1, ["INC-1"])


@pytest.mark.parametrize("error", [Unavailable("down"), CredentialsRefused("token")])
def test_what_was_surely_not_done_is_tried_again_and_stops_the_loop_for_a_while(
    desk: Desk,
    tickets: MemoryTickets,
    error: Exception,
) -> None:
    desk.decide(PLAIN)
    tickets.before["create"] = [error]
    step = courier(desk, tickets)
    with pytest.raises(type(error)):
        step.work()
    step.failed(error)
    assert (action(desk).state, action(desk).trouble) == (ActionState.PLANNED, str(error))
    deliver_all(step)
    assert list(tickets.tickets) == ["INC-1"]


def test_a_refusal_waits_and_does_not_hold_up_others(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(PLAIN)
    desk.decide(report(sender=BOB, content_digest="b"))
    tickets.before["create"] = [Refused("unknown issue type")]
    deliver_all(courier(desk, tickets))
    assert (action(desk).state, action(desk).trouble) == (ActionState.PLANNED, "unknown issue type")
    assert action(desk, 2).state is ActionState.DONE


def test_what_was_being_sent_when_the_process_died_is_looked_for(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(PLAIN)
    deliver_all(courier(desk, tickets))
    with desk.database.write() as session:  # as if the outcome had never been committed
        session.get_one(Action, 1).state = ActionState.SENDING
    assert forget_interrupted(desk.database, NO_WAIT) == 1
    deliver_all(courier(desk, tickets))
    assert (tickets.calls["create"], action(desk).state) == (1, ActionState.DONE)


def test_the_earliest_clock_is_delivered_first(desk: Desk, tickets: MemoryTickets) -> None:
    def due_in(hours: int, digest: str) -> None:
        clock = StatedClock(limit=Elapsed(hours=hours), phrase="in time", position=0)
        desk.decide(report(content_digest=digest, own_text=digest, clocks=(clock,), authority_ref=digest))

    desk.decide(report(content_digest="none", own_text="none"))
    due_in(20, "twenty")
    due_in(2, "two")
    deliver_all(courier(desk, tickets))
    summaries = [ticket.draft.summary for ticket in tickets.tickets.values()]
    assert [summary.rpartition(" ")[2] for summary in summaries] == ["two", "twenty", "report"]


def test_fields_that_the_project_did_not_take_are_told(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(PLAIN)
    tickets.dropped = ("priority",)
    deliver_all(courier(desk, tickets))
    assert action(desk).trouble == "left out, because Jira did not take it: priority"


def test_postponed_actions_are_not_due_yet(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(PLAIN)
    with desk.database.write() as session:
        session.get_one(Action, 1).next_try_at = datetime.now(UTC) + timedelta(hours=1)
    assert not courier(desk, tickets).work()


def test_what_is_planned_while_the_action_before_it_ends_is_not_left_waiting(
    desk: Desk,
    tickets: MemoryTickets,
) -> None:
    desk.decide(PLAIN)
    deliver_all(courier(desk, tickets))
    relation = desk.decide(PLAIN)
    finishing = threading.Thread(target=courier(desk, tickets).work)
    with desk.database.write() as session:
        matter = session.get_one(Matter, relation.matter_id)
        message = session.get_one(Message, relation.message_id)
        append(session, matter, message, [(ActionKind.COMMENT, "token", {"text": []})])
        session.flush()
        finishing.start()
        if not desk.database.is_embedded:  # where another transaction can get that far
            eventually(lambda: tickets.tickets["INC-1"].comments, within=10)
            finishing.join(0.3)  # unlocked, it would now end before the comment is there to be started
    finishing.join()
    deliver_all(courier(desk, tickets))
    assert action(desk, 3).state is ActionState.DONE
