"""What a file is by its content, whatever its label and its name claim."""

import json
import re

import puremagic

from parsers.zip_files import BadZip, open_zip

_HEAD = 4096
_OLE_BYTES = 256 * 1024
_JSON_BYTES = 1024 * 1024
_CERTAIN = 0.3  # puremagic's confidence; below it is one chance octet
_OFFICE = "application/vnd.openxmlformats-officedocument."
# The first member is called "mimetype" and holds the type, neither packed nor preceded by anything.
_ODF_MIMETYPE = re.compile(rb"PK\x03\x04.{26}mimetype(?P<type>application/[a-z.+-]{1,80})(?=PK)", re.DOTALL)

TEXT = "text/plain"
UNKNOWN = "application/octet-stream"
CALENDAR = "text/calendar"
MAIL = "message/rfc822"
TNEF = "application/ms-tnef"
ZIP = "application/zip"
TAR = "application/x-tar"
GZIP = "application/gzip"
PDF = "application/pdf"
RTF = "application/rtf"
DOCX = _OFFICE + "wordprocessingml.document"
XLSX = _OFFICE + "spreadsheetml.sheet"
PPTX = _OFFICE + "presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"
OLE = "application/x-ole-storage"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
PPT = "application/vnd.ms-powerpoint"
MSG = "application/vnd.ms-outlook"
SVG = "image/svg+xml"
SEVEN_ZIP = "application/x-7z-compressed"
RAR = "application/vnd.rar"
ENCRYPTED_OFFICE = "application/x-encrypted-office"
HTML = "text/html"
XML = "application/xml"
PKCS7_MIME = "application/pkcs7-mime"
PKCS7_SIGNATURE = "application/pkcs7-signature"
JSON = "application/json"
CSV = "text/csv"
EXECUTABLE = "application/vnd.microsoft.portable-executable"

ARCHIVES = frozenset({ZIP, TAR, GZIP})
CLOSED_ARCHIVES = frozenset({SEVEN_ZIP, RAR})  # recognised, never opened
LEGACY_OFFICE = frozenset({OLE, DOC, XLS, PPT, MSG})  # the same

