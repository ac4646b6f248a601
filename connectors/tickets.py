"""The seam to the ticket system: what the daemon asks for, in no ticket system's own format."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal, Protocol, Self

from rules.ticket_keys import Audience, FieldValue


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
    security_level: str | None = None  # by name; without it the ticket is not opened
    fields: Mapping[str, FieldValue] = field(default_factory=dict)  # further ones by their names


@dataclass(frozen=True, kw_only=True)
class Created:
    """A ticket that exists now. `dropped` names the fields that the project would not take."""

    key: str
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TicketFile:
    """A file to be put on a ticket."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Pressing:
    """How pressing a ticket says it is; None where a field is empty, or the project lacks it."""

    priority: str | None = None
    due: date | None = None


class StatusCategory(StrEnum):
    """What a status means, however a project calls it."""

    TO_DO = "to do"  # nobody has begun
    IN_PROGRESS = "in progress"
    DONE = "done"  # nothing more is to be done


@dataclass(frozen=True, kw_only=True)
class StatusTarget:
    """Where a transition leads: to the status of this name, or else to any of this category."""

    category: StatusCategory | None = None
    status: str | None = None

    def __post_init__(self) -> None:
        if (self.category is None) == (self.status is None):
            raise ValueError("a target is either a category or a status")

    @classmethod
    def done(cls) -> Self:
        """Wherever nothing more is to be done."""
        return cls(category=StatusCategory.DONE)

    def __str__(self) -> str:
        return self.status or f"{self.category}"


class TicketSystem(Protocol):
    """One connection, used by one thread.

    A token marks one action for ever. Every call may raise `Unavailable`, `CredentialsRefused`,
    `Refused` (`Gone` where a ticket that it names is not there), or, for a call that writes,
    `OutcomeUnknown`; after the last only the matching `find_…` call may follow. A call without one
    looks before it acts, so that it may be repeated.
    """

    def highest_number(self, project: str) -> int:
        """The highest key number known in the project; a stale answer may only be lower. 0 when empty."""

    def create(self, draft: TicketDraft, *, token: str) -> Created:
        """Open a ticket that carries the token as a label and as an entity property."""

    def find_created(self, *, project: str, token: str, floor: int) -> str | None:
        """The key of the ticket with this token; `floor` is the key number known before the create."""

    def comment(self, key: str, text: TicketText, *, token: str, seen_by: Audience | None = None) -> str:
        """Add a comment that carries the token; returns the comment's id.

        It is refused, and never shown to more people, where it can't be shown to these alone.
        """

    def find_comment(self, key: str, *, token: str) -> str | None:
        """The id of the comment with this token."""

    def single_comment(self, key: str, *, token: str, kept: str) -> int:
        """Delete the comments with this token, but for the one with the id `kept`, or else the oldest.

        Like the other two of its kind it may be repeated, and returns how many it has deleted.
        """

    def link(self, key: str, other: str, *, link_type: str) -> None:
        """Link two tickets, unless they are already linked so."""

    def single_link(self, key: str, other: str, *, link_type: str) -> int:
        """Delete the links of `key` outward to `other` of this type, but for the oldest."""

    def watch(self, key: str, accounts: Sequence[str]) -> None:
        """Let the accounts be told of every change; repeating it does no harm."""

    def pressing(self, key: str) -> Pressing:
        """Priority and due date as the ticket shows them now."""

    def raise_ticket(
        self, key: str, *, priority: str | None, due: date | None, clear_due: bool = False
    ) -> tuple[str, ...]:
        """Set priority and due date, whatever is there; None leaves a field as it is.

        `clear_due` empties the due date. Repeating it does no harm.

        Returns:
            The names of the fields that the project would not take.
        """

    def attach(self, key: str, file: TicketFile, *, token: str) -> str:
        """Put a file on the ticket, under its name with a part of the token; returns its id."""

    def find_attachment(self, key: str, file: TicketFile, *, token: str) -> str | None:
        """The id of the file on the ticket that has this name, token and size."""

    def single_attachment(self, key: str, file: TicketFile, *, token: str, kept: str) -> int:
        """Delete the files with the name, token, size and author of the one with the id `kept`, but for that.

        Where that one is not there any more, nothing is deleted.
        """

    def transition(
        self,
        key: str,
        to: StatusTarget,
        *,
        resolution: str | None = None,
        only_from: StatusCategory | None = None,
    ) -> None:
        """Move the ticket to another status, unless it is there, or is not in the category `only_from`.

        `resolution` is set where the way there takes it. Refused when no way leads there, or only
        ways that ask for further fields.
        """

    def twins(self, token: str) -> tuple[str, ...]:
        """The keys of all tickets with this token, the oldest first; copies that people made are none."""
