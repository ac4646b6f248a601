"""Mails with one oddity each: what a careful person would read."""

from pathlib import Path

import pytest

from parsers.facts import Kind, MailOutcome, OutcomeKind, Report, Verification
from tests.unit.parsers.conftest import Reader

MAILS = Path(__file__).parents[2] / "fixtures" / "mail"
TEXT = "Please look at this video."
SENT = "out-1@intake.example"


def read_fixture(name: str, report: Reader) -> Report:
    return report((MAILS / f"{name}.eml").read_bytes())


def names(report: Report) -> list[str | None]:
    return [attachment.name for attachment in report.attachments]


@pytest.mark.parametrize(
    "name",
    [
        "base64-label-on-prose",
        "base64-with-rubbish",
        "base64-without-content-type",
        "blank-lines-first",
        "carriage-returns-doubled",
        "carriage-returns-only",
        "header-without-blank-line",
        "html-in-base64-without-content-type",
        "html-without-content-type",
        "line-feeds-only",
        "mbox-line-first",
        "related-root-second",
        "space-before-colon",
        "subject-fold-lost",
    ],
)
def test_header_and_text_are_found(name: str, report: Reader) -> None:
    found = read_fixture(name, report)
    assert (found.sender.address, found.subject) == ("desk@media-office.example", "Notice 4711")
    assert found.own_text == TEXT


@pytest.mark.parametrize(
    "name",
    [
        "boundary-empty",
        "boundary-missing",
        "boundary-wrong",
        "multipart-in-base64",
        "multipart-unterminated",
        "parts-after-the-end",
        "uuencoded-file-in-text",
    ],
)
def test_text_and_file_are_told_apart(name: str, report: Reader) -> None:
    found = read_fixture(name, report)
    assert found.own_text == TEXT
    assert [(file.name, file.size) for file in found.attachments] in (
        [("list.csv", 3)],
        [("list.csv", 4)],
        [("list.csv", 5)],
    )


def test_footer_behind_base64_is_no_base64(report: Reader) -> None:
    assert read_fixture("base64-with-list-footer", report).own_text == TEXT.rstrip(".")


def test_bad_escapes_stay_and_good_ones_are_decoded(report: Reader) -> None:
    assert read_fixture("quoted-printable-bad-escapes", report).own_text == f"{TEXT[:-1]}: 50=ZZ café"


@pytest.mark.parametrize(
    ("name", "subject", "text"),
    [
        ("charset-big5", "Notice 4711", "請立即刪除該影片"),
        ("charset-gb18030-as-gb2312", "Notice 4711", "请删除该视频，镕"),  # noqa: RUF001 (a full-width comma)
        ("charset-hz", "Notice 4711", "请删除该视频"),
        ("charset-iso-2022-jp", "Notice 4711", "動画を削除してください。"),
        ("charset-missing-cyrillic", "Notice 4711", "Срочно удалите это видео, пожалуйста."),
        ("charset-only-in-the-page", "Notice 4711", "Proszę usunąć wideo."),
        ("charset-seven-bit-label", "Notice 4711", "Bitte löschen Sie das Video für die Öffentlichkeit."),
        ("charset-shift-jis-odd-name", "Notice 4711", "動画を削除してください。"),
        ("charset-utf-16-unmarked", "Notice 4711", "Bitte löschen Sie das Video."),
        ("charset-utf-7", "Löschung", "Bitte löschen Sie das Video."),
        ("koi8-r-header-raw", "Срочно", "Срочно удалите это видео, пожалуйста."),
        ("word-unterminated", "Löschung", TEXT),
        ("words-cut-inside-a-character", "Löschung", TEXT),
    ],
)
def test_letters_are_decoded(name: str, subject: str, text: str, report: Reader) -> None:
    found = read_fixture(name, report)
    assert (found.subject, found.own_text) == (subject, text)


def test_file_name_in_numbered_sections_is_put_together(report: Reader) -> None:
    assert names(read_fixture("file-name-in-sections", report)) == ["Löschung.csv"]


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("external-body", "content elsewhere"),
        ("message-partial", "part of a message"),
        ("pgp-mime-encrypted", "encrypted"),
        ("smime-encrypted", "encrypted"),
        ("yenc-in-text", "unreadable content"),
    ],
)
def test_content_that_cannot_be_read_is_flagged(name: str, flag: str, report: Reader) -> None:
    assert flag in read_fixture(name, report).flags


