"""Effects: how each kind of action is carried out, and how its trace is looked for afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from config.instant import utcnow
from connectors.acknowledgement import acknowledgement, message_id
from connectors.errors import Refused
from connectors.outbox import Outbox
from connectors.tickets import (
    Pressing,
    StatusCategory,
    StatusTarget,
    TicketDraft,
    TicketFile,
    TicketSystem,
    TicketText,
)
from connectors.twins import DUPLICATE, RELATED, link_duplicate
from daemon.collect import raw_bytes
from daemon.payloads import (
    ACKNOWLEDGEMENTS,
    ATTACHMENTS,
    RAISES,
    TRANSITIONS,
    WATCHES,
    AckPayload,
    AttachPayload,
    ClosePayload,
    RaisePayload,
)
from daemon.plan import COMMENTS, DRAFTS, LINKS
from daemon.raising import Kept, Raising, last_set, raising
from daemon.store.database import Database
from daemon.store.models import Action, Matter, Message, RawMail
from daemon.store.states import ActionKind
from parsers.bounds import Unreadable
from parsers.contents import content_with
from rules.ticket_keys import Audience


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a call that was carried out left behind."""

    value: str  # the ticket's key, the comment's id, or the ticket that was changed
    left_out: str = ""  # fields that the project would not take
    written: RaisePayload | None = None  # what it set of priority and due date
    kept: tuple[Kept, ...] = ()  # what it left to the person who had set it


class Effect(Protocol):
    """One action, ready to be carried out or looked for."""

    def send(self, tickets: TicketSystem) -> Outcome:
        """Carry it out; see `TicketSystem` for what may be raised."""

    def find(self, tickets: TicketSystem) -> Outcome | None:
        """What an earlier call left behind; None when it was not carried out, or may be repeated."""


class Repeatable(Effect, Protocol):
    """An effect of which a call that comes too late leaves a second one."""

    def single(self, tickets: TicketSystem, kept: str) -> int:
        """Delete all that it left but for `kept`, the outcome; returns how many. It may be repeated."""


@dataclass(frozen=True, kw_only=True)
class Create:
    """Open the matter's ticket."""

    draft: TicketDraft
    token: str
    floor: int

    def send(self, tickets: TicketSystem) -> Outcome:
        """Open it."""
        created = tickets.create(self.draft, token=self.token)
        wanted = RaisePayload(priority=self.draft.priority, due=self.draft.due)
        return Outcome(
            value=created.key,
            left_out=", ".join(created.dropped),
            written=_without(wanted, created.dropped),
        )

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
    seen_by: Audience | None = None

    def send(self, tickets: TicketSystem) -> Outcome:
        """Add it."""
        made = tickets.comment(self.key, self.text, token=self.token, seen_by=self.seen_by)
        return Outcome(value=made)

    def find(self, tickets: TicketSystem) -> Outcome | None:
        """Look through the ticket's comments for the token."""
        comment = tickets.find_comment(self.key, token=self.token)
        return Outcome(value=comment) if comment else None

    def single(self, tickets: TicketSystem, kept: str) -> int:
        """Leave one comment with the token."""
        return tickets.single_comment(self.key, token=self.token, kept=kept)


