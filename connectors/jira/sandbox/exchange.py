"""What the endpoints of every persona ask a request for."""

import json
from http import HTTPStatus
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connectors.jira.sandbox.persona import Persona
from connectors.jira.sandbox.refusal import Refusal
from connectors.jira.sandbox.store import Store
from connectors.jira.sandbox.ticket import Ticket

NO_CONTENT = Response(status_code=HTTPStatus.NO_CONTENT)


def store_of(request: Request) -> Store:
    """The tickets of this sandbox."""
    return cast("Store", request.app.state.store)


def persona_of(request: Request) -> Persona:
    """The edition that this sandbox plays."""
    return cast("Persona", request.app.state.persona)


def ticket_of(request: Request) -> Ticket:
    """The ticket that the path names; raises a refusal with status 404."""
    return store_of(request).ticket(request.path_params["key"])


async def json_of(request: Request) -> Any:  # noqa: ANN401 - JSON is of any type until it is looked at
    """The request's body; raises a refusal when it is no JSON."""
    try:
        return json.loads(await request.body())
    except ValueError:
        raise Refusal(HTTPStatus.BAD_REQUEST, "Unexpected character in the request: it is no JSON.") from None


async def body_of(request: Request) -> dict[str, Any]:
    """The request's body, which has to be a JSON object."""
    body = await json_of(request)
    if not isinstance(body, dict):
        raise Refusal(HTTPStatus.BAD_REQUEST, "The request's body must be an object.")
    return body


def object_in(body: dict[str, Any], name: str) -> dict[str, Any]:
    """The object under a name in the body; an empty one where there is none."""
    value = body.get(name, {})
    if not isinstance(value, dict):
        raise Refusal(HTTPStatus.BAD_REQUEST, f"{name} must be an object")
    return value


def names_of(request: Request, parameter: str) -> list[str]:
    """The names in a query parameter, which may be repeated or hold commas."""
    values = request.query_params.getlist(parameter)
    return [name.strip() for value in values for name in value.split(",") if name.strip()]


def number_of(request: Request, parameter: str, default: int) -> int:
    """The number in a query parameter."""
    try:
        return int(request.query_params.get(parameter, default))
    except ValueError:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"{parameter} must be a number") from None


async def refused(_request: Request, refusal: Exception) -> Response:
    """A refusal in the form of Jira's error collection."""
    if not isinstance(refusal, Refusal):
        raise refusal
    body = {"errorMessages": list(refusal.messages), "errors": dict(refusal.errors)}
    return JSONResponse(body, refusal.status)
