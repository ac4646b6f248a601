"""A second ticket of one matter is found and closed, and the older one goes on."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from config.instant import utcnow
from connectors.errors import Gone, OutcomeUnknown, Refused, Unavailable
from connectors.tickets import StatusTarget
from daemon.bell import Bell
from daemon.deliver import Courier
from daemon.lease import Alone, Hold, Lease, LeaseLost
from daemon.status import gather
from daemon.store.models import Action, LedgerEntry
from daemon.sweep import DUTY, WAITS, Sweeper
from parsers.facts import Thread
from tests.support.reports import PLAIN, report
from tests.support.tickets import MemoryTickets
from tests.unit.daemon.conftest import Desk

NO_WAIT = timedelta(0)
DONE = StatusTarget.done()


@pytest.fixture
def tickets() -> MemoryTickets:
    return MemoryTickets()


def deliver(desk: Desk, tickets: MemoryTickets) -> None:
    step = Courier(number=1, database=desk.database, tickets=tickets, planned=Bell(), unknown_wait=NO_WAIT)
    while True:
        try:
            if not step.work():
                return
        except OutcomeUnknown as error:
            step.failed(error)


def sweeper(desk: Desk, tickets: MemoryTickets, *, wait: timedelta = NO_WAIT) -> Sweeper:
    return Sweeper(database=desk.database, tickets=tickets, unknown_wait=wait)


def doubtful(desk: Desk, tickets: MemoryTickets) -> int | None:
    """Open a ticket of which it was not known for a while whether it was opened; the matter's number."""
    relation = desk.decide(PLAIN)
    tickets.before["create"] = [OutcomeUnknown("time-out")]
    deliver(desk, tickets)
    return relation.matter_id


def arrives_late(tickets: MemoryTickets, key: str) -> None:
    """The request that was thought lost is carried out after all."""
    original = next(iter(tickets.tickets.values()))
    tickets.create(original.draft, token=original.token)
    late = tickets.tickets.pop(f"INC-{len(tickets.tickets)}")
    tickets.tickets[key] = late


def test_a_twin_is_linked_explained_and_closed(desk: Desk, tickets: MemoryTickets) -> None:
    matter = doubtful(desk, tickets)
    arrives_late(tickets, "INC-2")
    assert sweeper(desk, tickets).work()
    twin = tickets.tickets["INC-2"]
    assert (twin.at, twin.links, len(twin.comments)) == (DONE, {"INC-1"}, 1)
    assert tickets.tickets["INC-1"].at is None
    assert desk.matter(matter).ticket_key == "INC-1"


def test_the_older_ticket_goes_on_also_when_the_other_was_named(desk: Desk, tickets: MemoryTickets) -> None:
    matter = doubtful(desk, tickets)
    arrives_late(tickets, "INC-0")
    tickets.tickets = dict(sorted(tickets.tickets.items()))
    sweeper(desk, tickets).work()
    assert desk.matter(matter).ticket_key == "INC-0"
    assert (tickets.tickets["INC-0"].at, tickets.tickets["INC-1"].at) == (None, DONE)


def test_a_twin_is_looked_for_again_and_again_and_not_for_ever(desk: Desk, tickets: MemoryTickets) -> None:
    doubtful(desk, tickets)
    step = sweeper(desk, tickets)
    assert [step.work() for _ in range(len(WAITS) + 1)] == [True] * len(WAITS) + [False]


def test_the_next_look_waits_for_its_time(desk: Desk, tickets: MemoryTickets) -> None:
    doubtful(desk, tickets)
    step = sweeper(desk, tickets, wait=timedelta(minutes=1))
    assert [step.work(), step.work()] == [True, False]


def test_nothing_is_looked_for_where_no_outcome_was_ever_unknown(desk: Desk, tickets: MemoryTickets) -> None:
    desk.decide(PLAIN)
    deliver(desk, tickets)
    assert not sweeper(desk, tickets).work()


def test_a_sweep_that_breaks_off_is_repeated_and_explains_itself_once(
    desk: Desk, tickets: MemoryTickets
) -> None:
    doubtful(desk, tickets)
    arrives_late(tickets, "INC-2")
    step = sweeper(desk, tickets)
    tickets.after["comment"] = [Unavailable("down")]
    with pytest.raises(Unavailable):
        step.work()
    step.work()
    assert len(tickets.tickets["INC-2"].comments) == 1


def test_a_twin_that_cannot_be_closed_is_left_to_a_person(desk: Desk, tickets: MemoryTickets) -> None:
    doubtful(desk, tickets)
    arrives_late(tickets, "INC-2")
    tickets.before["transition"] = [Refused("no way leads there")]
    assert sweeper(desk, tickets).work()
    with desk.database.read() as session:
        assert "twin closed" in session.scalars(select(LedgerEntry.event)).all()
        assert session.get_one(Action, 1).sweeps == 1


