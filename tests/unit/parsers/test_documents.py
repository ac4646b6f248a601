"""Each fixture has one document with one oddity."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from parsers.attachments import read_attachments
from parsers.document_readers import extract
from parsers.documents import MAX_CHARACTERS, MAX_DOCUMENTS, DocumentText, read_documents
from parsers.file_types import CSV, DOCX, PDF, PPTX, RTF, TEXT, XLSX, XML
from parsers.message import parse_message
from tests.support.raw_mails import entity, multipart, spreadsheet

FIXTURES = Path(__file__).parents[2] / "fixtures" / "mail"
ORDER = "It has to be removed within four hours of receipt"


def documents_in(raw: bytes) -> tuple[DocumentText, ...]:
    message = parse_message(raw)
    return read_documents(message, read_attachments(message.root))


def documents_of(name: str) -> tuple[DocumentText, ...]:
    return documents_in((FIXTURES / f"{name}.eml").read_bytes())


@pytest.mark.parametrize(
    ("fixture", "source", "text"),
    [
        ("document-pdf-order-in-an-empty-mail", "order.pdf", ORDER),
        ("document-pdf-sent-as-octet-stream", "order.bin", ORDER),
        ("document-pdf-that-only-forbids-copying", "order.pdf", ORDER),
        ("document-pdf-with-form-fields", "form.pdf", "Time limit: within one hour"),
        ("document-docx-with-table-and-header", "order.docx", "Reference: MO/26/553"),
        (
            "document-docx-with-table-and-header",
            "order.docx",
            "https://clipora.example/live/123456789 | @some.one",
        ),
        ("document-odt", "order.odt", "Account | <https://clipora.example/live/123456789> here"),
        (
            "document-xlsx-with-links-in-cells-and-targets",
            "list.xlsx",
            "1 | https://clipora.example/live/123456789",
        ),
        (
            "document-xlsx-with-links-in-cells-and-targets",
            "list.xlsx",
            "https://clipora.example/live/222222222",
        ),
        ("document-csv", "list.csv", "1;https://clipora.example/live/123456789"),
        ("document-rtf", "karar.rtf", "Bu içerik “24 saat” içinde kaldırılsın."),
        ("document-rtf", "karar.rtf", "https://clipora.example/live/123456789"),
        (
            "document-html-with-a-script",
            "order.html",
            "Remove this <https://clipora.example/live/123456789> within 24 hours.",
        ),
        ("document-xml", "statement.xml", "https://clipora.example/live/123456789"),
        ("document-json", "order.json", "limit: innerhalb von 24 Stunden nach Erhalt"),
        ("document-json", "order.json", "https://clipora.example/live/123456789"),
        (
            "document-ics-with-folded-lines",
            "hearing.ics",
            "https://clipora.example/live/123456789, please prepare",
        ),
        ("document-in-a-zip", "orders.zip/order.pdf", ORDER),
        ("document-pdf-in-a-signed-file", "order.pdf", ORDER),
        ("document-in-a-zip", "orders.zip/list.txt", "https://clipora.example/live/123456789"),
        ("archive-tar-gz", "orders.tar.gz/orders.tar/order.txt", "within 24 hours"),
        ("attached-mail-with-a-picture", "complaint.eml", "this account\n\nPlease act within one hour"),
    ],
)
def test_text_is_read_with_its_source(fixture: str, source: str, text: str) -> None:
    texts = {document.source: document.text for document in documents_of(fixture)}
    assert text in texts[source]


@pytest.mark.parametrize(
    ("fixture", "flags"),
    [
        ("document-pdf-with-a-password", {"encrypted"}),
        ("document-pdf-scan-without-text", {"no text"}),
        ("document-pdf-cut-in-the-middle", {"unreadable"}),
        ("document-docx-with-a-doctype", {"unreadable"}),
        ("document-xml-with-a-doctype", {"unreadable"}),
        ("archive-7z-stays-closed", {"unreadable"}),
        ("archive-nested-five-deep", {"not read"}),
    ],
)
def test_document_that_needs_a_person_says_so_instead_of_a_text(fixture: str, flags: set[str]) -> None:
    (document,) = documents_of(fixture)
    assert document.text == ""
    assert document.flags == flags


@pytest.mark.parametrize(
    ("fixture", "flag"),
    [
        ("document-docx-with-a-macro", "macro"),
        ("document-pdf-with-a-script", "script"),
        ("document-pdf-with-form-fields", "form"),
        ("document-html-with-a-script", "script"),
    ],
)
def test_active_content_is_flagged_and_the_text_read_all_the_same(fixture: str, flag: str) -> None:
    (document,) = documents_of(fixture)
    assert flag in document.flags
    assert document.text


def test_script_of_a_page_is_not_its_text() -> None:
    (document,) = documents_of("document-html-with-a-script")
    assert "1 hour" not in document.text


def test_text_that_was_struck_out_is_not_read() -> None:
    (document,) = documents_of("document-odt")
    assert "struck out" not in document.text


def test_member_that_unpacks_to_a_multiple_of_its_size_stays_packed() -> None:
    assert documents_of("archive-with-a-bomb") == ()


def test_numbered_items_of_an_order_are_paragraphs() -> None:
    (document,) = documents_of("document-pdf-order-in-an-empty-mail")
    assert "\n\n2- It has" in document.text
    assert "receipt,\n\nAn appeal" in document.text


def test_one_broken_document_does_not_cost_its_neighbour() -> None:
    boundary = b"--b\r\nContent-Type: %s; name=%s\r\nContent-Disposition: attachment\r\n\r\n%s\r\n"
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"".join(
        [
            boundary % (b"application/pdf", b"a.pdf", b"%PDF-1.7 nothing else"),
            boundary % (b"text/plain", b"b.txt", b"within 24 hours"),
            b"--b--\r\n",
        ]
    )
    broken, whole = documents_in(raw)
    assert broken.flags == {"unreadable"}
    assert (whole.source, whole.text) == ("b.txt", "within 24 hours")


@pytest.mark.parametrize("content_type", [PDF, DOCX, XLSX, RTF, XML, CSV, TEXT])
@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 100, b"PK\x03\x04" * 50, b"%PDF-1.4\n<<" * 50, b"{" * 5000]
)
def test_rubbish_under_any_label_is_survived(content_type: str, content: bytes) -> None:
    assert extract(content, content_type) == extract(content, content_type)


def mail_with(*files: tuple[str, bytes]) -> bytes:
    parts = (
        f"--b\r\nContent-Type: application/octet-stream; name={name}\r\n\r\n".encode() + content + b"\r\n"
        for name, content in files
    )
    return b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"".join(parts) + b"--b--\r\n"


def test_what_is_beyond_the_number_of_documents_is_said_to_be_unread() -> None:
    mail = mail_with(*((f"{number}.txt", b"text") for number in range(MAX_DOCUMENTS + 2)))
    flags = [document.flags for document in documents_in(mail)]
    assert flags == [frozenset()] * MAX_DOCUMENTS + [{"not read"}] * 2


def test_costly_documents_leave_the_rest_unread() -> None:
    broken = b"%PDF-1.7\n" + b"<<" * 1000
    mail = mail_with(*((f"{number}.pdf", broken) for number in range(6)), ("a.txt", b"text"))
    documents = documents_in(mail)
    assert [document.flags for document in documents[:2]] == [{"unreadable"}] * 2
    assert [document.flags for document in documents[2:]] == [{"not read"}] * 5


def test_texts_of_one_mail_are_cut_together() -> None:
    mail = mail_with(*((f"{number}.txt", b"long text " * 19_000) for number in range(4)))
    assert sum(len(document.text) for document in documents_in(mail)) == MAX_CHARACTERS


def test_old_office_file_with_a_macro_stays_closed_and_flagged() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument _VBA_PROJECT".encode("utf-16-le")
    (document,) = documents_in(mail_with(("a.doc", ole)))
    assert document.flags == {"unreadable", "macro"}


def packed(**members: str) -> bytes:
    octets = BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return octets.getvalue()


def test_word_text_boxes_and_content_controls_are_read_once() -> None:
    text = (
        '<w:document xmlns:w="urn:w" xmlns:m="urn:m"><w:p><w:sdt><w:t>control</w:t></w:sdt>'
        "<m:AlternateContent><m:Choice><w:t> box</w:t></m:Choice><m:Fallback><w:t> box</w:t></m:Fallback>"
        "</m:AlternateContent><w:delText> gone</w:delText></w:p></w:document>"
    )
    assert extract(packed(word__document=text), DOCX).text == "control box"


def test_slides_are_read_in_their_order() -> None:
    slides = {
        f"ppt__slides__slide{number}": f'<s xmlns:a="urn:a"><a:t>{number}</a:t></s>' for number in (10, 2)
    }
    assert extract(packed(**slides), PPTX).text == "2\n10"


def test_word_document_that_unpacks_too_large_is_unreadable() -> None:
    text = '<w:document xmlns:w="urn:w"><w:t>' + "a" * 30_000_000 + "</w:t></w:document>"
    assert extract(packed(word__document=text), DOCX).flags == {"unreadable"}


def test_doctype_in_a_wide_encoding_is_refused_too() -> None:
    text = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    assert extract(text.encode("utf-16"), XML).flags == {"unreadable"}


def test_long_text_is_not_cut_inside_a_character() -> None:
    assert set(extract("ğ".encode() * 500_001, TEXT).text) == {"ğ"}


def test_workbook_with_too_many_cells_is_unreadable() -> None:
    few, many = (spreadsheet((b"<row>" + b"<c/>" * 50 + b"</row>") * rows) for rows in (10, 5_000))
    assert (extract(few, XLSX).flags, extract(many, XLSX).flags) == (frozenset(), frozenset({"unreadable"}))


def test_attached_mails_beyond_the_number_of_documents_are_said_to_be_unread() -> None:
    mail = entity(b"message/rfc822", b"Subject: order\r\n\r\ntext")
    flags = [document.flags for document in documents_in(multipart(*[mail] * (MAX_DOCUMENTS + 1)))]
    assert flags == [frozenset()] * MAX_DOCUMENTS + [{"not read"}]
