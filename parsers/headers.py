"""Header fields as text. The standard decoders raise on hostile fields; these do not."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.message import Message
from quopri import decodestring

from parsers.charsets import decode, decode_simply, probable_codec

# RFC 2047, section 2, and what programs make of it: spaces inside, no end. The parts are bounded so
# that the search stays linear.
_ENCODED_WORD = re.compile(
    r"=\?([\w.:()+\"'-]{1,60})(?:\*[\w-]{0,20})?\?([bBqQ])\?"
    r"((?:[^?\s=]++|=(?!\?[^=])|\?(?!=)){0,4000}(?: (?:[^?\s=]++|=(?!\?[^=])){0,400}){0,60}?)"
    r"(?:\?=|\Z|(?=\s?=\?[\w.:()+-]{1,60}\?[bBqQ]\?))"
)
_FOLD = re.compile(r"\r?\n[ \t]*|\r")
_MESSAGE_ID = re.compile(r"<\s*([^<>\s]{1,900})\s*>")
_ADDRESS = re.compile(r"(?P<address>[^\s<>@,;:\"()]{1,200}@[^\s<>@,;:\"()]{1,255})")
_ANGLE_ADDRESS = re.compile(
    r"<\s*(?:mailto:)?(?P<address>[^\s<>@,;:\"()]{1,200}\s{0,200}@\s{0,200}[^\s<>@,;:\"()]{1,255})\s*>?",
    re.IGNORECASE,
)
_ROUTE = re.compile(r"(?<=<)\s*@[^<>:]{1,400}:")  # RFC 5322, section 4.4
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_QUOTED_NAME = re.compile(r'"(?P<name>(?:[^"\\]|\\.)*)"')
_ESCAPED = re.compile(r"\\([\"\\])")
_COMMENT = re.compile(r"\([^()]{0,500}\)")
_SEPARATOR = re.compile(r"[,;]")
_GROUP = re.compile(r"^\s*[^<>@,;:]{0,200}:\s*")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_FIELD_CHARACTERS = 64 * 1024
_FROM_CHARACTERS = 4000


@dataclass(frozen=True, kw_only=True)
class _Word:
    charset: str
    data: bytes
    gap: str  # the text before it


def headers(message: Message, name: str) -> tuple[str, ...]:
    """Every field of this name, decoded, from the top down."""
    return tuple(decode_field(value) for key, value in message.raw_items() if key.lower() == name.lower())


def decode_field(value: object, codec: str | None = None) -> str:
    """One field's value as text: unfolded, RFC 2047 words and raw eight-bit bytes decoded.

    Words that follow each other in one charset are joined as bytes first, because programs cut
    them inside a character. `codec` is what raw eight-bit bytes are written in, where that is known.
    """
    text = unfolded(str(value)[:_FIELD_CHARACTERS], codec)
    words: list[_Word] = []
    position = 0
    for match in _ENCODED_WORD.finditer(text):
        label, encoding, content = match.groups()
        gap = text[position : match.start()]
        words.append(_Word(charset=label.lower(), data=_payload(encoding, content), gap=gap))
        position = match.end()
    return _CONTROLS.sub("", _joined(words) + text[position:]).strip()


def message_ids(value: str | None) -> tuple[str, ...]:
    """The identifiers of a field (RFC 5322, section 3.6.4), without angle brackets, in their order."""
    return tuple(_MESSAGE_ID.findall(value or ""))


def mailbox_in(value: str, codec: str | None = None) -> tuple[str, str | None]:
    """Display name and address of the first mailbox in an address field (RFC 5322, section 3.4).

    The structure is read before RFC 2047 words are decoded, so that a decoded name cannot pose as
    the address. The domain is in lower case; the address is None where there is none.
    """
    field = unfolded(value, codec)[:_FROM_CHARACTERS]
    place = _place_of_mailbox(field)
    if place.address is None:
        return decode_field(field), None
    name = field[place.start : place.address.start()] if place.in_angles else _commented(field, place.bare)
    return decode_field(_unquoted(name)).strip(' "'), _address(place.address, field)


def address_in(value: str) -> str | None:
    """The address that `mailbox_in` finds, without the work that the name takes."""
    field = unfolded(value)[:_FROM_CHARACTERS]
    found = _place_of_mailbox(field).address
    return _address(found, field) if found else None


def names_several(values: Sequence[str]) -> bool:
    """Whether the From fields of a mail name more than one mailbox (RFC 5322, section 3.6.2)."""
    if len(values) != 1:
        return len(values) > 1
    place = _place_of_mailbox(unfolded(values[0])[:_FROM_CHARACTERS])
    return place.address is not None and bool(_ADDRESS.search(place.bare, place.address.end()))


def unfolded(value: str, codec: str | None = None) -> str:
    """One line of text; raw eight-bit bytes, which the parser keeps as surrogates, are decoded."""
    return _FOLD.sub(" ", _without_surrogates(value, codec))


def codec_of_fields(values: Iterable[str], charset: str | None) -> str | None:
    """What the raw eight-bit bytes of a header are written in: as the body says, or as they look."""
    eight_bit = b" ".join(_received(value) for value in values if not value.isascii())
    return probable_codec(eight_bit, charset) if eight_bit else None


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where the first mailbox of an address field stands."""

    bare: str  # the field with quoted strings, comments and routes blanked out
    start: int
    address: re.Match[str] | None
    in_angles: bool


def _place_of_mailbox(field: str) -> _Place:
    bare = _QUOTED.sub(_blank, field)
    while (plain := _COMMENT.sub(_space, bare)) != bare:
        bare = plain
    bare = _ROUTE.sub(_space, bare)
    group = _GROUP.match(bare)
    start = group.end() if group else 0
    angle, plain_address = _ANGLE_ADDRESS.search(bare, start), _ADDRESS.search(bare, start)
    if angle and plain_address and _SEPARATOR.search(bare, plain_address.end(), angle.start()):
        angle = None  # that of a later mailbox
    address = angle or plain_address
    return _Place(bare=bare, start=start, address=address, in_angles=angle is not None)


def _address(match: re.Match[str], field: str) -> str:
    """The address as written in the field, of which the match may have a quoted string blanked out."""
    start, end = match.span("address")
    written = match["address"]
    if "\x00" in written:
        written = field[start:end]
    local, _, domain = written.rpartition("@")
    quoted = '"' in local
    return f"{local if quoted else ''.join(local.split())}@{domain.strip().rstrip('.').lower()}"


def _unquoted(name: str) -> str:
    quoted = _QUOTED_NAME.fullmatch(name.strip())
    return _ESCAPED.sub(r"\1", quoted["name"]) if quoted else name


def _without_surrogates(value: str, codec: str | None) -> str:
    if value.isascii() and "\x1b" not in value:  # which begins the escape sequences of ISO 2022
        return value
    octets = _received(value)
    return decode(octets) if codec is None or octets.isascii() else decode_simply(octets, codec)


def _received(value: str) -> bytes:
    return value.encode("utf-8", "surrogateescape")


def _blank(match: re.Match[str]) -> str:
    return "\x00" * len(match[0])


def _space(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _commented(field: str, bare: str) -> str:
    """The name in the comment behind a bare address, as in `a@b.example (Ada)`."""
    start, end = field.find("(", bare.find("@")), field.rfind(")")
    return field[start + 1 : end] if 0 <= start < end else ""


def _payload(encoding: str, content: str) -> bytes:
    if encoding in "qQ":
        return decodestring(_received(content), header=True)
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
