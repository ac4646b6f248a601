"""Kind, authenticity and acknowledgement: what the header decides."""

from collections.abc import Callable

import pytest

from parsers.facts import Kind, Report, Verification

HOST = "mx.intake.example"
PASS = f"{HOST}; dmarc=pass header.from=media-office.example"
TextReport = Callable[..., Report]


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({}, Kind.REPORT),
        ({"Subject": "Re: your question", "In_Reply_To": "<x@intake.example>"}, Kind.REPLY),
        ({"Subject": "[INC-12] more"}, Kind.REPLY),
        ({"Subject": "WG: Meldung", "In_Reply_To": "<x@intake.example>"}, Kind.REPORT),
        ({"Subject": "İLT: Karar", "References": "<x@intake.example>"}, Kind.REPORT),
        ({"Auto_Submitted": "auto-replied (vacation)"}, Kind.AUTO_REPLY),
        ({"X_Autoreply": "yes"}, Kind.AUTO_REPLY),
        ({"Precedence": "auto_reply"}, Kind.AUTO_REPLY),
        ({"Subject": "Abwesenheitsnotiz: Meldung", "Return_Path": "<>"}, Kind.AUTO_REPLY),
        ({"Subject": "Otomatik Yanıt: x", "In_Reply_To": "<x@intake.example>"}, Kind.AUTO_REPLY),
        ({"Auto_Submitted": "auto-generated"}, Kind.REPORT),
        ({"Subject": "Undelivered Mail Returned to Sender", "Return_Path": "<>"}, Kind.BOUNCE),
        ({"List_Unsubscribe": "<https://a.example/u>"}, Kind.NEWSLETTER),
        ({"List_Id": "<talk.example>", "List_Post": "<mailto:talk@a.example>"}, Kind.NEWSLETTER),
    ],
)
def test_kind_follows_the_header(text_report: TextReport, fields: dict[str, str], kind: Kind) -> None:
    assert text_report("Please look at this.", **fields).kind is kind


def test_mail_on_a_discussion_list_that_names_content_is_a_report(text_report: TextReport) -> None:
    fields = {"List_Id": "<talk.example>", "List_Post": "<mailto:talk@a.example>"}
    assert text_report("see https://clipora.example/live/123456789", **fields).kind is Kind.REPORT


def test_unproven_offer_of_a_stranger_is_spam(text_report: TextReport) -> None:
    fields = {"From": "x@offers.example", "Authentication_Results": ""}
    assert text_report("Special offer: buy now at a discount!", **fields).kind is Kind.SPAM
    assert text_report("Special offer: buy now at a discount!").kind is Kind.REPORT


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        (PASS, Verification.VERIFIED),
        (
            f"{HOST} 1; spf=fail; dmarc=pass (p=reject) header.from=media-office.example",
            Verification.VERIFIED,
        ),
        (f"{HOST}; dmarc=fail header.from=media-office.example", Verification.SUSPECTED_FORGERY),
        (f"{HOST}; dmarc=none header.from=media-office.example", Verification.UNVERIFIED),
        (f"{HOST}; dmarc=pass header.from=elsewhere.example", Verification.UNVERIFIED),
        (f"{HOST}; dmarc=pass", Verification.UNVERIFIED),
        (f"{HOST}; spf=pass; dkim=pass", Verification.UNVERIFIED),
        (f"{HOST}.evil.example; dmarc=pass header.from=media-office.example", Verification.UNVERIFIED),
        (f"(; {HOST};) evil.example; dmarc=pass header.from=media-office.example", Verification.UNVERIFIED),
        ("", Verification.UNVERIFIED),
    ],
)
def test_only_our_servers_aligned_verdict_counts(
    text_report: TextReport, results: str, verdict: Verification
) -> None:
    assert text_report("Hello", Authentication_Results=results).authenticity.verdict is verdict


def test_forged_results_above_and_below_the_genuine_ones_are_ignored(
    text_report: TextReport, mail: Callable[..., bytes], report: Callable[[bytes], Report]
) -> None:
    forged = f"Authentication-Results: {HOST}.evil.example; dmarc=pass header.from=media-office.example\r\n"
    genuine = f"Authentication-Results: {HOST}; dmarc=fail header.from=media-office.example\r\n"
    raw = (forged + genuine).encode() + mail()
    assert report(raw).authenticity.verdict is Verification.SUSPECTED_FORGERY


def test_results_below_our_own_received_field_came_with_the_mail(
    mail: Callable[..., bytes], report: Callable[[bytes], Report]
) -> None:
    received = f"Received: from evil.example by {HOST} with ESMTP; Mon, 02 Nov 2026 09:00:00 +0000\r\n"
    assert report(received.encode() + mail()).authenticity.verdict is Verification.UNVERIFIED


@pytest.mark.parametrize(
    "domain", ["media-0ffice.example", "media-ofice.example", "mail.meida-office.example"]
)
def test_look_alike_domain_may_be_itself_but_never_the_one_that_it_imitates(
    text_report: TextReport, domain: str
) -> None:
    report = text_report("Hello", From=f"desk@{domain}")
    assert report.sender.organisation is None
    assert "look-alike domain" in report.flags
    assert "the domain in From imitates media-office.example" in report.authenticity.reasons


def test_sub_domain_of_a_known_one_is_no_look_alike(text_report: TextReport) -> None:
    report = text_report("Hello", From="desk@north.media-office.example")
    assert report.authenticity.verdict is Verification.VERIFIED
    assert report.sender.organisation == "media-office"


def test_verified_person_is_acknowledged(text_report: TextReport) -> None:
    assert text_report("Please remove this.").acknowledgement.allowed


@pytest.mark.parametrize(
    "fields",
    [
        {"Auto_Submitted": "auto-generated"},
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<a.example>"},
        {"Return_Path": "<>"},
        {"Return_Path": ""},
        {"From": ""},
        {"From": "no-reply@media-office.example"},
        {"From": "mailer-daemon@media-office.example"},
        {"From": "someone@sub.intake.example"},
        {"Authentication_Results": ""},
    ],
)
def test_machines_lists_strangers_and_ourselves_are_not_acknowledged(
    text_report: TextReport, fields: dict[str, str]
) -> None:
    acknowledgement = text_report("Please remove this.", **fields).acknowledgement
    assert not acknowledgement.allowed
    assert acknowledgement.reason