# One type can have several names; the first registered one stands for all.
_CANONICAL = {
    "application/x-zip-compressed": ZIP,
    "application/x-zip": ZIP,
    "application/vnd.ms-tnef": TNEF,
    "application/x-pdf": PDF,
    "application/ics": CALENDAR,
    "application/x-gzip": GZIP,
    "application/x-rar-compressed": RAR,
    "application/x-rar": RAR,
    "text/rtf": RTF,
    "text/xml": XML,
    "text/json": JSON,
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
    "application/x-msdownload": EXECUTABLE,
    "application/x-dosexec": EXECUTABLE,
    "application/x-pkcs7-signature": PKCS7_SIGNATURE,
    "application/x-pkcs7-mime": PKCS7_MIME,
}
_SUFFIXES = {
    ".csv": CSV,
    ".doc": DOC,
    ".docx": DOCX,
    ".eml": MAIL,
    ".gif": "image/gif",
    ".gz": GZIP,
    ".htm": HTML,
    ".html": HTML,
    ".ics": CALENDAR,
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": JSON,
    ".ods": ODS,
    ".odp": ODP,
    ".odt": ODT,
    ".p7m": PKCS7_MIME,
    ".p7s": PKCS7_SIGNATURE,
    ".pdf": PDF,
    ".png": "image/png",
    ".ppt": PPT,
    ".pptx": PPTX,
    ".rtf": RTF,
    ".tar": TAR,
    ".txt": TEXT,
    ".xls": XLS,
    ".xlsx": XLSX,
    ".xml": XML,
    ".zip": ZIP,
}
_EXECUTABLE_TYPES = frozenset({EXECUTABLE, "application/x-executable", "application/java-archive"})
_EXECUTABLE_NAME = re.compile(
    r"\.(?:exe|scr|com|pif|bat|cmd|ps1|vbs?|vbe|jse?|wsf|wsh|hta|lnk|jar|msi|dll|cpl|reg|iso|img|vhdx?|apk|sh)"
    r"[\s.]{0,9}$",
    re.IGNORECASE,
)
_STARTS = (
    (b"%PDF-", PDF),
    (b"{\\rtf", RTF),
    (b"\x78\x9f\x3e\x22", TNEF),
    (b"7z\xbc\xaf\x27\x1c", SEVEN_ZIP),
    (b"Rar!\x1a\x07", RAR),
    (b"\x1f\x8b\x08", GZIP),
    (b"MZ", EXECUTABLE),
    (b"\x7fELF", "application/x-executable"),
)
_DER_SEQUENCE = b"\x30"  # a signed envelope, whose content is further in
_TEXT_STARTS = (
    (re.compile(r"BEGIN:VCALENDAR\b", re.IGNORECASE), CALENDAR),
    (re.compile(r"BEGIN:VCARD\b", re.IGNORECASE), "text/vcard"),
    (re.compile(r"-----BEGIN PGP MESSAGE-----"), "application/pgp-encrypted"),
    (re.compile(r"-----BEGIN PGP SIGNATURE-----"), "application/pgp-signature"),
    (re.compile(r"-----BEGIN PGP PUBLIC KEY BLOCK-----"), "application/pgp-keys"),
    (re.compile(r"(?:<!--.{0,300}-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE), HTML),
    (
        re.compile(r"(?:<\?xml\b[^>]{0,200}>\s*)?(?:<!--.{0,300}-->\s*)?<svg\b", re.IGNORECASE),
        "image/svg+xml",
    ),
    (re.compile(r"<\?xml\b", re.IGNORECASE), XML),
    (
        re.compile(r"(?:Return-Path|Received|Delivered-To|Message-ID|From|MIME-Version):\s", re.IGNORECASE),
        MAIL,
    ),
)
_MAIL_FIELDS = re.compile(r"^(?:From|Date|Subject|To|Message-ID|Received):", re.IGNORECASE | re.MULTILINE)
_OLE_STREAMS = (
    ("EncryptedPackage", ENCRYPTED_OFFICE),
    ("__substg1.0_", MSG),
    ("WordDocument", DOC),
    ("Workbook", XLS),
    ("PowerPoint Document", PPT),
)
_TELLING_MEMBERS = (b"mimetypeapplication/", b"[Content_Types].xml", b"META-INF/MANIFEST.MF")
_OOXML_FOLDERS = (("word/", DOCX), ("xl/", XLSX), ("ppt/", PPTX))


def canonical_type(content_type: str) -> str:
    """The one name that this program uses for a media type."""
    return _CANONICAL.get(content_type, content_type)


def type_by_name(name: str | None) -> str | None:
    """What the end of a file's name claims, for the types that are read or often faked."""
    dot, suffix = (name or "").rpartition(".")[1:]
    return _SUFFIXES.get(f"{dot}{suffix.strip().lower()}")


def is_executable(content_type: str, name: str | None) -> bool:
    """Whether opening the file would run it, by its content or by the end of its name."""
    return content_type in _EXECUTABLE_TYPES or bool(_EXECUTABLE_NAME.search(name or ""))


def content_type_of(content: bytes, *, declared: str, name: str | None) -> str:
    """The type of the content; label and name decide only where the content leaves it open.

    Plain text can be a table, a script or a log: no content tells them apart.
    """
    claimed = canonical_type(declared)
    sniffed = sniffed_type(content)
    if sniffed is None:
        return type_by_name(name) or claimed if claimed == UNKNOWN and _is_der(content) else claimed
    if sniffed != TEXT:
        return sniffed
    named = type_by_name(name)
    textual = (claimed, named)
    return next((each for each in textual if each and each != TEXT and _is_textual(each)), TEXT)


def sniffed_type(content: bytes) -> str | None:
    """The type that the octets show, or None."""
    for start, content_type in _STARTS:
        if content.startswith(start):
            return content_type
    if b"%PDF-" in content[:1024] and not content.startswith(_DER_SEQUENCE):
        return PDF
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_type(content)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole_type(content[:_OLE_BYTES])
    if content[257:262] == b"ustar":
        return TAR
    text = _text_head(content)
    return _text_type(content, text) if text is not None else _magic(content)


def _is_der(content: bytes) -> bool:
    """Whether this can be a signature or a signed file, which have no telling beginning."""
    return content.startswith(_DER_SEQUENCE)


def _is_textual(content_type: str) -> bool:
    return content_type.startswith("text/") or content_type in {JSON, XML}


def _zip_type(content: bytes) -> str:
    """What the members make of a ZIP: an office document (ECMA-376, ODF 1.3 part 2) or just an archive."""
    if not any(telling in content for telling in _TELLING_MEMBERS):
        return ZIP
    try:
        with open_zip(content) as archive:
            names = archive.namelist()
    except BadZip:
        return ZIP
    written = _ODF_MIMETYPE.match(content)
    if written:
        return written["type"].decode()
    if "[Content_Types].xml" not in names:
        return "application/java-archive" if "META-INF/MANIFEST.MF" in names else ZIP
    found = (kind for folder, kind in _OOXML_FOLDERS if any(name.startswith(folder) for name in names))
    return next(found, ZIP)


def _ole_type(content: bytes) -> str:
    """The program that wrote a compound file, by the stream names in its directory (MS-CFB, section 2.6)."""
    found = (kind for stream, kind in _OLE_STREAMS if stream.encode("utf-16-le") in content)
    return next(found, OLE)


def _text_head(content: bytes) -> str | None:
    """The beginning as text for matching keywords, or None where the content is binary."""
    head = content[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    controls = sum(octet < 32 and octet not in b"\t\n\r\f\x1b" for octet in head)  # noqa: PLR2004 - ASCII
    if not head or controls:
        return None
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def _text_type(content: bytes, head: str) -> str:
    written = head.lstrip()
    for start, content_type in _TEXT_STARTS:
        if start.match(written) and (content_type != MAIL or _is_header(written)):
            return content_type
    return JSON if written[:1] in {"{", "["} and _is_json(content) else TEXT


def _is_header(text: str) -> bool:
    """Whether several fields of a mail stand before the first empty line."""
    header = re.split(r"\r?\n\r?\n", text, maxsplit=1)[0]
    return len({field.lower() for field in _MAIL_FIELDS.findall(header)}) > 2  # noqa: PLR2004 - two are prose


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content[:_JSON_BYTES])
    except (ValueError, RecursionError):
        return False
    return True


def _magic(content: bytes) -> str | None:
    try:
        best = puremagic.magic_string(content[:_HEAD])
    except (puremagic.PureError, ValueError):
        return None
    likely = (
        canonical_type(match.mime_type) for match in best if match.confidence >= _CERTAIN and match.mime_type
    )
    return next(likely, None)
