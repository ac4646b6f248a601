"""The text of PDF files, through pypdf, within bounds of its own."""

import io
import logging
import re
from collections.abc import Iterator

from pypdf import Configuration, PageObject, PdfReader, apply_configuration
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject

from parsers.extract import MAX_CHARACTERS, TEXT_CUT, Extract, UnreadableDocument, raised
from parsers.xml_text import xml_to_text

MAX_PAGES = 60
MAX_STREAM = 4 * 1024 * 1024  # octets of one stream, unpacked
MAX_WORK = 1024 * 1024  # octets of page descriptions of one document; text is a small part of a page
MAX_LINKS = 2000
MAX_UNINDEXED = 8 * 1024 * 1024  # octets that are searched for objects where a file has no index

_WEIGHT = 6  # what a page description costs against XML
_TRAILER = 2048
_INDEX = re.compile(rb"startxref\s{1,9}(\d{1,10})")
_SECTION = re.compile(rb"\s{0,9}(?:xref|\d{1,9}\s\d{1,5}\sobj)")
_BOUNDS = Configuration(
    maximum_declared_stream_length=40 * 1024 * 1024,
    array_based_stream_maximum_output_length=MAX_STREAM,
    lzw_maximum_output_length=MAX_STREAM,
    run_length_maximum_output_length=MAX_STREAM,
    zlib_maximum_output_length=MAX_STREAM,
    brotli_maximum_output_length=MAX_STREAM,
    zlib_maximum_recovery_input_length=64 * 1024,
    stream_decoding_work_maximum_length=4 * MAX_STREAM,
    stream_parsing_work_maximum_count=400_000,
    array_maximum_element_count=20_000,
    dictionary_maximum_element_count=20_000,
    page_tree_maximum_entries=20_000,
    page_tree_maximum_page_entries=50_000,
    form_fields_maximum_entries=2000,
    xform_maximum_invocations_per_extraction=100,
    jbig2dec_binary=None,
    disable_legacy_handling=True,
)
_TYPED = frozenset({"/Tx", "/Ch"})  # fields that a person writes into or picks from (ISO 32000-2, 12.7.5)
_ACTIONS = frozenset({"/JavaScript", "/Launch"})

# Its warnings quote the document.
logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)


def read_pdf(content: bytes) -> Extract:
    """Text of the pages, what is written into form fields, and where links lead.

    A file that opens without a password is read, whatever it forbids; one that needs a password and
    one that only shows pictures say so by a flag.
    """
    if len(content) > MAX_UNINDEXED and not _has_index(content):
        raise UnreadableDocument("The PDF is large and has no index; look at it by hand.")
    with apply_configuration(_BOUNDS):
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return Extract(flags=frozenset({"encrypted"}))
        pages, work = _pages(reader)
        texts = [_text(page) for page in pages]
        shown = "".join(text for text in texts if text)
        flags = _flags(reader, shown=shown, cut=len(pages) < len(reader.pages) or None in texts)
        lines = [text for text in texts if text] + [*_written(reader), *_links(pages)]
    return Extract(text="\n".join(lines)[:MAX_CHARACTERS], flags=flags, work=_WEIGHT * work)


def _has_index(content: bytes) -> bool:
    """Whether the file says where its objects are (ISO 32000-2, 7.5.5); else all of it would be searched."""
    index = _INDEX.search(content, max(0, len(content) - _TRAILER))
    at = int(index[1]) if index else len(content)
    return bool(_SECTION.match(content, at))


def _pages(reader: PdfReader) -> tuple[list[PageObject], int]:
    """The first pages, as far as their descriptions stay small enough, and the size of these."""
    pages: list[PageObject] = []
    work = 0
    for page in reader.pages[:MAX_PAGES]:
        contents = page.get_contents()
        size = len(contents.get_data()) if contents is not None else 0
        if work + size > MAX_WORK:
            break
        work += size
        pages.append(page)
    return pages, work


def _text(page: PageObject) -> str | None:
    """The text of one page, or None where the page is beyond the bounds or broken."""
    try:
        return page.extract_text()
    except PyPdfError:
        return None


def _written(reader: PdfReader) -> Iterator[str]:
    for name, field in (reader.get_fields() or {}).items():
        value = field.value
        if field.field_type in _TYPED and isinstance(value, str) and value.strip():
            yield f"{name}: {value}"
    filled = (reader.xfa or {}).get("datasets")  # a form of Adobe's own, which has no text on its pages
    if isinstance(filled, bytes):
        yield xml_to_text(filled)


def _links(pages: list[PageObject]) -> Iterator[str]:
    targets: dict[str, None] = {}
    for page in pages:
        for annotation in page.annotations or ():
            action = annotation.get_object().get("/A")
            target = action.get_object().get("/URI") if action is not None else None
            if target is not None and len(targets) < MAX_LINKS:
                targets[str(target)] = None
    yield from targets


def _flags(reader: PdfReader, *, shown: str, cut: bool) -> frozenset[str]:
    root = reader.trailer["/Root"].get_object()
    catalog = root if isinstance(root, DictionaryObject) else DictionaryObject()
    names = catalog.get("/Names", DictionaryObject()).get_object()
    opening = catalog.get("/OpenAction", DictionaryObject()).get_object()
    acts = isinstance(opening, DictionaryObject) and opening.get("/S") in _ACTIONS
    return raised(
        {
            "script": "/JavaScript" in names or "/AA" in catalog or acts,
            "form": "/AcroForm" in catalog,
            "embedded files": "/EmbeddedFiles" in names,
            "no text": not shown.strip(),
            TEXT_CUT: cut,
        }
    )
