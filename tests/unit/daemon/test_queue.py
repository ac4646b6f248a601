"""Which message is decided next."""

from datetime import timedelta

import pytest

from config.instant import utcnow
from daemon import decide
from daemon.known import Known
from daemon.queue import Queue
from daemon.relate import Standing, relate
from daemon.store.models import Message
from daemon.store.states import Disposition, MessageState
from parsers.facts import Kind
from tests.support.reports import BOB, PLAIN, report
from tests.unit.daemon.conftest import Desk

OF_BOB = report(sender=BOB, content_digest="bob")


def change(desk: Desk, number: int, **values: object) -> None:
    with desk.database.write("test") as session:
        message = session.get_one(Message, number)
        for name, value in values.items():
            setattr(message, name, value)


def following(desk: Desk) -> int | None:
    with desk.database.write("test") as session:
        message = Queue(desk.database).next_message(session)
        return message.id if message else None


def test_a_party_does_not_wait_for_the_unread_mail_of_another(desk: Desk) -> None:
    unread, assessed = desk.assess(PLAIN), desk.assess(OF_BOB)
    change(desk, unread, state=MessageState.COLLECTED)
    assert following(desk) == assessed


def test_a_party_waits_for_its_own_unread_mail(desk: Desk) -> None:
    unread = desk.assess(PLAIN)
    desk.assess(PLAIN)
    change(desk, unread, state=MessageState.COLLECTED)
    assert following(desk) is None


def test_everybody_waits_for_a_mail_whose_headers_do_not_tell_its_party(desk: Desk) -> None:
    unread = desk.assess(PLAIN)
    desk.assess(OF_BOB)
    change(desk, unread, state=MessageState.COLLECTED, party=None)
    assert following(desk) is None


def test_automatic_mail_waits_for_what_it_may_answer(desk: Desk) -> None:
    unread, bounce = desk.assess(PLAIN), desk.assess(report(sender=BOB, kind=Kind.BOUNCE))
    change(desk, unread, state=MessageState.COLLECTED)
    change(desk, bounce, awaits_all=True)
    assert following(desk) is None
    change(desk, unread, state=MessageState.DECIDED)
    assert following(desk) == bounce


def test_a_hastened_party_goes_first(desk: Desk) -> None:
    desk.assess(PLAIN)
    urgent = desk.assess(OF_BOB)
    change(desk, urgent, haste=0)
    assert following(desk) == urgent


def test_a_postponed_message_holds_up_only_its_own_party(desk: Desk) -> None:
    postponed, _behind_it, other = desk.assess(PLAIN), desk.assess(PLAIN), desk.assess(OF_BOB)
    change(desk, postponed, next_try_at=utcnow() + timedelta(hours=1))
    assert following(desk) == other


def test_two_daemons_do_not_decide_for_one_party_at_once(desk: Desk) -> None:
    if desk.database.is_embedded:
        return  # its one writer decides alone
    first, _, other = desk.assess(PLAIN), desk.assess(PLAIN), desk.assess(OF_BOB)
    with desk.database.write("test") as session:
        assert (found := Queue(desk.database).next_message(session)) is not None
        assert found.id == first
        assert following(desk) == other
    assert following(desk) == first


def test_a_message_that_cannot_be_decided_is_held_and_gets_its_ticket(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(known: Known) -> Standing:
        if known.report.own_text:
            raise ZeroDivisionError
        return relate(known)

    monkeypatch.setattr(decide, "relate", broken)
    monkeypatch.setattr(decide, "RETRY_SECONDS", (0,))
    number = desk.assess(PLAIN)
    for _ in range(decide.MAX_TRIES):
        with pytest.raises(ZeroDivisionError):
            desk.decide_next()
        desk.decide_failed(ZeroDivisionError())
    assert desk.message(number).state is MessageState.COLLECTED
    desk.assess_held(number)
    assert desk.decide_next()
    assert desk.message(number).disposition is Disposition.HELD
