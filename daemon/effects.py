"""Effects: how each kind of action is carried out, and how its trace is looked for afterwards."""

from dataclasses import dataclass
from typing import Protocol

from connectors.tickets import TicketDraft, TicketSystem, TicketText
from daemon.plan import COMMENTS, DRAFTS, LINKS, RAISES, RaisePayload
from daemon.store.database import Database
from daemon.store.models import Action, Matter
from daemon.store.states import ActionKind


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a call that was carried out left behind."""

    value: str  # the ticket's key, the comment's id, or the ticket that was changed
    left_out: str = ""  # fields that the project would not take


class Effect(Protocol):
    """One action, ready to be carried out or looked for."""

    def send(self, tickets: TicketSystem) -> Outcome:
        """Carry it out; see `TicketSystem` for what may be raised."""

    def find(self, tickets: TicketSystem) -> Outcome | None:
        """What an earlier call left behind; None when it was not carried out, or may be repeated."""


@dataclass(frozen=True, kw_only=True)
class Create:
    """Open the matter's ticket."""

    draft: TicketDraft
    token: str
    floor: int

    def send(self, tickets: TicketSystem) -> Outcome:
        """Open it."""
        created = tickets.create(self.draft, token=self.token)
        return Outcome(value=created.key, left_out=", ".join(created.dropped))

    def find(self, tickets: TicketSystem) -> Outcome | None:
        """Look for the token by search and by key."""
        key = tickets.find_created(project=self.draft.project, token=self.token, floor=self.floor)
        return Outcome(value=key) if key else None


@dataclass(frozen=True, kw_only=True)
class Comment:
    """Add a comment to the matter's ticket."""

    key: str
    text: TicketText
    token: str

    def send(self, tickets: TicketSystem) -> Outcome:
        """Add it."""
        return Outcome(value=tickets.comment(self.key, self.text, token=self.token))

    def find(self, tickets: TicketSystem) -> Outcome | None:
        """Look through the ticket's comments for the token."""
        comment = tickets.find_comment(self.key, token=self.token)
        return Outcome(value=comment) if comment else None


@dataclass(frozen=True, kw_only=True)
class Link:
    """Link the matter's ticket to another one. Looks before it links, so repeating it is safe."""

    key: str
    other: str
    link_type: str

    def send(self, tickets: TicketSystem) -> Outcome:
        """Link, unless linked."""
        tickets.link(self.key, self.other, link_type=self.link_type)
        return Outcome(value=self.other)

    def find(self, tickets: TicketSystem) -> Outcome | None:  # noqa: ARG002
        """Nothing to look for: it may be sent again."""
        return None


@dataclass(frozen=True, kw_only=True)
class Raise:
    """Set priority and due date. Repeating it changes nothing."""

    key: str
    to: RaisePayload

    def send(self, tickets: TicketSystem) -> Outcome:
        """Set them."""
        left_out = tickets.raise_ticket(self.key, priority=self.to.priority, due=self.to.due)
        return Outcome(value=self.key, left_out=", ".join(left_out))

    def find(self, tickets: TicketSystem) -> Outcome | None:  # noqa: ARG002
        """Nothing to look for: it may be sent again."""
        return None


def effect_of(action: Action, key: str | None, database: Database) -> Effect | None:
    """Make a stored action ready; None while a ticket that it needs does not exist yet.

    `key` is that of the matter's ticket.
    """
    if action.kind is ActionKind.CREATE:
        draft = DRAFTS.validate_python(action.payload)
        return Create(draft=draft, token=action.token, floor=action.key_floor or 0)
    if key is None:
        return None
    if action.kind is ActionKind.COMMENT:
        return Comment(key=key, text=COMMENTS.validate_python(action.payload).text, token=action.token)
    if action.kind is ActionKind.RAISE:
        return Raise(key=key, to=RAISES.validate_python(action.payload))
    link = LINKS.validate_python(action.payload)
    other = _ticket_key(database, link.other_matter)
    return Link(key=key, other=other, link_type=link.link_type) if other else None


def _ticket_key(database: Database, matter_id: int) -> str | None:
    with database.read() as session:
        return session.get_one(Matter, matter_id).ticket_key
