"""Mails whose text has one oddity: what is the author's, what it names, what is flagged."""

from collections.abc import Callable
from pathlib import Path

import pytest

from parsers.facts import Report

MAILS = Path(__file__).parents[2] / "fixtures" / "mail"
LIVE = "live:7431902286571148306"
OWN = "The clip is still online: https://clipora.example/live/7431902286571148306"

ReadMail = Callable[[str], Report]


@pytest.fixture
def read_mail(report: Callable[[bytes], Report]) -> ReadMail:
    return lambda name: report((MAILS / f"{name}.eml").read_bytes())


@pytest.mark.parametrize(
    "name",
    [
        "banner-of-a-gateway",
        "device-line",
        "enriched-text",
        "footer-of-a-mailing-list",
        "html-hidden-by-style-sheet",
        "html-hidden-off-screen",
        "html-hidden-white-on-white",
        "html-quote-of-gmail",
        "html-quote-of-outlook",
        "html-quote-of-thunderbird",
        "notice-of-confidentiality",
        "quote-below-original-message",
        "quote-with-labels-of-no-known-language",
    ],
)
def test_only_the_words_of_the_author_are_own(read_mail: ReadMail, name: str) -> None:
    report = read_mail(name)
    assert report.own_text == OWN
    assert report.clocks == ()


@pytest.mark.parametrize(
    "name",
    [
        "address-behind-proofpoint-2",
        "address-behind-proofpoint-3",
        "address-behind-safe-links",
        "address-behind-two-gateways",
        "address-defanged",
        "address-in-base64",
        "address-in-digits-of-another-script",
        "address-in-full-width-letters",
        "address-over-two-lines",
        "address-with-character-references",
        "alternative-plain-is-a-stub",
        "alternative-plain-lacks-the-link",
        "bare-id-beside-its-word",
        "html-link-under-here",
        "html-table-of-links",
        "html-word-break-in-address",
        "letter-with-a-head-of-its-own",
        "list-between-dashes",
        "quote-with-answers-between",
    ],
)
def test_content_is_found_as_the_author_names_it(read_mail: ReadMail, name: str) -> None:
    assert [str(reference) for reference in read_mail(name).references] == [LIVE]


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("html-attributes-too-many", "simplified html"),
        ("html-hidden-by-style-sheet", "hidden text"),
        ("html-hidden-off-screen", "hidden text"),
        ("html-hidden-white-on-white", "hidden text"),
        ("html-nested-too-deep", "simplified html"),
    ],
)
def test_odd_pages_are_flagged_and_still_read(read_mail: ReadMail, name: str, flag: str) -> None:
    report = read_mail(name)
    assert flag in report.flags
    assert OWN in report.own_text


def test_target_that_a_gateway_keeps_is_flagged(read_mail: ReadMail) -> None:
    report = read_mail("address-that-a-gateway-keeps")
    assert report.references == ()
    assert "link not resolvable" in report.flags


@pytest.mark.parametrize("name", ["address-behind-safe-links", "address-behind-two-gateways"])
def test_link_with_its_target_in_it_needs_no_flag(read_mail: ReadMail, name: str) -> None:
    assert "link not resolvable" not in read_mail(name).flags


def test_number_that_the_recipient_gave_is_not_the_senders(read_mail: ReadMail) -> None:
    assert read_mail("number-of-the-recipient").authority_ref == "MO/26/552"


@pytest.mark.parametrize(
    ("name", "own"),
    [("forwarded-with-its-own-sender", "For your action."), ("forwarded-by-outlook-without-a-word", "")],
)
def test_forwarded_mail_is_kept_apart_with_its_sender(read_mail: ReadMail, name: str, own: str) -> None:
    report = read_mail(name)
    assert (report.own_text, report.forwarded_sender) == (own, "a.person@mailhouse.example")
    assert report.references == ()
    assert [str(reference) for reference in report.references_forwarded] == [LIVE]
    assert report.references_elsewhere == report.references_forwarded


def test_answers_between_quotes_are_own(read_mail: ReadMail) -> None:
    assert read_mail("quote-with-answers-between").own_text.split()[0] == "Yes."


def test_signature_goes_and_the_name_stays(read_mail: ReadMail) -> None:
    assert read_mail("signature-without-delimiter").own_text == f"{OWN}\n\nKind regards,\nAda D."
