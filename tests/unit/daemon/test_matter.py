"""The view of one matter."""

from datetime import timedelta

import pytest

from connectors.errors import Refused
from daemon.matter import NoSuchMatter, view
from daemon.store.states import ActionKind, ActionState, Disposition
from parsers.facts import Elapsed, Kind, RelationType, StatedClock, Thread
from tests.support.couriers import deliver_all
from tests.support.reports import BOB, PLAIN, RECEIVED, report
from tests.support.tickets import MemoryTickets
from tests.unit.daemon.conftest import Desk

ISTANBUL = ("Europe/Istanbul",)
IN_FOUR_HOURS = StatedClock(limit=Elapsed(hours=4), phrase="within four hours", position=0)


def test_a_matter_is_found_by_its_ticket_in_any_case_and_by_its_number(desk: Desk) -> None:
    desk.decide(PLAIN)
    desk.name_ticket(1, "INC-7")
    for name in ("INC-7", "inc-7", "#1", "1"):
        assert view(desk.database, name, time_zones=()).ticket == "INC-7"


@pytest.mark.parametrize("name", ["INC-9", "#9", "", "nonsense"])
def test_an_unknown_name_is_refused_with_examples(desk: Desk, name: str) -> None:
    with pytest.raises(NoSuchMatter, match="such as INC-7"):
        view(desk.database, name, time_zones=())


def test_its_messages_come_in_order_with_relation_reason_and_hash(desk: Desk) -> None:
    desk.decide(PLAIN)
    thread = Thread(message_id="two@x", points_to=("one@regulator.example",))
    desk.decide(report(kind=Kind.REPLY, content_digest="b", own_text="Thank you very much.", thread=thread))
    desk.decide(report(sender=BOB, content_digest="another matter"))
    first, second = view(desk.database, "#1", time_zones=()).messages
    assert (first.number, first.relation, first.disposition) == (1, RelationType.NEW, Disposition.ON_TICKET)
    assert (second.number, second.relation) == (2, RelationType.FOLLOWUP)
    assert second.reason
    assert second.sha256 == desk.message(2).sha256


def test_its_clocks_are_told_in_utc_and_in_the_zones_of_the_desk(desk: Desk) -> None:
    desk.decide(report(clocks=(IN_FOUR_HOURS,)))
    [clock] = view(desk.database, "#1", time_zones=ISTANBUL).clocks
    assert clock.due_at == RECEIVED + timedelta(hours=4)
    assert clock.due_local["Europe/Istanbul"].isoformat() == "2026-11-03T16:00:00+03:00"
    assert (clock.phrase, clock.binding, clock.message) == ("within four hours", True, 1)


def test_its_actions_tell_tries_trouble_and_outcome(desk: Desk) -> None:
    desk.decide(PLAIN)
    desk.decide(PLAIN)
    deliver_all(desk, MemoryTickets(before={"comment": [Refused("not now")]}))
    create, comment = view(desk.database, "INC-1", time_zones=()).actions
    assert (create.kind, create.state, create.outcome) == (ActionKind.CREATE, ActionState.DONE, "INC-1")
    assert (comment.state, comment.tries, comment.trouble) == (ActionState.PLANNED, 1, "not now")


def test_its_ledger_tells_what_happened_in_order_and_nothing_of_other_matters(desk: Desk) -> None:
    desk.decide(PLAIN)
    desk.decide(report(sender=BOB, content_digest="another matter"))
    deliver_all(desk, MemoryTickets())
    told = view(desk.database, "#1", time_zones=()).ledger
    assert [entry.event for entry in told] == ["decided", "sending", "done"]
    assert [entry.number for entry in told] == sorted(entry.number for entry in told)
