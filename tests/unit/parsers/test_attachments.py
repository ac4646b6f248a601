import hashlib
from base64 import b64encode
from pathlib import Path

import pytest

from parsers.attachments import MAX_ARCHIVES, read_attachments
from parsers.facts import ArchiveMember, Attachment, AttachmentRole
from parsers.file_names import MAX_OCTETS, safe_name, unique_names
from parsers.file_types import content_type_of, sniffed_type
from parsers.message import parse_message
from tests.support.raw_mails import entity, multipart, zipped

FIXTURES = Path(__file__).parents[2] / "fixtures" / "mail"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


def attachments_of(name: str) -> tuple[Attachment, ...]:
    return read_attachments(parse_message((FIXTURES / f"{name}.eml").read_bytes()).root)


@pytest.mark.parametrize(
    ("written", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\Windows\\label.png", "label.png"),
        ("C:\\fakepath\\photo.jpg", "photo.jpg"),
        ("folder/", "folder"),
        ("a\r\nX-Header: b.txt", "a X-Header_ b.txt"),
        ("receipt\u202egnp.exe", "receiptgnp.exe"),
        ("zero\u200bwidth\x00.pdf", "zerowidth.pdf"),
        ("CON", "_CON"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("nul .txt", "_nul.txt"),
        ("stream.txt:evil", "stream.txt_evil"),
        ("  trailing dots... ", "trailing dots"),
        (".htaccess", "htaccess"),
        ("..", "unnamed"),
        ("", "unnamed"),
        (None, "unnamed"),
        ("Gerekçeli Kararı.pdf", "Gerekçeli Kararı.pdf"),
    ],
)
def test_name_is_made_safe(written: str | None, safe: str) -> None:
    assert safe_name(written) == safe


@pytest.mark.parametrize("letter", ["x", "漢", "😀"])
def test_long_name_keeps_its_ending(letter: str) -> None:
    name = safe_name(letter * 400 + ".pdf")
    assert name.endswith(letter + ".pdf")
    assert len(name.encode()) <= MAX_OCTETS


def test_names_that_differ_in_case_only_are_told_apart() -> None:
    assert unique_names(["a.pdf", "A.PDF", "a.pdf", "a (2).pdf"]) == (
        "a.pdf",
        "A (2).PDF",
        "a (3).pdf",
        "a (2) (2).pdf",
    )


def test_hostile_names_become_safe_and_unique() -> None:
    names = [attachment.safe_name for attachment in attachments_of("attachments-with-hostile-names")]
    assert names == ["passwd", "_CON.txt", "_con (2).TXT", "unnamed", "unnamed (2)"]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\r\n\r\n%PDF-1.7\n", "application/pdf"),
        (b"{\\rtf1 x}", "application/rtf"),
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "image/jpeg"),
        (b"MZ\x90\x00", "application/vnd.microsoft.portable-executable"),
        (b"\x78\x9f\x3e\x22\x01", "application/ms-tnef"),
        (b"Rar!\x1a\x07\x01\x00", "application/vnd.rar"),
        (b"BEGIN:VCALENDAR\r\n", "text/calendar"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><x/>", "application/xml"),
        (b"<!DOCTYPE html><p>", "text/html"),
        (b'{"a": [1]}', "application/json"),
        (b"[not json]", "text/plain"),
        (b"-----BEGIN PGP MESSAGE-----\n", "application/pgp-encrypted"),
        (b"From: a@b.example\nTo: c@d.example\nSubject: x\n\nbody", "message/rfc822"),
        (b"From: the ministry. To: whom it may concern", "text/plain"),
        ("içerik".encode("iso-8859-9"), "text/plain"),
        (b"\xff\xfeh\x00i\x00", "text/plain"),
        (b"\x00\x01\x02 no known beginning", None),
        (b"", None),
    ],
)
def test_type_is_told_by_the_content(content: bytes, found: str | None) -> None:
    assert sniffed_type(content) == found


@pytest.mark.parametrize(
    ("content", "declared", "name", "found"),
    [
        (b"a;b\n1;2\n", "application/octet-stream", "list.CSV", "text/csv"),
        (b"a;b\n1;2\n", "text/csv", None, "text/csv"),
        (b"hello", "application/pdf", "a.pdf", "text/plain"),
        (b"\x00\x01", "application/x-own", None, "application/x-own"),
        (b"\x00\x01", "application/x-zip-compressed", None, "application/zip"),
    ],
)
def test_label_decides_only_what_the_content_leaves_open(
    content: bytes, declared: str, name: str | None, found: str
) -> None:
    assert content_type_of(content, declared=declared, name=name) == found


def test_picture_under_the_name_of_a_document_is_called_what_it_is() -> None:
    (attachment,) = attachments_of("attachment-that-is-not-what-its-name-says")
    assert (attachment.declared_type, attachment.content_type) == ("application/pdf", "image/png")
    assert attachment.flags == {"misnamed"}


def test_program_is_flagged() -> None:
    (attachment,) = attachments_of("attachment-that-is-a-program")
    assert "executable" in attachment.flags


def test_picture_in_an_attached_mail_names_its_container() -> None:
    mail, picture = attachments_of("attached-mail-with-a-picture")
    assert (mail.name, mail.container) == ("complaint.eml", None)
    assert (picture.name, picture.container) == ("screen.png", "complaint.eml")


