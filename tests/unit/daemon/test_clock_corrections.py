"""A person's word on a clock stands, whatever is computed later."""

from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial

import pytest

from daemon.clock_corrections import WhichClock, confirm, move, pause, resume, stop
from daemon.corrections import Corrected
from daemon.matter import ClockOfMatter, view
from daemon.status import gather
from daemon.store.states import Ruling
from parsers.facts import Elapsed, Kind, LanguageGuess, Report, StatedClock, Thread, Urgency
from rules.site import Site
from tests.support.corrections import ANN, comments, count_rows, deliver, put_right, told
from tests.support.reports import RECEIVED, UNVERIFIED, report
from tests.support.tickets import MemoryTickets
from tests.unit.daemon.conftest import Desk

IN_A_DAY = StatedClock(limit=Elapsed(hours=24), phrase="within 24 hours", position=0)
AGAIN = StatedClock(limit=Elapsed(hours=24), phrase="Within  24 hours", position=0)
AT_ONCE = StatedClock(limit=Elapsed(hours=1), phrase="within one hour", position=0)
LATER = datetime(2026, 11, 6, 12, tzinfo=UTC)
TURKISH = LanguageGuess(code="tr", certainty=0.99)
BY_STATUTE = "8/A maddesi uyarınca karar ektedir."
BY_STATUTE_AGAIN = "Hatırlatırız: 5651 sayılı Kanun gereği karar ektedir."


def mail(number: int, *clocks: StatedClock, **changes: object) -> Report:
    """One on the same case as all others."""
    values: dict[str, object] = {
        "received_at": RECEIVED + timedelta(hours=number - 1),
        "authority_ref": "2026/1",
        "content_digest": f"digest {number}",
        "thread": Thread(message_id=f"{number}@regulator.example"),
        "kind": Kind.REPLY if number > 1 else Kind.REPORT,
        "clocks": clocks,
    }
    return report(**(values | changes))


@pytest.fixture
def tickets(desk: Desk) -> MemoryTickets:
    """INC-1, due within a day."""
    tickets = MemoryTickets()
    desk.decide(mail(1, IN_A_DAY))
    deliver(desk.database, tickets)
    return tickets


class Person:
    """Decides about the clocks of INC-1."""

    def __init__(self, desk: Desk, site: Site) -> None:
        self._desk = desk
        self._site = site

    def confirms(self, number: int | None = None) -> Corrected:
        return put_right(self._desk.database, self._site, partial(confirm, name="#1", number=number))

    def moves(self, due_at: datetime = LATER, number: int | None = None) -> Corrected:
        correction = partial(move, name="#1", number=number, due_at=due_at)
        return put_right(self._desk.database, self._site, correction)

    def pauses(self, number: int | None = None) -> Corrected:
        return put_right(self._desk.database, self._site, partial(pause, name="#1", number=number))

    def resumes(self, number: int | None = None) -> Corrected:
        return put_right(self._desk.database, self._site, partial(resume, name="#1", number=number))

    def stops(self, number: int | None = None) -> Corrected:
        return put_right(self._desk.database, self._site, partial(stop, name="#1", number=number))


@pytest.fixture
def person(desk: Desk, site: Site, tickets: MemoryTickets) -> Person:
    return Person(desk, site)


def clocks(desk: Desk) -> list[ClockOfMatter]:
    found = view(desk.database, "#1", time_zones=("Europe/Istanbul",)).clocks
    return sorted(found, key=lambda clock: clock.number)


def test_a_corrected_clock_governs_and_its_day_stands_on_the_ticket(
    desk: Desk, person: Person, tickets: MemoryTickets
) -> None:
    assert tickets.tickets["INC-1"].due == date(2026, 11, 4)
    done = person.moves()
    deliver(desk.database, tickets)
    assert desk.matter(1).due_at == LATER
    assert tickets.tickets["INC-1"].due == LATER.date()
    assert "Clock corrected by a person" in comments(tickets, "INC-1")[-1]
    assert f"By: {ANN}" in comments(tickets, "INC-1")[-1]
    assert any("the ticket gets due date 2026-11-06" in step for step in done.steps)


def test_an_instant_of_any_zone_is_told_in_utc(desk: Desk, person: Person) -> None:
    done = person.moves(LATER.astimezone(timezone(timedelta(hours=5))))
    assert "due 2026-11-06 12:00 UTC" in done.steps[1]


