from collections.abc import Callable
from pathlib import Path

import pytest

from parsers.facts import REPORTS, Elapsed, Harm, Report, Urgency

Reader = Callable[[bytes], Report]
TextReport = Callable[..., Report]
FIXTURES = Path(__file__).parents[2] / "fixtures" / "mail"
ORDER = "The video was made by terrorists.\nRemove it within four hours.\nReference: MO/26/900"


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.eml").read_bytes()


@pytest.fixture
def with_order(text_report: TextReport) -> Callable[..., Report]:
    """The report on a mail with this text and an order attached as a text file."""

    def read(body: str, *, order: str = ORDER, **fields: str) -> Report:
        attached = "Content-Type: text/plain\nContent-Disposition: attachment; filename=order.txt"
        parts = f"--b\n\n{body}\n--b\n{attached}\n\n{order}\n--b--\n"
        return text_report(parts, Content_Type="multipart/mixed; boundary=b", **fields)

    return read


def test_order_in_an_empty_mail_speaks_for_its_sender(report: Reader) -> None:
    read = report(fixture("document-pdf-order-in-an-empty-mail"))
    (clock,) = read.clocks
    assert (clock.limit, clock.source, clock.binding) == (Elapsed(hours=4), "order.pdf", True)
    assert read.urgency.level is Urgency.CRITICAL
    assert read.authority_ref == "MO/26/552"
    assert [str(reference) for reference in read.references_elsewhere] == ["video:7432210458823307541"]
    assert read.references == ()


def test_order_behind_a_few_covering_lines_speaks_too(with_order: Callable[..., Report]) -> None:
    read = with_order("Dear colleagues,\n\nplease find our order attached.\n\nKind regards")
    assert [clock.limit for clock in read.clocks] == [Elapsed(hours=4)]
    assert (read.urgency.level, read.harm) == (Urgency.CRITICAL, Harm.TERRORISM)
    assert read.authority_ref == "MO/26/900"


def test_annex_does_not_override_the_authors_limit_but_stays_as_evidence(report: Reader) -> None:
    read = report(fixture("document-pdf-annex-to-a-letter"))
    assert [(clock.limit, clock.source) for clock in read.clocks] == [(Elapsed(hours=240), "own text")]
    assert read.urgency.level is Urgency.NORMAL
    (annex,) = read.documents
    assert [(clock.limit, clock.source) for clock in annex.clocks] == [(Elapsed(hours=1), "annex.pdf")]
    assert [str(reference) for reference in annex.references] == ["live:222222222"]
    assert "limit only in attachment" in read.flags


def test_order_in_a_language_without_word_lists_is_for_a_person(with_order: Callable[..., Report]) -> None:
    order = (
        "Žiadame o bezodkladné odstránenie videa, na ktorom je zachytené konanie opísané v rozhodnutí úradu."
    )
    read = with_order("Dear colleagues,\n\nplease find our order attached.\n\nKind regards", order=order)
    assert read.urgency.level is Urgency.HIGH
    assert "language without lexicon" in read.flags


def test_long_letter_speaks_for_itself(with_order: Callable[..., Report]) -> None:
    letter = "We reviewed the matter with the complainant and describe below what we know about it. " * 10
    read = with_order(letter)
    assert (read.clocks, read.urgency.level) == ((), Urgency.NORMAL)
    assert "limit only in attachment" in read.flags


def test_document_never_lowers_what_the_author_says(with_order: Callable[..., Report]) -> None:
    read = with_order(
        "A hostage is held in the live stream.", order="For information only, no action required."
    )
    assert read.urgency.level is Urgency.CRITICAL


def test_own_case_number_goes_before_that_of_the_document(with_order: Callable[..., Report]) -> None:
    assert with_order("Reference: MO/26/1\nSee the order.").authority_ref == "MO/26/1"


def test_authority_takes_its_case_number_from_its_own_papers(with_order: Callable[..., Report]) -> None:
    letter = "We reviewed the matter with the complainant and describe below what we know about it. " * 10
    assert with_order(letter).authority_ref == "MO/26/900"
    assert with_order(letter, From="someone@mailhouse.example").authority_ref is None


def test_thanks_with_a_document_remain_thanks(with_order: Callable[..., Report]) -> None:
    read = with_order("Thank you, all is well.", order="A brochure about our office and its work.")
    assert (read.urgency.level, read.harm) == (Urgency.LOW, Harm.NONE)


def test_automatic_mail_is_not_made_urgent_by_its_attachment(with_order: Callable[..., Report]) -> None:
    read = with_order("I am away.", Auto_Submitted="auto-replied")
    assert (read.clocks, read.urgency.level) == ((), Urgency.LOW)


def test_attached_mail_is_evidence_and_speaks_only_for_a_silent_author(report: Reader) -> None:
    raw = fixture("attached-mail-with-a-picture")
    talkative = report(raw)
    silent = report(raw.replace(b"For your records, we look into it ourselves.", b""))
    assert talkative.clocks == ()
    assert [clock.source for clock in silent.clocks] == ["complaint.eml"]


def test_unreadable_document_is_flagged_on_its_attachment(report: Reader) -> None:
    read = report(fixture("document-pdf-with-a-password"))
    assert read.attachments[0].flags == {"encrypted"}
    assert "unreadable attachment" in read.flags


def test_macro_is_flagged_on_the_report(report: Reader) -> None:
    assert "active attachment" in report(fixture("document-docx-with-a-macro")).flags


def test_report_with_documents_survives_storage(report: Reader) -> None:
    read = report(fixture("document-in-a-zip"))
    assert read.documents
    assert REPORTS.validate_json(REPORTS.dump_json(read)) == read
