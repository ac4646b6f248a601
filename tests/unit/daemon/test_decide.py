from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from daemon.store.models import Action, LedgerEntry, MatterClock, Message
from daemon.store.states import ActionKind, ActionState, Disposition, MessageState
from parsers.facts import DocumentFacts, Elapsed, Kind, StatedClock, StatedUrgency, Urgency
from tests.support.reports import BOB, PLAIN, RECEIVED, UNVERIFIED, report, video
from tests.unit.daemon.conftest import Desk

FOUR_HOURS = StatedClock(limit=Elapsed(hours=4), phrase="within four hours", position=0)
CASE = report(authority_ref="2026/1")


def actions(desk: Desk) -> list[Action]:
    with desk.database.read() as session:
        return list(session.scalars(select(Action).order_by(Action.id)))


def kinds(desk: Desk) -> list[ActionKind]:
    return [action.kind for action in actions(desk)]


def test_a_new_matter_gets_one_ticket(desk: Desk) -> None:
    desk.decide(PLAIN)
    assert kinds(desk) == [ActionKind.CREATE]


def test_a_duplicate_becomes_a_comment(desk: Desk) -> None:
    desk.decide(PLAIN)
    desk.decide(PLAIN)
    assert kinds(desk) == [ActionKind.CREATE, ActionKind.COMMENT]


def test_a_related_matter_gets_its_own_ticket_and_a_link(desk: Desk) -> None:
    desk.decide(report(references=(video("1"),)))
    desk.decide(report(sender=BOB, content_digest="b", references=(video("1"),)))
    assert kinds(desk) == [ActionKind.CREATE, ActionKind.CREATE, ActionKind.LINK]


def test_the_actions_of_a_matter_wait_for_each_other(desk: Desk) -> None:
    desk.decide(PLAIN)
    desk.decide(PLAIN)
    assert [action.state for action in actions(desk)] == [ActionState.PLANNED, ActionState.WAITING]


def test_the_deadline_counts_from_receipt_and_is_stored_with_its_words(desk: Desk) -> None:
    relation = desk.decide(report(clocks=(FOUR_HOURS,)))
    matter = desk.matter(relation.matter_id)
    assert (matter.urgency, matter.due_at) == (Urgency.CRITICAL, RECEIVED + timedelta(hours=4))
    with desk.database.read() as session:
        assert session.scalars(select(MatterClock.phrase)).all() == ["within four hours"]


def test_a_followup_that_is_more_pressing_raises_the_ticket(desk: Desk) -> None:
    first = desk.decide(CASE)
    desk.decide(replace(CASE, content_digest="b", kind=Kind.REPLY, clocks=(FOUR_HOURS,)))
    assert kinds(desk) == [ActionKind.CREATE, ActionKind.COMMENT, ActionKind.RAISE]
    assert desk.matter(first.matter_id).urgency is Urgency.CRITICAL
    assert {action.deliver_by for action in actions(desk)} == {RECEIVED + timedelta(hours=4)}


def test_a_followup_never_lowers_anything(desk: Desk) -> None:
    first = desk.decide(replace(CASE, clocks=(FOUR_HOURS,)))
    desk.decide(replace(CASE, content_digest="b", urgency=StatedUrgency(level=Urgency.LOW)))
    matter = desk.matter(first.matter_id)
    assert (matter.urgency, matter.due_at) == (Urgency.CRITICAL, RECEIVED + timedelta(hours=4))
    assert kinds(desk) == [ActionKind.CREATE, ActionKind.COMMENT]


def test_an_unverified_mail_neither_raises_nor_shortens(desk: Desk) -> None:
    first = desk.decide(CASE)
    second = desk.decide(replace(CASE, content_digest="b", authenticity=UNVERIFIED, clocks=(FOUR_HOURS,)))
    assert second.matter_id != first.matter_id
    assert desk.matter(first.matter_id).due_at is None


def test_what_the_rules_set_aside_gets_no_ticket_but_a_reason(desk: Desk) -> None:
    relation = desk.decide(report(kind=Kind.SPAM))
    message = desk.message(relation.message_id)
    assert (message.disposition, message.disposition_reason) == (Disposition.SET_ASIDE, "nobody asked for it")
    assert actions(desk) == []


def test_a_held_message_gets_a_ticket_for_a_person_whatever_the_rules_say(desk: Desk) -> None:
    relation = desk.decide(report(kind=Kind.SPAM), held="could not be read in 3 tries")
    assert desk.message(relation.message_id).disposition is Disposition.HELD
    assert actions(desk)[0].payload["summary"].startswith("Held: a mail needs a person")


def test_messages_are_decided_in_the_order_of_collection(desk: Desk) -> None:
    first, second = desk.assess(PLAIN), desk.assess(PLAIN)
    with desk.database.write("test") as session:
        session.get_one(Message, first).state = MessageState.COLLECTED
    assert not desk.decide_next()
    assert desk.message(second).state is MessageState.ASSESSED


def test_the_ledger_tells_the_decision_without_any_words_of_the_mail(desk: Desk) -> None:
    desk.decide(PLAIN)
    with desk.database.read() as session:
        entry = session.scalars(select(LedgerEntry).where(LedgerEntry.event == "decided")).one()
    assert entry.facts["relation"] == "new"
    assert PLAIN.own_text not in str(entry.facts)
    assert str(PLAIN.sender.address) not in str(entry.facts)


def test_the_ticket_shows_what_an_incident_manager_needs(desk: Desk) -> None:
    desk.decide(report(clocks=(FOUR_HOURS,), authority_ref="2026/1", references=(video("42"),)))
    text = str(actions(desk)[0].payload["text"])
    for wanted in ("2026-11-03 13:00 UTC", "16:00 Istanbul", "within four hours", "video:42", "verified"):
        assert wanted in text


def test_the_ticket_shows_limits_that_stand_only_in_a_document(desk: Desk) -> None:
    facts = DocumentFacts(
        source="order.pdf",
        language=PLAIN.language,
        urgency=PLAIN.urgency,
        harm=PLAIN.harm,
        clocks=(FOUR_HOURS,),
    )
    desk.decide(report(documents=(facts,), flags=frozenset({"limit only in attachment"})))
    text = str(actions(desk)[0].payload["text"])
    for wanted in ("Limit in order.pdf", "within four hours", "limit only in attachment"):
        assert wanted in text
