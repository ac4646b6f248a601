"""Jira Data Center's persona: REST API version 2 of release 10, as far as Mailwarden uses it."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.jira.sandbox.exchange import body_of, names_of, number_of, store_of
from connectors.jira.sandbox.fields import TEXT_LIMIT, field_table, units
from connectors.jira.sandbox.issues import found_by, issue_routes, issues_shown
from connectors.jira.sandbox.parts import attachment_content, part_routes
from connectors.jira.sandbox.persona import Persona
from connectors.jira.sandbox.refusal import not_found
from connectors.jira.sandbox.site import PERMISSIONS, permissions_shown, site_routes
from connectors.jira.sandbox.store import Store
from connectors.jira.sandbox.ticket import Comment

API = "/rest/api/2"

_ATTACHMENT = "/secure/attachment"
_LARGEST_PAGE = 1_000
_DEFAULT_PAGE = 50


def routes() -> list[BaseRoute]:
    """All routes of the persona."""
    return [
        *site_routes(API),
        *part_routes(API),
        *issue_routes(API),
        Route(f"{API}/mypermissions", permissions, methods=["GET"]),
        Route(f"{_ATTACHMENT}/{{id}}/{{name:path}}", attachment_content, methods=["GET"]),
        Route(f"{API}/search", search, methods=["POST"]),
        Route(f"{API}/search", search_by_url, methods=["GET"]),
        Route(f"{API}/comment/{{id}}/properties", comment_properties, methods=["GET"]),
        Route(f"{API}/comment/{{id}}/properties/{{name}}", comment_property, methods=["GET"]),
    ]


async def permissions(request: Request) -> Response:
    """All permissions, and whether the account has them."""
    return JSONResponse(permissions_shown(request, list(PERMISSIONS)))


async def search(request: Request) -> Response:
    """A page of the tickets that a query asks for, counted from `startAt`."""
    return JSONResponse(_page(request, await body_of(request)))


async def search_by_url(request: Request) -> Response:
    """The same, asked for in the URL."""
    body = {
        "jql": request.query_params.get("jql", ""),
        "startAt": number_of(request, "startAt", 0),
        "maxResults": number_of(request, "maxResults", _DEFAULT_PAGE),
        "fields": names_of(request, "fields"),
    }
    return JSONResponse(_page(request, body))


async def comment_properties(request: Request) -> Response:
    """The names of a comment's properties."""
    names = _comment(request).properties
    return JSONResponse({"keys": [{"key": name, "self": f"{request.url}/{name}"} for name in names]})


async def comment_property(request: Request) -> Response:
    """One property of a comment."""
    name, properties = request.path_params["name"], _comment(request).properties
    if name not in properties:
        raise not_found(f"The property with key '{name}'")
    return JSONResponse({"key": name, "value": properties[name]})


def check_text(_store: Store, value: object) -> str | None:
    """What Jira would say against a description or a comment's body."""
    if not isinstance(value, str):
        return "Operation value must be a string"
    if units(value) > TEXT_LIMIT:
        return "The entered text is too long. It exceeds the allowed limit of 32,767 characters."
    return None


DATA_CENTER = Persona(
    api=API,
    server={"deploymentType": "Server", "version": "10.3.17", "versionNumbers": [10, 3, 17]},
    account={"name": "mailwarden", "key": "JIRAUSER10000"},
    fields=field_table(check_text=check_text, account_key="name"),
    check_text=check_text,
    types_name="values",
    fields_name="values",
    expands_comment_properties=False,
    content_path=lambda attachment: f"{_ATTACHMENT}/{attachment.id}/{quote(attachment.name, safe='')}",
    remote_link_created=HTTPStatus.OK,
    too_large=HTTPStatus.NOT_FOUND,
    takes_bearer=True,
)


def _page(request: Request, body: dict[str, Any]) -> dict[str, Any]:
    found = found_by(store_of(request), body.get("jql", ""))
    start = max(0, body.get("startAt", 0))
    size = max(0, min(body.get("maxResults", _DEFAULT_PAGE), _LARGEST_PAGE))
    issues = issues_shown(request, body, found[start : start + size], ["*navigable"])
    return {"startAt": start, "maxResults": size, "total": len(found), "issues": issues}


def _comment(request: Request) -> Comment:
    wanted = request.path_params["id"]
    comments = (comment for ticket in store_of(request).tickets() for comment in ticket.comments)
    for comment in comments:
        if comment.id == wanted:
            return comment
    raise not_found(f"Can not find a comment for the id: {wanted}. It")
