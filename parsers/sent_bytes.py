"""What an attached mail is known by: its bytes as they were sent, found again in the raw mail.

The parser keeps headers and contents but not the octets between them, so a second, simple walk
splits the raw mail at its delimiters (RFC 2046, section 5.1) alongside the parsed tree. Where the two
disagree, as in a broken mail, the attached mail stays without a fingerprint of its own.
"""

import hashlib
import re
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.policy import compat32

from parsers.parameters import Parameters, read_parameters
from parsers.part import Part, SentBytes
from parsers.transfer import decoded

_HEADER_END = re.compile(rb"\r?\n\r?\n")
_CODED = frozenset({"base64", "quoted-printable"})


@dataclass(frozen=True)
class _Entity:
    """One MIME entity as a stretch of the raw mail."""

    raw: bytes
    start: int
    end: int

    @property
    def body_start(self) -> int:
        if self.raw.startswith((b"\n", b"\r\n"), self.start):  # no header at all
            return self.raw.index(b"\n", self.start) + 1
        found = _HEADER_END.search(self.raw, self.start, self.end)
        return found.end() if found else self.end

    def field(self, name: str) -> Parameters:
        """A header field of this entity with its parameters."""
        header = message_from_bytes(self.raw[self.start : self.body_start], policy=compat32)
        return read_parameters(str(header.get(name, "")))


def with_sent_bytes(root: Part, raw: bytes) -> Part:
    """The same tree, in which every attached mail that can be found in `raw` carries its size and digest."""
    return _marked(root, _Entity(raw, 0, len(raw)))


def _marked(part: Part, entity: _Entity) -> Part:
    if part.holds_message and part.children:
        return _marked_message(part, entity)
    if not part.content_type.startswith("multipart/") or not any(map(_leads_to_message, part.children)):
        return part
    entities = _divided(entity)
    if len(entities) != len(part.children):
        return part
    return replace(part, children=tuple(map(_marked, part.children, entities)))


def _leads_to_message(part: Part) -> bool:
    return part.holds_message or part.content_type.startswith("multipart/")


def _marked_message(part: Part, entity: _Entity) -> Part:
    encoding = entity.field("content-transfer-encoding").value
    body = entity.body_start
    if encoding in _CODED:
        return replace(part, sent=_sent(decoded(entity.raw[body : entity.end], encoding)))
    inner = _Entity(entity.raw, body, entity.end)
    return replace(
        part,
        sent=_sent(memoryview(entity.raw)[body : entity.end]),
        children=tuple(_marked(child, inner) for child in part.children),
    )


def _sent(octets: bytes | memoryview) -> SentBytes:
    return SentBytes(size=len(octets), sha256=hashlib.sha256(octets).hexdigest())


def _divided(entity: _Entity) -> list[_Entity]:
    """The parts between the delimiters; the line end before a delimiter belongs to it."""
    boundary = entity.field("content-type").get("boundary")
    if not boundary:
        return []
    marked = re.escape(boundary.encode("utf-8", "surrogateescape"))
    delimiter = re.compile(rb"\n--" + marked + rb"(?P<last>--)?[ \t]{0,100}(?:\r?\n|\Z)")
    parts: list[_Entity] = []
    start = None
    # The line end that closes the header may also be the one before the first delimiter.
    for found in delimiter.finditer(entity.raw, max(entity.start, entity.body_start - 2), entity.end):
        if start is not None:
            end = found.start() - entity.raw.endswith(b"\r", start, found.start())
            parts.append(_Entity(entity.raw, start, max(start, end)))
        start = found.end()
        if found["last"]:
            return parts
    return parts if start is None else [*parts, _Entity(entity.raw, start, entity.end)]
