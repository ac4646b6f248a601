"""Outlook's compressed RTF (MS-OXRTFCP): letters and references into the 4,096 bytes before them."""

import struct

_HEADER = struct.Struct("<II4sI")  # compressed size, size, kind, checksum
_COMPRESSED = b"LZFu"
_STORED = b"MELA"
_WINDOW = 4096
_START = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)


def decompressed(data: bytes, limit: int) -> bytes | None:
    """The RTF, at most a little over `limit` bytes; None where this is no compressed RTF.

    Neither the sizes nor the checksum of the header are believed: what can be read of a damaged text is
    worth reading.
    """
    if len(data) < _HEADER.size:
        return None
    _, _, kind, _ = _HEADER.unpack_from(data)
    if kind == _STORED:
        return data[_HEADER.size :][:limit]
    return _inflated(data[_HEADER.size :], limit) if kind == _COMPRESSED else None


def _inflated(data: bytes, limit: int) -> bytes:
    """Each control byte tells of the eight tokens behind it which are references of two bytes."""
    window = _START.rjust(_WINDOW)  # what lies before the first letter reads as spaces
    text = bytearray(window)
    position = 0
    while position < len(data) and len(text) < _WINDOW + limit:
        control, position = data[position], position + 1
        for bit in range(8):
            token = data[position : position + (2 if control >> bit & 1 else 1)]
            position += len(token)
            if control >> bit & 1 and not _repeat(text, token):
                return bytes(text[_WINDOW:])
            if not control >> bit & 1:
                text += token
    return bytes(text[_WINDOW:])


def _repeat(text: bytearray, token: bytes) -> bool:
    """Append what a reference points to; False for the one that ends the text."""
    reference = int.from_bytes(token)
    place, length = reference >> 4, (reference & 0xF) + 2
    distance = (len(text) + len(_START) - place) % _WINDOW
    if len(token) < 2 or not distance:  # noqa: PLR2004 - a reference has two bytes
        return False
    for _ in range(length):  # one by one: a reference may reach into what it writes
        text.append(text[-distance])
    return True
