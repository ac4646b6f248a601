"""An in-memory ticket system, whose calls can be made to fail before or after they take effect."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from connectors.tickets import Created, TicketDraft, TicketText

T = TypeVar("T")


@dataclass
class MemoryTicket:
    draft: TicketDraft
    token: str
    comments: dict[str, TicketText] = field(default_factory=dict)
    links: set[str] = field(default_factory=set)
    priority: str | None = None


@dataclass
class MemoryTickets:
    """Implements `TicketSystem`. `before` and `after` hold errors for the next calls of a name; `during` is done in them."""

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
            self.tickets[key] = MemoryTicket(draft=draft, token=token, priority=draft.priority)
            return Created(key=key, dropped=self.dropped)

        return self._call("create", open_ticket)

    def find_created(self, *, project: str, token: str, floor: int) -> str | None:
        found = [key for key, ticket in self.tickets.items() if ticket.token == token]
        return self._call("find_created", lambda: found[0] if found else None)

    def comment(self, key: str, text: TicketText, *, token: str) -> str:
        def add() -> str:
            self.tickets[key].comments[token] = text
            return token

        return self._call("comment", add)

    def find_comment(self, key: str, *, token: str) -> str | None:
        return self._call("find_comment", lambda: token if token in self.tickets[key].comments else None)

    def link(self, key: str, other: str, *, link_type: str) -> None:
        self._call("link", lambda: self.tickets[key].links.add(other))

    def raise_ticket(self, key: str, *, priority: str | None, due: date | None) -> None:
        self._call("raise_ticket", lambda: setattr(self.tickets[key], "priority", priority))

    def _call(self, name: str, effect: Callable[[], T]) -> T:
        self.calls[name] += 1
        if self.before.get(name):
            raise self.before[name].pop(0)
        result = effect()
        self.during.get(name, lambda: None)()
        if self.after.get(name):
            raise self.after[name].pop(0)
        return result
