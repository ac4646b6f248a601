"""What hangs on a ticket: comments, properties, remote links, attachments."""

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from http import HTTPStatus
from typing import cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.jira.sandbox.exchange import (
    NO_CONTENT,
    body_of,
    json_of,
    names_of,
    number_of,
    persona_of,
    store_of,
    ticket_of,
)
from connectors.jira.sandbox.fields import properties_of
from connectors.jira.sandbox.refusal import Refusal, not_found
from connectors.jira.sandbox.shapes import shapes_of
from connectors.jira.sandbox.store import Store

_DEFAULT_PAGE = 100


def part_routes(api: str) -> list[BaseRoute]:
    """The routes below a ticket."""
    issue = f"{api}/issue/{{key}}"
    return [
        Route(f"{issue}/comment", list_comments, methods=["GET"]),
        Route(f"{issue}/comment", add_comment, methods=["POST"]),
        Route(f"{issue}/comment/{{id}}", delete_comment, methods=["DELETE"]),
        Route(f"{issue}/watchers", list_watchers, methods=["GET"]),
        Route(f"{issue}/watchers", add_watcher, methods=["POST"]),
        Route(f"{issue}/properties", list_properties, methods=["GET"]),
        Route(f"{issue}/properties/{{name}}", read_property, methods=["GET"]),
        Route(f"{issue}/properties/{{name}}", write_property, methods=["PUT"]),
        Route(f"{issue}/remotelink", list_remote_links, methods=["GET"]),
        Route(f"{issue}/remotelink", link_remote, methods=["POST"]),
        Route(f"{issue}/attachments", attach, methods=["POST"]),
        Route(f"{api}/attachment/meta", upload_limit, methods=["GET"]),
        Route(f"{api}/attachment/{{id}}", delete_attachment, methods=["DELETE"]),
    ]


async def list_comments(request: Request) -> Response:
    """A page of the comments, oldest first."""
    ticket, shapes = ticket_of(request), shapes_of(request)
    start = number_of(request, "startAt", 0)
    size = min(number_of(request, "maxResults", _DEFAULT_PAGE), _DEFAULT_PAGE)
    expanded = persona_of(request).expands_comment_properties and "properties" in names_of(request, "expand")
    page = [
        shapes.comment(ticket, comment, with_properties=expanded)
        for comment in ticket.comments[start : start + size]
    ]
    return JSONResponse(
        {"comments": page, "startAt": start, "maxResults": size, "total": len(ticket.comments)}
    )


async def add_comment(request: Request) -> Response:
    """Add a comment."""
    store, ticket, body = store_of(request), ticket_of(request), await body_of(request)
    objection = persona_of(request).check_text(store, body.get("body"))
    if objection:
        raise Refusal(HTTPStatus.BAD_REQUEST, errors={"comment": objection})
    visibility = body.get("visibility")
    if isinstance(visibility, dict) and visibility.get("value") not in store.roles:
        raise Refusal(HTTPStatus.BAD_REQUEST, errors={"commentLevel": "You are not in that role or group."})
    comment = store.comment(ticket, body["body"], properties_of(body), visibility)
    bean = shapes_of(request).comment(ticket, comment, with_properties=False)
    return JSONResponse(bean, HTTPStatus.CREATED)


async def delete_comment(request: Request) -> Response:
    """Remove a comment, where the account may."""
    store, ticket, wanted = store_of(request), ticket_of(request), request.path_params["id"]
    _refuse_deletion(store)
    if all(comment.id != wanted for comment in ticket.comments):
        raise not_found(f"Can not find a comment for the id: {wanted}. It")
    store.delete_comment(ticket, wanted)
    return NO_CONTENT


async def list_watchers(request: Request) -> Response:
    """Who is told of every change."""
    return JSONResponse(shapes_of(request).watchers(ticket_of(request)))


async def add_watcher(request: Request) -> Response:
    """Let an account be told of every change."""
    store, ticket, account = store_of(request), ticket_of(request), await json_of(request)
    if not isinstance(account, str) or account in store.strangers:
        raise not_found("User")
    store.watch(ticket, account)
    return NO_CONTENT