@dataclass(frozen=True, kw_only=True)
class Link:
    """Link the matter's ticket to another one. Looks before it links, so repeating it is safe."""

    key: str
    other: str
    link_type: str

    def send(self, tickets: TicketSystem) -> Outcome:
        """Link, unless linked."""
        if self.link_type == DUPLICATE:
            link_duplicate(tickets, self.key, self.other)
        else:
            tickets.link(self.key, self.other, link_type=self.link_type)
        return Outcome(value=self.other)

    def find(self, tickets: TicketSystem) -> Outcome | None:  # noqa: ARG002
        """Nothing to look for: it may be sent again."""
        return None

    def single(self, tickets: TicketSystem, kept: str) -> int:  # noqa: ARG002
        """Leave one link that is alike, also of the type that stands in for one that a site lacks."""
        types = (DUPLICATE, RELATED) if self.link_type == DUPLICATE else (self.link_type,)
        return sum(tickets.single_link(self.key, self.other, link_type=each) for each in types)


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Let accounts be told of every change. Repeating it changes nothing."""

    key: str
    accounts: tuple[str, ...]

    def send(self, tickets: TicketSystem) -> Outcome:
        """Add them."""
        tickets.watch(self.key, self.accounts)
        return Outcome(value=self.key)

    def find(self, tickets: TicketSystem) -> Outcome | None:  # noqa: ARG002
        """Nothing to look for: it may be sent again."""
        return None


@dataclass(frozen=True, kw_only=True)
class Raise:
    """Set priority and due date, but for what a person has set on the ticket. It may be repeated."""

    key: str
    to: RaisePayload
    last: Pressing  # what we last set there

    def send(self, tickets: TicketSystem) -> Outcome:
        """Look, then set what is ours to raise; a person's own word is written as it is."""
        judged = self._judged(tickets)
        left_out = self._write(tickets, judged.write)
        return Outcome(
            value=self.key,
            left_out=", ".join(left_out),
            written=_without(judged.write, left_out),
            kept=judged.kept,
        )

    def _judged(self, tickets: TicketSystem) -> Raising:
        if self.to.by_person:
            return Raising(write=self.to)
        return raising(self.to, tickets.pressing(self.key), self.last)

    def _write(self, tickets: TicketSystem, write: RaisePayload) -> tuple[str, ...]:
        if not (write.priority or write.due or write.clear_due):
            return ()
        return tickets.raise_ticket(
            self.key, priority=write.priority, due=write.due, clear_due=write.clear_due
        )

    def find(self, tickets: TicketSystem) -> Outcome | None:  # noqa: ARG002
        """Nothing to look for: it may be sent again."""
        return None


@dataclass(frozen=True, kw_only=True)
class Attach:
    """Copy a file of the message to the matter's ticket."""

    key: str
    file: AttachPayload
    token: str
    raw: Callable[[], bytes]

    def send(self, tickets: TicketSystem) -> Outcome:
        """Take it out of the stored mail and send it."""
        return Outcome(value=tickets.attach(self.key, self._as_sent(self._content()), token=self.token))

    def find(self, tickets: TicketSystem) -> Outcome | None:
        """Look through the ticket's files for name, token and size; the mail is not taken apart for it."""
        found = tickets.find_attachment(self.key, self._stand_in(), token=self.token)
        return Outcome(value=found) if found else None

    def single(self, tickets: TicketSystem, kept: str) -> int:
        """Leave one file of that name, token and size."""
        return tickets.single_attachment(self.key, self._stand_in(), token=self.token, kept=kept)

    def _stand_in(self) -> TicketFile:
        return self._as_sent(bytes(self.file.size))

    def _content(self) -> bytes:
        """Only mail that a reading worker has survived gets here, and it is taken apart as it was there."""
        try:
            content = content_with(self.file.sha256, self.raw())
        except Unreadable:
            content = None
        if content is None:
            raise Refused("the file can't be taken out of the stored mail again; look at the mail itself")
        return content

    def _as_sent(self, content: bytes) -> TicketFile:
        return TicketFile(name=self.file.name, content_type=self.file.content_type, content=content)


@dataclass(frozen=True, kw_only=True)
class Reopen:
    """Open the matter's ticket again, if it is closed. Looks before it moves, so repeating it is safe."""

    key: str
    status: str

    def send(self, tickets: TicketSystem) -> Outcome:
        """Move it, unless somebody is at work on it."""
        to = StatusTarget(status=self.status)
        tickets.transition(self.key, to, only_from=StatusCategory.DONE)
        return Outcome(value=self.key)

    def find(self, tickets: TicketSystem) -> Outcome | None:  # noqa: ARG002
        """Nothing to look for: it may be sent again."""
        return None


@dataclass(frozen=True, kw_only=True)
class Close:
    """Close the matter's ticket. Looks before it moves, so repeating it is safe."""

    key: str
    resolution: str

    def send(self, tickets: TicketSystem) -> Outcome:
        """Move it, unless it is closed."""
        tickets.transition(self.key, StatusTarget.done(), resolution=self.resolution)
        return Outcome(value=self.key)

    def find(self, tickets: TicketSystem) -> Outcome | None:  # noqa: ARG002
        """Nothing to look for: it may be sent again."""
        return None


