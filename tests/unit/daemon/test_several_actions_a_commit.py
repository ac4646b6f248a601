"""One thread may have several actions at a time; each of them still happens effectively once."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, event

from connectors.errors import OutcomeUnknown, Unavailable
from daemon.bell import Bell
from daemon.deliver import MOST_CLAIMS, Courier
from daemon.lease import Alone, Hold, LeaseLost
from daemon.store.states import ActionState
from parsers.facts import StatedUrgency, Urgency
from tests.support.reports import report, video
from tests.support.tickets import MemoryTickets
from tests.unit.daemon.conftest import Desk
from tests.unit.daemon.test_deliver import action, deliver_all

TICKETS = 6


@pytest.fixture
def tickets() -> MemoryTickets:
    return MemoryTickets()


@pytest.fixture
def backlog(desk: Desk) -> Desk:
    for number in range(TICKETS):
        desk.decide(report(references=(video(str(number)),), content_digest=str(number)))
    return desk


def courier(desk: Desk, tickets: MemoryTickets, hold: Hold | None = None) -> Courier:
    return Courier(
        number=1,
        database=desk.database,
        tickets=tickets,
        planned=Bell(),
        unknown_wait=timedelta(0),
        hold=hold,
        most=MOST_CLAIMS,
    )


def states(desk: Desk) -> list[ActionState]:
    return [action(desk, number).state for number in range(1, TICKETS + 1)]


def test_the_first_is_alone_then_quick_ones_share_a_commit(backlog: Desk, tickets: MemoryTickets) -> None:
    commits: list[Connection] = []

    def note(connection: Connection) -> None:
        if connection.get_execution_options().get("write"):
            commits.append(connection)

    step = courier(backlog, tickets)
    event.listen(backlog.database.writing_engine, "commit", note)
    assert step.work()
    assert states(backlog).count(ActionState.DONE) == 1
    assert states(backlog).count(ActionState.SENDING) == MOST_CLAIMS
    assert step.work()
    assert states(backlog).count(ActionState.DONE) == 1 + MOST_CLAIMS
    assert len(commits) == len({"claim", "the first outcome", "four outcomes"})


def test_those_that_are_claimed_together_are_carried_out_most_pressing_first(
    desk: Desk, tickets: MemoryTickets
) -> None:
    levels = [Urgency.LOW, Urgency.CRITICAL, Urgency.NORMAL, Urgency.HIGH, Urgency.CRITICAL]
    for number, level in enumerate(levels):
        references = (video(str(number)),)
        urgency = StatedUrgency(level=level)
        desk.decide(report(references=references, content_digest=str(number), urgency=urgency))
    deliver_all(courier(desk, tickets))
    carried_out = [action(desk, number).outcome for number in range(1, len(levels) + 1)]
    places = sorted(range(len(levels)), key=lambda number: int((carried_out[number] or "").split("-")[1]))
    assert [levels[place] for place in places] == sorted(levels, key=lambda level: -level.rank)


def test_what_comes_behind_an_unknown_outcome_is_not_begun(backlog: Desk, tickets: MemoryTickets) -> None:
    step = courier(backlog, tickets)
    step.work()
    tickets.after["create"] = [OutcomeUnknown("time-out")]
    with pytest.raises(OutcomeUnknown) as caught:
        step.work()
    step.failed(caught.value)
    assert len(tickets.tickets) == len({"the first", "the one whose answer was lost"})
    deliver_all(step)
    assert set(states(backlog)) == {ActionState.DONE, ActionState.ADOPTED}
    assert len(tickets.tickets) == tickets.calls["create"] == TICKETS


def test_when_nothing_can_be_reached_the_rest_is_freed(backlog: Desk, tickets: MemoryTickets) -> None:
    step = courier(backlog, tickets)
    step.work()
    tickets.before["create"] = [Unavailable("down")]
    with pytest.raises(Unavailable) as caught:
        step.work()
    step.failed(caught.value)
    assert states(backlog).count(ActionState.PLANNED) == TICKETS - 1
    deliver_all(step)
    assert len(tickets.tickets) == tickets.calls["create"] - 1 == TICKETS


def test_a_daemon_that_is_stopped_frees_what_it_has_not_begun(backlog: Desk, tickets: MemoryTickets) -> None:
    step = courier(backlog, tickets)
    step.work()
    step.close()
    assert states(backlog).count(ActionState.PLANNED) == TICKETS - 1


def test_each_call_is_made_only_while_the_lease_holds(backlog: Desk, tickets: MemoryTickets) -> None:
    lease = RunsOut(after=3)
    step = courier(backlog, tickets, Hold(lease))
    step.work()
    with pytest.raises(LeaseLost) as caught:
        step.work()
    step.failed(caught.value)
    assert len(tickets.tickets) == lease.asked - 1
    deliver_all(step)
    assert len(tickets.tickets) == TICKETS


class RunsOut(Alone):
    """A lease that is lost once, when it has been asked for so often."""

    def __init__(self, *, after: int) -> None:
        self._left = after
        self.asked = 0

    def check(self, claimed_by: str) -> None:
        self._left -= 1
        self.asked += self._left >= -1
        if self._left == -1:
            raise LeaseLost
