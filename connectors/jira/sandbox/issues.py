"""Tickets as every persona serves them: create, read, edit, move, delete, link."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.jira.sandbox import fields
from connectors.jira.sandbox.exchange import (
    NO_CONTENT,
    body_of,
    names_of,
    object_in,
    persona_of,
    store_of,
    ticket_of,
)
from connectors.jira.sandbox.jql import JqlError, Query, parse
from connectors.jira.sandbox.refusal import Refusal, not_found
from connectors.jira.sandbox.shapes import Wanted, shapes_of
from connectors.jira.sandbox.store import LINK_TYPES, RESOLUTIONS, Store
from connectors.jira.sandbox.ticket import Named, Ticket, Transition


def issue_routes(api: str) -> list[BaseRoute]:
    """The routes to tickets and between them."""
    return [
        Route(f"{api}/issue", create, methods=["POST"]),
        Route(f"{api}/issue/{{key}}", read, methods=["GET"]),
        Route(f"{api}/issue/{{key}}", edit, methods=["PUT"]),
        Route(f"{api}/issue/{{key}}", delete, methods=["DELETE"]),
        Route(f"{api}/issue/{{key}}/transitions", transitions, methods=["GET"]),
        Route(f"{api}/issue/{{key}}/transitions", move, methods=["POST"]),
        Route(f"{api}/issueLink", link, methods=["POST"]),
        Route(f"{api}/issueLink/{{id}}", delete_link, methods=["DELETE"]),
    ]


async def create(request: Request) -> Response:
    """Open a ticket."""
    store, body = store_of(request), await body_of(request)
    taken = fields.for_create(store, persona_of(request).all_fields(store), object_in(body, "fields"))
    ticket = store.create(taken["project"]["name"], taken, fields.properties_of(body))
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
    given = dict(object_in(body, "fields"))
    if "update" in body:
        given["labels"] = _updated_labels(ticket, object_in(body, "update"))
    taken = fields.for_edit(store, persona_of(request).all_fields(store), ticket.project, given)
    properties = fields.properties_of(body)
    changed = store.edit(ticket, taken)
    for name, value in properties.items():
        changed = store.set_property(changed, name, value)
    return NO_CONTENT


async def transitions(request: Request) -> Response:
    """The ways into other statuses."""
    with_fields = "transitions.fields" in names_of(request, "expand")
    ways = shapes_of(request).transitions(ticket_of(request), with_fields=with_fields)
    return JSONResponse({"transitions": ways})


async def move(request: Request) -> Response:
    """Carry out a transition; of its screen's fields only the resolution is kept."""
    store, ticket, body = store_of(request), ticket_of(request), await body_of(request)
    wanted = object_in(body, "transition").get("id")
    way = next((way for way in store.transitions if way.id == wanted), None)
    if way is None or way.to == ticket.status:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"Transition id '{wanted}' is not valid for this issue.")
    given = object_in(body, "fields")
    errors = dict(_screen_errors(way, given))
    if errors:
        raise Refusal(HTTPStatus.BAD_REQUEST, errors=errors)
    store.move(ticket, way.to, _resolution(given))
    return NO_CONTENT


async def delete(request: Request) -> Response:
    """Remove a ticket."""
    store_of(request).delete(ticket_of(request))
    return NO_CONTENT


async def link(request: Request) -> Response:
    """Link two tickets, also when they are linked already."""
    store, body = store_of(request), await body_of(request)
    name = object_in(body, "type").get("name")
    kind = next((kind for kind in LINK_TYPES if kind.name == name), None)
    if kind is None:
        raise Refusal(HTTPStatus.NOT_FOUND, f"No issue link type with name '{name}' found.")
    inward, outward = (object_in(body, end).get("key", "") for end in ("inwardIssue", "outwardIssue"))
    store.link(kind, store.ticket(inward), store.ticket(outward))
    return Response(status_code=HTTPStatus.CREATED)


async def delete_link(request: Request) -> Response:
    """Remove a link."""
    if not store_of(request).delete_link(request.path_params["id"]):
        raise not_found("The issue link")
    return NO_CONTENT


def issues_shown(
    request: Request, body: Mapping[str, Any], tickets: Sequence[Ticket], default: Sequence[str]
) -> list[dict[str, Any]]:
    """The tickets with the fields and properties that the body asks for."""
    wanted = Wanted(fields=body.get("fields") or default, properties=body.get("properties", []))
    return [shapes_of(request).issue(ticket, wanted) for ticket in tickets]


def found_by(store: Store, jql: str, *, check: Callable[[Query], None] = lambda _query: None) -> list[Ticket]:
    """The indexed tickets that a query asks for; refuses one that can't be read or that `check` refuses."""
    try:
        query = parse(jql, now=store.now(), projects=[project.name for project in store.projects])
    except JqlError as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, str(error)) from error
    check(query)
    return store.search(query)


def _screen_errors(way: Transition, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in given.keys() - way.screen.keys():
        yield name, f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."
    for name, required in way.screen.items():
        if required and name not in given:
            yield name, f"{name.capitalize()} is required."
    if "resolution" in given and _resolution(given) is None:
        yield "resolution", "Could not find valid 'id' or 'name' in resolution object."


def _resolution(given: Mapping[str, Any]) -> Named | None:
    return fields.named(RESOLUTIONS, given.get("resolution"))


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
