"""Runs a sandbox on a loopback port, on a thread of its own."""

import asyncio
import re
import secrets
import socket
import threading
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute

from config.instant import utcnow
from config.settings import JiraEdition
from connectors.errors import Unavailable
from connectors.jira.sandbox import cloud, data_center, pages
from connectors.jira.sandbox.door import AnswerJudge, BreakableProtocol, Door, RequestJudge
from connectors.jira.sandbox.exchange import refused
from connectors.jira.sandbox.faults import Faults
from connectors.jira.sandbox.persona import Persona
from connectors.jira.sandbox.refusal import Refusal
from connectors.jira.sandbox.store import Clock, Store
from connectors.jira.sandbox.ticket import Ticket

ISSUE_TYPES = ("Task", "Incident", "Bug", "Story")

_PERSONAS = {
    JiraEdition.CLOUD: (cloud.CLOUD, cloud.routes),
    JiraEdition.DATA_CENTER: (data_center.DATA_CENTER, data_center.routes),
}

_HOST = "127.0.0.1"
_PROTECTED = ("/rest/", "/secure/")
_START_LIMIT = 10.0
"""Seconds that the server may take to come up, or to stop."""
_DRAIN_LIMIT = 1.0
"""Seconds that requests under way get when the server stops."""


class Sandbox:
    """A stand-in for a Jira site of one edition, up while it is entered.

    `credentials` are the user and token that it demands; Data Center takes the token alone as well. Each
    request to its interface is shown to `judge`, whose objection is answered with status 400, and each answer
    to `answer_judge`. `store` holds the tickets and the settings that tests change; `faults` makes requests
    go wrong. It knows priorities and issue types by name, and takes any component and assignee.
    """

    def __init__(
        self,
        *,
        edition: JiraEdition = JiraEdition.CLOUD,
        projects: Sequence[str] = ("INC",),
        issue_types: Sequence[str] = ISSUE_TYPES,
        port: int = 0,
        credentials: tuple[str, str] | None = None,
        judge: RequestJudge | None = None,
        answer_judge: AnswerJudge | None = None,
        clock: Clock = utcnow,
        index_lag: timedelta = timedelta(0),
        next_keys: Mapping[str, str] | None = None,
    ) -> None:
        self.faults = Faults()
        self.store = Store(
            projects=projects, issue_types=issue_types, clock=clock, index_lag=index_lag, next_keys=next_keys
        )
        persona, routes = _PERSONAS[edition]
        app = _application(self.store, persona, [*routes(), *pages.routes()], credentials)
        self._door = Door(app, faults=self.faults, judge=judge, answer_judge=answer_judge)
        self._port = port

    def __enter__(self) -> Self:
        self._socket = _listen(self._port)
        self.url = f"http://{_HOST}:{self._socket.getsockname()[1]}"
        self._server = _Server(_configuration(self._door))
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name="jira-sandbox", daemon=True
        )
        self._thread.start()
        if not self._server.is_up.wait(_START_LIMIT):
            self.stop()
            raise Unavailable(f"The Jira sandbox did not come up at {self.url}; see the log")
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Close the port. The tickets stay readable through `tickets`."""
        self._server.end()
        self._thread.join(_START_LIMIT)
        self._socket.close()

    def wait(self) -> None:
        """Return when the server has ended."""
        self._thread.join()

    def tickets(self) -> tuple[Ticket, ...]:
        """All tickets as they are now, oldest first."""
        return self.store.tickets()

    def requests(self, method: str, path: str) -> int:
        """How many such requests arrived; `path` is a regular expression for the whole path."""
        wanted = re.compile(path)
        return sum(
            count
            for (verb, arrived), count in list(self._door.arrivals.items())
            if verb == method and wanted.fullmatch(arrived)
        )


def _listen(port: int) -> socket.socket:
    """A listening socket. asyncio turns Nagle's delays off only where the protocol is named as TCP."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((_HOST, port))
    listener.listen()
    return listener


class _Server(uvicorn.Server):
    """Says when it has started, and ends at once when told to: the parent looks ten times a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending = asyncio.Event()

    def end(self) -> None:
        """Ask the server, from another thread, to end."""
        self.should_exit = True
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ending.set)

    async def main_loop(self) -> None:
        await self.on_tick(0)
        self._loop = asyncio.get_running_loop()
        self.is_up.set()
        await self._ending.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 - as the parent
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=_DRAIN_LIMIT)


def _configuration(door: Door) -> uvicorn.Config:
    return uvicorn.Config(
        door,
        http=BreakableProtocol,
        ws="none",
        lifespan="off",
        log_level="warning",
        log_config=None,
        access_log=False,
        date_header=False,
    )


def _application(
    store: Store, persona: Persona, routes: Sequence[BaseRoute], credentials: tuple[str, str] | None
) -> Starlette:
    guard = [_guard(_accepted(credentials, persona))] if credentials else []
    app = Starlette(routes=routes, exception_handlers={Refusal: refused}, middleware=guard)
    app.state.store, app.state.persona = store, persona
    return app


def _accepted(credentials: tuple[str, str], persona: Persona) -> list[bytes]:
    """The values of the header Authorization that let a request in (RFC 7617, RFC 6750)."""
    basic = b"Basic " + b64encode(":".join(credentials).encode())
    return [basic, f"Bearer {credentials[1]}".encode()] if persona.takes_bearer else [basic]


def _guard(accepted: Sequence[bytes]) -> Middleware:
    """Lets only the right credentials to the interface; the pages are open."""

    async def dispatch(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        given = request.headers.get("Authorization", "").encode()
        is_known = any(secrets.compare_digest(given, value) for value in accepted)
        if request.url.path.startswith(_PROTECTED) and not is_known:
            return PlainTextResponse(
                "Client must be authenticated to access this resource.",
                HTTPStatus.UNAUTHORIZED,
                {"WWW-Authenticate": 'OAuth realm="Jira sandbox"'},
            )
        return await call_next(request)

    return Middleware(BaseHTTPMiddleware, dispatch=dispatch)
