"""The urgency that a person has set stands, and later mail that asks for more is told on the ticket."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon.corrections import Corrected, Correcting, MergedAway, Word
from daemon.held import UnusableReason
from daemon.matter import NoSuchMatter, view
from daemon.merging import merge
from daemon.queue import Queue
from daemon.store.database import Database
from daemon.store.models import Action
from daemon.store.states import ActionKind, MessageState
from daemon.urgency_correction import set_urgency
from parsers.facts import Elapsed, Kind, Report, StatedClock, StatedUrgency, Thread, Urgency
from rules.site import Site
from tests.support.corrections import ANN, WHY, comments, count_rows, deliver, put_right, told
from tests.support.reports import RECEIVED, report
from tests.support.site import site as make_site
from tests.support.tickets import MemoryTickets
from tests.unit.daemon.conftest import Desk

LOW, NORMAL, HIGH, CRITICAL = Urgency
SOON = StatedClock(limit=Elapsed(hours=2), phrase="within two hours", position=0)

REPLIES_ARE_HIGH = """\
default:
  then: {project: INC, issue_type: Task}
additions:
  - name: replies
    when: {kind: reply}
    then: {priority: High}
"""


def mail(number: int, **changes: object) -> Report:
    """One on the same case as all others."""
    values: dict[str, object] = {
        "authority_ref": "2026/1",
        "content_digest": f"digest {number}",
        "thread": Thread(message_id=f"{number}@regulator.example"),
        "kind": Kind.REPLY if number > 1 else Kind.REPORT,
    }
    return report(**(values | changes))


def urgent(number: int) -> Report:
    return mail(number, urgency=StatedUrgency(level=CRITICAL, sentences=("Now.",)))


@pytest.fixture
def tickets(desk: Desk) -> MemoryTickets:
    """INC-1, of normal urgency."""
    tickets = MemoryTickets()
    desk.decide(mail(1))
    deliver(desk.database, tickets)
    return tickets


def lower(desk: Desk, site: Site, level: Urgency = LOW, *, dry_run: bool = False) -> tuple[str, ...]:
    correction = partial(set_urgency, name="INC-1", level=level)
    return put_right(desk.database, site, correction, dry_run=dry_run).steps


def test_it_is_carried_to_the_ticket_with_who_and_why(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    steps = lower(desk, site)
    assert tickets.tickets["INC-1"].priority == "Medium"
    deliver(desk.database, tickets)
    assert tickets.tickets["INC-1"].priority == "Low"
    [comment] = comments(tickets, "INC-1")
    assert "Urgency: low, before normal" in comment
    assert f"By: {ANN}\nReason: {WHY}" in comment
    assert steps[0].startswith("INC-1: urgency normal becomes low")


def test_the_ledger_has_ids_and_codes_and_the_row_who_and_why(
    desk: Desk, site: Site, tickets: MemoryTickets
) -> None:
    lower(desk, site)
    [entry] = told(desk.database)
    assert (entry.matter_id, entry.facts["kind"], entry.facts["level"]) == (1, "urgency", "low")
    assert {ANN, WHY}.isdisjoint(map(str, entry.facts.values()))
    [kept] = view(desk.database, "INC-1", time_zones=()).corrections
    assert (kept.number, kept.by, kept.reason) == (entry.facts["correction"], ANN, WHY)


def test_a_later_mail_that_asks_for_more_is_told_and_changes_nothing(
    desk: Desk, site: Site, tickets: MemoryTickets
) -> None:
    lower(desk, site)
    desk.decide(urgent(2))
    deliver(desk.database, tickets)
    assert (desk.matter(1).urgency, tickets.tickets["INC-1"].priority) == (LOW, "Low")
    assert "This mail asks for urgency critical. A person has set low" in comments(tickets, "INC-1")[-1]


def test_what_tells_of_it_does_not_wait_behind_less(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    lower(desk, site)
    deliver(desk.database, tickets)
    desk.decide(urgent(2))
    with desk.database.read() as session:
        last = session.scalars(select(Action).order_by(Action.id.desc())).first()
    assert last is not None
    assert (last.kind, last.urgency_order) == (ActionKind.COMMENT, 0)


def test_a_shorter_clock_still_counts_and_leaves_the_priority(
    desk: Desk, site: Site, tickets: MemoryTickets
) -> None:
    lower(desk, site)
    desk.decide(mail(2, clocks=(SOON,)))
    deliver(desk.database, tickets)
    assert desk.matter(1).due_at == RECEIVED + timedelta(hours=2)
    ticket = tickets.tickets["INC-1"]
    assert (ticket.priority, ticket.due) == ("Low", date(2026, 11, 3))


def test_a_higher_level_by_a_person_is_not_lowered_by_anything(
    desk: Desk, site: Site, tickets: MemoryTickets
) -> None:
    lower(desk, site, CRITICAL)
    desk.decide(mail(2, clocks=(replace(SOON, limit=Elapsed(hours=20)),)))
    deliver(desk.database, tickets)
    assert (desk.matter(1).urgency, tickets.tickets["INC-1"].priority) == (CRITICAL, "Highest")
    assert "asks for urgency" not in comments(tickets, "INC-1")[-1]


def test_a_person_overrides_what_was_set_in_jira(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    tickets.tickets["INC-1"].priority = "Highest"
    lower(desk, site)
    deliver(desk.database, tickets)
    assert tickets.tickets["INC-1"].priority == "Low"


def test_setting_it_again_does_nothing(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    lower(desk, site)
    before = count_rows(desk.database)
    assert "Nothing is to be done" in lower(desk, site)[0]
    assert count_rows(desk.database) == before
    lower(desk, site, HIGH)
    assert desk.matter(1).urgency is HIGH


def test_a_dry_run_says_the_same_and_leaves_no_trace(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    before = count_rows(desk.database)
    foreseen = lower(desk, site, dry_run=True)
    assert count_rows(desk.database) == before
    assert desk.matter(1).urgency is NORMAL
    assert lower(desk, site) == foreseen


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_a_reason_is_needed(reason: str) -> None:
    with pytest.raises(UnusableReason):
        Word(by=ANN, reason=reason)


def test_an_unknown_or_a_merged_matter_is_refused(desk: Desk, site: Site, tickets: MemoryTickets) -> None:
    with pytest.raises(NoSuchMatter):
        put_right(desk.database, site, partial(set_urgency, name="INC-9", level=LOW))
    desk.decide(mail(2, authority_ref="2026/2", own_text="Quite another thing.", kind=Kind.REPORT))
    put_right(desk.database, site, partial(merge, one="#1", other="#2"))
    with pytest.raises(MergedAway, match="#2 was merged into INC-1"):
        put_right(desk.database, site, partial(set_urgency, name="#2", level=LOW))


def test_no_rule_raises_what_a_person_has_set(database: Database, tmp_path: Path) -> None:
    site = make_site(tmp_path, routing=REPLIES_ARE_HIGH)
    desk, tickets = Desk(database, site), MemoryTickets()
    desk.decide(mail(1))
    deliver(database, tickets)
    lower(desk, site)
    desk.decide(mail(2, clocks=(replace(SOON, limit=Elapsed(hours=50)),)))
    deliver(database, tickets)
    ticket = tickets.tickets["INC-1"]
    assert (ticket.priority, ticket.due) == ("Low", date(2026, 11, 5))


def test_nobody_decides_for_a_party_while_a_person_does(desk: Desk, site: Site) -> None:
    if desk.database.is_embedded:
        return  # its one writer is the person
    desk.decide(mail(1))
    waiting = desk.assess(mail(2))
    found: list[object] = []

    def look(correcting: Correcting) -> Corrected:
        correcting.lock("#1")
        with desk.database.read() as other:
            found.append(Queue(desk.database).next_message(other))
        return Corrected(matter="#1", changed=False, steps=())

    put_right(desk.database, site, look)
    assert found == [None]
    assert desk.decide_next()
    assert desk.message(waiting).state is MessageState.DECIDED
