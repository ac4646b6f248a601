"""The tickets of one sandbox, in memory. Knows no HTTP and no persona's formats."""

import itertools
from collections import Counter
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from config.instant import utcnow
from connectors.jira.sandbox.jql import Query
from connectors.jira.sandbox.refusal import not_found
from connectors.jira.sandbox.ticket import (
    Attachment,
    Change,
    Comment,
    CustomField,
    Link,
    LinkType,
    Named,
    RemoteLink,
    Status,
    Ticket,
    Transition,
)

Clock = Callable[[], datetime]

_FIRST_TICKET_ID = 10_001
_FIRST_TYPE_ID = 10_100
_FIRST_PROJECT_ID = 10_000
_LONGEST_SHOWN = 255
"""Characters of a value in a ticket's history; only a text is longer, and is not repeated there."""


def _numbered(names: Sequence[str], *, start: int) -> tuple[Named, ...]:
    return tuple(Named(id=str(number), name=name) for number, name in enumerate(names, start=start))


PRIORITIES = _numbered(("Highest", "High", "Medium", "Low", "Lowest"), start=1)
CATEGORIES = (
    Named(id="2", name="new"),
    Named(id="4", name="indeterminate"),
    Named(id="3", name="done"),
)
"""The status categories by key, as every Jira has them."""
STATUSES = tuple(
    Status(id=entry.id, name=entry.name, category=category)
    for entry, category in zip(
        _numbered(("To Do", "In Progress", "Done"), start=10_000), CATEGORIES, strict=True
    )
)
RESOLUTIONS = _numbered(("Done", "Won't Do", "Duplicate", "Cannot Reproduce"), start=10_000)
ROLES = frozenset({"Administrators", "Developers"})
UPLOAD_LIMIT = 10_485_760
"""Octets of the largest attachment, as Data Center begins with."""
LINK_TYPES = (
    LinkType(id="10000", name="Relates", inward="relates to", outward="relates to"),
    LinkType(id="10001", name="Duplicate", inward="is duplicated by", outward="duplicates"),
    LinkType(id="10002", name="Blocks", inward="is blocked by", outward="blocks"),
)


