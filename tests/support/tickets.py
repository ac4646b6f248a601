"""An in-memory ticket system, whose calls can be made to fail before or after they take effect.

As in Jira, a ticket that is not there is `Gone`, and a second create with one token makes a twin.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from connectors.errors import Gone
from connectors.tickets import (
    Created,
    Pressing,
    StatusCategory,
    StatusTarget,
    TicketDraft,
    TicketFile,
    TicketText,
)
from rules.ticket_keys import Audience

T = TypeVar("T")


@dataclass
class MemoryTicket:
    draft: TicketDraft
    token: str
    comments: dict[str, TicketText] = field(default_factory=dict)
    audiences: dict[str, Audience | None] = field(default_factory=dict)
    """Who sees each comment, by its token."""
    watchers: tuple[str, ...] = ()
    links: set[str] = field(default_factory=set)
    priority: str | None = None
    due: date | None = None
    files: dict[tuple[str, str], TicketFile] = field(default_factory=dict)
    """By name and token."""
    again: Counter[str] = field(default_factory=Counter)
    """How often what has this token, or leads to this ticket, was written once more."""
    at: StatusTarget | None = None
    """The last transition's target."""
    resolution: str | None = None


@dataclass
class MemoryTickets:
    """Implements `TicketSystem`.

    `before` and `after` hold errors for the next calls of a name; `during` is done in them.
    """

    tickets: dict[str, MemoryTicket] = field(default_factory=dict)
    before: dict[str, list[Exception]] = field(default_factory=dict)
    after: dict[str, list[Exception]] = field(default_factory=dict)
    during: dict[str, Callable[[], None]] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    dropped: tuple[str, ...] = ()

    def highest_number(self, project: str) -> int:
        return self._call("highest_number", lambda: len(self.tickets))

    def create(self, draft: TicketDraft, *, token: str) -> Created:
        def open_ticket() -> Created:
            key = f"{draft.project}-{len(self.tickets) + 1}"
            self.tickets[key] = MemoryTicket(draft=draft, token=token, priority=draft.priority, due=draft.due)
            return Created(key=key, dropped=self.dropped)

        return self._call("create", open_ticket)

    def find_created(self, *, project: str, token: str, floor: int) -> str | None:
        found = [key for key, ticket in self.tickets.items() if ticket.token == token]
        return self._call("find_created", lambda: found[0] if found else None)

    def comment(self, key: str, text: TicketText, *, token: str, seen_by: Audience | None = None) -> str:
        def add() -> str:
            self._ticket(key).again[token] += token in self._ticket(key).comments
            self._ticket(key).comments[token] = text
            self._ticket(key).audiences[token] = seen_by
            return token

        return self._call("comment", add)

    def find_comment(self, key: str, *, token: str) -> str | None:
        return self._call("find_comment", lambda: token if token in self._ticket(key).comments else None)

    def single_comment(self, key: str, *, token: str, kept: str) -> int:
        return self._call("single_comment", lambda: self._ticket(key).again.pop(token, 0))

    def single_link(self, key: str, other: str, *, link_type: str) -> int:
        return self._call("single_link", lambda: self._ticket(key).again.pop(other, 0))

    def single_attachment(self, key: str, file: TicketFile, *, token: str, kept: str) -> int:
        return self._call("single_attachment", lambda: self._ticket(key).again.pop(token, 0))

    def link(self, key: str, other: str, *, link_type: str) -> None:
        self._call("link", lambda: self._ticket(key).links.add(other))

    def watch(self, key: str, accounts: Sequence[str]) -> None:
        self._call("watch", lambda: setattr(self._ticket(key), "watchers", tuple(accounts)))

    def pressing(self, key: str) -> Pressing:
        ticket = self._ticket(key)
        return self._call("pressing", lambda: Pressing(priority=ticket.priority, due=ticket.due))

    def raise_ticket(
        self, key: str, *, priority: str | None, due: date | None, clear_due: bool = False
    ) -> tuple[str, ...]:
        def write() -> tuple[str, ...]:
            ticket = self._ticket(key)
            ticket.priority = priority or ticket.priority
            ticket.due = None if clear_due else due or ticket.due
            return self.dropped

        return self._call("raise_ticket", write)

    def attach(self, key: str, file: TicketFile, *, token: str) -> str:
        def add() -> str:
            self._ticket(key).files[file.name, token] = file
            return token

        return self._call("attach", add)

    def find_attachment(self, key: str, file: TicketFile, *, token: str) -> str | None:
        def find() -> str | None:
            return token if (file.name, token) in self._ticket(key).files else None

        return self._call("find_attachment", find)

    def transition(
        self,
        key: str,
        to: StatusTarget,
        *,
        resolution: str | None = None,
        only_from: StatusCategory | None = None,
    ) -> None:
        def move() -> None:
            ticket = self._ticket(key)
            if only_from is None or ticket.at == StatusTarget(category=only_from):
                ticket.at, ticket.resolution = to, resolution

        self._call("transition", move)

    def twins(self, token: str) -> tuple[str, ...]:
        found = (key for key, ticket in self.tickets.items() if ticket.token == token)
        return self._call("twins", lambda: tuple(found))

    def _ticket(self, key: str) -> MemoryTicket:
        if key not in self.tickets:
            raise Gone(f"{key} is not there")
        return self.tickets[key]

    def _call(self, name: str, effect: Callable[[], T]) -> T:
        self.calls[name] += 1
        if self.before.get(name):
            raise self.before[name].pop(0)
        result = effect()
        self.during.get(name, lambda: None)()
        if self.after.get(name):
            raise self.after[name].pop(0)
        return result
