"""Later mail of a matter that extends a limit or takes an order back."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from daemon.matter import ClockOfMatter, view
from daemon.splitting import split
from daemon.store.models import Action, LedgerEntry, MatterClock
from daemon.store.states import ActionKind, ClockState, Ruling
from parsers.facts import Elapsed, Kind, LanguageGuess, Report, StatedClock, Withdrawal
from rules.clocks import ClockKind
from rules.site import Site
from tests.support.corrections import deliver, put_right
from tests.support.reports import RECEIVED, UNVERIFIED, report
from tests.support.tickets import MemoryTickets
from tests.unit.daemon.conftest import Desk

FOUR_HOURS = StatedClock(limit=Elapsed(hours=4), phrase="within four hours", position=0)
EXTENDED = StatedClock(
    limit=Elapsed(hours=48), phrase="we extend the deadline to 48 hours", position=0, extends=True
)
BACK = Withdrawal(phrase="the order is withdrawn", position=0)
ORDER = report(authority_ref="2026/1", clocks=(FOUR_HOURS,))


def later(**changes: object) -> Report:
    said: dict[str, object] = {"clocks": (), **changes}
    return replace(ORDER, content_digest="b", kind=Kind.REPLY, **said)  # type: ignore[arg-type]


@pytest.fixture
def tickets(desk: Desk) -> MemoryTickets:
    """INC-1 with an order, and the mail that takes it back."""
    tickets = MemoryTickets()
    desk.decide(ORDER)
    desk.decide(later(withdrawal=BACK))
    deliver(desk.database, tickets)
    return tickets


def clocks(desk: Desk) -> tuple[ClockOfMatter, ...]:
    return view(desk.database, "#1", time_zones=()).clocks


def due(desk: Desk) -> object:
    return desk.matter(1).due_at


def test_an_extension_ends_the_limit_that_it_replaces_and_says_by_which_words(desk: Desk) -> None:
    desk.decide(ORDER)
    desk.decide(later(clocks=(EXTENDED,)))
    old, new = clocks(desk)
    assert (old.state, old.stopped_by, old.stopping_phrase) == (ClockState.EXTENDED, 2, EXTENDED.phrase)
    assert (new.state, new.governs, old.governs) == (ClockState.RUNNING, True, False)
    assert due(desk) == RECEIVED + timedelta(hours=48)


def test_an_extension_leaves_what_a_law_demands_running(desk: Desk) -> None:
    turkish = LanguageGuess(code="tr", certainty=0.99)
    desk.decide(replace(ORDER, language=turkish, own_text="5651 sayılı Kanunun 8/A maddesi uyarınca"))
    desk.decide(later(clocks=(EXTENDED,)))
    assert {clock.kind: clock.state for clock in clocks(desk) if clock.message == 1} == {
        ClockKind.STATED: ClockState.EXTENDED,
        ClockKind.STATUTORY: ClockState.RUNNING,
    }
    assert due(desk) == RECEIVED + timedelta(hours=4)


def test_a_second_limit_without_an_extension_leaves_the_first_one_running(desk: Desk) -> None:
    desk.decide(ORDER)
    desk.decide(later(clocks=(replace(EXTENDED, extends=False),)))
    assert [clock.state for clock in clocks(desk)] == [ClockState.RUNNING] * 2
    assert due(desk) == RECEIVED + timedelta(hours=4)


def test_an_extension_to_an_earlier_time_ends_nothing(desk: Desk) -> None:
    desk.decide(ORDER)
    desk.decide(later(clocks=(replace(EXTENDED, limit=Elapsed(hours=2)),)))
    assert due(desk) == RECEIVED + timedelta(hours=2)
    assert {clock.state for clock in clocks(desk)} == {ClockState.RUNNING}


def test_a_withdrawal_ends_every_clock_and_the_ticket_says_so(desk: Desk) -> None:
    desk.decide(ORDER)
    desk.decide(later(withdrawal=BACK))
    [clock] = clocks(desk)
    assert (clock.state, clock.stopping_phrase) == (ClockState.WITHDRAWN, BACK.phrase)
    assert due(desk) is None
    with desk.database.read() as session:
        [comment] = session.scalars(select(Action).where(Action.kind == ActionKind.COMMENT))
        [entry] = session.scalars(select(LedgerEntry).where(LedgerEntry.event == "clock stopped"))
    assert "the sender took it back, “the order is withdrawn”" in str(comment.payload)
    assert entry.facts == {"clock": 1, "how": "withdrawn"}


def test_neither_lowers_the_urgency_nor_opens_a_closed_ticket_again(desk: Desk) -> None:
    desk.decide(ORDER)
    before = desk.matter(1).urgency
    desk.decide(later(withdrawal=BACK))
    assert desk.matter(1).urgency is before
    with desk.database.read() as session:
        kinds = session.scalars(select(Action.kind).order_by(Action.id)).all()
    assert kinds == [ActionKind.CREATE, ActionKind.COMMENT]


def test_an_unverified_withdrawal_ends_nothing(desk: Desk) -> None:
    desk.decide(ORDER)
    desk.decide(later(withdrawal=BACK, authenticity=UNVERIFIED))
    assert [clock.state for clock in clocks(desk)] == [ClockState.RUNNING]


def test_a_clock_that_a_person_has_confirmed_runs_on(desk: Desk) -> None:
    desk.decide(ORDER)
    with desk.database.write("test") as session:
        session.get_one(MatterClock, 1).ruling = Ruling.CONFIRMED
    desk.decide(later(withdrawal=BACK))
    assert [clock.state for clock in clocks(desk)] == [ClockState.CONFIRMED]
    assert due(desk) == RECEIVED + timedelta(hours=4)


@pytest.mark.usefixtures("tickets")
def test_a_clock_runs_again_once_the_mail_that_ended_it_belongs_to_another_matter(
    desk: Desk, site: Site
) -> None:
    assert [clock.state for clock in clocks(desk)] == [ClockState.WITHDRAWN]
    put_right(desk.database, site, partial(split, name="INC-1", numbers=(2,)))
    assert [clock.state for clock in clocks(desk)] == [ClockState.RUNNING]
    assert due(desk) == RECEIVED + timedelta(hours=4)
