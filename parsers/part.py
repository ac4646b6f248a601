"""The frozen tree of a mail's MIME entities."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from parsers.charsets import beginning, decode

MAX_TEXT_BYTES = 4 * 1024 * 1024  # of one part; more than any reader of its text looks at

_MESSAGES = frozenset({"message/rfc822", "message/global", "message/news"})

Fields = tuple[tuple[str, str], ...]
"""Header fields from the top down: the name in lower case, the decoded value."""


@dataclass(frozen=True, kw_only=True)
class SentBytes:
    """The fingerprint of an attached mail as it stands in the raw mail."""

    size: int
    sha256: str


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
    fields: Fields = ()
    blocks: tuple[Fields, ...] = ()  # groups of fields in the body, as in delivery reports (RFC 3464)
    findings: frozenset[str] = field(default_factory=frozenset)  # what a person should know about it
    sent: SentBytes | None = None  # of an attached mail

    @property
    def text(self) -> str:
        """The content, or the beginning of a very long one, as text, whatever its label says."""
        return decode(beginning(self.content, MAX_TEXT_BYTES), self.charset)

    @property
    def holds_message(self) -> bool:
        """Whether this is a mail attached to the mail; its only child is that mail's root."""
        return self.content_type in _MESSAGES

    def field(self, name: str) -> str | None:
        """The first header field of this name (in lower case), decoded."""
        return next(iter(self.fields_named(name)), None)

    def fields_named(self, name: str) -> tuple[str, ...]:
        """Every header field of this name (in lower case), from the top down."""
        return tuple(value for key, value in self.fields if key == name)

    def own_parts(self) -> Iterator["Part"]:
        """This part and those below it, without what is inside attached messages."""
        yield self
        if self.holds_message:
            return
        for child in self.children:
            yield from child.own_parts()

    def attached_messages(self) -> Iterator["Part"]:
        """The messages attached directly to this one, each as its root part with its fields."""
        for part in self.own_parts():
            if part.holds_message:
                yield from part.children
