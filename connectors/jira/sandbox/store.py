"""The tickets of one sandbox, in memory. Knows no HTTP and no persona's formats."""

import itertools
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
    Link,
    LinkType,
    Named,
    RemoteLink,
    Ticket,
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
STATUSES = _numbered(("To Do", "In Progress", "Done"), start=10_000)
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
    account lacks there.
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
        self._tickets: dict[str, Ticket] = {}
        self._ticket_ids = itertools.count(_FIRST_TICKET_ID)
        self._part_ids = itertools.count(_FIRST_TICKET_ID)

    def tickets(self) -> tuple[Ticket, ...]:
        """All tickets as they are now, in the order of their creation."""
        return tuple(self._tickets.values())

    def ticket(self, key_or_id: str) -> Ticket:
        """The ticket with this key or id; raises a refusal with status 404."""
        found = self._tickets.get(key_or_id.upper())
        if found is None:
            found = next((ticket for ticket in self.tickets() if ticket.id == key_or_id), None)
        if found is None:
            raise not_found("Issue")
        return found

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

    def move(self, ticket: Ticket, status: Named) -> Ticket:
        """Give the ticket another status."""
        change = self._change("status", before=ticket.status.name, after=status.name)
        return self._keep(replace(ticket, status=status), change)

    def comment(self, ticket: Ticket, body: object, properties: Mapping[str, Any]) -> Comment:
        """Add a comment."""
        comment = Comment(id=self._part_id(), body=body, properties=properties, created=self.now())
        changed = replace(ticket, comments=(*ticket.comments, comment))
        self._keep(changed, self._change("Comment", after=comment.id))
        return comment

    def attach(self, ticket: Ticket, name: str, content_type: str, content: bytes) -> Attachment:
        """Add a file."""
        attachment = Attachment(
            id=self._part_id(), name=name, content_type=content_type, content=content, created=self.now()
        )
        changed = replace(ticket, attachments=(*ticket.attachments, attachment))
        self._keep(changed, self._change("Attachment", after=name))
        return attachment

    def link(self, link_type: LinkType, inward: Ticket, outward: Ticket) -> None:
        """Link two tickets. Like Jira, it links them twice when asked twice."""
        name = self._part_id()
        for key, other, is_outward in ((inward.key, outward.key, True), (outward.key, inward.key, False)):
            ticket = self.ticket(key)
            link = Link(id=name, type=link_type, other=other, outward=is_outward)
            words = link_type.outward if is_outward else link_type.inward
            changed = replace(ticket, links=(*ticket.links, link))
            self._keep(changed, self._change("Link", after=f"{words} {other}"))

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
        highest = max((ticket.number for ticket in self.tickets() if ticket.project == project), default=0)
        return f"{project}-{highest + 1}"

    def _keep(self, ticket: Ticket, *changes: Change) -> Ticket:
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
