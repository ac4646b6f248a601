"""Header fields as text. The standard decoders raise on hostile fields; these do not."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass
from email.message import Message
from quopri import decodestring

from parsers.charsets import decode

# RFC 2047, section 2; the parts are bounded so that the search stays linear.
_ENCODED_WORD = re.compile(
    r"=\?([\w.:()+-]{1,60})(?:\*[\w-]{0,20})?\?([bBqQ])\?([^?\s]{0,4000}(?: [^?\s]{0,200}){0,50})\?="
)
_FOLD = re.compile(r"\r?\n[ \t]*|\r")
_MESSAGE_ID = re.compile(r"<\s*([^<>\s]{1,900})\s*>")
_ADDRESS = re.compile(r"(?P<address>[^\s<>@,;:\"()]{1,200}@[^\s<>@,;:\"()]{1,255})")
_ANGLE_ADDRESS = re.compile(r"<\s*(?P<address>[^\s<>@,;:\"()]{1,200}@[^\s<>@,;:\"()]{1,255})\s*>")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_FROM_CHARACTERS = 4000


@dataclass(frozen=True, kw_only=True)
class _Word:
    charset: str
    data: bytes
    gap: str  # the text before it


def header(message: Message, name: str) -> str | None:
    """The first field of this name, decoded, or None."""
    return next(iter(headers(message, name)), None)


def headers(message: Message, name: str) -> tuple[str, ...]:
    """Every field of this name, decoded, from the top down."""
    return tuple(decode_field(value) for key, value in message.raw_items() if key.lower() == name.lower())


def decode_field(value: object) -> str:
    """One field's value as text: unfolded, RFC 2047 words and raw eight-bit bytes decoded.

    Words that follow each other in one charset are joined as bytes first, because programs cut
    them inside a character.
    """
    text = unfolded(str(value))
    words: list[_Word] = []
    position = 0
    for match in _ENCODED_WORD.finditer(text):
        charset, encoding, content = match.groups()
        gap = text[position : match.start()]
        words.append(_Word(charset=charset.lower(), data=_payload(encoding, content), gap=gap))
        position = match.end()
    return (_joined(words) + text[position:]).replace("\x00", "").strip()


def message_ids(value: str | None) -> tuple[str, ...]:
    """The identifiers of a field (RFC 5322, section 3.6.4), without angle brackets, in their order."""
    return tuple(_MESSAGE_ID.findall(value or ""))


def first_mailbox(message: Message) -> tuple[str, str | None]:
    """Display name and address of the first mailbox in From (RFC 5322, section 3.4).

    The structure is read before RFC 2047 words are decoded, so that a decoded name cannot pose as
    the address. The domain is in lower case; the address is None where there is none.
    """
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == "from"), "")
    field = unfolded(raw)[:_FROM_CHARACTERS]
    bare = _QUOTED.sub(lambda quoted: "\x00" * len(quoted[0]), field)
    mailbox = bare[: bare.find(",")] if "," in bare else bare
    angle = _ANGLE_ADDRESS.search(mailbox)
    match = angle or _ADDRESS.search(mailbox)
    if match is None:
        return decode_field(field), None
    local, _, domain = match["address"].rpartition("@")
    name = field[: match.start()] if angle else ""
    return decode_field(name).strip(' "'), f"{local}@{domain.rstrip('.').lower()}"


def unfolded(value: str) -> str:
    """One line of text; raw eight-bit bytes, which the parser keeps as surrogates, are decoded."""
    plain = value if value.isascii() else decode(value.encode("utf-8", "surrogateescape"))
    return _FOLD.sub(" ", plain)


def _payload(encoding: str, content: str) -> bytes:
    if encoding in "qQ":
        return decodestring(content.encode("ascii", "replace"), header=True)
    packed = re.sub(r"[^A-Za-z0-9+/]", "", content)
    try:
        return b64decode(packed + "=" * (-len(packed) % 4))
    except Base64Error:
        return b64decode(packed[: len(packed) // 4 * 4])


def _joined(words: list[_Word]) -> str:
    runs: list[list[_Word]] = []
    for word in words:
        if runs and not word.gap.strip() and runs[-1][-1].charset == word.charset:
            runs[-1].append(word)
        else:
            runs.append([word])
    pieces = []
    for index, run in enumerate(runs):
        gap = run[0].gap if run[0].gap.strip() or not index else ""
        pieces.append(gap + decode(b"".join(word.data for word in run), run[0].charset))
    return "".join(pieces)