def test_what_was_read_stays_beside_what_a_person_said(desk: Desk, person: Person) -> None:
    person.moves()
    [clock] = clocks(desk)
    assert (clock.due_at, clock.corrected_due_at) == (RECEIVED + timedelta(hours=24), LATER)
    assert clock.due_local["Europe/Istanbul"] == LATER
    [entry] = told(desk.database)
    assert (entry.facts["ruling"], entry.facts["due"]) == ("corrected", LATER.isoformat())


@pytest.mark.parametrize("decide", [Person.confirms, Person.moves, Person.pauses, Person.stops])
def test_the_same_clock_brought_again_does_not_count_and_is_told(
    desk: Desk, person: Person, tickets: MemoryTickets, decide: object
) -> None:
    assert callable(decide)
    decide(person)
    governs = desk.matter(1).due_at
    desk.decide(mail(2, AGAIN))
    deliver(desk.database, tickets)
    assert desk.matter(1).due_at == governs
    assert clocks(desk)[1].ruling is Ruling.SUPERSEDED
    last = comments(tickets, "INC-1")[-1]
    assert "a clock about which a person has decided before" in last
    assert "Does not count: 2026-11-04 10:00 UTC" in last


def test_a_clock_that_does_not_count_makes_nothing_urgent(desk: Desk, person: Person) -> None:
    person.stops()
    before = desk.matter(1).urgency
    desk.decide(mail(2, AGAIN, received_at=RECEIVED))
    assert desk.matter(1).urgency is before


def test_another_limit_is_another_clock_and_counts(desk: Desk, person: Person) -> None:
    person.moves()
    desk.decide(mail(2, AT_ONCE))
    assert desk.matter(1).due_at == RECEIVED + timedelta(hours=2)
    assert desk.matter(1).urgency is Urgency.CRITICAL


def test_a_limit_that_did_not_count_counts_once_a_person_confirms_it(desk: Desk, person: Person) -> None:
    person.stops()
    desk.decide(mail(2, AGAIN))
    assert desk.matter(1).due_at is None
    person.confirms(clocks(desk)[1].number)
    assert desk.matter(1).due_at == RECEIVED + timedelta(hours=25)


def test_a_stopped_clock_empties_the_due_date(desk: Desk, person: Person, tickets: MemoryTickets) -> None:
    done = person.stops()
    deliver(desk.database, tickets)
    assert desk.matter(1).due_at is None
    assert tickets.tickets["INC-1"].due is None
    assert "nothing is due any more" in done.steps[1]


def test_after_our_own_emptying_a_new_limit_is_set_again(
    desk: Desk, person: Person, tickets: MemoryTickets
) -> None:
    person.stops()
    deliver(desk.database, tickets)
    desk.decide(mail(2, AT_ONCE))
    deliver(desk.database, tickets)
    assert tickets.tickets["INC-1"].due == date(2026, 11, 3)


def test_of_several_clocks_the_earliest_that_runs_governs(desk: Desk, person: Person) -> None:
    desk.decide(mail(2, AT_ONCE))
    person.stops(clocks(desk)[1].number)
    assert desk.matter(1).due_at == RECEIVED + timedelta(hours=24)


def test_a_confirmed_clock_changes_only_what_is_said_of_it(
    desk: Desk, person: Person, tickets: MemoryTickets
) -> None:
    person.confirms()
    deliver(desk.database, tickets)
    assert desk.matter(1).due_at == RECEIVED + timedelta(hours=24)
    assert tickets.calls["raise_ticket"] == 0
    assert "Clock confirmed by a person" in comments(tickets, "INC-1")[-1]


def test_a_corrected_clock_is_not_put_back_by_confirming_it(desk: Desk, person: Person) -> None:
    person.moves()
    assert not person.confirms().changed
    assert desk.matter(1).due_at == LATER


@pytest.mark.parametrize("decide", [Person.confirms, Person.moves, Person.stops])
def test_saying_it_again_does_nothing(desk: Desk, person: Person, decide: object) -> None:
    assert callable(decide)
    decide(person)
    before = count_rows(desk.database)
    number = clocks(desk)[0].number
    assert not decide(person, number=number).changed
    assert count_rows(desk.database) == before


def test_a_stopped_clock_runs_again_when_a_person_says_so(desk: Desk, person: Person) -> None:
    person.stops()
    person.moves(number=clocks(desk)[0].number)
    assert desk.matter(1).due_at == LATER


