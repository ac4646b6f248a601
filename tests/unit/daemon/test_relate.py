"""How a report stands to what is known, seen through whole decisions."""

from dataclasses import replace

import pytest

from parsers.facts import Attachment, Harm, Kind, RelationType, Report, Thread
from tests.support.reports import ALICE, BOB, CHARLIE, PLAIN, UNVERIFIED, report, video
from tests.unit.daemon.conftest import Desk

NEW, DUPLICATE, FOLLOWUP, RELATED = RelationType


def other(**changes: object) -> Report:
    """Another mail of Alice's, with nothing in common with the plain one."""
    values = {
        "content_digest": "another",
        "own_text": "Something else.",
        "thread": Thread(message_id="two@x"),
    }
    return report(**(values | changes))


def test_the_first_report_is_new(desk: Desk) -> None:
    assert desk.decide(PLAIN).type is NEW


def test_the_same_mail_in_another_mailbox_is_a_duplicate(desk: Desk) -> None:
    first, second = desk.decide(PLAIN), desk.decide(PLAIN)
    assert (second.type, second.matter_id) == (DUPLICATE, first.matter_id)


def test_different_mails_with_one_message_id_are_two_matters(desk: Desk) -> None:
    first = desk.decide(PLAIN)
    second = desk.decide(other(thread=PLAIN.thread))
    assert (second.type, second.matter_id != first.matter_id) == (NEW, True)


def test_a_reply_to_a_known_mail_is_a_followup(desk: Desk) -> None:
    first = desk.decide(PLAIN)
    reply = other(kind=Kind.REPLY, thread=Thread(message_id="two@x", points_to=("one@regulator.example",)))
    second = desk.decide(reply)
    assert (second.type, second.matter_id) == (FOLLOWUP, first.matter_id)


def test_a_stranger_cannot_reply_into_a_matter(desk: Desk) -> None:
    first = desk.decide(PLAIN)
    intruder = other(sender=BOB, thread=Thread(points_to=("one@regulator.example",)))
    assert desk.decide(intruder).matter_id != first.matter_id


def test_a_new_case_sent_by_pressing_reply_is_new(desk: Desk) -> None:
    desk.decide(report(authority_ref="2026/1", references=(video("1"),)))
    answer = Thread(message_id="two@x", points_to=("one@regulator.example",))
    assert desk.decide(other(authority_ref="2026/2", references=(video("2"),), thread=answer)).type is NEW


def test_a_ticket_key_counts_for_the_organisation_on_that_ticket(desk: Desk) -> None:
    first = desk.decide(PLAIN)
    desk.name_ticket(first.matter_id, "INC-7")
    second = desk.decide(other(thread=Thread(message_id="two@x", ticket_keys=("INC-7",))))
    assert second.matter_id == first.matter_id


def test_a_ticket_key_from_a_stranger_opens_nothing_of_others(desk: Desk) -> None:
    first = desk.decide(PLAIN)
    desk.name_ticket(first.matter_id, "INC-7")
    stranger = other(sender=CHARLIE, thread=Thread(message_id="two@x", ticket_keys=("INC-7",)))
    assert desk.decide(stranger).matter_id != first.matter_id


def test_the_same_case_number_written_otherwise_is_the_same_matter(desk: Desk) -> None:
    first = desk.decide(report(authority_ref="2026/3187-A"))
    second = desk.decide(other(authority_ref="2026/3187 a"))
    assert (second.type, second.matter_id) == (DUPLICATE, first.matter_id)


def test_the_same_case_number_of_another_organisation_means_nothing(desk: Desk) -> None:
    desk.decide(report(authority_ref="2026/3187"))
    assert desk.decide(other(sender=BOB, authority_ref="2026/3187")).type is NEW


def test_new_content_under_a_known_case_is_a_followup(desk: Desk) -> None:
    desk.decide(report(authority_ref="2026/1", references=(video("1"),)))
    assert desk.decide(other(authority_ref="2026/1", references=(video("2"),))).type is FOLLOWUP


def test_two_orders_from_one_template_are_two_matters(desk: Desk) -> None:
    desk.decide(report(authority_ref="2026/1", references=(video("1"),)))
    second = other(own_text=PLAIN.own_text, authority_ref="2026/2", references=(video("2"),))
    assert desk.decide(second).type is NEW


def test_the_same_template_without_case_numbers_but_other_content_is_new(desk: Desk) -> None:
    desk.decide(report(references=(video("1"),)))
    assert desk.decide(other(own_text=PLAIN.own_text, references=(video("2"),))).type is NEW


def test_the_same_content_again_is_a_duplicate(desk: Desk) -> None:
    first = desk.decide(report(references=(video("1"), video("2"))))
    second = desk.decide(other(references=(video("2"),)))
    assert (second.type, second.matter_id) == (DUPLICATE, first.matter_id)