async def list_properties(request: Request) -> Response:
    """The names of a ticket's properties."""
    names = ticket_of(request).properties
    return JSONResponse({"keys": [{"key": name, "self": f"{request.url}/{name}"} for name in names]})


async def read_property(request: Request) -> Response:
    """One property."""
    name, properties = request.path_params["name"], ticket_of(request).properties
    if name not in properties:
        raise not_found(f"The property with key '{name}'")
    return JSONResponse({"key": name, "value": properties[name]})


async def write_property(request: Request) -> Response:
    """Set one property."""
    name, ticket = request.path_params["name"], ticket_of(request)
    store_of(request).set_property(ticket, name, await json_of(request))
    return Response(status_code=HTTPStatus.OK if name in ticket.properties else HTTPStatus.CREATED)


async def list_remote_links(request: Request) -> Response:
    """The links to somewhere else."""
    ticket, shapes = ticket_of(request), shapes_of(request)
    return JSONResponse([shapes.remote_link(ticket, link) for link in ticket.remote_links])


async def link_remote(request: Request) -> Response:
    """Add a remote link, or replace the one with the same global id."""
    ticket, body = ticket_of(request), await body_of(request)
    target = body.get("object")
    if not isinstance(target, dict) or not {"title", "url"} <= target.keys():
        raise Refusal(HTTPStatus.BAD_REQUEST, errors={"title": "'title' and 'url' are required."})
    link, is_new = store_of(request).link_remote(ticket, body.get("globalId"), target)
    bean = shapes_of(request).remote_link_created(ticket, link)
    return JSONResponse(bean, persona_of(request).remote_link_created if is_new else HTTPStatus.OK)


async def attach(request: Request) -> Response:
    """Add files (RFC 7578); the header says that no browser was tricked into it."""
    if request.headers.get("X-Atlassian-Token") != "no-check":
        raise Refusal(HTTPStatus.FORBIDDEN, "XSRF check failed")
    store, shapes, key = store_of(request), shapes_of(request), ticket_of(request).key
    parts = await _parts(request)
    if any(len(_content(part)) > store.upload_limit for part in parts):
        raise Refusal(persona_of(request).too_large, "The attachment is larger than this site takes.")
    attachments = [
        store.attach(store.ticket(key), part.get_filename("file"), part.get_content_type(), _content(part))
        for part in parts
    ]
    return JSONResponse([shapes.attachment(attachment) for attachment in attachments])


async def upload_limit(request: Request) -> Response:
    """Whether files are taken, and how large ones."""
    return JSONResponse({"enabled": True, "uploadLimit": store_of(request).upload_limit})


async def delete_attachment(request: Request) -> Response:
    """Remove a file, where the account may."""
    store, wanted = store_of(request), request.path_params["id"]
    _refuse_deletion(store)
    for ticket in store.tickets():
        if any(attachment.id == wanted for attachment in ticket.attachments):
            store.delete_attachment(ticket, wanted)
            return NO_CONTENT
    raise not_found("The attachment")


async def attachment_content(request: Request) -> Response:
    """A file, to be kept and never shown."""
    wanted = request.path_params["id"]
    for ticket in store_of(request).tickets():
        for attachment in ticket.attachments:
            if attachment.id == wanted:
                headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
                return Response(attachment.content, headers=headers, media_type="application/octet-stream")
    raise not_found("The attachment")


def _refuse_deletion(store: Store) -> None:
    if not store.may_delete:
        raise Refusal(HTTPStatus.BAD_REQUEST, "You do not have the permission to delete this.")


async def _parts(request: Request) -> list[EmailMessage]:
    head = f"Content-Type: {request.headers.get('Content-Type', '')}\r\n\r\n".encode()
    form = BytesParser(policy=policy.HTTP).parsebytes(head + await request.body())
    if not form.is_multipart():
        raise Refusal(HTTPStatus.BAD_REQUEST, "The request is no multipart form.")
    return [cast("EmailMessage", part) for part in form.iter_parts()]


def _content(part: EmailMessage) -> bytes:
    return cast("bytes", part.get_payload(decode=True))
