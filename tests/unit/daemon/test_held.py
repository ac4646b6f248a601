"""What waits for a person, and what a person's decision does."""

import zlib
from pathlib import Path

import pytest
from sqlalchemy import select

from connectors.tickets import FactTable
from daemon.held import (
    RELEASE,
    SET_ASIDE,
    FileNotWritten,
    HeldMessage,
    NotHeld,
    UnusableReason,
    Verdict,
    contents,
    decide_held,
    hand_out,
    list_held,
)
from daemon.store.models import LedgerEntry, RawMail
from daemon.store.states import Disposition
from parsers.facts import Attachment
from tests.support.couriers import deliver_all
from tests.support.reports import BOB, PLAIN, RECEIVED, report
from tests.support.tickets import MemoryTickets
from tests.unit.daemon.conftest import Desk

RAW = (
    b"From: =?utf-8?q?Al=C4=B1ce?= <alice@regulator.example>\r\n"
    b"Subject: An order\r\nX-Mailer: secret sauce\r\n\r\nSubject: in the body\r\n"
)


def hold(desk: Desk, raw: bytes = RAW, **changes: object) -> int:
    """A held message with these octets; its number."""
    number = desk.decide(report(**changes), held="could not be read in 3 tries").message_id
    with desk.database.write("test") as session:
        session.get_one(RawMail, desk.message(number).sha256).compressed = zlib.compress(raw)
    return number


def release(desk: Desk, number: int, *, verdict: Verdict = RELEASE, reason: str = "it is an order") -> None:
    decide_held(desk.database, desk.site, number, verdict, reason=reason, by="bob")


def entries(desk: Desk, event: str) -> list[LedgerEntry]:
    with desk.database.read() as session:
        return list(session.scalars(select(LedgerEntry).where(LedgerEntry.event == event)))


def test_only_held_messages_are_listed_with_their_ticket(desk: Desk) -> None:
    desk.decide(PLAIN)
    number = hold(desk, sender=BOB, content_digest="held")
    desk.name_ticket(2, "INC-2")
    assert list_held(desk.database) == (
        HeldMessage(
            number=number,
            mailbox="regulators",
            received_at=RECEIVED,
            reason="could not be read in 3 tries",
            ticket="INC-2",
            sha256=desk.message(number).sha256,
            sender="bob@partner.example",
            subject="A report",
        ),
    )


def test_contents_are_the_known_headers_decoded_and_nothing_of_the_body(desk: Desk) -> None:
    shown = contents(desk.database, hold(desk))
    assert shown.headers == (("From", "Alıce <alice@regulator.example>"), ("Subject", "An order"))


def test_a_head_with_bare_line_feeds_ends_where_its_own_empty_line_is(desk: Desk) -> None:
    shown = contents(desk.database, hold(desk, b"Subject: one\n\nTo: body\r\n\r\nFrom: body\r\n"))
    assert shown.headers == (("Subject", "one"),)


def test_contents_name_the_attachments(desk: Desk) -> None:
    attachment = Attachment(name="order.pdf", content_type="application/pdf", size=3, sha256="f" * 64)
    assert contents(desk.database, hold(desk, attachments=(attachment,))).attachments == (attachment,)


def test_a_released_message_is_on_its_ticket_and_waits_no_longer(desk: Desk) -> None:
    number = hold(desk)
    release(desk, number)
    message = desk.message(number)
    assert message.disposition is Disposition.ON_TICKET
    assert message.disposition_reason == "released by bob: it is an order"
    assert list_held(desk.database) == ()


def test_a_message_can_be_set_aside_for_a_reason(desk: Desk) -> None:
    number = hold(desk)
    release(desk, number, verdict=SET_ASIDE, reason="an empty mail")
    message = desk.message(number)
    assert message.disposition is Disposition.SET_ASIDE
    assert message.disposition_reason == "set aside by bob: an empty mail"


@pytest.mark.parametrize("verdict", [RELEASE, SET_ASIDE])
def test_the_ticket_gets_a_comment_that_says_who_and_why(desk: Desk, verdict: Verdict) -> None:
    tickets = MemoryTickets()
    release(desk, hold(desk), verdict=verdict)
    deliver_all(desk, tickets)
    [comment] = tickets.tickets["INC-1"].comments.values()
    [facts] = [block for block in comment if isinstance(block, FactTable)]
    assert {("By", "bob"), ("Reason", "it is an order")} <= set(facts.rows)


def test_the_comment_also_follows_a_ticket_that_exists_already(desk: Desk) -> None:
    tickets = MemoryTickets()
    number = hold(desk)
    deliver_all(desk, tickets)
    release(desk, number)
    deliver_all(desk, tickets)
    assert len(tickets.tickets["INC-1"].comments) == 1


def test_the_ledger_knows_the_decision_and_no_words(desk: Desk) -> None:
    number = hold(desk)
    release(desk, number)
    [entry] = entries(desk, "released")
    assert (entry.message_id, entry.matter_id) == (number, 1)
    assert entry.facts == {"disposition": "on_ticket"}


def test_a_message_is_released_only_once(desk: Desk) -> None:
    number = hold(desk)
    release(desk, number)
    with pytest.raises(NotHeld, match="it is on ticket"):
        release(desk, number, verdict=SET_ASIDE)
    assert len(entries(desk, "released")) == 1


def test_what_is_not_held_is_refused_with_what_it_is(desk: Desk) -> None:
    on_ticket = desk.decide(PLAIN).message_id
    undecided = desk.assess(PLAIN)
    for number, standing in ((on_ticket, "on ticket"), (undecided, "not decided yet"), (99, "no message")):
        with pytest.raises(NotHeld, match=standing):
            contents(desk.database, number)


@pytest.mark.parametrize("reason", [" ", "long" * 100])
def test_a_reason_that_says_nothing_or_cannot_be_kept_is_refused(desk: Desk, reason: str) -> None:
    number = hold(desk)
    with pytest.raises(UnusableReason):
        release(desk, number, reason=reason)
    assert desk.message(number).disposition is Disposition.HELD


def test_the_octets_go_into_a_private_file_and_the_ledger_says_so(desk: Desk, tmp_path: Path) -> None:
    number, file = hold(desk), tmp_path / "mail.eml"
    hand_out(desk.database, number, file)
    assert file.read_bytes() == RAW
    assert file.stat().st_mode & 0o077 == 0
    assert [entry.message_id for entry in entries(desk, "handed out")] == [number]


def test_no_file_is_overwritten_and_then_nothing_is_recorded(desk: Desk, tmp_path: Path) -> None:
    number, file = hold(desk), tmp_path / "mail.eml"
    file.write_text("mine")
    with pytest.raises(FileNotWritten):
        hand_out(desk.database, number, file)
    assert (file.read_text(), entries(desk, "handed out")) == ("mine", [])
