"""One reader for each type of document, and one place where their failures end."""

import json
import re
import struct
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from pypdf.errors import PyPdfError

from config.errors import MailwardenError
from parsers.body import read_body
from parsers.charsets import beginning, decode
from parsers.extract import MAX_CHARACTERS, TEXT_CUT, Extract, UnreadableDocument, raised
from parsers.file_types import (
    CALENDAR,
    CLOSED_ARCHIVES,
    CSV,
    DOCX,
    HTML,
    JSON,
    LEGACY_OFFICE,
    MAIL,
    ODP,
    ODS,
    ODT,
    PDF,
    PPTX,
    RTF,
    SVG,
    TEXT,
    XLSX,
    XML,
)
from parsers.html_text import read_html
from parsers.layout import paragraphs_apart
from parsers.message import parse_message
from parsers.office_text import legacy_flags, read_opendocument, read_slides, read_word, read_workbook
from parsers.part import Part
from parsers.pdf_text import read_pdf
from parsers.rtf_text import read_rtf
from parsers.xml_text import xml_to_text

MAX_XML = 6 * 1024 * 1024

_PAGE_WEIGHT = 3  # a character of HTML costs as much as so many octets of XML
_WORK_OF_A_FAILURE = 2 * 1024 * 1024  # how far a reader came before it failed is not known
_TEXT_BYTES = 4 * MAX_CHARACTERS
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_BLANKS = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\n\s*\n")
_SCRIPT = re.compile(rb"<script\b|javascript:", re.IGNORECASE)
_FORM = re.compile(rb"<form\b", re.IGNORECASE)

# What the libraries let slip on malformed documents.
_FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MailwardenError,
    OSError,
    PyPdfError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


def extract(content: bytes, content_type: str) -> Extract:
    """The text of one document; a broken one has the flag "unreadable" instead."""
    try:
        found = READERS[content_type](content)
    except _FAULTS:
        return Extract(flags=frozenset({"unreadable"}), work=max(_WORK_OF_A_FAILURE, len(content)))
    cut = raised({TEXT_CUT: len(found.text) >= MAX_CHARACTERS})
    return replace(found, text=_tidy(found.text), flags=found.flags | cut)


def extract_mail(root: Part) -> Extract:
    """Subject and text of a mail that was attached to another."""
    body = read_body(root)
    text = f"{root.field('subject') or ''}\n\n{body.text}"
    flags = raised({"encrypted": body.encrypted, TEXT_CUT: TEXT_CUT in body.flags})
    return Extract(text=text.strip(), flags=flags, work=_PAGE_WEIGHT * body.work)


def _read_mail(content: bytes) -> Extract:
    return extract_mail(parse_message(content).root)


def _read_text(content: bytes) -> Extract:
    text = decode(beginning(content, _TEXT_BYTES))
    return Extract(text=text, work=len(text))


def _read_page(content: bytes) -> Extract:
    source = decode(beginning(content, _TEXT_BYTES))
    page = read_html(source)
    flags = raised({"script": bool(_SCRIPT.search(content)), "form": bool(_FORM.search(content))})
    cut = raised({TEXT_CUT: len(content) > _TEXT_BYTES})
    return Extract(text=page.text, flags=flags | page.flags | cut, work=_PAGE_WEIGHT * len(source))


def _read_xml(content: bytes) -> Extract:
    if len(content) > MAX_XML:
        raise UnreadableDocument(f"The XML has {len(content)} bytes, more than {MAX_XML}.")
    flags = raised({"script": bool(_SCRIPT.search(content))})
    return Extract(text=xml_to_text(content), flags=flags, work=len(content))


def _read_calendar(content: bytes) -> Extract:
    """Folded lines joined and escapes undone (RFC 5545, sections 3.1 and 3.3.11)."""
    found = _read_text(content)
    text = re.sub(r"\r?\n[ \t]", "", found.text)
    return replace(found, text=text.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";"))


def _read_json(content: bytes) -> Extract:
    """One line for each value, with its name; text that is no JSON stays as it is."""
    found = _read_text(content)
    try:
        lines = list(_values(json.loads(found.text)))
    except (ValueError, RecursionError):
        return found
    return replace(found, text="\n".join(lines))


def _values(document: object) -> Iterator[str]:
    pending: list[tuple[str, object]] = [("", document)]
    while pending:
        name, value = pending.pop()
        if isinstance(value, dict):
            pending.extend(reversed([(str(key), each) for key, each in value.items()]))
        elif isinstance(value, list):
            pending.extend(reversed([(name, each) for each in value]))
        elif value is not None:
            yield f"{name}: {value}" if name else str(value)


def _read_legacy(content: bytes) -> Extract:
    return Extract(flags=legacy_flags(content))


def _leave_closed(content: bytes) -> Extract:  # noqa: ARG001  (a reader that reads nothing)
    return Extract(flags=frozenset({"unreadable"}))


def _tidy(text: str) -> str:
    """In composed characters, paragraphs apart, without controls, runs of blanks and runs of empty lines."""
    plain = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n"))
    text = _EMPTY_LINES.sub("\n\n", _BLANKS.sub(" ", plain)).strip()[:MAX_CHARACTERS]
    return unicodedata.normalize("NFC", paragraphs_apart(text))


READERS: Mapping[str, Callable[[bytes], Extract]] = {
    CALENDAR: _read_calendar,
    CSV: _read_text,
    DOCX: read_word,
    HTML: _read_page,
    JSON: _read_json,
    MAIL: _read_mail,
    ODP: read_opendocument,
    ODS: read_opendocument,
    ODT: read_opendocument,
    PDF: read_pdf,
    PPTX: read_slides,
    RTF: read_rtf,
    SVG: _read_xml,
    TEXT: _read_text,
    XLSX: read_workbook,
    XML: _read_xml,
    **dict.fromkeys(LEGACY_OFFICE, _read_legacy),
    **dict.fromkeys(CLOSED_ARCHIVES, _leave_closed),
}
"""The types whose text is read, and those that are known to stay closed."""
