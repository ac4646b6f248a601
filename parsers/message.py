"""Raw bytes to a frozen tree of parts, within bounds that no honest mail reaches."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from email.policy import compat32
from email.utils import collapse_rfc2231_value

import mailparser
from mailparser.exceptions import MailParserError

from config.errors import MailwardenError
from parsers.charsets import decode
from parsers.headers import decode_field, first_mailbox, unfolded

MAX_BYTES = 35 * 1024 * 1024
MAX_HEADER_BYTES = 256 * 1024
MAX_FIELD_BYTES = 64 * 1024
MAX_DEPTH = 50
MAX_PARTS = 1000

_PARAMETER_CHARACTERS = 8000
# RFC 2231 numbers the sections of a parameter; the decoder would convert a number of any length.
_ABSURD_SECTION = re.compile(r"\*\d{4,}")
_HEADER_LINES = re.compile(
    rb"(?:[!-9;-~]+[ \t]*:[^\n]*(?:\n|\Z)|[ \t][^\r\n][^\n]*(?:\n|\Z)|From [^\n]*(?:\n|\Z))*"
)
_FIELD_ENDS = re.compile(rb"\n(?![ \t])")
# Decoding these takes time that grows with the square of the text; no mail program writes them.
_COSTLY_CHARSET = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?(?:punycode|idna)", re.IGNORECASE)


# What parsers let slip on malformed fields.
_PARSER_FAULTS = (
    AssertionError,
    AttributeError,
    LookupError,
    MessageError,
    RecursionError,
    TypeError,
    ValueError,
)


class Unreadable(MailwardenError):
    """The mail is outside what may be parsed; hold it and let a person look at the raw bytes."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One MIME entity (RFC 2045). `fields` are filled for the message and for attached messages."""

    content_type: str  # in lower case
    content: bytes = b""  # after transfer decoding
    charset: str | None = None
    name: str | None = None  # decoded, not made safe
    disposition: str | None = None
    flowed: bool = False  # RFC 3676
    deletes_space: bool = False  # the same, DelSp=yes
    encrypted: bool = False
    children: tuple["Part", ...] = ()
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """The content as text, whatever its label says."""
        return decode(self.content, self.charset)

    def field(self, name: str) -> str | None:
        """The first header field of this name (in lower case), decoded."""
        return next(iter(self.fields_named(name)), None)

    def fields_named(self, name: str) -> tuple[str, ...]:
        """Every header field of this name (in lower case), from the top down."""
        return tuple(value for key, value in self.fields if key == name)

    def own_parts(self) -> Iterator["Part"]:
        """This part and those below it, without what is inside attached messages."""
        yield self
        if self.content_type == "message/rfc822":
            return
        for child in self.children:
            yield from child.own_parts()

    def attached_messages(self) -> Iterator["Part"]:
        """The messages attached directly to this one, each as its root part with its fields."""
        for part in self.own_parts():
            if part.content_type == "message/rfc822":
                yield from part.children


@dataclass(frozen=True, kw_only=True)
class ParsedMessage:
    """One mail as a tree. Nothing in it depends on where or when it was parsed."""

    root: Part
    sender_name: str
    sender_address: str | None  # the first From address, domain in lower case
    body: bytes  # everything after the header, as received
    defects: frozenset[str]  # names of the parser's defect classes

    def first(self, name: str) -> str | None:
        """The first header field of this name (in lower case), decoded."""
        return self.root.field(name)

    def every(self, name: str) -> tuple[str, ...]:
        """Every header field of this name (in lower case), from the top down."""
        return self.root.fields_named(name)


def parse_message(raw: bytes) -> ParsedMessage:
    """Take a mail apart.

    Raises:
        Unreadable: it is too large or too deep, has too many parts, or breaks the parser.
    """
    header_bytes = _checked_header(raw)
    message, defects = _parse(raw)
    name, address = first_mailbox(message)
    return ParsedMessage(
        root=_Tree().message(message, depth=0),
        sender_name=name,
        sender_address=address,
        body=raw[header_bytes:],
        defects=defects,
    )