@pytest.mark.parametrize(
    ("name", "text", "flag"),
    [
        ("pgp-clear-signed", TEXT, "signature unchecked"),
        ("smime-opaque", TEXT, "signature holds"),
        ("smime-clear-signed", TEXT, "signature holds"),
        ("smime-content-altered", "Please look at this account.", "signature broken"),
    ],
)
def test_signed_text_is_read_and_its_signature_judged(
    name: str, text: str, flag: str, report: Reader
) -> None:
    found = read_fixture(name, report)
    assert found.own_text == text
    assert flag in found.flags


def test_compressed_text_is_read(report: Reader) -> None:
    found = read_fixture("smime-compressed", report)
    assert (found.own_text, found.flags) == (TEXT, frozenset())


def test_container_without_another_text_yields_what_its_rtf_shows(report: Reader) -> None:
    assert read_fixture("winmail-with-nothing-but-rtf", report).own_text == TEXT


def test_raw_file_name_is_in_the_charset_of_the_text(report: Reader) -> None:
    assert names(read_fixture("file-name-raw-in-the-charset-of-the-text", report)) == ["решение.pdf"]


def test_several_senders_in_one_field_are_flagged_and_not_verified(report: Reader) -> None:
    found = read_fixture("several-senders-in-one-field", report)
    assert "several senders" in found.flags
    assert found.authenticity.verdict is Verification.UNVERIFIED


@pytest.mark.parametrize("name", ["winmail-beside-its-text", "winmail-without-other-text"])
def test_outlook_container_yields_its_text_once_and_its_files(name: str, report: Reader) -> None:
    found = read_fixture(name, report)
    assert found.own_text == TEXT
    assert names(found) == ["winmail.dat", "list.csv"]


def test_digest_holds_messages(report: Reader) -> None:
    found = read_fixture("digest-of-two", report)
    assert [file.content_type for file in found.attachments] == ["message/rfc822"] * 2


def test_certified_envelope_is_read_as_the_mail_inside(report: Reader) -> None:
    found = read_fixture("certified-mail-envelope", report)
    assert found.own_text == "Inner text."
    assert "certified mail" in found.flags
    assert found.authenticity.verdict is Verification.UNVERIFIED


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("bounce-of-exim", Kind.BOUNCE),
        ("bounce-of-qmail", Kind.BOUNCE),
        ("certified-mail-not-delivered", Kind.BOUNCE),
        ("delivery-report", Kind.BOUNCE),
        ("read-receipt", Kind.AUTO_REPLY),
        ("feedback-report", Kind.REPORT),
    ],
)
def test_what_machines_report_is_told_apart(name: str, kind: Kind, report: Reader) -> None:
    assert read_fixture(name, report).kind is kind


@pytest.mark.parametrize(
    "name",
    ["bounce-of-exim", "bounce-of-qmail", "delivery-report", "delivery-report-in-base64", "read-receipt"],
)
def test_machine_report_points_to_the_mail_it_is_about(name: str, report: Reader) -> None:
    assert SENT in read_fixture(name, report).thread.points_to


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        (
            "delivery-report",
            MailOutcome(
                kind=OutcomeKind.DELIVERY,
                message_id=SENT,
                recipient="desk@media-office.example",
                status="failed 5.1.1",
            ),
        ),
        (
            "read-receipt",
            MailOutcome(
                kind=OutcomeKind.READING,
                message_id=SENT,
                recipient="desk@media-office.example",
                status="manual-action/MDN-sent-manually; displayed",
            ),
        ),
        (
            "feedback-report",
            MailOutcome(
                kind=OutcomeKind.COMPLAINT,
                message_id=SENT,
                recipient="reader@mailhouse.example",
                status="abuse",
            ),
        ),
    ],
)
def test_outcome_names_mail_recipient_and_status(name: str, outcome: MailOutcome, report: Reader) -> None:
    assert read_fixture(name, report).outcomes == (outcome,)