class WithoutDuty(Alone):
    """Another daemon does what only one may do."""

    def holds(self, duty: str) -> bool:
        return False


def test_only_the_daemon_with_the_duty_sweeps(desk: Desk, tickets: MemoryTickets) -> None:
    doubtful(desk, tickets)
    step = Sweeper(database=desk.database, tickets=tickets, unknown_wait=NO_WAIT, hold=Hold(WithoutDuty()))
    assert not step.work()


def test_a_lease_that_began_after_the_sweep_was_made_lets_it_write(
    desk: Desk, tickets: MemoryTickets
) -> None:
    doubtful(desk, tickets)
    arrives_late(tickets, "INC-2")
    hold = Hold(lease := Lease(database=desk.database, instance="here", length=timedelta(seconds=30)))
    step = Sweeper(database=desk.database, tickets=tickets, unknown_wait=NO_WAIT, hold=hold)
    lease.want(DUTY)
    lease.begin()
    tickets.during["transition"] = hold.check
    assert step.work()
    assert tickets.tickets["INC-2"].at == DONE


def test_nothing_is_closed_once_the_lease_is_lost(desk: Desk, tickets: MemoryTickets) -> None:
    class Expired(Alone):
        def check(self, claimed_by: str) -> None:
            raise LeaseLost(claimed_by)

    doubtful(desk, tickets)
    arrives_late(tickets, "INC-2")
    step = Sweeper(database=desk.database, tickets=tickets, unknown_wait=NO_WAIT, hold=Hold(Expired()))
    with pytest.raises(LeaseLost):
        step.work()
    assert tickets.tickets["INC-2"].at is None


def doubled_comment(desk: Desk, tickets: MemoryTickets, late: str = "comment") -> None:
    """Such a call was thought lost, done again, and then carried out after all, once more."""
    desk.decide(PLAIN)
    desk.decide(PLAIN)
    tickets.before[late] = [OutcomeUnknown("time-out")]
    deliver(desk, tickets)
    ticket = tickets.tickets["INC-1"]
    ticket.again.update(list(ticket.comments))


def ledger(desk: Desk) -> list[str]:
    with desk.database.read() as session:
        return list(session.scalars(select(LedgerEntry.event)))


def test_a_comment_that_stands_twice_is_deleted_once(desk: Desk, tickets: MemoryTickets) -> None:
    doubled_comment(desk, tickets)
    step = sweeper(desk, tickets)
    assert [step.work() for _ in range(len(WAITS) + 1)] == [True] * len(WAITS) + [False]
    assert not tickets.tickets["INC-1"].again
    assert ledger(desk).count("double removed") == 1


def test_a_comment_whose_outcome_was_always_known_is_not_looked_for(
    desk: Desk, tickets: MemoryTickets
) -> None:
    doubled_comment(desk, tickets, late="watch")
    assert not sweeper(desk, tickets).work()
    assert tickets.calls["single_comment"] == 0


def test_a_double_that_may_not_be_deleted_is_told_as_long_as_it_is_there(
    desk: Desk, tickets: MemoryTickets
) -> None:
    doubled_comment(desk, tickets)
    step, forbidden = sweeper(desk, tickets), Refused("no permission")
    tickets.before["single_comment"] = [forbidden, forbidden]
    step.work()
    assert "may stand twice" in told(desk)
    step.work()
    assert ledger(desk).count("double left") == 1
    step.work()
    assert told(desk) == ""


def told(desk: Desk) -> str:
    """What `status` says is wrong with actions."""
    status = gather(desk.database, utcnow())
    return " ".join(trouble.what for trouble in status.troubles if "comment" in trouble.where)


def test_a_comment_on_a_ticket_that_is_gone_is_no_trouble(desk: Desk, tickets: MemoryTickets) -> None:
    doubled_comment(desk, tickets)
    tickets.before["single_comment"] = [Gone("INC-1")]
    assert sweeper(desk, tickets).work()
    assert told(desk) == ""


def test_what_can_not_be_looked_at_keeps_no_other_waiting(desk: Desk, tickets: MemoryTickets) -> None:
    doubled_comment(desk, tickets)
    desk.decide(
        report(content_digest="another", own_text="Something else.", thread=Thread(message_id="two@x"))
    )
    tickets.before["create"] = [OutcomeUnknown("time-out")]
    deliver(desk, tickets)
    step = sweeper(desk, tickets)
    tickets.before["single_comment"] = [Unavailable("down")]
    with pytest.raises(Unavailable):
        step.work()
    step.work()
    assert tickets.calls["twins"] == 1
