"""A lease may be lost and begin anew at any moment, also while something is being claimed."""

import zlib
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import select

from daemon.assess import Assessor
from daemon.bell import Bell
from daemon.deliver import Courier
from daemon.lease import Alone, Hold, LeaseLost
from daemon.store.models import Action, Message, RawMail, StoredReport
from daemon.store.states import MessageState
from tests.support.reports import PLAIN
from tests.support.tickets import MemoryTickets
from tests.unit.daemon.conftest import Desk


class Restless(Alone):
    """Its lease begins anew whenever it is asked for its id."""

    def __init__(self) -> None:
        self._ids = map(str, count(1))

    @property
    def id(self) -> str:  # type: ignore[override]  # read only, as far as those go that ask
        return next(self._ids)

    def check(self, claimed_by: str) -> None:
        raise LeaseLost(claimed_by)


def test_an_action_is_let_go_by_the_name_under_which_it_was_claimed(desk: Desk) -> None:
    desk.decide(PLAIN)
    hold = Hold(Restless())
    step = Courier(
        number=1,
        database=desk.database,
        tickets=MemoryTickets(),
        planned=Bell(),
        unknown_wait=timedelta(0),
        hold=hold,
    )
    with pytest.raises(LeaseLost) as lost:
        step.work()
    step.failed(lost.value)
    step.close()
    with desk.database.read() as session:
        assert session.scalars(select(Action.claimed_by)).all() == [None]


def test_a_message_is_stored_by_the_name_under_which_it_was_claimed(desk: Desk) -> None:
    number = desk.assess(PLAIN)
    with desk.database.write("test") as session:
        session.delete(session.get_one(StoredReport, number))
        message = session.get_one(Message, number)
        message.state = MessageState.COLLECTED
        session.get_one(RawMail, message.sha256).compressed = zlib.compress(b"a mail")
    claimant = Restless()
    step = Assessor(
        database=desk.database, read=lambda *_: PLAIN, collected=Bell(), assessed=Bell(), claimant=claimant
    )
    step.work()
    assert desk.message(number).state is MessageState.ASSESSED
