"""How a report stands to what is known, seen through whole decisions."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, event

from daemon.known import MAX_CANDIDATES
from parsers.facts import Attachment, Harm, Kind, RelationType, Report, Stance, Thread
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


FORM = "We ask you to remove a clip in which {} is insulted in front of everybody at the market place."


def test_a_form_letter_about_somebody_else_is_new_and_linked_as_a_possible_duplicate(desk: Desk) -> None:
    first = desk.decide(report(own_text=FORM.format("Peter Miller")))
    second = desk.decide(other(own_text=FORM.format("Anna Smith")))
    assert (second.type, second.related_to) == (NEW, first.matter_id)
    assert "possible duplicate" in second.reason


def test_the_same_number_in_the_subject_is_the_same_matter(desk: Desk) -> None:
    first = desk.decide(report(subject="Fake profile GH-61"))
    second = desk.decide(other(subject="GH-61: any news?", stances=frozenset({Stance.REMINDS})))
    assert (second.type, second.matter_id) == (DUPLICATE, first.matter_id)


def test_a_number_that_several_matters_have_in_the_subject_says_nothing(desk: Desk) -> None:
    for case in ("2026/1", "2026/2"):
        desk.decide(other(subject="COVID-19 report", authority_ref=case, content_digest=case))
    assert desk.decide(other(subject="About COVID-19")).type is NEW


def test_a_number_in_the_subject_beside_other_content_needs_a_word_that_refers_back(desk: Desk) -> None:
    first = desk.decide(report(subject="Notice GH-61", references=(video("1"),)))
    second = other(subject="Notice GH-61", references=(video("2"),))
    assert desk.decide(second).type is NEW
    added = replace(
        second, content_digest="added", stances=frozenset({Stance.ADDS}), references=(video("3"),)
    )
    assert desk.decide(added).matter_id != first.matter_id  # two matters now have the number


def test_more_content_under_the_number_in_the_subject_is_a_followup(desk: Desk) -> None:
    first = desk.decide(report(subject="Notice GH-61", references=(video("1"),)))
    second = desk.decide(
        other(subject="Addition to GH-61", references=(video("2"),), stances=frozenset({Stance.ADDS}))
    )
    assert (second.type, second.matter_id) == (FOLLOWUP, first.matter_id)


def test_a_known_case_number_amid_the_words_leads_to_its_matter(desk: Desk) -> None:
    first = desk.decide(report(authority_ref="KRPA-101"))
    second = desk.decide(other(own_text="The man in KRPA-101 has been found."))
    assert second.matter_id == first.matter_id


@pytest.mark.parametrize("named", [{}, {"authority_ref": "2026/1", "subject": "Re: 2026/1"}])
def test_an_answer_that_says_it_is_about_something_else_is_new(desk: Desk, named: dict[str, str]) -> None:
    desk.decide(report(authority_ref="2026/1"))
    answer = other(
        kind=Kind.REPLY,
        thread=Thread(message_id="two@x", points_to=("one@regulator.example",)),
        stances=frozenset({Stance.ELSEWHERE}),
        **named,
    )
    assert desk.decide(answer).type is NEW


@pytest.mark.parametrize(("stance", "type_"), [(Stance.REMINDS, DUPLICATE), (Stance.ADDS, FOLLOWUP)])
def test_a_known_case_is_repeated_or_goes_on_as_the_mail_says(
    desk: Desk, stance: Stance, type_: RelationType
) -> None:
    desk.decide(report(authority_ref="2026/1", references=(video("1"),)))
    for harm in (Harm.NONE, Harm.VIOLENCE):
        mail = other(authority_ref="2026/1", harm=harm, stances=frozenset({stance}), content_digest=harm)
        assert desk.decide(mail).type is type_


def test_the_same_words_again_repeat_whatever_they_say(desk: Desk) -> None:
    text = "In addition to our order we ask you to remove the account of the man with the red hat."
    desk.decide(report(authority_ref="2026/1", own_text=text, stances=frozenset({Stance.ADDS})))
    again = other(authority_ref="2026/1", own_text=text, stances=frozenset({Stance.ADDS}))
    assert desk.decide(again).type is DUPLICATE


def test_however_many_matters_share_content_few_statements_are_made(desk: Desk) -> None:
    for number in range(MAX_CANDIDATES + 20):
        case = f"2026/{number}"
        desk.decide(other(authority_ref=case, references=(video("1"),), content_digest=case))
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        desk.decide(other(references=(video("1"), video("2")), content_digest="last"))
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert 10 < len(statements) < 40