def test_attached_mail_is_known_by_its_bytes_as_sent() -> None:
    raw = (FIXTURES / "attached-mail-with-a-picture.eml").read_bytes()
    start = raw.index(b"From: someone@mailhouse.example")
    sent = raw[start : raw.rindex(b"\r\n--outer-part--")]
    mail = attachments_of("attached-mail-with-a-picture")[0]
    assert (mail.size, mail.sha256) == (len(sent), hashlib.sha256(sent).hexdigest())


def test_signed_file_is_the_container_of_what_was_signed() -> None:
    envelope, order = attachments_of("document-pdf-in-a-signed-file")
    assert (envelope.content_type, envelope.role) == ("application/pkcs7-mime", AttachmentRole.CONTAINER)
    assert (order.name, order.content_type, order.container) == (
        "order.pdf",
        "application/pdf",
        "order.pdf.p7m",
    )


def digest_of(octets: bytes) -> tuple[int, str]:
    return len(octets), hashlib.sha256(octets).hexdigest()


def test_every_mail_of_a_digest_is_known_by_its_own_bytes() -> None:
    first, second = b"Subject: a\n\none\n", b"Subject: b\n\n--bb is no delimiter\n"
    raw = (
        b"Content-Type: multipart/digest; boundary=b\n\n--b\n\n"
        + first
        + b"\n--b\n\n"
        + second
        + b"\n--b--\n"
    )
    found = [(mail.size, mail.sha256) for mail in read_attachments(parse_message(raw).root)]
    assert found == [digest_of(first), digest_of(second)]


def test_attached_mail_in_base64_is_known_by_its_decoded_bytes() -> None:
    sent = b"Subject: a\n\none\n"
    head = "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64"
    raw = mixed("mixed", "Content-Type: text/plain\n\ntext", f"{head}\n\n{b64encode(sent).decode()}")
    (mail,) = read_attachments(parse_message(raw).root)
    assert (mail.size, mail.sha256) == digest_of(sent)


def test_archive_is_listed_with_safe_paths() -> None:
    (archive,) = attachments_of("archive-with-members-outside")
    assert [member.path for member in archive.members] == ["outside.txt", "C_/evil.txt", "folder/inside.txt"]
    assert "path outside the archive" in archive.flags


def test_encrypted_member_is_flagged() -> None:
    (archive,) = attachments_of("archive-with-an-encrypted-member")
    assert archive.members == (ArchiveMember(path="secret.txt", size=12, encrypted=True),)
    assert "encrypted" in archive.flags


def test_bomb_is_listed_and_flagged() -> None:
    (archive,) = attachments_of("archive-with-a-bomb")
    assert [member.size for member in archive.members] == [20_000_000]
    assert "too large" in archive.flags


def mixed(kind: str, *parts: str) -> bytes:
    text = "".join(f"--b\n{part}\n" for part in parts)
    return f"Content-Type: multipart/{kind}; boundary=b\n\n{text}--b--\n".encode()


@pytest.mark.parametrize(
    ("kind", "header", "role"),
    [
        (
            "mixed",
            "Content-Type: image/png\nContent-Disposition: inline; filename=a.png",
            AttachmentRole.INLINE,
        ),
        ("related", "Content-Type: image/png; name=a.png", AttachmentRole.INLINE),
        (
            "related",
            "Content-Type: image/png\nContent-Disposition: attachment; filename=a.png",
            AttachmentRole.ATTACHMENT,
        ),
        ("signed", "Content-Type: application/pgp-signature; name=a.asc", AttachmentRole.SIGNATURE),
        ("mixed", "Content-Type: application/ms-tnef; name=winmail.dat", AttachmentRole.CONTAINER),
        ("encrypted", "Content-Type: application/octet-stream; name=a.asc", AttachmentRole.CONTAINER),
        ("mixed", "Content-Type: text/calendar; name=a.ics", AttachmentRole.CALENDAR),
        ("mixed", "Content-Type: application/pdf; name=a.pdf", AttachmentRole.ATTACHMENT),
    ],
)
def test_role_is_told_by_type_and_place(kind: str, header: str, role: AttachmentRole) -> None:
    raw = mixed(kind, "Content-Type: text/plain\n\ntext", f"{header}\n\n\x01\x02")
    (attachment,) = read_attachments(parse_message(raw).root)
    assert attachment.role is role


def test_archives_beyond_a_number_are_not_listed() -> None:
    archive = zipped({"a.txt": b"text"})
    files = [entity(b"application/zip", archive, name=b"a.zip", encoded=True)] * (MAX_ARCHIVES + 1)
    *listed, last = read_attachments(parse_message(multipart(*files)).root)
    assert [len(attachment.members) for attachment in listed] == [1] * MAX_ARCHIVES
    assert (last.members, last.flags) == ((), frozenset({"not read"}))


def test_name_of_any_length_keeps_its_beginning_and_its_suffix() -> None:
    raw = multipart(entity(b"video/mp4", b"x", name=b"order" * 600 + b".mp4"))
    (film,) = read_attachments(parse_message(raw).root)
    assert film.safe_name.startswith("orderorder")
    assert film.safe_name.endswith(".mp4")
