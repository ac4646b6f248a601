"""The sandbox's web pages: what a person looks at in a demonstration. Everything shown is escaped."""

from collections.abc import Iterable
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.jira.sandbox.adf_html import html_of
from connectors.jira.sandbox.exchange import store_of, ticket_of
from connectors.jira.sandbox.store import PRIORITIES
from connectors.jira.sandbox.ticket import Change, Comment, Link, Ticket

_STYLE = Path(__file__).with_name("style.css")
_REFRESH_SECONDS = 5
_PROTECTION = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_COLUMNS = ("Key", "Priority", "Due", "Summary", "Labels", "Status", "Links", "Updated")
_PRIORITY_ORDER = {priority.name: number for number, priority in enumerate(PRIORITIES)}
_URGENCY_PREFIX = "urgency-"
_TOKEN_PREFIX = "mw-"  # noqa: S105 - a label that marks a ticket, no secret


def routes() -> list[BaseRoute]:
    """The pages; they need no credentials."""
    return [
        Route("/", list_page, methods=["GET"]),
        Route("/browse/{key}", ticket_page, methods=["GET"]),
        Route("/style.css", style, methods=["GET"]),
    ]


async def style(_request: Request) -> Response:
    """The one style sheet."""
    return Response(_STYLE.read_bytes(), media_type="text/css", headers=_PROTECTION)


async def list_page(request: Request) -> Response:
    """All tickets, the most pressing first; refreshes itself."""
    tickets = sorted(store_of(request).tickets(), key=_pressure)
    rows = "".join(_row(ticket) for ticket in tickets)
    head = "".join(f"<th>{column}</th>" for column in _COLUMNS)
    count = "1 ticket" if len(tickets) == 1 else f"{len(tickets)} tickets"
    empty = "" if tickets else '<p class="empty">No tickets yet. They appear here as they are created.</p>'
    body = (
        f"<h1>{count}</h1>"
        f'<div class="scroll"><table class="list"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{empty}"
    )
    return _page("Tickets", body, refresh=True)


async def ticket_page(request: Request) -> Response:
    """One ticket with everything on it."""
    ticket = ticket_of(request)
    body = (
        '<p class="crumb"><a href="/">All tickets</a></p>'
        f'<h1><span class="key">{escape(ticket.key)}</span> {escape(ticket.fields["summary"])}</h1>'
        f'<div class="columns"><div class="main">{_main_column(ticket)}</div>'
        f'<aside class="card">{_details(ticket)}</aside></div>'
    )
    return _page(ticket.key, body)


def _page(title: str, body: str, *, refresh: bool = False) -> Response:
    again = f'<meta http-equiv="refresh" content="{_REFRESH_SECONDS}">' if refresh else ""
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{again}<title>{escape(title)} · Jira sandbox</title>"
        '<link rel="stylesheet" href="/style.css"></head><body><header><a href="/">Jira sandbox</a>'
        "<span>A stand-in for Jira, kept in memory. No Atlassian product.</span></header>"
        f"<main>{body}</main></body></html>",
        headers=_PROTECTION,
    )


def _row(ticket: Ticket) -> str:
    fields = ticket.fields
    cells = (
        _link_to(ticket.key),
        _priority(ticket),
        _due(fields.get("duedate")),
        f'<a class="summary" dir="auto" href="/browse/{escape(ticket.key)}">{escape(fields["summary"])}</a>',
        _labels(ticket),
        _chip(ticket.status.name, "status"),
        " ".join(_link_to(link.other) for link in ticket.links),
        _time(ticket.updated),
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _pressure(ticket: Ticket) -> tuple[int, str, int]:
    priority = _PRIORITY_ORDER.get(_name(ticket.fields.get("priority")), len(_PRIORITY_ORDER))
    return priority, str(ticket.fields.get("duedate") or "9999"), -ticket.number


def _main_column(ticket: Ticket) -> str:
    comments = "".join(_comment(comment) for comment in ticket.comments)
    return (
        _section("Description", _text(ticket.fields.get("description")), css="document")
        + _section(f"Comments ({len(ticket.comments)})", comments)
        + _section("History", f'<ol class="history">{_history(ticket.history)}</ol>')
    )


def _section(title: str, body: str, *, css: str = "") -> str:
    return f'<section class="card {css}"><h2>{escape(title)}</h2>{body or "<p>None</p>"}</section>'


def _comment(comment: Comment) -> str:
    seen_by = f", seen by {' '.join(comment.visibility.values())} alone" if comment.visibility else ""
    meta = f'<p class="meta">{_time(comment.created)}{escape(seen_by)}</p>'
    return f'<article class="comment document">{meta}{_text(comment.body)}</article>'


def _text(value: object) -> str:
    """A text in its persona's format: a document, or wiki markup, which is shown as it was sent."""
    return f'<pre class="wiki" dir="auto">{escape(value)}</pre>' if isinstance(value, str) else html_of(value)


def _history(changes: Iterable[Change]) -> str:
    return "".join(
        f"<li>{_time(change.at)} <b>{escape(change.what)}</b> {_change_words(change)}</li>"
        for change in changes
    )


def _change_words(change: Change) -> str:
    before = f"<del>{escape(change.before)}</del> → " if change.before else ""
    return before + escape(change.after)


def _details(ticket: Ticket) -> str:
    fields = ticket.fields
    facts = (
        ("Status", _chip(ticket.status.name, "status")),
        ("Priority", _priority(ticket)),
        ("Due", _due(fields.get("duedate"))),
        ("Type", escape(_name(fields.get("issuetype")))),
        ("Components", escape(", ".join(map(_name, fields.get("components") or [])))),
        ("Assignee", escape(_name(fields.get("assignee")))),
        ("Watchers", escape(", ".join(ticket.watchers))),
        ("Labels", _labels(ticket)),
        ("Links", "<br>".join(_link(link) for link in ticket.links)),
        ("Files", "<br>".join(escape(attachment.name) for attachment in ticket.attachments)),
        ("Created", _time(ticket.created)),
        ("Updated", _time(ticket.updated)),
    )
    return "<dl>" + "".join(f"<dt>{label}</dt><dd>{value or 'none'}</dd>" for label, value in facts) + "</dl>"


def _link(link: Link) -> str:
    words = link.type.outward if link.outward else link.type.inward
    return f"{escape(words)} {_link_to(link.other)}"


def _link_to(key: str) -> str:
    return f'<a class="key" href="/browse/{escape(key)}">{escape(key)}</a>'


def _priority(ticket: Ticket) -> str:
    name = _name(ticket.fields.get("priority"))
    return _chip(name, f"priority-{name.lower()}") if name else ""


def _labels(ticket: Ticket) -> str:
    return " ".join(_chip(label, _label_class(label)) for label in ticket.labels)


def _label_class(label: str) -> str:
    if label.startswith(_URGENCY_PREFIX):
        return f"label {label}"
    return "label token" if label.startswith(_TOKEN_PREFIX) else "label"


def _chip(text: str, css: str) -> str:
    return f'<span class="chip {escape(css)}">{escape(text)}</span>'


def _due(value: object) -> str:
    return f'<span class="due">{escape(str(value))}</span>' if value else ""


def _time(at: datetime) -> str:
    return f'<time datetime="{at.isoformat()}">{at.strftime("%d %b %H:%M:%S %Z")}</time>'


def _name(reference: Any) -> str:  # noqa: ANN401 - a field's value is JSON of any shape
    """What a reference to something is called."""
    if not isinstance(reference, dict):
        return ""
    return str(next((reference[key] for key in ("name", "accountId", "id") if key in reference), ""))
