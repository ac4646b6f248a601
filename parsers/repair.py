"""Mends a header block that no parser would read as the mail program meant it."""

import re

from parsers.bounds import MAX_FIELD_BYTES, MAX_HEADER_BYTES

_MARK = b"\xef\xbb\xbf"
_QUOTED_FROM = re.compile(rb"\A[ \t\r\n]{0,1000}>?(?=From [^\n]{1,300}\n)")
_BLANK_LINES = re.compile(rb"\A(?:[ \t]{0,100}\r?\n){1,100}[ \t]{0,10}(?=(?:[!-9;-~]{1,80}:|From )[^\n])")
_BLOCK_END = re.compile(rb"\r?\n[ \t]{0,100}\r?\n")
_SPACE_BEFORE_COLON = re.compile(rb"^([!-9;-~]{1,80})[ \t]{1,10}:", re.MULTILINE)
_KNOWN_FIELD = re.compile(
    rb"^(?:from|to|cc|subject|date|message-id|mime-version|content-[a-z-]{1,40}|received|reply-to|"
    rb"in-reply-to|references|x-[a-z-]{1,60})[ \t]{0,10}:",
    re.IGNORECASE,
)
_FIELD_OR_FOLD = re.compile(rb"^(?:[!-9;-~]{1,200}[ \t]{0,10}:|[ \t]|From |>From )")


def repaired(raw: bytes) -> bytes:
    """The mail with line ends that a parser understands, and its header in one piece.

    Mended are: a byte-order mark, blank lines and an mbox line before the header, doubled carriage
    returns, carriage returns without line feeds, a space before a colon, and a line that lost the
    white space which made it part of the field above.
    """
    raw = _QUOTED_FROM.sub(b"", raw.removeprefix(_MARK), count=1)
    raw = _BLANK_LINES.sub(b"", raw, count=1)
    block = _block(raw)
    if b"\r\r\n" in block:
        raw = raw.replace(b"\r\r\n", b"\r\n")
    elif b"\n" not in block and b"\r" in block:
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    block = _block(raw)
    mended = _mended(block)
    return raw if mended == block else mended + raw[len(block) :]


def _block(raw: bytes) -> bytes:
    end = _BLOCK_END.search(raw, 0, MAX_HEADER_BYTES + MAX_FIELD_BYTES)
    return raw[: end.start()] if end else raw[: MAX_HEADER_BYTES + MAX_FIELD_BYTES]


def _mended(block: bytes) -> bytes:
    lines = _SPACE_BEFORE_COLON.sub(rb"\1:", block).split(b"\n")
    known = [number for number, line in enumerate(lines) if _KNOWN_FIELD.match(line)]
    if len(known) < 2:  # noqa: PLR2004 (one field in a text is a coincidence)
        return block
    return b"\n".join(
        _without_stray_returns(line)
        if number > known[-1] or _FIELD_OR_FOLD.match(line) or number < known[0]
        else b" " + _without_stray_returns(line)
        for number, line in enumerate(lines)
    )


def _without_stray_returns(line: bytes) -> bytes:
    """A carriage return inside a line would begin a new field for the parser."""
    return line[:-1].replace(b"\r", b" ") + line[-1:]