class Store:
    """All tickets. A change replaces the ticket's frozen value; reading needs no lock.

    `index_lag` hides a ticket from searches, though not from reads by key, for that long after it was
    created. `next_keys` gives the ticket that carries a token the key foreseen for it. `hidden_fields` names
    per project the fields that are not on its screens; `denied`, the permissions that the site says its
    account lacks there. `security_levels` are those of each project, `roles` what comments may be shown to
    alone, and `strangers` names that are no account. `transitions` are the workflow, and `upload_limit` is in
    octets. `may_delete` tells whether the account may delete comments and files.
    """

    def __init__(
        self,
        *,
        projects: Sequence[str],
        issue_types: Sequence[str],
        clock: Clock = utcnow,
        index_lag: timedelta = timedelta(0),
        next_keys: Mapping[str, str] | None = None,
    ) -> None:
        self.projects = _numbered(projects, start=_FIRST_PROJECT_ID)
        self.issue_types = _numbered(issue_types, start=_FIRST_TYPE_ID)
        self.now = clock
        self.index_lag = index_lag
        self.next_keys = next_keys or {}
        self.hidden_fields: MutableMapping[str, frozenset[str]] = {}
        self.denied: MutableMapping[str, frozenset[str]] = {}
        self.custom_fields: Sequence[CustomField] = ()
        self.security_levels: MutableMapping[str, Sequence[Named]] = {}
        self.roles: frozenset[str] = ROLES
        self.strangers: frozenset[str] = frozenset()
        self.may_delete = True
        self.transitions: Sequence[Transition] = tuple(
            Transition(id=f"{number}1", to=status) for number, status in enumerate(STATUSES, start=1)
        )
        self.upload_limit = UPLOAD_LIMIT
        self._tickets: dict[str, Ticket] = {}
        self._moved: dict[str, str] = {}
        self._highest: Counter[str] = Counter()
        self._ticket_ids = itertools.count(_FIRST_TICKET_ID)
        self._part_ids = itertools.count(_FIRST_TICKET_ID)

    def tickets(self) -> tuple[Ticket, ...]:
        """All tickets as they are now, in the order of their creation."""
        return tuple(self._tickets.values())

    def ticket(self, key_or_id: str) -> Ticket:
        """The ticket with this key, now or once, or id; raises a refusal with status 404."""
        key = key_or_id.upper()
        found = self._tickets.get(self._moved.get(key, key))
        if found is None:
            found = next((ticket for ticket in self.tickets() if ticket.id == key_or_id), None)
        if found is None:
            raise not_found("Issue")
        return found

    def keys_of(self, ticket: Ticket) -> set[str]:
        """The ticket's key, and those that it had before."""
        return {ticket.key, *(old for old, now in self._moved.items() if now == ticket.key)}

    def search(self, query: Query) -> list[Ticket]:
        """The indexed tickets that the query asks for, in its order."""
        indexed = [ticket for ticket in self.tickets() if ticket.created + self.index_lag <= self.now()]
        return query.ordered([ticket for ticket in indexed if query.matches(ticket)])

    def create(self, project: str, fields: Mapping[str, Any], properties: Mapping[str, Any]) -> Ticket:
        """Open a ticket with the project's next key, or with the one foreseen for its token."""
        now = self.now()
        ticket = Ticket(
            id=str(next(self._ticket_ids)),
            key=self._next_key(project, _token(properties)),
            project=project,
            status=STATUSES[0],
            created=now,
            updated=now,
            fields=fields,
            properties=properties,
        )
        return self._keep(ticket, self._change("Created"))

    def edit(self, ticket: Ticket, fields: Mapping[str, Any]) -> Ticket:
        """Set these fields; the others stay."""
        changes = [
            self._change(name, before=_shown(ticket.fields.get(name)), after=_shown(value))
            for name, value in fields.items()
            if ticket.fields.get(name) != value
        ]
        return self._keep(replace(ticket, fields={**ticket.fields, **fields}), *changes)

    def set_property(self, ticket: Ticket, name: str, value: object) -> Ticket:
        """Set an entity property; its name is the only trace in the history."""
        changed = replace(ticket, properties={**ticket.properties, name: value})
        return self._keep(changed, self._change("Property", after=name))

    def move(self, ticket: Ticket, status: Status, resolution: Named | None = None) -> Ticket:
        """Give the ticket another status; it is resolved as long as it is done."""
        change = self._change("status", before=ticket.status.name, after=status.name)
        is_done = status.category == CATEGORIES[-1]
        resolved = (resolution or RESOLUTIONS[0]) if is_done else None
        return self._keep(replace(ticket, status=status, resolution=resolved), change)

    def move_to_project(self, ticket: Ticket, project: str) -> Ticket:
        """Give the ticket the next key of another project; its old key leads to it."""
        moved = replace(ticket, key=self._next_key(project, None), project=project)
        del self._tickets[ticket.key]
        self._moved |= {old: moved.key for old, now in self._moved.items() if now == ticket.key}
        self._moved[ticket.key] = moved.key
        return self._keep(moved, self._change("Key", before=ticket.key, after=moved.key))

    def delete(self, ticket: Ticket) -> None:
        """Remove the ticket and the links to it. Its key is not given again."""
        del self._tickets[ticket.key]
        keys = self.keys_of(ticket)
        for other in {self.ticket(link.other).key for link in ticket.links}:
            left = self._tickets[other]
            links = tuple(link for link in left.links if link.other not in keys)
            self._keep(replace(left, links=links), self._change("Link", before=ticket.key))

    def comment(
        self,
        ticket: Ticket,
        body: object,
        properties: Mapping[str, Any],
        visibility: Mapping[str, str] | None = None,
    ) -> Comment:
        """Add a comment."""
        comment = Comment(
            id=self._part_id(),
            body=body,
            properties=properties,
            created=self.now(),
            visibility=visibility,
        )
        changed = replace(ticket, comments=(*ticket.comments, comment))
        self._keep(changed, self._change("Comment", after=comment.id))
        return comment

    def delete_comment(self, ticket: Ticket, name: str) -> None:
        """Remove a comment."""
        left = tuple(comment for comment in ticket.comments if comment.id != name)
        self._keep(replace(ticket, comments=left), self._change("Comment", before=name))

    def watch(self, ticket: Ticket, account: str) -> Ticket:
        """Add a watcher, once."""
        return self._keep(replace(ticket, watchers=tuple(dict.fromkeys((*ticket.watchers, account)))))

    def attach(self, ticket: Ticket, name: str, content_type: str, content: bytes) -> Attachment:
        """Add a file."""
        attachment = Attachment(
            id=self._part_id(), name=name, content_type=content_type, content=content, created=self.now()
        )
        changed = replace(ticket, attachments=(*ticket.attachments, attachment))
        self._keep(changed, self._change("Attachment", after=name))
        return attachment

    def delete_attachment(self, ticket: Ticket, name: str) -> None:
        """Remove a file."""
        left = tuple(attachment for attachment in ticket.attachments if attachment.id != name)
        self._keep(replace(ticket, attachments=left), self._change("Attachment", before=name))

    def link(self, link_type: LinkType, inward: Ticket, outward: Ticket) -> None:
        """Link two tickets. Like Jira, it links them twice when asked twice."""
        name = self._part_id()
        for key, other, is_outward in ((inward.key, outward.key, True), (outward.key, inward.key, False)):
            ticket = self.ticket(key)
            link = Link(id=name, type=link_type, other=other, outward=is_outward)
            words = link_type.outward if is_outward else link_type.inward
            changed = replace(ticket, links=(*ticket.links, link))
            self._keep(changed, self._change("Link", after=f"{words} {other}"))

    def delete_link(self, name: str) -> bool:
        """Remove a link from both of its ends; False where there is none."""
        ends = [ticket for ticket in self.tickets() if any(link.id == name for link in ticket.links)]
        for ticket in ends:
            left = tuple(link for link in ticket.links if link.id != name)
            self._keep(replace(ticket, links=left), self._change("Link", before=name))
        return bool(ends)

    def link_remote(
        self, ticket: Ticket, global_id: str | None, target: Mapping[str, Any]
    ) -> tuple[RemoteLink, bool]:
        """Add a remote link or replace the one with this global id; True when it is new."""
        known = next(
            (link for link in ticket.remote_links if global_id and link.global_id == global_id), None
        )
        link = RemoteLink(id=known.id if known else int(self._part_id()), global_id=global_id, target=target)
        others = [other for other in ticket.remote_links if other is not known]
        self._keep(
            replace(ticket, remote_links=(*others, link)), self._change("RemoteIssueLink", after=str(link.id))
        )
        return link, known is None

    def _next_key(self, project: str, token: str | None) -> str:
        foreseen = self.next_keys.get(token or "")
        if foreseen and foreseen not in self._tickets:
            return foreseen
        return f"{project}-{self._highest[project] + 1}"

    def _keep(self, ticket: Ticket, *changes: Change) -> Ticket:
        self._highest[ticket.project] = max(self._highest[ticket.project], ticket.number)
        kept = replace(ticket, updated=self.now(), history=(*ticket.history, *changes))
        self._tickets[kept.key] = kept
        return kept

    def _change(self, what: str, *, before: str = "", after: str = "") -> Change:
        return Change(id=self._part_id(), at=self.now(), what=what, before=before, after=after)

    def _part_id(self) -> str:
        return str(next(self._part_ids))


def _token(properties: Mapping[str, Any]) -> str | None:
    """The token that an entity property of the client's holds."""
    return next(
        (
            str(value["token"])
            for value in properties.values()
            if isinstance(value, dict) and "token" in value
        ),
        None,
    )


def _shown(value: object) -> str:
    """A field's value in the history, short: names of things, never a document."""
    match value:
        case None:
            return ""
        case {"name": str(name)} | {"accountId": str(name)}:
            return name
        case list():
            return ", ".join(_shown(item) for item in value)
        case dict():
            return "(text)"
        case str() if len(value) > _LONGEST_SHOWN:
            return "(text)"
        case _:
            return str(value)