@dataclass(frozen=True, kw_only=True)
class Acknowledge:
    """Tell the sender that the report has arrived. It is never sent a second time."""

    key: str
    receipt: AckPayload
    token: str
    outbox: Outbox

    def send(self, tickets: TicketSystem) -> Outcome:  # noqa: ARG002
        """Hand it in."""
        draft = self.receipt.draft(token=self.token, ticket=self.key, at=utcnow())
        self.outbox.send(acknowledgement(draft))
        return Outcome(value=message_id(draft))

    def find(self, tickets: TicketSystem) -> Outcome | None:  # noqa: ARG002
        """Mail that was handed in can't be found again."""
        return None


def effect_of(
    action: Action, key: str | None, database: Database, outbox: Outbox | None = None
) -> Effect | None:
    """Make a stored action ready; None while a ticket that it needs does not exist yet.

    `key` is that of the matter's ticket; `outbox` takes acknowledgements.
    """
    if action.kind is ActionKind.CREATE:
        draft = DRAFTS.validate_python(action.payload)
        return Create(draft=draft, token=action.token, floor=action.key_floor or 0)
    return None if key is None else _on_ticket(action, key, database, outbox)


def repeatable(action: Action, key: str | None, database: Database) -> Repeatable | None:
    """The same for an action that may be there twice; None for every other one."""
    effect = effect_of(action, key, database)
    return effect if isinstance(effect, Comment | Attach | Link) else None


def _on_ticket(action: Action, key: str, database: Database, outbox: Outbox | None) -> Effect | None:
    match action.kind:
        case ActionKind.COMMENT:
            comment = COMMENTS.validate_python(action.payload)
            return Comment(key=key, text=comment.text, token=action.token, seen_by=comment.seen_by)
        case ActionKind.RAISE:
            wanted = RAISES.validate_python(action.payload)
            return Raise(key=key, to=wanted, last=_last_set(database, action.matter_id, key))
        case ActionKind.WATCH | ActionKind.TRANSITION:
            return _change(action, key)
        case ActionKind.ATTACH:
            file = ATTACHMENTS.validate_python(action.payload)
            raw = partial(_raw_mail, database, action.message_id)
            return Attach(key=key, file=file, token=action.token, raw=raw)
        case ActionKind.ACKNOWLEDGE:
            receipt = ACKNOWLEDGEMENTS.validate_python(action.payload)
            sent_by = partial(Acknowledge, key=key, receipt=receipt, token=action.token)
            return sent_by(outbox=outbox) if outbox else None
    link = LINKS.validate_python(action.payload)
    other = _ticket_key(database, link.other_matter)
    return Link(key=key, other=other, link_type=link.link_type) if other else None


def _change(action: Action, key: str) -> Watch | Reopen | Close:
    if action.kind is ActionKind.WATCH:
        return Watch(key=key, accounts=WATCHES.validate_python(action.payload).accounts)
    wanted = TRANSITIONS.validate_python(action.payload)
    if isinstance(wanted, ClosePayload):
        return Close(key=key, resolution=wanted.resolution)
    return Reopen(key=key, status=wanted.status)


def _ticket_key(database: Database, matter_id: int) -> str | None:
    with database.read() as session:
        return session.get_one(Matter, matter_id).ticket_key


def _last_set(database: Database, matter_id: int, key: str) -> Pressing:
    with database.read() as session:
        return last_set(session, matter_id, key)


def _without(wanted: RaisePayload, left_out: tuple[str, ...]) -> RaisePayload:
    """What remains without the fields that the project would not take, by Jira's names for them."""
    return RaisePayload(
        priority=None if "priority" in left_out else wanted.priority,
        due=None if "duedate" in left_out else wanted.due,
        clear_due=wanted.clear_due and "duedate" not in left_out,
    )


def _raw_mail(database: Database, message_id: int) -> bytes:
    with database.read() as session:
        return raw_bytes(session.get_one(RawMail, session.get_one(Message, message_id).sha256))