def _checked_header(raw: bytes) -> int:
    """The length of the header block, after refusing what is out of bounds."""
    if len(raw) > MAX_BYTES:
        raise Unreadable(f"The mail has {len(raw)} bytes, more than {MAX_BYTES}; read it by hand.")
    block = _HEADER_LINES.match(raw, 0, MAX_HEADER_BYTES + MAX_FIELD_BYTES)
    length = block.end() if block else 0
    longest = max(map(len, _FIELD_ENDS.split(raw[:length])))
    if length > MAX_HEADER_BYTES or longest > MAX_FIELD_BYTES:
        raise Unreadable(
            f"The header has {length} bytes or more, its longest field {longest}; allowed are "
            f"{MAX_HEADER_BYTES} and {MAX_FIELD_BYTES}. Read the mail by hand."
        )
    return length


def _parse(raw: bytes) -> tuple[Message, frozenset[str]]:
    if _COSTLY_CHARSET.search(raw):
        raise Unreadable("The mail names an encoding that only attacks use; read it by hand.")
    try:
        parser = mailparser.parse_from_bytes(raw)
    except (MailParserError, *_PARSER_FAULTS) as error:
        return _parse_plainly(raw), frozenset({type(error).__name__})
    return parser.message, frozenset(parser.defects_categories)


def _parse_plainly(raw: bytes) -> Message:
    """The standard library's parser, for the few mails that mail-parser gives up on."""
    try:
        return message_from_bytes(raw, policy=compat32)
    except _PARSER_FAULTS as error:
        raise Unreadable(f"The mail breaks the parser ({type(error).__name__}); read it by hand.") from error


class _Tree:
    """Builds the parts of one mail and counts them."""

    def __init__(self) -> None:
        self._parts = 0

    def message(self, message: Message, *, depth: int) -> Part:
        """A whole message: its root entity with its header fields."""
        return replace(self._part(message, depth=depth), fields=_fields(message))

    def _part(self, message: Message, *, depth: int) -> Part:
        self._count(depth)
        content_type = message.get_content_type()
        disposition = _parameters(message, "content-disposition")
        typed = _parameters(message, "content-type")
        name = disposition.get_filename() or _parameter(typed, "name")
        return Part(
            content_type=content_type,
            content=_content(message),
            charset=_parameter(typed, "charset") or None,
            name=decode_field(name) if name else None,
            disposition=disposition.get_content_disposition(),
            flowed=_parameter(typed, "format").lower() == "flowed",
            deletes_space=_parameter(typed, "delsp").lower() == "yes",
            encrypted=_encrypted(content_type, _parameter(typed, "smime-type")),
            children=self._children(message, content_type, depth=depth),
        )

    def _count(self, depth: int) -> None:
        self._parts += 1
        if depth > MAX_DEPTH:
            raise Unreadable(f"The mail is nested more than {MAX_DEPTH} levels deep; read it by hand.")
        if self._parts > MAX_PARTS:
            raise Unreadable(f"The mail has more than {MAX_PARTS} parts; read it by hand.")

    def _children(self, message: Message, content_type: str, *, depth: int) -> tuple[Part, ...]:
        payload = message.get_payload()
        if not isinstance(payload, list) or content_type == "message/delivery-status":
            return ()
        children = [child for child in payload if isinstance(child, Message)]
        if content_type != "message/rfc822":
            return tuple(self._part(child, depth=depth + 1) for child in children)
        return tuple(self.message(child, depth=depth + 1) for child in children)


def _content(message: Message) -> bytes:
    if message.is_multipart():
        return b""
    payload = message.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _fields(message: Message) -> tuple[tuple[str, str], ...]:
    return tuple((name.lower(), decode_field(value)) for name, value in message.raw_items())


def _parameters(message: Message, name: str) -> Message:
    """A message that has only this field, in text without raw bytes, for reading its parameters."""
    clean = Message()
    value = next((str(value) for key, value in message.raw_items() if key.lower() == name), "")
    if value:
        clean[name] = _ABSURD_SECTION.sub("*", unfolded(value)[:_PARAMETER_CHARACTERS])
    return clean


def _parameter(typed: Message, name: str) -> str:
    value = typed.get_param(name)
    return collapse_rfc2231_value(value) if value else ""


def _encrypted(content_type: str, smime_type: str) -> bool:
    """Whether this entity hides its content: PGP/MIME (RFC 3156) or S/MIME (RFC 8551)."""
    if content_type == "multipart/encrypted":
        return True
    return content_type.endswith("pkcs7-mime") and smime_type.lower() != "signed-data"
