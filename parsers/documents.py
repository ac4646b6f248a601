"""The text of attached documents: a second job, whose failure loses only the document.

Orders often come as an empty mail with a PDF. No macro, script, form or embedded file is executed,
and nothing is fetched; what a document carries of these is flagged.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from parsers.archives import members_of
from parsers.attachments import attached_files
from parsers.document_readers import READERS, extract, extract_mail
from parsers.extract import TEXT_CUT, Extract, raised
from parsers.facts import Attachment, AttachmentRole
from parsers.file_types import ARCHIVES, MAIL, UNKNOWN, content_type_of
from parsers.message import ParsedMessage
from parsers.part import Part

MAX_DOCUMENTS = 20  # of one mail
MAX_WORK = 3 * 1024 * 1024  # of reading all documents of one mail, as `Extract.work` counts it
MAX_CHARACTERS = 200_000  # of all documents of one mail
MAX_UNPACKED = 48 * 1024 * 1024  # octets out of all archives of one mail
MAX_OPENED = 300  # files out of all archives of one mail, readable or not
MAX_NESTING = 3  # archives in one another

_NOT_READ = frozenset({"not read"})
_UNREAD_ROLES = frozenset({AttachmentRole.SIGNATURE, AttachmentRole.CONTAINER})


@dataclass(frozen=True, kw_only=True)
class DocumentText:
    """What could be read of one attachment, or of one file in an archive."""

    attachment: int  # its place among the report's attachments, from 0
    source: str  # the attachment's safe name; for a file in an archive both, with "/" between
    text: str = ""
    flags: frozenset[str] = field(default_factory=frozenset)
    is_mail: bool = False  # an attached mail: somebody's words, but no document


def read_documents(message: ParsedMessage, attachments: Sequence[Attachment]) -> tuple[DocumentText, ...]:
    """The texts of all attachments, which are those of its report, in their order, within bounds.

    Never raises on content: a document that breaks its reader has the flag "unreadable".
    """
    shelf = _Shelf()
    for place, (file, attachment) in enumerate(zip(attached_files(message.root), attachments, strict=True)):
        if attachment.role not in _UNREAD_ROLES:
            shelf.take(place, file.part, attachment)
    return tuple(shelf.documents)


class _Shelf:
    """Collects the documents of one mail and counts what they cost."""

    def __init__(self) -> None:
        self.documents: list[DocumentText] = []
        self._characters = MAX_CHARACTERS
        self._unpacked = MAX_UNPACKED
        self._opened = 0
        self._work = MAX_WORK

    def take(self, place: int, part: Part, attachment: Attachment) -> None:
        """Read one attachment, and the files in it when it is an archive."""
        source = attachment.safe_name
        if part.holds_message:
            for child in part.children:
                found = Extract(flags=_NOT_READ) if self._is_full else extract_mail(child)
                self._add(place, source, found, is_mail=True)
        else:
            self._open(place, source, part.content, attachment.content_type, depth=1)

    @property
    def _is_full(self) -> bool:
        return len(self.documents) >= MAX_DOCUMENTS or self._characters <= 0 or self._work <= 0

    def _open(self, place: int, source: str, content: bytes, content_type: str, *, depth: int) -> None:
        if content_type in ARCHIVES:
            self._unpack(place, source, content, content_type, depth=depth)
        elif content_type in READERS:
            found = Extract(flags=_NOT_READ) if self._is_full else extract(content, content_type)
            self._add(place, source, found, is_mail=content_type == MAIL)

    def _unpack(self, place: int, source: str, content: bytes, content_type: str, *, depth: int) -> None:
        if depth > MAX_NESTING or self._is_full or self._opened >= MAX_OPENED:
            self._add(place, source, Extract(flags=_NOT_READ))
            return
        for member in members_of(content, content_type, limit=self._unpacked):
            if self._is_full or self._opened >= MAX_OPENED:
                self._add(place, source, Extract(flags=_NOT_READ))
                return
            self._opened += 1
            self._unpacked -= len(member.content)
            name = member.name or source.rpartition("/")[2].removesuffix(".gz")
            inner = content_type_of(member.content, declared=UNKNOWN, name=name)
            self._open(place, f"{source}/{name}", member.content, inner, depth=depth + 1)

    def _add(self, place: int, source: str, found: Extract, *, is_mail: bool = False) -> None:
        text = found.text[: self._characters]
        self._characters -= len(text)
        self._work -= found.work
        flags = found.flags | raised({TEXT_CUT: len(text) < len(found.text)})
        self.documents.append(
            DocumentText(attachment=place, source=source, text=text, flags=flags, is_mail=is_mail)
        )
