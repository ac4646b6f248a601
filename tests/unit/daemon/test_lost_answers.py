"""The answer to a commit may be lost: what it claimed, and nobody here knows of, is free again soon."""

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from daemon.assess import Assessor
from daemon.bell import Bell
from daemon.deliver import Courier
from daemon.lease import Hold, Lease, LeaseLost
from daemon.reap import reap
from daemon.step import Step
from daemon.store.database import Database
from daemon.store.models import Action, Duty, Message, RawMail, StoredReport
from daemon.store.states import ActionState, MessageState
from tests.support.reports import PLAIN
from tests.support.tickets import MemoryTickets
from tests.unit.daemon.conftest import Desk

LENGTH = timedelta(minutes=1)
DUTY = "seal"
Losing = Callable[[Database, str], None]


@pytest.fixture
def losing(monkeypatch: pytest.MonkeyPatch) -> Losing:
    """From now on commits with this name are made, and the connection breaks before they are confirmed."""

    def lose(database: Database, doing: str) -> None:
        write = database.write

        @contextmanager
        def written(name: str) -> Iterator[Session]:
            with write(name) as session:
                yield session
            if name == doing:
                raise OperationalError("commit", None, ConnectionError())

        monkeypatch.setattr(database, "write", written)

    return lose


@pytest.fixture
def lease(desk: Desk) -> Lease:
    begun = Lease(database=desk.database, instance="one", length=LENGTH)
    begun.want(DUTY)
    begun.begin()
    return begun


def fail(step: Step) -> None:
    with pytest.raises(OperationalError) as caught:
        step.work()
    step.failed(caught.value)


def renewed_and_reaped(database: Database, lease: Lease) -> int:
    with pytest.raises(LeaseLost):
        lease.renew()
    lease.renew()
    return reap(database, timedelta(0))


def test_a_message_that_was_claimed_without_an_answer_is_free_again(
    desk: Desk, lease: Lease, losing: Losing
) -> None:
    number = desk.assess(PLAIN)
    with desk.database.write("test") as session:
        session.delete(session.get_one(StoredReport, number))
        message = session.get_one(Message, number)
        message.state = MessageState.COLLECTED
        session.get_one(RawMail, message.sha256).compressed = zlib.compress(b"a mail")
    losing(desk.database, "claim message")
    fail(
        Assessor(
            database=desk.database, read=lambda *_: PLAIN, collected=Bell(), assessed=Bell(), claimant=lease
        )
    )
    assert renewed_and_reaped(desk.database, lease) == 1
    with desk.database.read() as session:
        assert session.scalars(select(Message.claimed_by)).all() == [None]


def test_an_action_that_was_claimed_without_an_answer_is_looked_for(
    desk: Desk, lease: Lease, losing: Losing
) -> None:
    desk.decide(PLAIN)
    losing(desk.database, "claim action")
    tickets = MemoryTickets()
    fail(
        Courier(
            number=1,
            database=desk.database,
            tickets=tickets,
            planned=Bell(),
            unknown_wait=timedelta(0),
            hold=Hold(lease),
        )
    )
    assert renewed_and_reaped(desk.database, lease) == 1
    with desk.database.read() as session:
        [action] = session.scalars(select(Action)).all()
        assert (action.claimed_by, action.state) == (None, ActionState.UNKNOWN)


def test_a_doubted_lease_keeps_its_duties(desk: Desk, lease: Lease) -> None:
    before = lease.id
    lease.doubt()
    with pytest.raises(LeaseLost):
        lease.renew()
    assert lease.id != before
    assert lease.holds(DUTY)
    with desk.database.read() as session:
        assert session.scalars(select(Duty.held_by).where(Duty.name == DUTY)).all() == [lease.id]


def test_a_lease_that_nobody_doubts_is_renewed(lease: Lease) -> None:
    before = lease.id
    lease.renew()
    assert lease.id == before
