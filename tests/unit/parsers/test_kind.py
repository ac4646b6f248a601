# ruff: noqa: RUF001 - letters of other scripts are what some of these tests are about
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from parsers.facts import Kind, Report

TextReport = Callable[..., Report]
TEXTS = yaml.safe_load((Path(__file__).parent / "automatic.yaml").read_text(encoding="utf-8"))
LINK = "https://clipora.example/live/123456789"
QUOTED = "\n\n> Reference: AB-2026-1111\n> Please remove https://clipora.example/live/987654321\n"


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"Subject": "Automatic reply: Receipt"}, Kind.AUTO_REPLY),
        ({"Subject": "[EXT] Abwesenheitsnotiz: Meldung"}, Kind.AUTO_REPLY),
        ({"Subject": "自動返信: 受付"}, Kind.AUTO_REPLY),
        ({"Subject": "Automatic reply machines that sell drugs"}, Kind.REPORT),
        ({"X_Autoreply_From": "desk@media-office.example"}, Kind.AUTO_REPLY),
        ({"X_Ricevuta": "avvenuta-consegna"}, Kind.AUTO_REPLY),
        ({"X_MS_Exchange_Message_Is_Ndr": " "}, Kind.BOUNCE),
        ({"Subject": "Undelivered things", "Return_Path": "<desk@media-office.example>"}, Kind.REPORT),
        (
            {
                "Subject": "Не удается доставить",
                "Return_Path": "<>",
                "From": "postmaster@media-office.example",
            },
            Kind.BOUNCE,
        ),
        ({"Subject": "[Automatic reply] Receipt"}, Kind.AUTO_REPLY),
        ({"Subject": "[Automatic reply machines] on sale"}, Kind.REPORT),
        ({"Subject": "VS: Ilmoitus", "In_Reply_To": "<x@intake.example>"}, Kind.REPLY),
        ({"Subject": "VS: Melding"}, Kind.REPORT),
    ],
)
def test_kind_follows_header_and_subject(text_report: TextReport, fields: dict[str, str], kind: Kind) -> None:
    assert text_report("Please look at this.", **fields).kind is kind


def test_authority_that_sends_by_a_bulk_mailer_and_names_content_reports(text_report: TextReport) -> None:
    fields = {"List_Unsubscribe": "<https://a.example/u>"}
    assert text_report(f"Remove {LINK}", **fields).kind is Kind.REPORT
    assert text_report("Our news of this month", **fields).kind is Kind.NEWSLETTER


def test_own_servers_spam_verdict_counts_only_above_its_received_field(text_report: TextReport) -> None:
    stranger = {"From": "x@stranger.example", "Authentication_Results": "", "Return_Path": ""}
    received = {"Received": "from a by mx.intake.example; Mon, 2 Nov 2026 09:00:00 +0000"}
    assert text_report("Hello", **stranger, **received, X_Spam_Flag="YES").kind is Kind.REPORT
    assert text_report("Hello", X_Spam_Flag="YES", **stranger).kind is Kind.SPAM


@pytest.mark.parametrize(
    ("text", "answered", "kind"),
    [
        (
            f"Another thing. Our reference: AB-2026-2222. Remove {LINK}",
            "old@media-office.example",
            Kind.REPORT,
        ),
        (f"Our reference: AB-2026-1111. Remove {LINK} too", "old@media-office.example", Kind.REPLY),
        ("Our reference is now AB-2026-2222.", "old@media-office.example", Kind.REPLY),
        (f"Our reference: AB-2026-2222. Remove {LINK} too", "ack-1@intake.example", Kind.REPLY),
    ],
)
def test_new_case_and_content_in_an_answer_to_an_old_mail_is_a_report(
    text_report: TextReport, text: str, answered: str, kind: Kind
) -> None:
    fields = {"Subject": "Re: Notice", "In_Reply_To": f"<{answered}>"}
    assert text_report(text + QUOTED, **fields).kind is kind


@pytest.mark.parametrize("language", TEXTS)
def test_short_text_that_calls_itself_automatic_answers_and_any_other_reports(
    text_report: TextReport, language: str
) -> None:
    wanted = {"automatic": Kind.AUTO_REPLY, "written": Kind.REPORT}
    wrong = [
        text
        for label, texts in TEXTS[language].items()
        for text in texts
        if text_report(text, Subject="").kind is not wanted[label]
    ]
    assert wrong == []
