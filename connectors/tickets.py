"""The seam to the ticket system: what the daemon asks for, in no ticket system's own format."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A short line above what follows."""

    text: str
    form: Literal["heading"] = "heading"


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """A sentence or a few of our own."""

    text: str
    form: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True, kw_only=True)
class FactTable:
    """Rows of label and value."""

    rows: tuple[tuple[str, str], ...]
    form: Literal["facts"] = "facts"


@dataclass(frozen=True, kw_only=True)
class Quote:
    """Words of a stranger, to be shown literally and never to take effect."""

    text: str
    form: Literal["quote"] = "quote"


Block = Heading | Paragraph | FactTable | Quote
TicketText = tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class TicketDraft:
    """A ticket to be opened. `due` is a calendar date because that is all the standard field holds."""

    project: str
    issue_type: str
    summary: str
    text: TicketText
    priority: str | None = None
    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    assignee: str | None = None
    due: date | None = None


@dataclass(frozen=True, kw_only=True)
class Created:
    """A ticket that exists now. `dropped` names the fields that the project would not take."""

    key: str
    dropped: tuple[str, ...] = ()


class TicketSystem(Protocol):
    """One connection, used by one thread.

    A token marks one action for ever. Every call may raise `Unavailable`, `CredentialsRefused`,
    `Refused`, or, for a call that writes, `OutcomeUnknown`; after the last only the matching
    `find_…` call may follow.
    """

    def highest_number(self, project: str) -> int:
        """The highest key number known in the project; a stale answer may only be lower. 0 when empty."""

    def create(self, draft: TicketDraft, *, token: str) -> Created:
        """Open a ticket that carries the token as a label and as an entity property."""

    def find_created(self, *, project: str, token: str, floor: int) -> str | None:
        """The key of the ticket with this token; `floor` is the key number known before the create."""

    def comment(self, key: str, text: TicketText, *, token: str) -> str:
        """Add a comment that carries the token; returns the comment's id."""

    def find_comment(self, key: str, *, token: str) -> str | None:
        """The id of the comment with this token."""

    def link(self, key: str, other: str, *, link_type: str) -> None:
        """Link two tickets, unless they are already linked so."""

    def raise_ticket(self, key: str, *, priority: str | None, due: date | None) -> None:
        """Set priority and due date; repeating it does no harm."""
