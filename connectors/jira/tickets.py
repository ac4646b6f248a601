"""What both editions of Jira do alike: tickets and comments, each marked with its token."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from http import HTTPStatus
from typing import Any, ClassVar

from connectors.errors import Gone, Refused, Unavailable
from connectors.jira import answers
from connectors.jira.answers import FieldsRefused, NotFound
from connectors.jira.custom_fields import Forms, SiteField, Translated, translated
from connectors.jira.fields import (
    OPTIONAL_FIELDS,
    PROPERTY,
    Fields,
    bears_property,
    create_fields,
    file_name,
    is_marked,
    label,
    mark,
    urgency_fields,
    without,
)
from connectors.jira.session import JiraSession
from connectors.jira.transitions import EXPANSION, is_at, transition_to
from connectors.tickets import (
    Created,
    Paragraph,
    Pressing,
    StatusCategory,
    StatusTarget,
    TicketDraft,
    TicketFile,
    TicketText,
)
from rules.ticket_keys import Audience, FieldValue

_PAGE = 100


class JiraTickets(ABC):
    """One connection to a Jira site (see `connectors.tickets.TicketSystem`). Not thread-safe.

    Building it opens no connection. `request_timeout` is in seconds; `pause` waits between short tries.
    `guard` is asked right before each write, and raises when it must not be sent any more.
    Without a user, the token is sent as a bearer token.
    """

    version: ClassVar[str]
    """Of the REST API."""

    def __init__(
        self,
        *,
        url: str,
        user: str | None,
        token: str,
        request_timeout: float = 30.0,
        pause: Callable[[float], None] = time.sleep,
        guard: Callable[[], None] = lambda: None,
    ) -> None:
        self._fields: list[SiteField] | None = None  # once they were asked for
        self._session = JiraSession(
            url=url,
            user=user,
            token=token,
            version=self.version,
            request_timeout=request_timeout,
            pause=pause,
            guard=guard,
        )

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def highest_number(self, project: str) -> int:
        """The highest key number that the search index knows; 0 when the project is empty."""
        newest = self._search(f"project = {_quoted(project)} ORDER BY key DESC", limit=1)
        return max((_number(issue["key"]) for issue in newest), default=0)

    def create(self, draft: TicketDraft, *, token: str) -> Created:
        """Open a ticket; optional fields that the project does not take are dropped and reported."""
        others = self._translated(draft.fields)
        fields = create_fields(
            draft,
            token,
            text=self._text(draft.text),
            assignee=self._account(draft.assignee),
            security_level=self._security_level(draft),
            others=others.values,
        )
        optional, dropped = OPTIONAL_FIELDS.union(others.values).intersection(fields), frozenset[str]()
        while True:
            try:
                key = self._create(fields, token)
                left_out = (*others.left_out, *(others.names.get(name, name) for name in dropped))
                return Created(key=key, dropped=tuple(sorted(left_out)))
            except FieldsRefused as refusal:
                # A definite refusal: nothing was created, so that a second request makes no twin.
                if not refusal.fields <= optional - dropped:
                    raise
                dropped |= refusal.fields
                fields = without(fields, refusal.fields, token)

    def find_created(self, *, project: str, token: str, floor: int) -> str | None:
        """Look in the search index, then past it: by key, from `floor` on, as long as there are tickets."""
        indexed = self._search(f"labels = {_quoted(label(token))} ORDER BY key ASC", limit=1)
        found = indexed or (issue for issue in self._above(project, floor) if is_marked(issue, token))
        return next((str(issue["key"]) for issue in found), None)

    def comment(self, key: str, text: TicketText, *, token: str, seen_by: Audience | None = None) -> str:
        """Add a comment whose own property holds the token."""
        path = f"issue/{key}/comment"
        body: dict[str, object] = {"body": self._text(text), "properties": [mark(token)]}
        if seen_by:
            body["visibility"] = {"type": seen_by.kind, "value": seen_by.name}
        with _there(key):
            response = self._session.write("POST", path, body, done=HTTPStatus.CREATED)
        return _named(answers.json_of(response), "id", f"POST {path}")

    def find_comment(self, key: str, *, token: str) -> str | None:
        """Look through the comments for the one whose property holds the token."""
        return next(self._comments_with(key, token), None)

    def single_comment(self, key: str, *, token: str, kept: str) -> int:
        """Look through all comments for those whose property holds the token."""
        return self._delete_others(f"issue/{key}/comment", list(self._comments_with(key, token)), kept)

    def link(self, key: str, other: str, *, link_type: str) -> None:
        """Link `key` outward to `other`, unless such a link is there; Jira itself would double it."""
        if any(_leads_to(link, other, link_type) for link in self._listed_on(key, "issuelinks")):
            return
        body = {"type": {"name": link_type}, "inwardIssue": {"key": key}, "outwardIssue": {"key": other}}
        try:
            self._session.write("POST", "issueLink", body, done=HTTPStatus.CREATED)
        except NotFound:
            self._ticket(other, fields="issuelinks")  # it may be that which is not there, or the type
            raise

    def single_link(self, key: str, other: str, *, link_type: str) -> int:
        """Links that are alike in type, direction and both ends say nothing that one of them does not."""
        links = self._listed_on(key, "issuelinks")
        alike = [link["id"] for link in links if _leads_out(link, other, link_type)]
        return self._delete_others("issueLink", alike)

    def watch(self, key: str, accounts: Sequence[str]) -> None:
        """Add every account that can be added; then say so, if one was refused."""
        path, refusals = f"issue/{key}/watchers", []
        for account in accounts:
            try:
                self._session.write("POST", path, account, done=HTTPStatus.NO_CONTENT)
            except Refused as error:
                refusals.append(error)
        if refusals:
            self._ticket(key, fields="watches")  # it may be that which is not there, or an account
            raise refusals[0]

    def pressing(self, key: str) -> Pressing:
        """Read both fields by key, past the search index."""
        fields = self._ticket(key, fields="priority,duedate").get("fields", {})
        priority, due = fields.get("priority"), fields.get("duedate")
        return Pressing(
            priority=str(priority["name"]) if priority else None, due=date.fromisoformat(due) if due else None
        )

    def raise_ticket(
        self, key: str, *, priority: str | None, due: date | None, clear_due: bool = False
    ) -> tuple[str, ...]:
        """Set the fields in one request, or those of them that the project takes."""
        fields = urgency_fields(priority, due) | ({"duedate": None} if clear_due else {})
        if not fields:
            return ()
        try:
            self._edit(key, fields)
        except FieldsRefused as refusal:
            taken = {name: value for name, value in fields.items() if name not in refusal.fields}
            if not taken or not refusal.fields <= fields.keys():
                raise
            self._edit(key, taken)
            return tuple(sorted(refusal.fields))
        return ()

    def attach(self, key: str, file: TicketFile, *, token: str) -> str:
        """Send the file, if the site takes one of its size; to find that out by trying can end in doubt."""
        self._refuse_oversize(file)
        path = f"issue/{key}/attachments"
        form = {"file": (file_name(file.name, token), file.content, file.content_type)}
        try:
            response = self._session.upload(path, form, done=HTTPStatus.OK)
        except NotFound:
            self._ticket(key, fields="attachment")  # Data Center says "not found" of a file it will not take
            raise
        attached = answers.json_of(response)
        first = attached[0] if isinstance(attached, list) and attached else None
        return _named(first, "id", f"POST {path}")

    def find_attachment(self, key: str, file: TicketFile, *, token: str) -> str | None:
        """Look at the names and sizes of the ticket's files."""
        return next((item["id"] for item in self._attachments_like(key, file, token)), None)

    def single_attachment(self, key: str, file: TicketFile, *, token: str, kept: str) -> int:
        """A person may put a file back under our name for it: what another account attached stays."""
        authors = {item["id"]: item.get("author") for item in self._attachments_like(key, file, token)}
        ours = [name for name, author in authors.items() if kept in authors and author == authors[kept]]
        return self._delete_others("attachment", ours, kept)

    def transition(
        self,
        key: str,
        to: StatusTarget,
        *,
        resolution: str | None = None,
        only_from: StatusCategory | None = None,
    ) -> None:
        """Read status and transitions at once; go the way that asks for nothing else, unless there."""
        ticket = self._ticket(key, fields="status", expand=EXPANSION)
        status = ticket.get("fields", {}).get("status", {})
        elsewhere = only_from is not None and not is_at(status, StatusTarget(category=only_from))
        if elsewhere or is_at(status, to):
            return
        ways = listed(ticket, "transitions", f"issue/{key}")
        body = transition_to(to, ways, resolution=resolution)
        with _there(key):
            self._session.write("POST", f"issue/{key}/transitions", body, done=HTTPStatus.NO_CONTENT)

    def twins(self, token: str) -> tuple[str, ...]:
        """Look in the search index for the label, and on each ticket for the property."""
        labelled = self._search(f"labels = {_quoted(label(token))} ORDER BY key ASC", limit=_PAGE)
        query = {"fields": "labels", "properties": PROPERTY}
        read = (self._read(f"issue/{issue['key']}", query) for issue in labelled)
        bearers = {int(ticket["id"]): ticket for ticket in read if ticket and bears_property(ticket, token)}
        return tuple(str(ticket["key"]) for _, ticket in sorted(bearers.items()))

    @abstractmethod
    def _text(self, text: TicketText) -> object:
        """The text in the edition's format."""

    @abstractmethod
    def _line(self, text: str) -> str:
        """The text in one line of the edition's format, in which nothing takes effect."""

    @abstractmethod
    def _account(self, name: str | None) -> dict[str, str | None]:
        """How the edition refers to an account."""

    @abstractmethod
    def _comments_with(self, key: str, token: str) -> Iterator[str]:
        """The ids of the comments whose property holds the token."""

    @abstractmethod
    def _search(self, jql: str, *, limit: int) -> list[dict[str, Any]]:
        """The first tickets that the search index has to the query, with their labels."""

    @abstractmethod
    def _above(self, project: str, floor: int) -> Iterator[dict[str, Any]]:
        """The tickets with key numbers above `floor`, past the search index, with labels and property."""

    def _create(self, fields: Fields, token: str) -> str:
        body = {"fields": fields, "properties": [mark(token)]}
        response = self._session.write("POST", "issue", body, done=HTTPStatus.CREATED)
        return _named(answers.json_of(response), "key", "POST issue")

    def _translated(self, wanted: Mapping[str, FieldValue]) -> Translated:
        """The site is asked for its fields once; what was added since then is found by the next daemon."""
        if wanted and self._fields is None:
            self._fields = [SiteField.of(bean) for bean in self._session.get_list("field")]
        forms = Forms(area=self._area, line=self._line, account=self._account)
        return translated(wanted, self._fields or (), forms)

    def _area(self, text: str) -> object:
        return self._text((Paragraph(text=text),))

    def _security_level(self, draft: TicketDraft) -> str | None:
        """Its id; without the level that a rule asks for, nothing is opened for all to see."""
        if draft.security_level is None:
            return None
        path = f"project/{draft.project}/securitylevel"
        levels = listed(self._session.get(path), "levels", path)
        found = next((level["id"] for level in levels if level["name"] == draft.security_level), None)
        if found is None:
            raise Refused(
                f"{draft.project} has no security level of the rule's name, or our account is not in it"
            )
        return str(found)

    def _edit(self, key: str, fields: Fields) -> None:
        with _there(key):
            self._session.write("PUT", f"issue/{key}", {"fields": fields}, done=HTTPStatus.NO_CONTENT)

    def _refuse_oversize(self, file: TicketFile) -> None:
        taken = self._session.get("attachment/meta")
        limit = taken.get("uploadLimit", len(file.content))
        if not taken.get("enabled", True):
            raise Refused("Jira takes no attachments; have them switched on")
        if len(file.content) > limit:
            raise Refused(f"a file of {len(file.content)} octets is more than the {limit} that Jira takes")

    def _ticket(self, key: str, **query: str) -> dict[str, Any]:
        with _there(key):
            return self._session.get(f"issue/{key}", query)

    def _read(self, path: str, query: Mapping[str, str | int] | None = None) -> dict[str, Any] | None:
        """What is at the path; None where Jira says that nothing is."""
        try:
            return self._session.get(path, query)
        except NotFound:
            return None

    def _listed_on(self, key: str, field: str) -> list[dict[str, Any]]:
        """What the field of the ticket lists."""
        return listed(self._ticket(key, fields=field).get("fields", {}), field, f"issue/{key}")

    def _attachments_like(self, key: str, file: TicketFile, token: str) -> list[dict[str, Any]]:
        wanted = file_name(file.name, token), len(file.content)
        attached = self._listed_on(key, "attachment")
        return [item for item in attached if (item["filename"], item["size"]) == wanted]

    def _delete_others(self, path: str, ids: Sequence[str], kept: str = "") -> int:
        """Delete all of these below the path but for `kept`, or the oldest where that is not one of them."""
        stays = kept if kept in ids else min(ids, key=int, default="")
        return sum(self._delete(f"{path}/{each}") for each in ids if each != stays)

    def _delete(self, path: str) -> bool:
        """False where somebody else has done it."""
        try:
            self._session.write("DELETE", path, done=HTTPStatus.NO_CONTENT)
        except NotFound:
            return False
        return True

    def _searched(self, path: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        return listed(self._session.search(path, body), "issues", path)

    def _comments(self, key: str, **query: str) -> Iterator[dict[str, Any]]:
        """All comments, oldest first."""
        start = 0
        while page := self._comment_page(key, {**query, "startAt": start, "maxResults": _PAGE}):
            yield from page
            start += len(page)

    def _comment_page(self, key: str, query: dict[str, str | int]) -> list[dict[str, Any]]:
        path = f"issue/{key}/comment"
        with _there(key):
            return listed(self._session.get(path, query), "comments", path)


@contextmanager
def _there(key: str) -> Iterator[None]:
    """Within it, "not found" can only be said of this ticket."""
    try:
        yield
    except NotFound as error:
        raise Gone(f"{key} is not there, or our account may not see it any more") from error


def _leads_to(link: dict[str, Any], other: str, link_type: str) -> bool:
    """Whether this is a link of that type to the other ticket; both ways count where both read the same."""
    kind = link["type"]
    ends = ["outwardIssue"] if kind["inward"] != kind["outward"] else ["outwardIssue", "inwardIssue"]
    return kind["name"] == link_type and any(link.get(end, {}).get("key") == other for end in ends)


def _leads_out(link: dict[str, Any], other: str, link_type: str) -> bool:
    leads_to: object = link.get("outwardIssue", {}).get("key")
    return bool(link["type"]["name"] == link_type) and leads_to == other


def listed(answer: dict[str, Any], name: str, request: str) -> list[dict[str, Any]]:
    """The list under this name; an answer without it must not be read as "none found"."""
    items = answer.get(name)
    if not isinstance(items, list):
        raise Unavailable(f"Jira's answer to {request} holds no {name}; it is tried again later")
    return items


def _named(answer: object, name: str, request: str) -> str:
    value = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(value, str):
        raise answers.outcome_unknown(request, f"Jira's answer has no {name}")
    return value


def _number(key: str) -> int:
    return int(key.rpartition("-")[2])


def _quoted(value: str) -> str:
    """The value as a JQL string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
