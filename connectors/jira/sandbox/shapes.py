"""How Jira's REST API shows what the store holds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from starlette.requests import Request

from connectors.jira.sandbox.exchange import persona_of, store_of
from connectors.jira.sandbox.fields import Field
from connectors.jira.sandbox.persona import Persona
from connectors.jira.sandbox.store import PRIORITIES, RESOLUTIONS, Store
from connectors.jira.sandbox.ticket import (
    Attachment,
    Change,
    Comment,
    Link,
    LinkType,
    Named,
    RemoteLink,
    Status,
    Ticket,
    Transition,
)

Json = dict[str, Any]

_ID_ONLY = ("id",)
_RESOLUTION = "resolution"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which parts of tickets a request asks for."""

    fields: Sequence[str]
    properties: Sequence[str] = ()
    expand: Sequence[str] = ()

    def has(self, field: str) -> bool:
        """Whether this field is among them."""
        if f"-{field}" in self.fields:
            return False
        return field in self.fields or any(name in {"*all", "*navigable"} for name in self.fields)


@dataclass(frozen=True, kw_only=True)
class Shapes:
    """The JSON of one site, whose own address is part of most of it."""

    store: Store
    persona: Persona
    base: str

    def issue(self, ticket: Ticket, wanted: Wanted) -> Json:
        """A ticket, with no more than was asked for; by default a search shows ids only."""
        if tuple(wanted.fields) == _ID_ONLY:
            return {"id": ticket.id}
        fields = {name: value for name, value in self._fields(ticket).items() if wanted.has(name)}
        bean = {**self.created(ticket), "fields": fields}
        if wanted.properties:
            bean["properties"] = {k: v for k, v in ticket.properties.items() if k in wanted.properties}
        for name, show in self._expansions().items():
            if name in wanted.expand:
                bean[name.partition(".")[0]] = show(ticket)
        return bean

    def created(self, ticket: Ticket) -> Json:
        """A ticket's identity."""
        return {"id": ticket.id, "key": ticket.key, "self": self._url(f"issue/{ticket.id}")}

    def comment(self, ticket: Ticket, comment: Comment, *, with_properties: bool) -> Json:
        """A comment; its properties only when they were asked for."""
        bean = {
            "self": self._url(f"issue/{ticket.id}/comment/{comment.id}"),
            "id": comment.id,
            "author": self.account(),
            "body": comment.body,
            "created": instant(comment.created),
            "updated": instant(comment.created),
            "jsdPublic": True,
        }
        if comment.visibility:
            bean["visibility"] = dict(comment.visibility)
        if with_properties:
            bean["properties"] = [{"key": k, "value": v} for k, v in comment.properties.items()]
        return bean

    def attachment(self, attachment: Attachment) -> Json:
        """A file's description."""
        return {
            "self": self._url(f"attachment/{attachment.id}"),
            "id": attachment.id,
            "filename": attachment.name,
            "author": self.account(),
            "created": instant(attachment.created),
            "size": len(attachment.content),
            "mimeType": attachment.content_type,
            "content": self.base + self.persona.content_path(attachment),
        }

    def remote_link(self, ticket: Ticket, link: RemoteLink) -> Json:
        """A link to somewhere else."""
        bean = {**self.remote_link_created(ticket, link), "object": dict(link.target)}
        return {**bean, "globalId": link.global_id} if link.global_id else bean

    def remote_link_created(self, ticket: Ticket, link: RemoteLink) -> Json:
        """A remote link's identity."""
        return {"id": link.id, "self": self._url(f"issue/{ticket.key}/remotelink/{link.id}")}

    def account(self) -> Json:
        """The one account that the sandbox has."""
        return {
            "self": self._url("myself"),
            **self.persona.account,
            "active": True,
            "displayName": "Mailwarden",
            "timeZone": "UTC",
        }

    def entry(self, kind: str, entry: Named) -> Json:
        """An entry of a list, such as a priority."""
        return {"self": self._url(f"{kind}/{entry.id}"), "id": entry.id, "name": entry.name}

    def issue_type(self, entry: Named) -> Json:
        """An issue type."""
        return {**self.entry("issuetype", entry), "subtask": False}

    def project(self, entry: Named) -> Json:
        """A project, whose key is also its name here."""
        bean = self.entry("project", entry)
        return {**bean, "key": entry.name, "projectTypeKey": "software", "simplified": False}

    def link_type(self, kind: LinkType) -> Json:
        """A kind of link."""
        return {
            "id": kind.id,
            "name": kind.name,
            "inward": kind.inward,
            "outward": kind.outward,
            "self": self._url(f"issueLinkType/{kind.id}"),
        }

    def status(self, status: Status) -> Json:
        """A status with what it means."""
        category = {
            **self.entry("statuscategory", status.category),
            "id": int(status.category.id),
            "key": status.category.name,
        }
        return {**self.entry("status", status), "statusCategory": category}

    def transitions(self, ticket: Ticket, *, with_fields: bool) -> list[Json]:
        """The ways into the other statuses; their fields only when they were asked for."""
        others = [way for way in self.store.transitions if way.to != ticket.status]
        return [self._transition(way, with_fields=with_fields) for way in others]

    def _transition(self, way: Transition, *, with_fields: bool) -> Json:
        bean = {"id": way.id, "name": way.to.name, "to": self.status(way.to)}
        if with_fields:
            bean["fields"] = {
                name: self._screen_field(name, required=required) for name, required in way.screen.items()
            }
        return bean

    def _screen_field(self, name: str, *, required: bool) -> Json:
        choices = [self.entry(_RESOLUTION, entry) for entry in RESOLUTIONS] if name == _RESOLUTION else []
        return {
            "fieldId": name,
            "key": name,
            "name": name.capitalize(),
            "required": required,
            "hasDefaultValue": False,
            "operations": ["set"],
            "schema": {"type": name, "system": name},
            "allowedValues": choices,
        }

    def _fields(self, ticket: Ticket) -> Json:
        blank = dict.fromkeys(self.persona.all_fields(self.store)) | {"labels": [], "components": []}
        project = next(project for project in self.store.projects if project.name == ticket.project)
        return {
            **blank,
            **ticket.fields,
            "project": self.project(project),
            "issuetype": self._reference(self.store.issue_types, ticket.fields["issuetype"], self.issue_type),
            "priority": self._reference(PRIORITIES, ticket.fields.get("priority"), self._priority),
            "status": self.status(ticket.status),
            "resolution": self.entry(_RESOLUTION, ticket.resolution) if ticket.resolution else None,
            "created": instant(ticket.created),
            "updated": instant(ticket.updated),
            "creator": self.account(),
            "reporter": self.account(),
            "issuelinks": [self._link(link) for link in ticket.links],
            "attachment": [self.attachment(attachment) for attachment in ticket.attachments],
            "watches": {**self._watches(ticket), "isWatching": False},
            "comment": self._comments(ticket),
        }

    def watchers(self, ticket: Ticket) -> Json:
        """Who is told of every change."""
        beans = [{**self.account(), self.persona.account_key: account} for account in ticket.watchers]
        return {**self._watches(ticket), "isWatching": False, "watchers": beans}

    def _watches(self, ticket: Ticket) -> Json:
        return {"self": self._url(f"issue/{ticket.key}/watchers"), "watchCount": len(ticket.watchers)}

    def _reference(
        self, values: Sequence[Named], kept: Mapping[str, str] | None, show: Callable[[Named], Json]
    ) -> Json | None:
        return next((show(value) for value in values if kept and value.name == kept["name"]), None)

    def _priority(self, entry: Named) -> Json:
        return self.entry("priority", entry)

    def _comments(self, ticket: Ticket) -> Json:
        comments = [self.comment(ticket, comment, with_properties=False) for comment in ticket.comments]
        return {"comments": comments, "startAt": 0, "maxResults": len(comments), "total": len(comments)}

    def _link(self, link: Link) -> Json:
        end = "outwardIssue" if link.outward else "inwardIssue"
        other = self.store.ticket(link.other)
        fields = {"summary": other.fields["summary"], "status": self.status(other.status)}
        return {
            "id": link.id,
            "self": self._url(f"issueLink/{link.id}"),
            "type": self.link_type(link.type),
            end: {**self.created(other), "fields": fields},
        }

    def _expansions(self) -> Mapping[str, Callable[[Ticket], Any]]:
        return {
            "names": self._names,
            "changelog": self._changelog,
            "transitions": partial(self.transitions, with_fields=False),
            "transitions.fields": partial(self.transitions, with_fields=True),
        }

    def _changelog(self, ticket: Ticket) -> Json:
        histories = [self._history(change) for change in reversed(ticket.history)]
        return {"startAt": 0, "maxResults": len(histories), "total": len(histories), "histories": histories}

    def _history(self, change: Change) -> Json:
        item = {"field": change.what, "fromString": change.before, "toString": change.after}
        return {
            "id": change.id,
            "author": self.account(),
            "created": instant(change.at),
            "items": [item],
        }

    def _names(self, _ticket: Ticket) -> dict[str, str]:
        return {field.id: field.name for field in self.persona.all_fields(self.store).values()}

    def _url(self, path: str) -> str:
        return f"{self.base}{self.persona.api}/{path}"


