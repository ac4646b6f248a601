"""Two matters become one, which gets all later mail; the other's ticket is linked and closed."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest

from connectors.errors import Refused
from connectors.tickets import StatusTarget
from daemon.corrections import Corrected, MergedAway
from daemon.fates import Fate, Period, trace
from daemon.matter import view
from daemon.merging import NotMerged, merge
from daemon.splitting import split
from daemon.urgency_correction import set_urgency
from parsers.facts import Elapsed, Kind, RelationType, Report, StatedClock, StatedUrgency, Thread, Urgency
from rules.site import Site
from tests.support.corrections import ANN, WHY, comments, count_rows, deliver, put_right, told
from tests.support.reports import BOB, RECEIVED, UNVERIFIED, report
from tests.support.tickets import MemoryTickets
from tests.unit.daemon.conftest import Desk

IN_AN_HOUR = StatedClock(limit=Elapsed(hours=1), phrase="within one hour", position=0)


def mail(number: int, **changes: object) -> Report:
    """Each on a case of its own."""
    values: dict[str, object] = {
        "received_at": RECEIVED + timedelta(minutes=number),
        "content_digest": f"digest {number}",
        "own_text": f"Letter {number}, which is like no other one: {'abcdefgh'[number] * 40}",
        "thread": Thread(message_id=f"{number}@regulator.example"),
        "authority_ref": f"2026/{number}",
    }
    return report(**(values | changes))


def reply(number: int, to: int) -> Report:
    return mail(number, authority_ref=f"2026/{to}", kind=Kind.REPLY)


@pytest.fixture
def tickets(desk: Desk) -> MemoryTickets:
    """INC-1 with message 1; INC-2 with message 2, critical and due within the hour, and its reply 3."""
    tickets = MemoryTickets()
    desk.decide(mail(1))
    deliver(desk.database, tickets)
    desk.decide(mail(2, clocks=(IN_AN_HOUR,), urgency=StatedUrgency(level=Urgency.CRITICAL)))
    desk.decide(reply(3, to=2))
    deliver(desk.database, tickets)
    assert list(tickets.tickets) == ["INC-1", "INC-2"]
    return tickets


def together(
    desk: Desk, site: Site, one: str = "INC-2", other: str = "INC-1", *, dry_run: bool = False
) -> Corrected:
    return put_right(desk.database, site, partial(merge, one=one, other=other), dry_run=dry_run)


def messages(desk: Desk, name: str) -> list[int]:
    return [message.number for message in view(desk.database, name, time_zones=()).messages]


def test_the_lower_key_is_kept_whichever_is_named_first(
    desk: Desk, site: Site, tickets: MemoryTickets
) -> None:
    done = together(desk, site)
    assert (done.matter, done.other) == ("INC-1", "INC-2")
    assert (messages(desk, "INC-1"), messages(desk, "INC-2")) == ([1, 2, 3], [])
    assert view(desk.database, "INC-2", time_zones=()).merged_into == "INC-1"
    merged = view(desk.database, "INC-1", time_zones=()).messages[1]
    assert merged.reason == "nothing known matches it; a person merged INC-2 into INC-1"


def test_the_other_ticket_is_linked_and_closed_and_both_say_why(
    desk: Desk, site: Site, tickets: MemoryTickets
) -> None:
    together(desk, site)
    deliver(desk.database, tickets)
    gone = tickets.tickets["INC-2"]
    assert (gone.links, gone.at, gone.resolution) == ({"INC-1"}, StatusTarget.done(), "Duplicate")
    assert tickets.tickets["INC-1"].at is None
    for key in ("INC-1", "INC-2"):
        assert f"By: {ANN}\nReason: {WHY}" in comments(tickets, key)[-1]
    assert "Go on with: INC-1" in comments(tickets, "INC-2")[-1]
    assert "Merged: INC-2\nMail: messages 2, 3" in comments(tickets, "INC-1")[-1]


def test_where_the_site_has_no_such_link_it_is_another_one(
    desk: Desk, site: Site, tickets: MemoryTickets
) -> None:
    together(desk, site)
    tickets.before["link"] = [Refused("no such type")]
    deliver(desk.database, tickets)
    assert (tickets.tickets["INC-2"].links, tickets.calls["link"]) == ({"INC-1"}, 2)


def test_the_earliest_clock_and_the_higher_urgency_govern(
    desk: Desk, site: Site, tickets: MemoryTickets
) -> None:
    together(desk, site)
    deliver(desk.database, tickets)
    kept, gone = desk.matter(1), desk.matter(2)
    assert (kept.due_at, kept.urgency) == (RECEIVED + timedelta(minutes=62), Urgency.CRITICAL)
    assert gone.due_at is None
    ticket = tickets.tickets["INC-1"]
    assert (ticket.priority, ticket.due) == ("Highest", date(2026, 11, 3))


def test_urgency_that_a_person_has_set_stands(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    put_right(desk.database, site, partial(set_urgency, name="INC-1", level=Urgency.LOW))
    together(desk, site)
    deliver(desk.database, tickets)
    assert (desk.matter(1).urgency, tickets.tickets["INC-1"].priority) == (Urgency.LOW, "Low")


def test_later_mail_on_either_goes_to_the_one_that_is_kept(
    desk: Desk, site: Site, tickets: MemoryTickets
) -> None:
    together(desk, site)
    assert desk.decide(reply(4, to=2)).matter_id == 1
    assert desk.decide(reply(5, to=1)).matter_id == 1
    named = Thread(message_id="6@regulator.example", ticket_keys=("INC-2",))
    by_key = desk.decide(mail(6, thread=named, authority_ref=None, kind=Kind.REPLY))
    assert (by_key.matter_id, by_key.type) == (1, RelationType.FOLLOWUP)
    deliver(desk.database, tickets)
    assert len(comments(tickets, "INC-1")) == 4
    assert len(comments(tickets, "INC-2")) == 2


def test_a_ticket_that_is_not_there_yet_is_opened_linked_and_closed(desk: Desk, site: Site) -> None:
    tickets = MemoryTickets()
    desk.decide(mail(1))
    desk.decide(mail(2))
    together(desk, site, "#1", "#2")
    deliver(desk.database, tickets)
    assert tickets.tickets["INC-2"].links == {"INC-1"}
    assert tickets.tickets["INC-2"].at == StatusTarget.done()


def test_merged_once_more_all_go_to_the_last_one(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    desk.decide(mail(4))
    deliver(desk.database, tickets)
    together(desk, site, "INC-2", "INC-3")
    together(desk, site, "INC-1", "INC-2")
    assert view(desk.database, "INC-3", time_zones=()).merged_into == "INC-1"
    assert desk.decide(reply(5, to=4)).matter_id == 1


def test_a_mail_that_was_not_verified_may_be_vouched_for(desk: Desk, site: Site) -> None:
    desk.decide(mail(1, authenticity=UNVERIFIED))
    assert desk.decide(mail(2)).matter_id == 2
    together(desk, site, "#1", "#2")
    assert desk.matter(1).verified
    assert desk.decide(reply(3, to=2)).matter_id == 1


def test_the_ledger_names_both(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    together(desk, site)
    entries = told(desk.database)
    assert [(entry.matter_id, entry.facts["kept"], entry.facts["merged"]) for entry in entries] == [
        (1, 1, 2),
        (2, 1, 2),
    ]


def test_doing_it_twice_changes_nothing(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    together(desk, site)
    before = count_rows(desk.database)
    assert not together(desk, site, "INC-1", "INC-2").changed
    assert count_rows(desk.database) == before


def test_a_dry_run_leaves_no_trace(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    before = count_rows(desk.database)
    assert together(desk, site, dry_run=True).steps[0].startswith("INC-2 joins INC-1, with messages 2, 3")
    assert (count_rows(desk.database), messages(desk, "INC-2")) == (before, [2, 3])


def test_two_parties_are_never_one_matter(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    desk.decide(mail(4, sender=BOB))
    with pytest.raises(NotMerged, match="of two parties"):
        together(desk, site, "INC-1", "#3")


def test_one_matter_is_not_merged_with_itself(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    with pytest.raises(NotMerged, match="one and the same"):
        together(desk, site, "INC-1", "#1")


def test_what_is_part_of_another_one_is_not_merged_again(
    desk: Desk, site: Site, tickets: MemoryTickets
) -> None:
    desk.decide(mail(4))
    together(desk, site)
    with pytest.raises(NotMerged, match="INC-2 was merged into INC-1; name INC-1"):
        together(desk, site, "INC-2", "#3")


def test_a_split_takes_a_merge_back(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    together(desk, site)
    deliver(desk.database, tickets)
    back = put_right(desk.database, site, partial(split, name="INC-1", numbers=(2, 3)))
    assert (back.other, back.steps[-1].startswith("INC-2 stays closed")) == ("INC-2", True)
    deliver(desk.database, tickets)
    assert list(tickets.tickets) == ["INC-1", "INC-2"]
    assert view(desk.database, "INC-2", time_zones=()).merged_into is None
    assert (messages(desk, "INC-1"), messages(desk, "INC-2")) == ([1], [2, 3])
    assert desk.matter(2).due_at == RECEIVED + timedelta(minutes=62)
    assert desk.decide(reply(4, to=2)).matter_id == 2


def test_a_split_that_takes_a_merge_back_opens_the_ticket_again(
    desk: Desk, site: Site, tickets: MemoryTickets
) -> None:
    jira = site.settings.jira.model_copy(update={"reopen_to": "Reopened"})
    reopening = replace(site, settings=site.settings.model_copy(update={"jira": jira}))
    together(desk, reopening)
    deliver(desk.database, tickets)
    put_right(desk.database, reopening, partial(split, name="INC-1", numbers=(2,)))
    deliver(desk.database, tickets)
    assert tickets.tickets["INC-2"].at == StatusTarget(status="Reopened")


def test_a_merged_matter_has_nothing_left_to_split(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    together(desk, site)
    with pytest.raises(MergedAway, match="name INC-1"):
        put_right(desk.database, site, partial(split, name="INC-2", numbers=(3,)))


def test_every_mail_is_accounted_for(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    together(desk, site)
    deliver(desk.database, tickets)
    period = Period(since=RECEIVED - timedelta(days=1), until=RECEIVED + timedelta(days=1))
    with desk.database.read() as session:
        traced = trace(session, "regulators", period)
    assert [one.fate for one in traced] == [Fate.OPENED, Fate.UPDATED, Fate.UPDATED]
    assert [fault for one in traced for fault in one.faults() if "ledger" not in fault] == []
