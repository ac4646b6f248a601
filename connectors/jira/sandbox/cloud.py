"""Jira Cloud's persona: REST API version 3, as far as Mailwarden and the `jira` library use it."""

import base64
import binascii
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.jira.sandbox.exchange import body_of, names_of, store_of
from connectors.jira.sandbox.fields import TEXT_LIMIT, field_table, units
from connectors.jira.sandbox.issues import found_by, issue_routes, issues_shown
from connectors.jira.sandbox.jql import Query
from connectors.jira.sandbox.parts import attachment_content, part_routes
from connectors.jira.sandbox.persona import Persona
from connectors.jira.sandbox.refusal import Refusal
from connectors.jira.sandbox.site import PERMISSIONS, permissions_shown, site_routes
from connectors.jira.sandbox.store import Store
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
        *issue_routes(API),
        Route(f"{API}/mypermissions", permissions, methods=["GET"]),
        Route(f"{API}/attachment/content/{{id}}", attachment_content, methods=["GET"]),
        Route(f"{API}/issue/bulkfetch", bulk_fetch, methods=["POST"]),
        Route(f"{API}/search/jql", search, methods=["POST"]),
    ]


async def permissions(request: Request) -> Response:
    """Whether the account has the permissions that are asked for."""
    wanted = names_of(request, "permissions")
    if not wanted or not PERMISSIONS.keys() >= set(wanted):
        raise Refusal(HTTPStatus.BAD_REQUEST, "The permissions parameter is empty or holds an unknown key.")
    return JSONResponse(permissions_shown(request, wanted))


async def bulk_fetch(request: Request) -> Response:
    """Several tickets by key; the ones that do not exist are left out without a word."""
    store, body = store_of(request), await body_of(request)
    keys = body.get("issueIdsOrKeys", [])
    if not 0 < len(keys) <= _LARGEST_BULK:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"issueIdsOrKeys must hold 1 to {_LARGEST_BULK} entries.")
    return JSONResponse({"issues": issues_shown(request, body, _existing(store, keys), ["*navigable"])})


async def search(request: Request) -> Response:
    """A page of the tickets that a query asks for. There is no total."""
    store, body = store_of(request), await body_of(request)
    found = found_by(store, body.get("jql", ""), check=_refuse_unbounded)
    start = _page_start(body.get("nextPageToken"))
    end = start + max(1, min(body.get("maxResults", _DEFAULT_PAGE), _LARGEST_PAGE))
    page = {"issues": issues_shown(request, body, found[start:end], ["id"]), "isLast": end >= len(found)}
    if end < len(found):
        page["nextPageToken"] = base64.urlsafe_b64encode(str(end).encode()).decode()
    return JSONResponse(page)


def check_document(_store: Store, value: object) -> str | None:
    """What Jira would say against a description or a comment's body."""
    if not isinstance(value, dict) or value.get("type") != "doc" or value.get("version") != 1:
        return "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
    if not isinstance(value.get("content"), list):
        return "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
    if text_length(value) > TEXT_LIMIT:
        return "The entered text is too long. It exceeds the allowed limit of 32,767 characters."
    return None


def text_length(node: Any) -> int:  # noqa: ANN401 - a document is JSON of any shape
    """The length of all text in a document, in UTF-16 units."""
    own = units(str(node.get("text", "")))
    return own + sum(text_length(child) for child in node.get("content", []) if isinstance(child, dict))


CLOUD = Persona(
    api=API,
    server={"deploymentType": "Cloud", "version": "1001.0.0-SNAPSHOT", "versionNumbers": [1001, 0, 0]},
    account={"accountId": "5b10a2844c20165700ede21g", "accountType": "atlassian"},
    fields=field_table(check_text=check_document, account_key="accountId"),
    check_text=check_document,
    types_name="issueTypes",
    fields_name="fields",
    expands_comment_properties=True,
    content_path=lambda attachment: f"{API}/attachment/content/{attachment.id}",
    remote_link_created=HTTPStatus.CREATED,
    too_large=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    takes_bearer=False,
)


def _existing(store: Store, keys: Sequence[str]) -> list[Ticket]:
    """Also by the key that a ticket had before it was moved."""
    wanted = {key.upper() for key in keys}
    return [ticket for ticket in store.tickets() if wanted & {ticket.id, *store.keys_of(ticket)}]


def _refuse_unbounded(query: Query) -> None:
    if query.condition is None:
        raise Refusal(
            HTTPStatus.BAD_REQUEST,
            "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.",
        )


def _page_start(token: str | None) -> int:
    try:
        return int(base64.urlsafe_b64decode(token)) if token else 0
    except (ValueError, binascii.Error):
        raise Refusal(HTTPStatus.BAD_REQUEST, "The nextPageToken is invalid or has expired.") from None
