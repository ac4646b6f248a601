"""Outlook's container winmail.dat (MS-OXTNEF), opened with tnefparse behind bounds of our own."""

import re
import struct
from binascii import Error as CodingError
from collections.abc import Iterator
from dataclasses import dataclass

from tnefparse import TNEF
from tnefparse.tnef import TNEFAttachment

from parsers.compressed_rtf import decompressed
from parsers.extract import UnreadableDocument
from parsers.rtf_text import MAX_BYTES as MAX_RTF_BYTES
from parsers.rtf_text import read_rtf

CONTENT_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})

_HEADER_BYTES = 6
_FRAME_BYTES = 11  # level, attribute, length and checksum around each object
_ATTRIBUTE_AND_LENGTH = struct.Struct("<xHxxI")
# tnefparse copies the rest of the data for every object.
_MAX_COPIED_BYTES = 2**31
_MAX_FILES = 500
_CHARSET = re.compile(rb"charset=[\"']?([\w-]{1,40})", re.IGNORECASE)
_FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    CodingError,
    LookupError,
    NameError,
    RecursionError,
    TypeError,
    UnreadableDocument,
    ValueError,
    struct.error,
)


@dataclass(frozen=True, kw_only=True)
class ContainedFile:
    """An attachment of the container."""

    name: str | None
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Container:
    """The text of a container, in its plain and its HTML form, and its attachments.

    Where the container has the text in neither form but as RTF, its plain form is what the RTF shows.
    """

    plain: bytes = b""
    html: bytes = b""
    charset: str | None = None
    files: tuple[ContainedFile, ...] = ()


def open_container(data: bytes) -> Container | None:
    """What the container holds; None where it is damaged or out of bounds."""
    try:
        needed = _needed(data)
        if needed is None:
            return None
        tnef = TNEF(needed, do_checksum=False)
        if len(tnef.attachments) > _MAX_FILES:
            return None
        files = tuple(map(_file, tnef.attachments))
        plain, html = _octets(tnef.body), _octets(tnef.htmlbody)
        if plain or html:
            return Container(plain=plain, html=html, charset=_charset(tnef), files=files)
        return Container(plain=_text_of_rtf(tnef).encode(), charset="utf-8", files=files)
    except _FAULTS:
        return None


def _needed(data: bytes) -> bytes | None:
    """The container without its list of recipients, whose length may be a lie; None if out of bounds."""
    kept = [data[:_HEADER_BYTES]]
    copied, rest = 0, len(data)
    for attribute, item in _objects(data):
        copied += rest
        rest -= len(item)
        if copied > _MAX_COPIED_BYTES:
            return None
        if attribute != TNEF.ATTRECIPTABLE:
            kept.append(item)
    return b"".join(kept)


def _objects(data: bytes) -> Iterator[tuple[int, bytes]]:
    position = _HEADER_BYTES
    while position + _FRAME_BYTES < len(data):
        attribute, length = _ATTRIBUTE_AND_LENGTH.unpack_from(data, position)
        end = position + length + _FRAME_BYTES
        yield attribute, data[position:end]
        position = end


def _octets(body: str | bytes | list[bytes | str] | None) -> bytes:
    whole = body[0] if isinstance(body, list | tuple) and body else body
    if isinstance(whole, str):
        return whole.rstrip("\x00").encode("utf-8", "replace")
    return whole.rstrip(b"\x00") if isinstance(whole, bytes) else b""


def _text_of_rtf(tnef: TNEF) -> str:
    packed = tnef._rtfbody  # noqa: SLF001 - the public property depends on whether a package is installed
    rtf = decompressed(packed, MAX_RTF_BYTES) if isinstance(packed, bytes) else None
    return read_rtf(rtf[:MAX_RTF_BYTES]).text if rtf and rtf.startswith(b"{\\rtf") else ""


def _charset(tnef: TNEF) -> str | None:
    """The code page of the text: tnefparse decodes it where the container names one."""
    if isinstance(tnef.htmlbody, bytes) and (named := _CHARSET.search(tnef.htmlbody)):
        return named[1].decode("ascii")
    return str(tnef.codepage) if isinstance(tnef.body, bytes) and tnef.codepage else None


def _file(attachment: TNEFAttachment) -> ContainedFile:
    content = attachment.data
    return ContainedFile(
        name=_name(attachment), content=bytes(content) if isinstance(content, bytes | memoryview) else b""
    )


def _name(attachment: TNEFAttachment) -> str | None:
    try:
        name = attachment.long_filename()
    except UnicodeDecodeError:
        return None
    text = name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
    return text.strip("\x00 ") or None
