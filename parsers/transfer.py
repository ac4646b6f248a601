"""Content transfer encodings (RFC 2045, section 6) as programs really write them."""

import re
from binascii import Error as CodingError
from binascii import a2b_base64, a2b_qp, a2b_uu
from dataclasses import dataclass

_NOT_LETTERS = re.compile(r"[^a-z0-9]")
_PADDING = re.compile(rb"=+")
_BASE64 = re.compile(rb"[A-Za-z0-9+/\s]+")
_OUTSIDE_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\r\n]")
_URL_SAFE = re.compile(rb"[\w\s-]++={0,2}\s*+", re.ASCII)  # RFC 4648, section 5
_TO_BASE64 = bytes.maketrans(b"-_", b"+/")
_SAMPLE_BYTES = 4000
_MOST_RUBBISH = 0.15  # of the sample; prose has more white space and punctuation than that
_LOOSE_SOFT_END = re.compile(rb"=[ \t]{1,100}(?=\r?\n|\Z)")
_UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} (?P<name>[^\r\n]{1,255})\r?\n", re.MULTILINE)
_UU_END = re.compile(rb"^(?:end|====)[ \t]*\r?$", re.MULTILINE)
_YENC = re.compile(rb"^=ybegin [^\r\n]{0,500}\bsize=\d", re.MULTILINE)
_MAX_FILES = 100


@dataclass(frozen=True, kw_only=True)
class InlineFile:
    """A file written into the text itself, as mail did before MIME."""

    name: bytes
    content: bytes


def decoded(content: bytes, encoding: str) -> bytes:
    """The content without its transfer encoding; what is not encoded as it says stays as it is."""
    name = _NOT_LETTERS.sub("", encoding.lower())
    if name.startswith("base64"):
        return from_base64(content)
    if name.startswith("quotedprintable"):
        return a2b_qp(_LOOSE_SOFT_END.sub(b"=", content))
    if name in {"xuuencode", "uuencode", "xuue", "uue"}:
        files = split_inline_files(content)[1]
        return files[0].content if files else content
    return content


def is_coded(encoding: str) -> bool:
    """Whether content with this encoding is to be decoded before it can be read."""
    return _NOT_LETTERS.sub("", encoding.lower()).startswith(("base64", "quotedprintable"))


def from_base64(content: bytes) -> bytes:
    """Base64 with rubbish, without padding, or in several padded pieces; prose is left as it is."""
    if _URL_SAFE.fullmatch(content):
        content = content.translate(_TO_BASE64)
    end = content.find(b"=")
    end = len(content) if end < 0 else end
    sample = content[: min(end, _SAMPLE_BYTES)].strip()
    if len(_OUTSIDE_BASE64.findall(sample)) > len(sample) * _MOST_RUBBISH:
        return content
    # What follows the padding is more of it, or a line that a list server has added.
    others = (piece for piece in _PADDING.split(content[end:]) if _BASE64.fullmatch(piece))
    return b"".join([_first_piece(content, end), *map(_piece, others)])


def _first_piece(content: bytes, end: int) -> bytes:
    """Mostly all of it: tens of megabytes, of which no copy is made unless the padding is wrong."""
    try:
        return a2b_base64(memoryview(content)[: end + 2])
    except CodingError:
        return _piece(content[:end])


def split_inline_files(content: bytes) -> tuple[bytes, tuple[InlineFile, ...]]:
    """The text without uuencoded files, and those files."""
    if b"begin" not in content:
        return content, ()
    files: list[InlineFile] = []
    kept: list[bytes] = []
    position = 0
    while len(files) < _MAX_FILES and (begin := _UU_BEGIN.search(content, position)):
        end = _UU_END.search(content, begin.end())
        stop = end.start() if end else len(content)
        file = _uudecoded(content[begin.end() : stop])
        if not file:
            break
        kept.append(content[position : begin.start()])
        files.append(InlineFile(name=begin["name"].strip(), content=file))
        position = end.end() if end else len(content)
    return b"".join([*kept, content[position:]]), tuple(files)


def has_yenc(content: bytes) -> bool:
    """Whether a file in yEnc, which news programs write and mail mutilates, stands in the text."""
    return b"=ybegin " in content and bool(_YENC.search(content))


def _piece(piece: bytes) -> bytes:
    try:
        return a2b_base64(piece + b"==")
    except CodingError:  # one letter too many
        letters = _OUTSIDE_BASE64.sub(b"", piece).replace(b"\r", b"").replace(b"\n", b"")
        return a2b_base64(letters[: len(letters) // 4 * 4])


def _uudecoded(lines: bytes) -> bytes:
    decoded_lines = []
    for line in lines.splitlines():
        try:
            decoded_lines.append(a2b_uu(line))
        except CodingError:
            try:  # a program that counts wrongly; the length in the first byte is right
                decoded_lines.append(a2b_uu(line[: 1 + (((line[0] - 32) & 63) * 4 + 5) // 3]))
            except (CodingError, IndexError):
                return b""
    return b"".join(decoded_lines)
