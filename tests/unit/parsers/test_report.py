from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from parsers.facts import REPORTS, Elapsed, Report, SenderClass, Urgency
from parsers.knowledge import Knowledge
from parsers.report import read

TextReport = Callable[..., Report]
Reader = Callable[[bytes], Report]
BOUNCE = {
    "From": "MAILER-DAEMON@media-office.example",
    "Return_Path": "<>",
    "Subject": "Undelivered Mail Returned to Sender",
}


def test_report_carries_what_the_mail_states(text_report: TextReport) -> None:
    report = text_report(
        "Please remove https://clipora.example/live/123456789 within 24 hours.\nReference: MO/26/552",
        Subject="Order",
    )
    assert report.sender.organisation == "media-office"
    assert report.sender.sender_class is SenderClass.REGULATOR
    assert report.sender.country == "DE"
    assert [str(reference) for reference in report.references] == ["live:123456789"]
    assert [clock.limit for clock in report.clocks] == [Elapsed(hours=24)]
    assert report.authority_ref == "MO/26/552"
    assert report.urgency.level is Urgency.HIGH
    assert report.language.code == "en"


def test_report_survives_storage(text_report: TextReport) -> None:
    report = text_report("Please answer by 17:00 on 13 November 2026.\nRef. MO/26/552")
    assert REPORTS.validate_json(REPORTS.dump_json(report)) == report


def test_reading_twice_gives_the_same_report(text_report: TextReport) -> None:
    text = "Bitte entfernen Sie das Video innerhalb von 24 Stunden und teilen Sie uns das Ergebnis mit."
    assert text_report(text) == text_report(text)


def test_naive_time_of_arrival_is_refused(mail: Callable[..., bytes], knowledge: Knowledge) -> None:
    naive = datetime(2026, 11, 2, 9, 0, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        read(mail(), received_at=naive, knowledge=knowledge)


def test_copy_in_another_mailbox_has_the_same_digest(mail: Callable[..., bytes], report: Reader) -> None:
    original = mail("Hello\nthere")
    copy = (
        b"Delivered-To: other@intake.example\r\nReceived: by a\r\n"
        + original.replace(b"\r\n", b"\n")
        + b"\n\n"
    )
    assert report(copy).content_digest == report(original).content_digest


@pytest.mark.parametrize("fields", [{"Subject": "Other"}, {"Message_ID": "<m2@a.example>"}])
def test_other_mail_has_another_digest(
    mail: Callable[..., bytes], report: Reader, fields: dict[str, str]
) -> None:
    assert report(mail(**fields)).content_digest != report(mail()).content_digest
    assert report(mail("Other text")).content_digest != report(mail()).content_digest


def test_thread_points_to_the_answered_mail_first_and_then_back_in_time(text_report: TextReport) -> None:
    thread = text_report("x", In_Reply_To="<c@a>", References="<a@a> <b@a> <c@a>").thread
    assert thread.message_id == "m1@media-office.example"
    assert thread.points_to == ("c@a", "b@a", "a@a")


@pytest.mark.parametrize(
    "returned",
    [
        "Content-Type: message/rfc822\n\nMessage-ID: <ours@intake.example>\n\ntext",
        "Content-Type: text/rfc822-headers\n\nSubject: x\nMessage-ID: <ours@intake.example>\n",
        "Content-Type: text/plain\n\nfailed\n\n> Message-ID: <ours@intake.example>\n",
    ],
)
def test_bounce_points_to_the_mail_that_it_returns(text_report: TextReport, returned: str) -> None:
    status = "Content-Type: message/delivery-status\n\nStatus: 5.2.2"
    parts = f"--b\n\nfailed\n--b\n{status}\n--b\n{returned}\n--b--\n"
    content_type = "multipart/report; report-type=delivery-status; boundary=b"
    assert text_report(parts, Content_Type=content_type, **BOUNCE).thread.points_to == (
        "ours@intake.example",
    )


def test_attached_and_forwarded_content_is_kept_apart(text_report: TextReport) -> None:
    parts = (
        "--b\n\nsee attached, also https://clipora.example/live/111111111\n"
        "--b\nContent-Type: message/rfc822\nContent-Disposition: attachment; filename=old.eml\n\n"
        "Subject: old\n\nhttps://clipora.example/live/222222222\n--b--\n"
    )
    report = text_report(parts, Content_Type="multipart/mixed; boundary=b")
    assert [str(reference) for reference in report.references] == ["live:111111111"]
    assert [str(reference) for reference in report.references_elsewhere] == ["live:222222222"]
    assert [(file.name, file.content_type) for file in report.attachments] == [("old.eml", "message/rfc822")]


def test_attachment_is_described_by_its_decoded_bytes(text_report: TextReport) -> None:
    head = "Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64"
    parts = f"--b\n\ntext\n--b\n{head}\n\naGk=\n--b--\n"
    (file,) = text_report(parts, Content_Type="multipart/mixed; boundary=b").attachments
    assert (file.name, file.size) == ("a.pdf", 2)
    assert file.sha256 == "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4"


@pytest.mark.parametrize(
    ("body", "fields", "flag"),
    [
        ("", {}, "no text"),
        ("x", {"From": ""}, "no sender"),
        ("-----BEGIN PGP MESSAGE-----\n\nabc", {}, "encrypted"),
        (
            "Kérjük, hogy az alábbi videót sürgősen távolítsák el a felületükről.",
            {},
            "language without lexicon",
        ),
        ("x", {"Content_Type": "application/ms-tnef"}, "outlook container"),
    ],
)
def test_oddity_is_flagged(text_report: TextReport, body: str, fields: dict[str, str], flag: str) -> None:
    assert flag in text_report(body, **fields).flags


def test_automatic_mail_states_no_clock_and_nothing_to_do(text_report: TextReport) -> None:
    report = text_report("Answer within 4 hours or call.", Auto_Submitted="auto-replied")
    assert report.clocks == ()
    assert report.urgency.level is Urgency.LOW


@pytest.mark.parametrize(
    ("subject", "text", "sources"),
    [
        ("Please remove by 18:00 today", "The video shows a child. Details follow.", ["subject"]),
        ("Please remove by 18:00 today", "Please remove it within 24 hours.", ["own text"]),
        ("Re: Please remove by 18:00 today", "Thank you, it is gone.", []),
        ("Open day until 6 November", "The video shows a child. Details follow.", []),
    ],
    ids=["only there", "in the text, too", "of an earlier mail", "without a demand"],
)
def test_a_subject_that_demands_sets_the_limit_where_the_text_sets_none(
    text_report: TextReport, subject: str, text: str, sources: list[str]
) -> None:
    assert [clock.source for clock in text_report(text, Subject=subject).clocks] == sources


def test_an_answer_is_known_by_its_subject_where_a_program_names_no_answered_mail(
    text_report: TextReport,
) -> None:
    body = "It is gone, thank you.\n\n10.11.2026, 09:14, The Office wrote:\n> Remove it within 24 hours."
    found = {subject: text_report(body, Subject=subject).clocks for subject in ("Re: Channel", "Channel")}
    assert not found["Re: Channel"]
    assert found["Channel"]