def test_a_matter_without_a_clock_gets_one(desk: Desk, site: Site) -> None:
    desk.decide(mail(1))
    person = Person(desk, site)
    person.moves()
    assert desk.matter(1).due_at == LATER
    person.confirms()
    assert desk.matter(1).due_at == LATER
    [clock] = clocks(desk)
    assert (clock.source, clock.phrase, clock.ruling) == ("person", "", Ruling.CORRECTED)


def test_which_clock_is_meant_must_be_clear(desk: Desk, person: Person) -> None:
    desk.decide(mail(2, AT_ONCE))
    with pytest.raises(WhichClock, match="name one of them with --clock: 1, 2"):
        person.stops()
    with pytest.raises(WhichClock, match="does not have clock 9; its clocks are: 1, 2"):
        person.stops(9)


def test_without_a_clock_none_can_be_stopped(desk: Desk, site: Site) -> None:
    desk.decide(mail(1))
    with pytest.raises(WhichClock, match="does not have a running clock; its clocks are: none"):
        Person(desk, site).stops()


def test_a_statute_read_again_in_other_words_is_the_same_clock(desk: Desk, site: Site) -> None:
    desk.decide(mail(1, own_text=BY_STATUTE, language=TURKISH))
    [first] = clocks(desk)
    assert first.confirm
    Person(desk, site).moves()
    desk.decide(mail(2, own_text=BY_STATUTE_AGAIN, language=TURKISH))
    assert desk.matter(1).due_at == LATER
    assert [clock.ruling for clock in clocks(desk)] == [Ruling.CORRECTED, Ruling.SUPERSEDED]


def test_unverified_mail_is_no_word_on_clocks_at_all(desk: Desk, person: Person) -> None:
    person.moves()
    desk.decide(mail(2, AT_ONCE, authenticity=UNVERIFIED))
    assert desk.matter(1).due_at == LATER


def test_nothing_is_due_by_a_paused_clock(desk: Desk, person: Person, tickets: MemoryTickets) -> None:
    person.pauses()
    deliver(desk.database, tickets)
    assert desk.matter(1).due_at is None
    assert tickets.tickets["INC-1"].due is None
    last = comments(tickets, "INC-1")[-1]
    assert "Clock paused by a person" in last
    assert "Was due: 2026-11-04 09:00 UTC" in last


def test_a_resumed_clock_runs_out_as_much_later_as_it_stood_still(desk: Desk, person: Person) -> None:
    person.pauses()
    paused_at = clocks(desk)[0].paused_at
    person.resumes()
    [clock] = clocks(desk)
    resumed_at = told(desk.database)[-1].at
    assert paused_at is not None
    assert resumed_at > paused_at
    assert desk.matter(1).due_at == RECEIVED + timedelta(hours=24) + (resumed_at - paused_at)
    assert (clock.paused_at, clock.ruling, clock.governs) == (None, Ruling.CORRECTED, True)


def test_a_corrected_clock_keeps_its_time_over_a_pause(desk: Desk, person: Person) -> None:
    person.moves()
    person.pauses()
    person.resumes()
    due = desk.matter(1).due_at
    assert due is not None
    assert LATER < due < LATER + timedelta(minutes=1)


def test_pausing_twice_changes_nothing(person: Person) -> None:
    person.pauses()
    assert not person.pauses().changed


def test_a_paused_clock_can_be_stopped(desk: Desk, person: Person) -> None:
    person.pauses()
    person.stops()
    [clock] = clocks(desk)
    assert (clock.ruling, clock.paused_at) == (Ruling.STOPPED, None)
    with pytest.raises(WhichClock):
        person.resumes()


def test_what_does_not_run_is_not_paused(person: Person) -> None:
    person.stops()
    with pytest.raises(WhichClock, match="does not run"):
        person.pauses(1)


def test_what_is_not_paused_is_not_resumed(person: Person) -> None:
    with pytest.raises(WhichClock, match="is not paused"):
        person.resumes()


def test_status_names_what_is_paused(desk: Desk, person: Person) -> None:
    person.pauses()
    [paused] = gather(desk.database, RECEIVED).paused
    assert (paused.ticket, paused.clock) == ("INC-1", 1)
    person.resumes()
    assert gather(desk.database, RECEIVED).paused == ()
