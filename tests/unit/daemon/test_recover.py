"""The restore drill: back up, work on, restore, recover. Nothing is done twice."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from daemon.lease import Lease
from daemon.recover import NothingToAllow, StillRunning, allow_acknowledgements, recover
from daemon.store.models import Action, Recovery
from daemon.store.sole import AlreadyRunning, sole
from daemon.store.states import CARRIED_OUT, ActionState
from parsers.facts import Kind, Report
from tests.support.backup import back_up, restore
from tests.support.couriers import deliver_all
from tests.support.reports import BOB, PLAIN, report, video
from tests.support.tickets import MemoryTickets
from tests.unit.daemon.conftest import Desk

ANSWER = report(kind=Kind.REPLY, content_digest="answer", references=(video("1"),))
LATER: tuple[Report, ...] = (
    ANSWER,
    report(sender=BOB, content_digest="b", references=(video("1"),)),
    report(content_digest="c", own_text="something else", authority_ref="2026/77"),
)


def states(desk: Desk) -> set[ActionState]:
    with desk.database.read() as session:
        return set(session.scalars(select(Action.state)))


def test_what_was_done_after_the_backup_is_found_and_not_done_again(desk: Desk) -> None:
    tickets = MemoryTickets()
    desk.decide(report(references=(video("1"),)))
    deliver_all(desk, tickets)
    backup = back_up(desk.database)
    for later in LATER:
        desk.decide(later)
    deliver_all(desk, tickets)
    before = {key: dict(ticket.comments) for key, ticket in tickets.tickets.items()}

    restore(desk.database, backup)
    recover(desk.database)
    desk.restart()
    for later in LATER:
        desk.decide(later)
    deliver_all(desk, tickets)
    assert {key: dict(ticket.comments) for key, ticket in tickets.tickets.items()} == before
    assert tickets.calls["create"] == 3
    assert states(desk) <= CARRIED_OUT


def test_without_recovery_the_same_restore_makes_twins(desk: Desk) -> None:
    tickets = MemoryTickets()
    backup = back_up(desk.database)
    desk.decide(PLAIN)
    deliver_all(desk, tickets)
    restore(desk.database, backup)
    desk.decide(PLAIN)
    deliver_all(desk, tickets)
    assert len(tickets.tickets) == 2


def test_what_the_backup_had_planned_is_looked_for_first(desk: Desk) -> None:
    tickets = MemoryTickets()
    desk.decide(PLAIN)
    desk.decide(PLAIN)
    backup = back_up(desk.database)
    deliver_all(desk, tickets)
    restore(desk.database, backup)
    assert recover(desk.database) == 1
    deliver_all(desk, tickets)
    assert (tickets.calls["create"], tickets.calls["comment"]) == (1, 1)


def test_what_was_not_done_before_is_done_after_it_was_looked_for(desk: Desk) -> None:
    tickets = MemoryTickets()
    desk.decide(PLAIN)
    recover(desk.database)
    deliver_all(desk, tickets)
    assert (tickets.calls["find_created"], tickets.calls["create"]) == (1, 1)


def test_mail_that_comes_after_the_recovery_is_handled_as_ever(desk: Desk) -> None:
    recover(desk.database)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    tickets = MemoryTickets()
    desk.decide(report(received_at=tomorrow))
    deliver_all(desk, tickets)
    assert (tickets.calls["find_created"], tickets.calls["create"]) == (0, 1)


def test_a_running_daemon_is_in_the_way(desk: Desk) -> None:
    lease = Lease(database=desk.database, instance="here", length=timedelta(seconds=30))
    lock = sole(desk.database, "here")
    lock.acquire()
    lease.begin()
    with pytest.raises((StillRunning, AlreadyRunning)):
        recover(desk.database)
    lock.release()


def test_acknowledgements_stay_off_until_a_person_allows_them(desk: Desk) -> None:
    recover(desk.database)
    with desk.database.read() as session:
        assert not session.scalars(select(Recovery)).one().acknowledging
    allow_acknowledgements(desk.database)
    with desk.database.read() as session:
        assert session.scalars(select(Recovery)).one().acknowledging
    with pytest.raises(NothingToAllow):
        allow_acknowledgements(desk.database)
