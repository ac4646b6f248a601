"""Messages that do not belong to a matter leave for one of their own, and later mail tells the two apart."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest

from daemon.clock_corrections import stop
from daemon.corrections import Corrected
from daemon.fates import Fate, Period, Traced, trace
from daemon.matter import NoSuchMatter, view
from daemon.splitting import NotSplit, split
from parsers.facts import Elapsed, Kind, RelationType, Report, StatedClock, StatedUrgency, Thread, Urgency
from rules.site import Site
from tests.support.corrections import ANN, WHY, comments, count_rows, deliver, put_right, told
from tests.support.reports import RECEIVED, report, video
from tests.support.tickets import MemoryTickets
from tests.unit.daemon.conftest import Desk

IN_AN_HOUR = StatedClock(limit=Elapsed(hours=1), phrase="within one hour", position=0)
SONG, DANCE = "The song on this account was copied.", "Somebody dances on a grave in this film."


def mail(number: int, text: str = SONG, **changes: object) -> Report:
    """One about the same account as all others, in words of its own."""
    values: dict[str, object] = {
        "received_at": RECEIVED + timedelta(minutes=number),
        "content_digest": f"digest {number}",
        "own_text": text,
        "thread": Thread(message_id=f"{number}@regulator.example"),
        "references": (video("7"),),
    }
    return report(**(values | changes))


@pytest.fixture
def tickets(desk: Desk) -> MemoryTickets:
    """INC-1 with message 1 about the song, and messages 2 and 3 about the dance."""
    tickets = MemoryTickets()
    desk.decide(mail(1))
    critical = StatedUrgency(level=Urgency.CRITICAL, sentences=("Now.",))
    desk.decide(mail(2, DANCE, clocks=(IN_AN_HOUR,), urgency=critical))
    desk.decide(mail(3, DANCE, kind=Kind.REPLY))
    deliver(desk.database, tickets)
    assert list(tickets.tickets) == ["INC-1"]
    return tickets


def apart(desk: Desk, site: Site, *numbers: int, dry_run: bool = False) -> Corrected:
    correction = partial(split, name="INC-1", numbers=numbers or (2, 3))
    return put_right(desk.database, site, correction, dry_run=dry_run)


def messages(desk: Desk, name: str) -> list[int]:
    return [message.number for message in view(desk.database, name, time_zones=()).messages]


def test_they_get_a_ticket_that_tells_what_they_say(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    apart(desk, site)
    deliver(desk.database, tickets)
    assert (messages(desk, "INC-1"), messages(desk, "INC-2")) == ([1], [2, 3])
    opened = tickets.tickets["INC-2"]
    assert DANCE in {getattr(block, "text", "") for block in opened.draft.text}
    assert opened.draft.priority == "Highest"
    assert "Follow-up (reply)" in comments(tickets, "INC-2")[0]


def test_both_tickets_say_so_and_are_linked(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    apart(desk, site)
    deliver(desk.database, tickets)
    for key in ("INC-1", "INC-2"):
        assert f"By: {ANN}\nReason: {WHY}" in comments(tickets, key)[-1]
    assert "Left: messages 2, 3" in comments(tickets, "INC-1")[-1]
    assert "Came from: INC-1" in comments(tickets, "INC-2")[-1]
    assert tickets.tickets["INC-2"].links == {"INC-1"}


def test_clocks_go_with_the_messages_that_brought_them(
    desk: Desk, site: Site, tickets: MemoryTickets
) -> None:
    ticket = tickets.tickets["INC-1"]
    days = [ticket.due]
    apart(desk, site)
    deliver(desk.database, tickets)
    days.append(ticket.due)
    assert (desk.matter(1).due_at, days) == (None, [date(2026, 11, 3), None])
    assert desk.matter(2).due_at == RECEIVED + timedelta(minutes=62)
    assert tickets.tickets["INC-2"].due == date(2026, 11, 3)


def test_a_clock_that_did_not_count_there_counts_here(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    put_right(desk.database, site, partial(stop, name="#1", number=None))
    desk.decide(mail(4, DANCE, clocks=(IN_AN_HOUR,)))
    assert desk.matter(1).due_at is None
    apart(desk, site, 4)
    assert desk.matter(2).due_at == RECEIVED + timedelta(minutes=64)


def test_the_ledger_names_both_and_the_row_who_and_why(
    desk: Desk, site: Site, tickets: MemoryTickets
) -> None:
    apart(desk, site)
    assert [(entry.matter_id, entry.facts["messages"]) for entry in told(desk.database)] == [
        (1, "2,3"),
        (2, "2,3"),
    ]
    [here], [there] = (view(desk.database, name, time_zones=()).corrections for name in ("#1", "#2"))
    assert (here.other, there.other, here.by, here.reason) == ("#2", "INC-1", ANN, WHY)


def test_a_later_mail_with_the_same_content_joins_the_one_whose_words_it_has(
    desk: Desk, site: Site, tickets: MemoryTickets
) -> None:
    assert desk.decide(mail(4, f"Again: {DANCE}")).matter_id == 1
    apart(desk, site, 2, 3, 4)
    later = desk.decide(mail(5, f"Once more. {DANCE}"))
    assert later.matter_id == 2
    assert later.reason.endswith("the nearest of those that a person told apart")
    assert desk.decide(mail(6, f"Once more. {SONG}")).matter_id == 1


def test_an_answer_joins_the_matter_of_the_mail_that_it_answers(
    desk: Desk, site: Site, tickets: MemoryTickets
) -> None:
    apart(desk, site)
    thread = Thread(
        message_id="5@regulator.example", points_to=("3@regulator.example", "1@regulator.example")
    )
    answer = mail(5, "Any news?", thread=thread, references=(), kind=Kind.REPLY)
    assert desk.decide(answer).matter_id == 2
    to_first = Thread(message_id="6@regulator.example", points_to=("1@regulator.example",))
    assert desk.decide(replace(answer, thread=to_first, content_digest="six")).matter_id == 1


def test_our_key_in_the_subject_does_not_outweigh_the_case_number(
    desk: Desk, site: Site, tickets: MemoryTickets
) -> None:
    desk.decide(mail(4, DANCE, authority_ref="2026/4"))
    apart(desk, site, 2, 3, 4)
    named = Thread(message_id="5@regulator.example", ticket_keys=("INC-1",))
    assert desk.decide(mail(5, "As agreed.", thread=named, authority_ref="2026/4")).matter_id == 2


def test_where_nothing_else_tells_our_key_does(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    apart(desk, site)
    named = Thread(message_id="5@regulator.example", ticket_keys=("INC-1",))
    thanks = mail(5, "Somebody here says thanks to all of you.", thread=named, references=())
    assert desk.decide(thanks).matter_id == 1


def test_a_number_in_the_subject_tells(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    desk.decide(mail(4, DANCE, subject="Notice 4711/26"))
    apart(desk, site, 2, 3, 4)
    assert desk.decide(mail(5, SONG, subject="Re: Notice 4711/26")).matter_id == 2


def test_the_same_mail_again_joins_its_first_copy(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    apart(desk, site)
    assert desk.decide(mail(2, DANCE)).matter_id == 2
    assert desk.decide(mail(1)).matter_id == 1


def test_doing_it_twice_changes_nothing(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    apart(desk, site)
    before = count_rows(desk.database)
    again = apart(desk, site)
    assert (again.changed, again.other) == (False, "#2")
    assert count_rows(desk.database) == before
    deliver(desk.database, tickets)
    assert list(tickets.tickets) == ["INC-1", "INC-2"]


def test_a_dry_run_says_what_would_be_done(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    before = count_rows(desk.database)
    foreseen = apart(desk, site, dry_run=True)
    assert foreseen.steps[0] == "INC-1: messages 2, 3 will be #2, which gets a ticket of its own."
    assert (count_rows(desk.database), messages(desk, "#1")) == (before, [1, 2, 3])


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((1, 2), "message 1 opened INC-1 and stays"),
        ((9,), "message 9: not of INC-1; its messages are 1, 2, 3"),
        ((1, 2, 3), "would be left without a message"),
    ],
)
def test_what_cannot_leave_is_named(
    desk: Desk, site: Site, tickets: MemoryTickets, numbers: tuple[int, ...], words: str
) -> None:
    with pytest.raises(NotSplit, match=words):
        apart(desk, site, *numbers)


def test_an_unknown_matter_is_refused(desk: Desk, site: Site) -> None:
    with pytest.raises(NoSuchMatter):
        apart(desk, site)


def test_every_mail_is_accounted_for(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    apart(desk, site)
    deliver(desk.database, tickets)
    period = Period(since=RECEIVED - timedelta(days=1), until=RECEIVED + timedelta(days=1))
    with desk.database.read() as session:
        traced: list[Traced] = trace(session, "regulators", period)
    assert [one.fate for one in traced] == [Fate.OPENED, Fate.OPENED, Fate.UPDATED]
    assert [fault for one in traced for fault in one.faults() if "ledger" not in fault] == []


def test_the_relation_says_who_put_it_there(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    apart(desk, site)
    first, second = view(desk.database, "#2", time_zones=()).messages
    assert (first.relation, first.reason) == (RelationType.RELATED, "a person split it from INC-1")
    assert second.reason == first.reason