def shapes_of(request: Request) -> Shapes:
    """How the site that was asked shows its tickets."""
    base = str(request.base_url).rstrip("/")
    return Shapes(store=store_of(request), persona=persona_of(request), base=base)


def field_details(field: Field) -> Json:
    """A field as the list of all fields shows it."""
    flags = dict.fromkeys(("navigable", "orderable", "searchable"), True)
    return {
        "id": field.id,
        "key": field.id,
        "name": field.name,
        "custom": bool(field.custom),
        **flags,
        "clauseNames": [field.id],
        "schema": _schema(field),
    }


def field_metadata(field: Field) -> Json:
    """A field as a project's create screen shows it."""
    metadata = {
        "fieldId": field.id,
        "key": field.id,
        "name": field.name,
        "required": field.required,
        "hasDefaultValue": field.id == "priority",
        "operations": ["set"],
        "schema": _schema(field),
    }
    return (
        metadata | {"allowedValues": [{"value": each} for each in field.options]}
        if field.options
        else metadata
    )


def _schema(field: Field) -> Json:
    origin = {"custom": field.custom} if field.custom else {"system": field.id}
    items = {"items": field.items} if field.items else {}
    return {"type": field.type, **items, **origin}


def instant(at: datetime) -> str:
    """An instant as Jira writes it: milliseconds, and an offset without a colon."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}" + at.strftime("%z")
