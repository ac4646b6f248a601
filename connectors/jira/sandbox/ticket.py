"""What the sandbox keeps: frozen values, so that what a test or a page reads can't change under it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Named:
    """An entry of one of the site's lists: a priority, a status, an issue type."""

    id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class CustomField:
    """A field that the site's administrators have made."""

    id: str  # customfield_ and a number
    name: str
    type: str  # of a value: string, number, option, date, array, ...
    items: str = ""  # of each value of an array
    kind: str = "textfield"  # as the end of Jira's own name for it
    options: tuple[str, ...] = ()  # to choose from


@dataclass(frozen=True, kw_only=True)
class Status(Named):
    """A status of the workflow."""

    category: Named


@dataclass(frozen=True, kw_only=True)
class Transition:
    """A way into a status, open from every other one."""

    id: str
    to: Status
    screen: Mapping[str, bool] = field(default_factory=dict)  # the fields that may be given; True: must be


@dataclass(frozen=True, kw_only=True)
class LinkType:
    """A kind of link, with how it reads from either end."""

    id: str
    name: str
    inward: str
    outward: str


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link as one of its two tickets sees it."""

    id: str
    type: LinkType
    other: str  # the other ticket's key
    outward: bool  # True: this ticket does to the other what the type's outward words say


@dataclass(frozen=True, kw_only=True)
class Comment:
    """A comment; the body is in the persona's own text format."""

    id: str
    body: Any
    properties: Mapping[str, Any]
    created: datetime
    visibility: Mapping[str, str] | None = None  # who sees it; None for everybody


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file on a ticket."""

    id: str
    name: str
    content_type: str
    content: bytes
    created: datetime


@dataclass(frozen=True, kw_only=True)
class RemoteLink:
    """A link to somewhere else, recognised by its global id."""

    id: int
    global_id: str | None
    target: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Change:
    """An entry of a ticket's history."""

    id: str
    at: datetime
    what: str  # a field's name, or a word such as "Link"
    before: str = ""
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A ticket at one moment. `fields` holds what the persona was sent, by Jira's field ids."""

    id: str
    key: str
    project: str
    status: Status
    created: datetime
    updated: datetime
    fields: Mapping[str, Any]
    properties: Mapping[str, Any] = field(default_factory=dict)
    resolution: Named | None = None
    watchers: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()
    links: tuple[Link, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    remote_links: tuple[RemoteLink, ...] = ()
    history: tuple[Change, ...] = ()

    @property
    def number(self) -> int:
        """The number in the key."""
        return int(self.key.rpartition("-")[2])

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order given."""
        return tuple(self.fields.get("labels") or ())
