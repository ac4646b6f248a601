"""A cheap look at a header: whose mail it is and whether to hurry, before the mail is read."""

import re
from dataclasses import dataclass
from functools import lru_cache

from parsers.bounds import MAX_HEADER_BYTES
from parsers.facts import Sender, SenderClass
from parsers.headers import address_in, decode_field
from parsers.knowledge import Knowledge

_SUBJECT_BYTES = 1000
_USUAL_BYTES = 300
_END = re.compile(rb"\n\r?\n")
# Whatever else a header holds may be mended when it is read, and then say something else.
_FIELD = re.compile(rb"[!-9;-~]{1,200}+:")
_NO_FIELD = re.compile(rb"\n(?![!-9;-~]{1,200}+:|[ \t])")
_VALUE = re.compile(rb"[^\r\n]*+(?:\r?\n[ \t][^\r\n]*+)*+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Glance:
    """What a header tells at once."""

    party: str | None  # as the report's sender will have it; None where only reading can tell
    urgent: bool  # the subject speaks of danger to a life or a child, of terror, or of hours


def glance(head: bytes, knowledge: Knowledge, earlier: Glance | None = None) -> Glance:
    """Look at the beginning of a mail that holds its header, or at nothing but its From and Subject.

    `earlier` is what the two fields alone told; the header then only has to bear it out.
    """
    block = _block(head)
    named = b"\n" + block.lower()
    certain = named.count(b"\nfrom:") == 1 and _is_well_formed(block)
    if earlier is not None:
        return earlier if certain else Glance(party=None, urgent=earlier.urgent)
    subject = _value(block, named.find(b"\nsubject:"), b"subject:")
    return Glance(
        party=_party(_value(block, named.find(b"\nfrom:"), b"from:"), knowledge) if certain else None,
        urgent=bool(subject) and knowledge.alarm.rings(_text(subject[:_SUBJECT_BYTES])),
    )


def _value(block: bytes, start: int, name: bytes) -> bytes:
    """The value of the field that begins there, as written; nothing where there is none (-1)."""
    value = _VALUE.match(block, start + len(name)) if start >= 0 else None
    return value[0] if value else b""


def _block(head: bytes) -> bytes:
    """The fields; nothing where no blank line shows that they are all there."""
    end = _END.search(head, 0, MAX_HEADER_BYTES)
    return head[: end.start()].removesuffix(b"\r") if end else b""


def _is_well_formed(block: bytes) -> bool:
    """Whether each line begins a field or goes on with one, and ends as lines do."""
    lines_end = block.count(b"\r") == block.count(b"\r\n")
    return lines_end and bool(_FIELD.match(block)) and not _NO_FIELD.search(block)


def _party(value: bytes, knowledge: Knowledge) -> str | None:
    address = _address_again(value) if len(value) <= _USUAL_BYTES else _address(value)
    if address is None:
        return None
    domain = address.rpartition("@")[2]
    known = knowledge.directory.of_domain(domain)
    return Sender(
        address=address,
        domain=domain,
        organisation=known.id if known else None,
        sender_class=SenderClass(known.sender_class) if known else SenderClass.UNKNOWN,
    ).party


def _address(value: bytes) -> str | None:
    if not _is_plain(value):
        return None
    address = address_in(value.decode("ascii", "surrogateescape"))
    return address if address is not None and address.isascii() else None


_address_again = lru_cache(maxsize=1000)(_address)
"""The same people write again and again."""


def _is_plain(value: bytes) -> bool:
    """Whether its characters can be told without knowing the charset of the body."""
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return b"\x1b" not in value


def _text(subject: bytes) -> str:
    """Raw eight-bit bytes are not worth a search for their charset here."""
    if subject.isascii() and b"=?" not in subject:
        return subject.decode()
    try:
        return decode_field(subject.decode())
    except UnicodeDecodeError:
        return decode_field(subject.decode("latin-1"))
