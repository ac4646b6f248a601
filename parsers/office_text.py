"""The text of office documents that are ZIPs of XML: OOXML (ECMA-376) and OpenDocument (ODF 1.3).

Word files and OpenDocument are read by one walker rather than by a library's object model: it meets
text boxes, content controls, notes and headers in their place, and no entity or DTD ever.
"""

import io
import re
import warnings
from collections.abc import Iterable, Iterator
from itertools import islice
from zipfile import ZipFile, ZipInfo

from openpyxl import load_workbook

from parsers.extract import MAX_CHARACTERS, TEXT_CUT, Extract, UnreadableDocument, raised
from parsers.xml_text import Vocabulary, xml_to_text
from parsers.zip_files import open_zip, read_member

MAX_UNPACKED = 12 * 1024 * 1024  # octets of one document's XML
MAX_WORKBOOK = 3 * 1024 * 1024  # the same of a workbook, whose cells become objects
MAX_CELLS = 200_000  # of all sheets, empty ones with a style too
MAX_ROWS = 10_000
MAX_COLUMNS = 100

_WORKBOOK_WEIGHT = 6  # what a workbook costs against other XML
_WORD = Vocabulary(
    texts=frozenset({"t"}),
    skipped=frozenset(
        {"Fallback", "del", "moveFrom"}
    ),  # the same again for old programs; what was struck out
    paragraphs=frozenset({"p"}),
    rows=frozenset({"tr"}),
    cells=frozenset({"tc"}),
    marks={"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"},
)
_OPENDOCUMENT = Vocabulary(
    within=frozenset({"text", "spreadsheet", "presentation", "drawing", "header", "footer"}),
    skipped=frozenset({"tracked-changes", "script", "binary-data"}),
    paragraphs=frozenset({"p", "h"}),
    rows=frozenset({"table-row"}),
    cells=frozenset({"table-cell"}),
    marks={"tab": "\t", "line-break": "\n", "s": " "},
    repeat="c",
    targets=frozenset({"href"}),
)
_WORD_PARTS = re.compile(r"word/(?:document\d?|header\d+|footer\d+|footnotes|endnotes|comments)\.xml")
_SLIDES = re.compile(r"ppt/(?:slides/slide|notesSlides/notesSlide)\d+\.xml")
_CELL = re.compile(rb"<(?:\w{1,20}:)?c[\s/>]")
_LINK = re.compile(r"<Relationship\b[^<>]{0,4000}")
_TARGET = re.compile(r'\bTarget="(https?://[^"]{1,2000})"', re.IGNORECASE)
_DOCTYPES = tuple("<!DOCTYPE".encode(codec) for codec in ("ascii", "utf-16-le", "utf-16-be"))
_VBA = "_VBA_PROJECT".encode("utf-16-le")


def read_word(content: bytes) -> Extract:
    """A DOCX: text, tables, text boxes, notes, headers, footers, and where its links lead."""
    return _read_markup(content, _WORD_PARTS)


def read_slides(content: bytes) -> Extract:
    """A PPTX: the text of its slides and notes."""
    return _read_markup(content, _SLIDES)


def read_opendocument(content: bytes) -> Extract:
    """An ODT, ODS or ODP: its text with headers and footers."""
    with open_zip(content) as package:
        members = _members(package, MAX_UNPACKED)
        if b"encryption-data" in members.get("META-INF/manifest.xml", b""):
            return Extract(flags=frozenset({"encrypted"}))
        parts = [members[name] for name in ("styles.xml", "content.xml") if name in members]
        flags = raised({"macro": any(name.startswith(("Basic/", "Scripts/")) for name in package.namelist())})
    if not parts:
        raise UnreadableDocument("The document has no content; look at it by hand.")
    text = _joined(xml_to_text(part, _OPENDOCUMENT) for part in parts)
    return Extract(text=text, flags=flags, work=_size(members))


def read_workbook(content: bytes) -> Extract:
    """An XLSX: the shown values of every sheet, row by row, and where its links lead."""
    with open_zip(content) as package:
        members, flags = _members(package, MAX_WORKBOOK), _flags(package)
    if sum(len(_CELL.findall(member)) for member in members.values()) > MAX_CELLS:
        raise UnreadableDocument(f"The workbook has more than {MAX_CELLS} cells; look at it by hand.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl names every feature that it leaves out
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheets = [
            sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS, values_only=True)
            for sheet in workbook.worksheets
        ]
        text = _joined(_lines(islice(rows, MAX_ROWS)) for rows in sheets)
        cut = any(value is not None for rows in sheets for row in rows for value in row)
    return Extract(
        text=_joined([text, *_links(members)]),
        flags=flags | raised({TEXT_CUT: cut}),
        work=_WORKBOOK_WEIGHT * _size(members),
    )


def legacy_flags(content: bytes) -> frozenset[str]:
    """What can be said of an office file from before 2007 (MS-CFB), which is not opened."""
    return raised({"unreadable": True, "macro": _VBA in content})


def _read_markup(content: bytes, wanted: re.Pattern[str]) -> Extract:
    with open_zip(content) as package:
        members, flags = _members(package, MAX_UNPACKED), _flags(package)
    parts = [members[name] for name in sorted(members, key=_reading_order) if wanted.fullmatch(name)]
    if not parts:
        raise UnreadableDocument("The document has no content; look at it by hand.")
    text = _joined([*(xml_to_text(part, _WORD) for part in parts), *_links(members)])
    return Extract(text=text, flags=flags, work=_size(members))


def _members(package: ZipFile, limit: int) -> dict[str, bytes]:
    """The XML of a document, each member once, none with a DTD and all together within the limit."""
    left = limit
    members: dict[str, bytes] = {}
    for member in filter(_is_markup, package.infolist()):
        members[member.filename] = read_member(package, member, limit=left)
        left -= member.file_size
        if any(doctype in members[member.filename] for doctype in _DOCTYPES):
            raise UnreadableDocument("The document declares a document type; read it by hand.")
    return members


def _size(members: dict[str, bytes]) -> int:
    return sum(map(len, members.values()))


def _is_markup(member: ZipInfo) -> bool:
    return member.filename.endswith((".xml", ".rels"))


def _flags(package: ZipFile) -> frozenset[str]:
    names = package.namelist()
    return raised(
        {
            "macro": any(name.endswith(("vbaProject.bin", "vbaData.xml")) for name in names),
            "script": any("/activeX/" in name for name in names),
            "embedded files": any("/embeddings/" in name for name in names),
        }
    )


def _links(members: dict[str, bytes]) -> Iterator[str]:
    """Targets of links: programs keep them apart from the text (ECMA-376, part 2, section 9)."""
    for name in sorted(members):
        if not name.endswith(".rels"):
            continue
        for relation in _LINK.findall(members[name].decode("utf-8", "replace")):
            target = _TARGET.search(relation)
            if target and "/hyperlink" in relation:
                yield target[1].replace("&amp;", "&")


def _reading_order(name: str) -> tuple[int, str]:
    """Slide 2 before slide 10."""
    return len(name), name


def _lines(rows: Iterable[tuple[object, ...]]) -> str:
    """Rows as lines until the document has enough characters; empty cells and rows are left out."""
    lines: list[str] = []
    characters = 0
    for row in rows:
        line = " | ".join(str(value) for value in row if value is not None)
        if line:
            lines.append(line)
            characters += len(line)
        if characters > MAX_CHARACTERS:
            break
    return "\n".join(lines)


def _joined(texts: Iterable[str]) -> str:
    return "\n".join(text for text in texts if text.strip())[:MAX_CHARACTERS]
