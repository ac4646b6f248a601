"""What a Jira site says about itself: server, account, fields, lists, projects, create screens."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.jira.sandbox.exchange import persona_of, store_of
from connectors.jira.sandbox.fields import Field
from connectors.jira.sandbox.refusal import Refusal, not_found
from connectors.jira.sandbox.shapes import field_details, field_metadata, instant, shapes_of
from connectors.jira.sandbox.store import LINK_TYPES, PRIORITIES
from connectors.jira.sandbox.ticket import Named

PERMISSIONS = {
    "BROWSE_PROJECTS": "Browse Projects",
    "CREATE_ISSUES": "Create Issues",
    "EDIT_ISSUES": "Edit Issues",
    "SCHEDULE_ISSUES": "Schedule Issues",
    "ASSIGN_ISSUES": "Assign Issues",
    "LINK_ISSUES": "Link Issues",
    "ADD_COMMENTS": "Add Comments",
    "TRANSITION_ISSUES": "Transition Issues",
    "CREATE_ATTACHMENTS": "Create Attachments",
}
"""By key, as Jira's menus call them."""

_CREATE_SCREEN = "/issue/createmeta/{project}/issuetypes"


def site_routes(api: str) -> list[BaseRoute]:
    """The routes that belong to no ticket."""
    return [
        Route(f"{api}/serverInfo", server_info, methods=["GET"]),
        Route(f"{api}/myself", myself, methods=["GET"]),
        Route(f"{api}/field", fields, methods=["GET"]),
        Route(f"{api}/priority", priorities, methods=["GET"]),
        Route(f"{api}/issueLinkType", link_types, methods=["GET"]),
        Route(f"{api}/project", projects, methods=["GET"]),
        Route(f"{api}/project/{{project}}", project, methods=["GET"]),
        Route(f"{api}/project/{{project}}/securitylevel", security_levels, methods=["GET"]),
        Route(f"{api}{_CREATE_SCREEN}", issue_types, methods=["GET"]),
        Route(f"{api}{_CREATE_SCREEN}/{{type}}", create_screen, methods=["GET"]),
    ]


async def server_info(request: Request) -> Response:
    """The kind of site this is."""
    return JSONResponse(
        {
            "baseUrl": shapes_of(request).base,
            **persona_of(request).server,
            "buildNumber": 100_000,
            "serverTime": instant(store_of(request).now()),
            "serverTitle": "Jira sandbox",
        }
    )


async def myself(request: Request) -> Response:
    """The account that asks."""
    return JSONResponse(shapes_of(request).account())


async def fields(request: Request) -> Response:
    """All fields."""
    known = persona_of(request).all_fields(store_of(request))
    return JSONResponse([field_details(field) for field in known.values()])


async def priorities(request: Request) -> Response:
    """All priorities."""
    return JSONResponse(_priorities(request))


async def link_types(request: Request) -> Response:
    """All kinds of link."""
    return JSONResponse({"issueLinkTypes": [shapes_of(request).link_type(kind) for kind in LINK_TYPES]})


async def projects(request: Request) -> Response:
    """All projects."""
    return JSONResponse([shapes_of(request).project(entry) for entry in store_of(request).projects])


async def project(request: Request) -> Response:
    """One project."""
    return JSONResponse(shapes_of(request).project(_project(request)))


async def security_levels(request: Request) -> Response:
    """The security levels of a project."""
    levels = store_of(request).security_levels.get(_project(request).name, ())
    return JSONResponse({"levels": [shapes_of(request).entry("securitylevel", level) for level in levels]})


async def issue_types(request: Request) -> Response:
    """The issue types of a project."""
    _project(request)
    types = [shapes_of(request).issue_type(entry) for entry in store_of(request).issue_types]
    return JSONResponse(_page(persona_of(request).types_name, types))


async def create_screen(request: Request) -> Response:
    """The fields that a new ticket of this type takes."""
    store = store_of(request)
    if request.path_params["type"] not in {entry.id for entry in store.issue_types}:
        raise Refusal(HTTPStatus.NOT_FOUND, "Issue type not found.")
    project = _project(request).name
    hidden = store.hidden_fields.get(project, frozenset())
    if not store.security_levels.get(project):
        hidden |= {"security"}
    known = persona_of(request).all_fields(store).values()
    shown = [_on_screen(request, field) for field in known if field.id not in hidden]
    return JSONResponse(_page(persona_of(request).fields_name, shown))


def permissions_shown(request: Request, keys: Sequence[str]) -> dict[str, Any]:
    """Whether the account has these permissions in the project that the request names."""
    asked = _project_named(request, request.query_params.get("projectKey", ""))
    denied = store_of(request).denied.get(asked.name, frozenset())
    return {"permissions": {key: _permission(key, granted=key not in denied) for key in keys}}


def _page(name: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: items, "startAt": 0, "maxResults": 50, "total": len(items)}


def _on_screen(request: Request, field: Field) -> dict[str, Any]:
    """A field, with its values where the sandbox knows them all."""
    metadata = field_metadata(field)
    return metadata | {"allowedValues": _priorities(request)} if field.id == "priority" else metadata


def _priorities(request: Request) -> list[dict[str, Any]]:
    return [shapes_of(request).entry("priority", entry) for entry in PRIORITIES]


def _permission(key: str, *, granted: bool) -> dict[str, str | bool]:
    number = str(list(PERMISSIONS).index(key))
    return {"id": number, "key": key, "name": PERMISSIONS[key], "type": "PROJECT", "havePermission": granted}


def _project(request: Request) -> Named:
    return _project_named(request, request.path_params["project"])


def _project_named(request: Request, wanted: str) -> Named:
    for entry in store_of(request).projects:
        if wanted in {entry.id, entry.name}:
            return entry
    raise not_found(f"No project could be found with key '{wanted}'. It")
