"""What was done on the younger of two tickets is done on the older one, once that is the matter's."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from config.instant import utcnow
from connectors.errors import OutcomeUnknown
from daemon.store.models import Action
from daemon.store.states import CARRIED_OUT, ActionKind, ActionState
from daemon.sweep import Sweeper
from parsers.facts import Report, StatedUrgency, Thread, Urgency
from tests.support.couriers import deliver_all
from tests.support.reports import BOB, report, video
from tests.support.tickets import MemoryTickets
from tests.unit.daemon.conftest import Desk

NO_WAIT = timedelta(0)
OLDER, NAMED = "INC-0", "INC-1"


@pytest.fixture
def tickets() -> MemoryTickets:
    return MemoryTickets()


def mail(name: str, **changes: object) -> Report:
    """One about the same video as all others."""
    return report(
        thread=Thread(message_id=f"{name}@regulator.example"),
        content_digest=name,
        own_text=f"The {name} letter about it.",
        references=(video("7"),),
        **changes,
    )


def sweep(desk: Desk, tickets: MemoryTickets) -> None:
    assert Sweeper(database=desk.database, tickets=tickets, unknown_wait=NO_WAIT).work()


def open_doubtfully(desk: Desk, tickets: MemoryTickets) -> None:
    """Open a ticket of which it was not known for a while whether it was opened."""
    desk.decide(mail("first"))
    tickets.before["create"] = [OutcomeUnknown("time-out")]
    deliver_all(desk, tickets)


def older_appears(tickets: MemoryTickets) -> None:
    """The request that was thought lost had been carried out first."""
    named = tickets.tickets[NAMED]
    tickets.create(named.draft, token=named.token)
    older = tickets.tickets.pop(f"INC-{len(tickets.tickets)}")
    tickets.tickets = {OLDER: older, **tickets.tickets}


def texts(tickets: MemoryTickets, key: str) -> list[object]:
    return list(tickets.tickets[key].comments.values())


def test_comments_and_priority_are_given_to_the_older_ticket(desk: Desk, tickets: MemoryTickets) -> None:
    open_doubtfully(desk, tickets)
    desk.decide(mail("second", urgency=StatedUrgency(level=Urgency.CRITICAL)))
    desk.decide(mail("third"))
    deliver_all(desk, tickets)
    written, raised_to = texts(tickets, NAMED), tickets.tickets[NAMED].priority
    assert len(written) == 2
    older_appears(tickets)
    sweep(desk, tickets)
    deliver_all(desk, tickets)
    assert texts(tickets, OLDER) == written
    assert tickets.tickets[OLDER].priority == raised_to


def test_another_sweep_repeats_nothing(desk: Desk, tickets: MemoryTickets) -> None:
    open_doubtfully(desk, tickets)
    desk.decide(mail("second"))
    deliver_all(desk, tickets)
    older_appears(tickets)
    for _ in range(2):
        sweep(desk, tickets)
        deliver_all(desk, tickets)
    assert len(texts(tickets, OLDER)) == 1


def test_what_comes_later_stands_behind_it(desk: Desk, tickets: MemoryTickets) -> None:
    open_doubtfully(desk, tickets)
    desk.decide(mail("second"))
    deliver_all(desk, tickets)
    older_appears(tickets)
    sweep(desk, tickets)
    desk.decide(mail("third"))
    deliver_all(desk, tickets)
    assert len(texts(tickets, OLDER)) == 2
    assert texts(tickets, OLDER)[0] == texts(tickets, NAMED)[0]
    with desk.database.read() as session:
        assert set(session.scalars(select(Action.state))) <= CARRIED_OUT


def test_links_of_other_tickets_lead_to_the_older_one_too(desk: Desk, tickets: MemoryTickets) -> None:
    open_doubtfully(desk, tickets)
    desk.decide(mail("theirs", sender=BOB))
    deliver_all(desk, tickets)
    assert tickets.tickets["INC-2"].links == {NAMED}
    older_appears(tickets)
    sweep(desk, tickets)
    deliver_all(desk, tickets)
    assert tickets.tickets["INC-2"].links == {NAMED, OLDER}


def test_what_is_written_while_the_ticket_changes_is_written_again(
    desk: Desk, tickets: MemoryTickets
) -> None:
    open_doubtfully(desk, tickets)
    older_appears(tickets)
    desk.decide(mail("second"))

    def change() -> None:
        del tickets.during["comment"]
        sweep(desk, tickets)

    tickets.during["comment"] = change
    deliver_all(desk, tickets)
    assert len(texts(tickets, OLDER)) == 1


def test_nobody_gets_a_second_acknowledgement(desk: Desk, tickets: MemoryTickets) -> None:
    open_doubtfully(desk, tickets)
    older_appears(tickets)
    sent = {"kind": ActionKind.ACKNOWLEDGE, "token": "ack", "payload": {}, "state": ActionState.DONE}
    order = {"position": 1, "deliver_by": utcnow(), "urgency_order": 0, "next_try_at": utcnow()}
    with desk.database.write("test") as session:
        session.add(Action(matter_id=1, message_id=1, **sent, **order))
    sweep(desk, tickets)
    with desk.database.read() as session:
        assert session.scalars(select(Action.token).where(Action.position >= 1)).all() == ["ack"]
