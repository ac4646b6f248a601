"""Each action happens effectively once, whatever the ticket system answers."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from connectors.errors import CredentialsRefused, Gone, OutcomeUnknown, Refused, Unavailable
from daemon.bell import Bell
from daemon.deliver import Courier
from daemon.lease import Alone, Hold, LeaseLost
from daemon.plan import append
from daemon.reap import reap
from daemon.settlement import REFUSED_WAITS
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


def courier(
    desk: Desk, tickets: MemoryTickets, *, wait: timedelta = NO_WAIT, hold: Hold | None = None
) -> Courier:
    return Courier(
        number=1, database=desk.database, tickets=tickets, planned=Bell(), unknown_wait=wait, hold=hold
    )


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
    assert events(desk)[-2:] == ["sending", "done"]


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
        while step.work():
            pass
    step.failed(error)
    step.close()
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
    with desk.database.write("test") as session:  # as if the outcome had never been committed
        sending = session.get_one(Action, 1)
        sending.state, sending.claimed_by = ActionState.SENDING, "a daemon that is no longer there"
    assert reap(desk.database, NO_WAIT) == 1
    deliver_all(courier(desk, tickets))
    assert (tickets.calls["create"], action(desk).state) == (1, ActionState.ADOPTED)


def test_what_others_have_taken_over_is_not_settled_by_who_had_it_before(
    desk: Desk, tickets: MemoryTickets
) -> None:
    desk.decide(PLAIN)
    tickets.during["create"] = lambda: release(desk)
    deliver_all(courier(desk, tickets))
    assert (action(desk).state, action(desk).outcome) == (ActionState.UNKNOWN, None)


def release(desk: Desk) -> None:
    """Do what the others do once the lease has expired."""
    with desk.database.write("test") as session:
        session.execute(
            update(Action).values(
                claimed_by=None,
                state=ActionState.UNKNOWN,
                next_try_at=datetime.now(UTC) + timedelta(hours=1),
            )
        )


class Expired(Alone):
    """A lease that is lost as soon as it is looked at."""

    def check(self, claimed_by: str) -> None:
        raise LeaseLost(claimed_by)


def test_without_a_lease_nothing_is_sent(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(PLAIN)
    step = courier(desk, tickets, hold=Hold(Expired()))
    with pytest.raises(LeaseLost) as lost:
        step.work()
    step.failed(lost.value)
    step.close()
    assert tickets.calls["create"] == 0
    assert (action(desk).state, action(desk).claimed_by) == (ActionState.PLANNED, None)


def test_an_outcome_is_not_lost_with_the_database_behind_it(
    desk: Desk, tickets: MemoryTickets, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_database(doing: str) -> Session:
        raise OperationalError(doing, {}, Exception())

    def break_the_database() -> None:
        monkeypatch.setattr(desk.database, "write", no_database)

    desk.decide(PLAIN)
    step = courier(desk, tickets)
    tickets.during["create"] = break_the_database
    with pytest.raises(OperationalError) as broken:
        step.work()
    step.failed(broken.value)
    monkeypatch.undo()
    deliver_all(step)
    assert (tickets.calls["create"], action(desk).state) == (1, ActionState.DONE)


def test_a_ticket_that_is_gone_is_given_up_and_the_next_action_goes_on(
    desk: Desk, tickets: MemoryTickets
) -> None:
    desk.decide(PLAIN)
    desk.decide(PLAIN)
    desk.decide(PLAIN)
    tickets.before["comment"] = [Gone("INC-1 is not there")]
    deliver_all(courier(desk, tickets))
    states = [action(desk, number).state for number in (1, 2, 3)]
    assert states == [ActionState.DONE, ActionState.FAILED, ActionState.DONE]


def test_a_create_that_is_refused_for_good_keeps_the_rest_of_its_matter_waiting(
    desk: Desk, tickets: MemoryTickets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daemon.settlement.REFUSED_WAITS", (NO_WAIT,) * len(REFUSED_WAITS))
    desk.decide(PLAIN)
    tickets.before["create"] = [Refused("unknown issue type")] * 20
    deliver_all(courier(desk, tickets))
    desk.decide(PLAIN)
    deliver_all(courier(desk, tickets))
    assert [action(desk, number).state for number in (1, 2)] == [ActionState.FAILED, ActionState.WAITING]


def test_what_was_claimed_and_not_begun_is_free_after_a_stop(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(PLAIN)
    desk.decide(report(sender=BOB, content_digest="b"))
    step = courier(desk, tickets)
    while tickets.calls["create"] < 1:
        step.work()
    step.close()
    assert tickets.calls["create"] == 1
    assert (action(desk, 2).state, action(desk, 2).claimed_by) == (ActionState.PLANNED, None)


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
    with desk.database.write("test") as session:
        session.get_one(Action, 1).next_try_at = datetime.now(UTC) + timedelta(hours=1)
    assert not courier(desk, tickets).work()


def test_what_is_planned_while_the_action_before_it_ends_is_not_left_waiting(
    desk: Desk,
    tickets: MemoryTickets,
) -> None:
    desk.decide(PLAIN)
    deliver_all(courier(desk, tickets))
    relation = desk.decide(PLAIN)
    finishing = threading.Thread(target=deliver_all, args=(courier(desk, tickets),))
    with desk.database.write("test") as session:
        matter = session.get_one(Matter, relation.matter_id)
        message = session.get_one(Message, relation.message_id)
        append(session, matter, message, [(ActionKind.COMMENT, "token", {"text": []})], None)
        session.flush()
        finishing.start()
        if not desk.database.is_embedded:  # where another transaction can get that far
            eventually(lambda: tickets.tickets["INC-1"].comments, within=10)
            finishing.join(0.3)  # unlocked, it would now end before the comment is there to be started
    finishing.join()
    deliver_all(courier(desk, tickets))
    assert action(desk, 3).state is ActionState.DONE