def test_the_same_content_under_another_case_is_linked_not_merged(desk: Desk) -> None:
    first = desk.decide(report(authority_ref="2026/1", references=(video("1"),)))
    second = desk.decide(other(authority_ref="2026/2", references=(video("1"),)))
    assert (second.type, second.related_to) == (RELATED, first.matter_id)


def test_the_same_content_from_another_organisation_is_related(desk: Desk) -> None:
    first = desk.decide(report(references=(video("1"),)))
    second = desk.decide(other(sender=BOB, references=(video("1"),)))
    assert (second.type, second.related_to) == (RELATED, first.matter_id)
    assert second.matter_id != first.matter_id


def test_related_names_the_matter_that_shares_most(desk: Desk) -> None:
    desk.decide(report(references=(video("1"),)))
    most = desk.decide(other(sender=CHARLIE, references=(video("2"), video("3"))))
    last = other(sender=BOB, content_digest="last", references=(video("1"), video("2"), video("3")))
    assert desk.decide(last).related_to == most.matter_id


def test_the_same_words_again_are_a_duplicate(desk: Desk) -> None:
    first = desk.decide(PLAIN)
    again = other(own_text=f"Dear colleagues, {PLAIN.own_text}")
    assert desk.decide(again).matter_id == first.matter_id


def test_the_same_documents_in_an_empty_mail_are_a_duplicate(desk: Desk) -> None:
    order = Attachment(name="order.pdf", content_type="application/pdf", size=1, sha256="a" * 64)
    renamed = replace(order, name="copy.pdf")
    first = desk.decide(report(own_text="", attachments=(order,)))
    second = desk.decide(other(own_text="", attachments=(renamed,)))
    assert (second.type, second.matter_id) == (DUPLICATE, first.matter_id)


def test_one_document_in_common_is_not_enough(desk: Desk) -> None:
    form = Attachment(name="form.pdf", content_type="application/pdf", size=1, sha256="a" * 64)
    order = replace(form, sha256="b" * 64)
    desk.decide(report(own_text="", attachments=(form,)))
    assert desk.decide(other(own_text="", attachments=(form, order))).type is NEW


def test_thanks_on_a_known_case_are_a_followup(desk: Desk) -> None:
    desk.decide(report(authority_ref="2026/1"))
    assert desk.decide(other(authority_ref="2026/1", harm=Harm.NONE)).type is FOLLOWUP


def test_an_unverified_mail_is_linked_and_never_merged(desk: Desk) -> None:
    first = desk.decide(report(authority_ref="2026/1"))
    second = desk.decide(other(authority_ref="2026/1", authenticity=UNVERIFIED))
    assert (second.type, second.related_to) == (RELATED, first.matter_id)
    assert "not verified" in second.reason


def test_a_verified_mail_is_not_merged_into_what_an_unverified_one_opened(desk: Desk) -> None:
    forged = desk.decide(report(authority_ref="2026/1", authenticity=UNVERIFIED))
    genuine = desk.decide(other(authority_ref="2026/1"))
    assert (genuine.type, genuine.related_to) == (RELATED, forged.matter_id)


def test_a_copy_of_an_unverified_mail_is_a_duplicate_of_it(desk: Desk) -> None:
    first = desk.decide(report(authenticity=UNVERIFIED))
    second = desk.decide(report(authenticity=UNVERIFIED))
    assert (second.type, second.matter_id) == (DUPLICATE, first.matter_id)


def test_an_answer_that_was_collected_before_its_question_shares_its_matter(desk: Desk) -> None:
    answer = other(kind=Kind.REPLY, thread=Thread(message_id="two@x", points_to=("one@regulator.example",)))
    first, second = desk.decide(answer), desk.decide(PLAIN)
    assert second.matter_id == first.matter_id


@pytest.mark.parametrize("kind", [Kind.AUTO_REPLY, Kind.BOUNCE])
def test_automatic_mail_belongs_to_the_matter_that_it_answers(desk: Desk, kind: Kind) -> None:
    first = desk.decide(report(sender=CHARLIE))
    robot = other(
        sender=type(CHARLIE)(address="mailer-daemon@mail.example", domain="mail.example"),
        kind=kind,
        authenticity=UNVERIFIED,
        thread=Thread(points_to=("one@regulator.example",)),
    )
    second = desk.decide(robot)
    assert (second.type, second.matter_id) == (FOLLOWUP, first.matter_id)


def test_automatic_mail_that_answers_nothing_opens_nothing(desk: Desk) -> None:
    assert desk.decide(other(kind=Kind.AUTO_REPLY)).matter_id is None


def test_spam_is_never_matched(desk: Desk) -> None:
    desk.decide(report(references=(video("1"),)))
    assert desk.decide(other(kind=Kind.SPAM, references=(video("1"),))).related_to is None


def test_alice_and_alice_are_one_party() -> None:
    assert PLAIN.sender.party == ALICE.party == "regulator"
