"""Jira Cloud's persona: REST API version 3, as far as Mailwarden and the `jira` library use it.

Another persona is another function from a store to routes.
"""

import base64
import binascii
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.jira.sandbox import cloud_fields
from connectors.jira.sandbox.cloud_parts import part_routes
from connectors.jira.sandbox.cloud_shapes import Wanted, shapes_of, transition_id
from connectors.jira.sandbox.cloud_site import site_routes
from connectors.jira.sandbox.exchange import (
    NO_CONTENT,
    body_of,
    names_of,
    store_of,
    ticket_of,
)
from connectors.jira.sandbox.jql import JqlError, parse
from connectors.jira.sandbox.refusal import Refusal
from connectors.jira.sandbox.store import LINK_TYPES, STATUSES, Store
from connectors.jira.sandbox.ticket import Ticket

API = "/rest/api/3"

_LARGEST_PAGE = 100
_LARGEST_BULK = 100
_DEFAULT_PAGE = 50


def routes() -> list[BaseRoute]:
    """All routes of the persona."""
    return [
        *site_routes(API),
        *part_routes(API),
        Route(f"{API}/issue", create, methods=["POST"]),
        Route(f"{API}/issue/bulkfetch", bulk_fetch, methods=["POST"]),
        Route(f"{API}/issue/{{key}}", read, methods=["GET"]),
        Route(f"{API}/issue/{{key}}", edit, methods=["PUT"]),
        Route(f"{API}/issue/{{key}}/transitions", transitions, methods=["GET"]),
        Route(f"{API}/issue/{{key}}/transitions", move, methods=["POST"]),
        Route(f"{API}/issueLink", link, methods=["POST"]),
        Route(f"{API}/search/jql", search, methods=["POST"]),
    ]


async def create(request: Request) -> Response:
    """Open a ticket."""
    store, body = store_of(request), await body_of(request)
    fields = cloud_fields.for_create(store, _object(body, "fields"))
    ticket = store.create(fields["project"]["name"], fields, cloud_fields.properties_of(body))
    return JSONResponse(shapes_of(request).created(ticket), HTTPStatus.CREATED)


async def read(request: Request) -> Response:
    """One ticket, by default with all fields."""
    wanted = Wanted(
        fields=names_of(request, "fields") or ["*all"],
        properties=names_of(request, "properties"),
        expand=names_of(request, "expand"),
    )
    return JSONResponse(shapes_of(request).issue(ticket_of(request), wanted))


async def edit(request: Request) -> Response:
    """Set fields, and add or remove labels."""
    store, ticket, body = store_of(request), ticket_of(request), await body_of(request)
    given = dict(_object(body, "fields"))
    if "update" in body:
        given["labels"] = _updated_labels(ticket, _object(body, "update"))
    fields = cloud_fields.for_edit(store, ticket.project, given)
    properties = cloud_fields.properties_of(body)
    changed = store.edit(ticket, fields)
    for name, value in properties.items():
        changed = store.set_property(changed, name, value)
    return NO_CONTENT


async def bulk_fetch(request: Request) -> Response:
    """Several tickets by key; the ones that do not exist are left out without a word."""
    store, body = store_of(request), await body_of(request)
    keys = body.get("issueIdsOrKeys", [])
    if not 0 < len(keys) <= _LARGEST_BULK:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"issueIdsOrKeys must hold 1 to {_LARGEST_BULK} entries.")
    return JSONResponse({"issues": _issues(request, body, _existing(store, keys), ["*navigable"])})


async def search(request: Request) -> Response:
    """A page of the tickets that a query asks for. There is no total."""
    store, body = store_of(request), await body_of(request)
    found = _found(store, body.get("jql", ""))
    start = _page_start(body.get("nextPageToken"))
    end = start + max(1, min(body.get("maxResults", _DEFAULT_PAGE), _LARGEST_PAGE))
    page = {"issues": _issues(request, body, found[start:end], ["id"]), "isLast": end >= len(found)}
    if end < len(found):
        page["nextPageToken"] = base64.urlsafe_b64encode(str(end).encode()).decode()
    return JSONResponse(page)


async def transitions(request: Request) -> Response:
    """The ways into other statuses."""
    ticket, shapes = ticket_of(request), shapes_of(request)
    others = [status for status in STATUSES if status != ticket.status]
    return JSONResponse({"transitions": [shapes.transition(status) for status in others]})


async def move(request: Request) -> Response:
    """Carry out a transition."""
    store, ticket, body = store_of(request), ticket_of(request), await body_of(request)
    wanted = _object(body, "transition").get("id")
    status = next((status for status in STATUSES if transition_id(status) == wanted), None)
    if status is None or status == ticket.status:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"Transition id '{wanted}' is not valid for this issue.")
    store.move(ticket, status)
    return NO_CONTENT


async def link(request: Request) -> Response:
    """Link two tickets, also when they are linked already."""
    store, body = store_of(request), await body_of(request)
    name = _object(body, "type").get("name")
    kind = next((kind for kind in LINK_TYPES if kind.name == name), None)
    if kind is None:
        raise Refusal(HTTPStatus.NOT_FOUND, f"No issue link type with name '{name}' found.")
    inward, outward = (_object(body, end).get("key", "") for end in ("inwardIssue", "outwardIssue"))
    store.link(kind, store.ticket(inward), store.ticket(outward))
    return Response(status_code=HTTPStatus.CREATED)


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name, {})
    if not isinstance(value, dict):
        raise Refusal(HTTPStatus.BAD_REQUEST, f"{name} must be an object")
    return value


def _updated_labels(ticket: Ticket, update: dict[str, Any]) -> list[str]:
    if update.keys() != {"labels"}:
        raise Refusal(HTTPStatus.BAD_REQUEST, "The sandbox can update labels only.")
    labels = list(ticket.labels)
    for operation in update["labels"]:
        match operation:
            case {"add": label}:
                labels = [*(kept for kept in labels if kept != label), label]
            case {"remove": label}:
                labels = [kept for kept in labels if kept != label]
            case _:
                raise Refusal(HTTPStatus.BAD_REQUEST, "The sandbox can add and remove labels only.")
    return labels


def _issues(
    request: Request, body: dict[str, Any], tickets: Sequence[Ticket], default: Sequence[str]
) -> list[dict[str, Any]]:
    wanted = Wanted(fields=body.get("fields") or default, properties=body.get("properties", []))
    return [shapes_of(request).issue(ticket, wanted) for ticket in tickets]


def _existing(store: Store, keys: Sequence[str]) -> list[Ticket]:
    wanted = {key.upper() for key in keys}
    return [ticket for ticket in store.tickets() if ticket.key in wanted or ticket.id in wanted]


def _found(store: Store, jql: str) -> list[Ticket]:
    try:
        query = parse(jql, now=store.now(), projects=[project.name for project in store.projects])
    except JqlError as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, str(error)) from error
    if query.condition is None:
        raise Refusal(
            HTTPStatus.BAD_REQUEST,
            "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.",
        )
    return store.search(query)


def _page_start(token: str | None) -> int:
    try:
        return int(base64.urlsafe_b64decode(token)) if token else 0
    except (ValueError, binascii.Error):
        raise Refusal(HTTPStatus.BAD_REQUEST, "The nextPageToken is invalid or has expired.") from None
