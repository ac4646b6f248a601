"""The text of XML in whatever vocabulary, without entities, without a DTD, without building a tree."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError, XMLParser

from parsers.extract import MAX_CHARACTERS, UnreadableDocument

MAX_DEPTH = 500

_CHUNK = 64 * 1024
_MAX_SPACES = 100


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """The elements, by local name, that shape the text of one document format."""

    texts: frozenset[str] | None = None  # only what is directly in these is text; None: everything
    within: frozenset[str] | None = None  # only what is somewhere below these; None: everything
    skipped: frozenset[str] = frozenset()  # nothing below these
    paragraphs: frozenset[str] = frozenset()
    rows: frozenset[str] = frozenset()
    cells: frozenset[str] = frozenset()
    marks: dict[str, str] = field(default_factory=dict)  # elements that stand for characters
    repeat: str | None = None  # the attribute that says how many of these
    targets: frozenset[str] = frozenset()  # attributes that hold a link's target


ANY = Vocabulary()
"""For XML of which nothing is known: every element on its own line, its attributes before it."""


def xml_to_text(content: bytes, vocabulary: Vocabulary = ANY) -> str:
    """The text in reading order; the cells of a row stand in one line.

    Raises:
        UnreadableDocument: it is not well-formed, or has a document type declaration.
    """
    writer = _Writer(vocabulary)
    parser = XMLParser(target=writer)  # noqa: S314  (`_Writer.doctype` refuses what makes it unsafe)
    try:
        for start in range(0, len(content), _CHUNK):
            parser.feed(content[start : start + _CHUNK])
            if writer.is_full:
                return writer.close()
        return str(parser.close())
    except (ParseError, ValueError, LookupError) as error:
        raise UnreadableDocument("The XML is not well-formed; look at it by hand.") from error


class _Writer:
    """Takes the events of the parser and writes lines."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._pieces: list[str] = []
        self._characters = 0
        self._open: list[str] = []
        self._skipping = 0
        self._within = 0
        self._cells = 0

    @property
    def is_full(self) -> bool:
        return self._characters >= MAX_CHARACTERS

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:  # noqa: ARG002  (expat's)
        raise UnreadableDocument(
            "The XML declares a document type, which can hide anything; read it by hand."
        )

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        self._open.append(name)
        if len(self._open) > MAX_DEPTH:
            raise UnreadableDocument(f"The XML is nested more than {MAX_DEPTH} levels deep; read it by hand.")
        self._skipping += name in self._vocabulary.skipped
        self._within += name in (self._vocabulary.within or ())
        if self._shown:
            self._mark(name, attributes)
            self._lay_out(name)
            if attributes:
                self._write("".join(self._values(attributes)))

    def end(self, tag: str) -> None:
        name, known = _local(tag), self._vocabulary
        self._open.pop()
        if name in known.paragraphs and self._shown:
            self._write(" " if self._in_cell else "\n")
        self._skipping -= name in known.skipped
        self._within -= name in (known.within or ())

    def data(self, text: str) -> None:
        texts = self._vocabulary.texts
        if self._shown and (texts is None or self._open[-1] in texts):
            self._write(text)

    def close(self) -> str:
        return "".join(self._pieces)[:MAX_CHARACTERS]

    @property
    def _shown(self) -> bool:
        return not self._skipping and (self._vocabulary.within is None or self._within > 0)

    @property
    def _in_cell(self) -> bool:
        return len(self._open) > 0 and self._open[-1] in self._vocabulary.cells

    def _mark(self, name: str, attributes: dict[str, str]) -> None:
        if self._vocabulary is ANY:
            self._write("\n")
        elif name in self._vocabulary.marks:
            self._write(self._vocabulary.marks[name] * self._times(attributes))

    def _values(self, attributes: dict[str, str]) -> Iterator[str]:
        """Where links lead; in unknown XML everything, for there attributes are as good as text."""
        for attribute, value in attributes.items():
            if self._vocabulary is ANY:
                yield f"{value}\n"
            elif _local(attribute) in self._vocabulary.targets and "://" in value:
                yield f" <{value}> "

    def _lay_out(self, name: str) -> None:
        if name in self._vocabulary.rows:
            self._cells = 0
            self._write("\n")
        elif name in self._vocabulary.cells:
            self._write(" | " if self._cells else "")
            self._cells += 1

    def _times(self, attributes: dict[str, str]) -> int:
        counts = (value for key, value in attributes.items() if _local(key) == self._vocabulary.repeat)
        written = next(counts, "1")
        return min(int(written), _MAX_SPACES) if written.isdecimal() and len(written) < 9 else 1  # noqa: PLR2004

    def _write(self, text: str) -> None:
        if not self.is_full:
            self._pieces.append(text)
            self._characters += len(text)


def _local(tag: str) -> str:
    """A name without its namespace."""
    return tag.rpartition("}")[2]
