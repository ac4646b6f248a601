"""Raw bytes to a frozen tree of parts, within bounds that no honest mail reaches."""

import re
from dataclasses import dataclass
from email.message import Message

import mailparser
from mailparser.exceptions import MailParserError

from parsers.bounds import (
    MAX_BYTES,
    MAX_ENCODED_WORD_BYTES,
    MAX_HEADER_BYTES,
    Unreadable,
    check_bounds,
    encoded_word_bytes,
    header_length,
    readable_headers,
)
from parsers.feeding import PARSER_FAULTS, parse
from parsers.headers import codec_of_fields, mailbox_in, names_several
from parsers.parameters import read_parameters
from parsers.part import Part
from parsers.repair import repaired
from parsers.sent_bytes import with_sent_bytes
from parsers.tree import Tree

__all__ = ["MAX_BYTES", "MAX_HEADER_BYTES", "ParsedMessage", "Part", "Unreadable", "parse_message"]

# Decoding these takes time that grows with the square of the text; no mail program writes them.
_COSTLY_CHARSET = re.compile(rb"(?:charset\s{0,9}=\s{0,9}[\"']?|\*=)(?:punycode|idna)", re.IGNORECASE)

_MAIL_PARSER_BYTES = 4 * 1024 * 1024  # it keeps a second copy of every attachment


@dataclass(frozen=True, kw_only=True)
class ParsedMessage:
    """One mail as a tree. Nothing in it depends on where or when it was parsed."""

    root: Part
    sender_name: str
    sender_address: str | None  # the first From address, domain in lower case
    several_senders: bool = False  # From fields, or mailboxes in the one
    body: memoryview  # everything after the header, as received
    defects: frozenset[str]  # names of the parser's defect classes

    def first(self, name: str) -> str | None:
        """The first header field of this name (in lower case), decoded."""
        return self.root.field(name)

    def every(self, name: str) -> tuple[str, ...]:
        """Every header field of this name (in lower case), from the top down."""
        return self.root.fields_named(name)

    @property
    def findings(self) -> frozenset[str]:
        """What a person should know about the parts of this mail, attached messages apart."""
        return frozenset(finding for part in self.root.own_parts() for finding in part.findings)


def parse_message(raw: bytes) -> ParsedMessage:
    """Take a mail apart.

    Raises:
        Unreadable: it is too large or too deep, has too many parts, or breaks the parser. Its
            `headers` say what can be read of the header nevertheless.
    """
    try:
        check_bounds(raw)
        return _taken_apart(repaired(raw))
    except Unreadable as refusal:
        refusal.headers = readable_headers(raw)
        raise


def _taken_apart(raw: bytes) -> ParsedMessage:
    message, defects = _parse(raw)
    root = with_sent_bytes(Tree(raw).message(message), raw)
    name, address = _sender(message)
    return ParsedMessage(
        root=root,
        sender_name=name,
        sender_address=address,
        several_senders=names_several(_from_fields(message)),
        body=memoryview(raw)[header_length(raw) :],
        defects=defects,
    )


def _sender(message: Message) -> tuple[str, str | None]:
    """The first mailbox of the first From field."""
    value = next(iter(_from_fields(message)), "")
    charset = read_parameters(str(message.get("content-type", ""))).get("charset") or None
    return mailbox_in(value, codec_of_fields([value], charset))


def _from_fields(message: Message) -> list[str]:
    return [str(value) for key, value in message.raw_items() if key.lower() == "from"]


def _parse(raw: bytes) -> tuple[Message, frozenset[str]]:
    if (
        len(raw) > _MAIL_PARSER_BYTES
        or _COSTLY_CHARSET.search(raw)
        or encoded_word_bytes(raw) > MAX_ENCODED_WORD_BYTES
    ):
        return _parse_plainly(raw)
    try:
        parser = mailparser.parse_from_bytes(raw)
    except (MailParserError, *PARSER_FAULTS):
        return _parse_plainly(raw)
    return parser.message, frozenset(parser.defects_categories)


def _parse_plainly(raw: bytes) -> tuple[Message, frozenset[str]]:
    """The standard library's parser, for the few mails that mail-parser gives up on or takes too long for."""
    message = parse(raw)
    defects = {type(defect).__name__ for part in message.walk() for defect in part.defects}
    return message, frozenset(defects)
