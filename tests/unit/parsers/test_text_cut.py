"""A text of which only a part is read or searched says so, wherever that was decided."""

from collections.abc import Callable
from io import BytesIO

import pytest
from openpyxl import Workbook

from parsers import body, html_text, office_text, references, sentences
from parsers.attachments import read_attachments
from parsers.body import read_body
from parsers.document_readers import extract
from parsers.documents import read_documents
from parsers.extract import MAX_CHARACTERS, TEXT_CUT
from parsers.facts import Report
from parsers.file_types import RTF, TEXT, XLSX
from parsers.html_text import read_html
from parsers.message import parse_message
from tests.support.raw_mails import HEADER, entity, multipart

TextReport = Callable[..., Report]
LINE = "We describe the matter below.\n"


def attached(*texts: bytes, content_type: bytes = b"text/plain") -> bytes:
    head = b"Content-Type: " + content_type + b"\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\n"
    files = b"".join(b"--b\r\n" + head + text + b"\r\n" for text in texts)
    return HEADER + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + files + b"--b--\r\n"


def workbook(rows: int) -> bytes:
    made = Workbook(write_only=True)
    sheet = made.create_sheet()
    for number in range(rows):
        sheet.append([number])
    file = BytesIO()
    made.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        pytest.param("a\n" * body.MAX_LINES, False, id="as many lines as are read"),
        pytest.param("a\n" * (body.MAX_LINES + 1), True, id="one line more"),
        pytest.param("a" + "\n" * (body.MAX_LINES + 10), False, id="nothing but line ends more"),
        pytest.param("a" * (sentences.MAX_CHARACTERS + 1), True, id="more than is searched"),
        pytest.param(
            "-----Original Message-----\n" + "> " * (references.MAX_CHARACTERS // 2 + 20),
            True,
            id="a quotation of which more than is searched",
        ),
    ],
)
def test_text_is_cut_where_words_are_left_out(text_report: TextReport, text: str, *, cut: bool) -> None:
    assert (TEXT_CUT in text_report(text).flags) is cut


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<p>a</p>" * (html_text.MAX_EVENTS // 3 + 1), id="elements"),
        pytest.param("<p>" + "a" * html_text.MAX_CHARACTERS, id="characters"),
    ],
)
def test_page_is_cut_where_words_are_left_out(text_report: TextReport, page: str) -> None:
    assert read_html(page).flags == {TEXT_CUT}
    assert TEXT_CUT in text_report(page, Content_Type="text/html").flags


def test_page_that_ends_in_empty_elements_is_not_cut() -> None:
    assert read_html("<p>a</p>" + "<p></p>\n" * (html_text.MAX_EVENTS // 2)).flags == frozenset()


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        pytest.param(b"a" * (MAX_CHARACTERS + 1), TEXT, id="text"),
        pytest.param(b"{\\rtf1 " + b"{" * 2000 + b"text", RTF, id="RTF nested too deeply"),
        pytest.param(workbook(office_text.MAX_ROWS + 1), XLSX, id="rows"),
    ],
)
def test_document_is_cut_where_words_are_left_out(content: bytes, content_type: str) -> None:
    assert TEXT_CUT in extract(content, content_type).flags


def test_document_within_its_bounds_is_not_cut() -> None:
    assert extract(workbook(office_text.MAX_ROWS), XLSX).flags == frozenset()


def test_documents_are_cut_where_they_are_too_much_together() -> None:
    message = parse_message(attached(b"a" * 190_000, b"b" * 190_000))
    documents = read_documents(message, read_attachments(message.root))
    assert [document.flags for document in documents] == [frozenset(), {TEXT_CUT}]


def test_attached_mail_is_cut_like_any_mail(report: Callable[[bytes], Report]) -> None:
    long = b"\r\n" + LINE.encode() * (body.MAX_LINES + 1)
    assert TEXT_CUT in report(attached(long, content_type=b"message/rfc822")).flags


def test_document_longer_than_what_is_searched_is_flagged_on_attachment_and_report(
    report: Callable[[bytes], Report],
) -> None:
    read = report(attached(LINE.encode() * (sentences.MAX_CHARACTERS // len(LINE) + 1)))
    assert TEXT_CUT in read.flags
    assert TEXT_CUT in read.attachments[0].flags


def test_pages_of_one_mail_share_what_one_may_take() -> None:
    pages = [entity(b"text/html", b"<p>a</p>" + b" " * 400_000)] * 3
    assert read_body(parse_message(multipart(*pages)).root).flags == {TEXT_CUT}
    assert read_body(parse_message(multipart(*pages[:2])).root).flags == frozenset()


def test_attached_mails_beyond_what_may_be_read_are_said(report: Callable[[bytes], Report]) -> None:
    page = b"Content-Type: text/html\r\n\r\n<p>a</p>" + b" " * 900_000
    mails = [entity(b"message/rfc822", page)] * 3
    assert TEXT_CUT in report(multipart(*mails)).flags
    assert TEXT_CUT not in report(multipart(*mails[:2])).flags
