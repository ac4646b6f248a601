"""The HTTP door at which the daemon's health is asked for: /healthz, /readyz and /metrics, read-only.

Liveness is answered from memory alone, so that a database out of reach never gets a daemon killed
which would go on by itself.
"""

import json
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from socketserver import ThreadingMixIn
from threading import BoundedSemaphore, Thread
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from config.errors import MailwardenError
from daemon.lease import Claimant
from daemon.metrics import FlowCollector, registry
from daemon.pulse import Pulse
from daemon.readiness import Readiness
from daemon.store.database import Database
from rules.site import Site

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

MOST_REQUESTS = 4  # at a time
PLACE_SECONDS = 1.0  # that one more waits for a place
REQUEST_SECONDS = 10.0  # for a client that is slow to ask
JSON = "application/json"


class DoorNotOpened(MailwardenError):
    """The port of the health door can't be listened on; choose another with `health.port`."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """An answer."""

    status: HTTPStatus
    body: bytes
    content_type: str = JSON


class Pages:
    """What the door answers (a WSGI application, PEP 3333)."""

    def __init__(
        self, *, pulses: Sequence[Pulse], faults: Callable[[], Sequence[str]], metrics: CollectorRegistry
    ) -> None:
        self._pulses = pulses
        self._faults = faults
        self._metrics = metrics
        self._pages = {"/healthz": self._alive, "/readyz": self._ready, "/metrics": self._measured}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request; a HEAD gets the headers of the GET."""
        method = environ["REQUEST_METHOD"]
        page = self._page(method, environ["PATH_INFO"])
        headers = [
            ("Content-Type", page.content_type),
            ("Content-Length", str(len(page.body))),
            ("Cache-Control", "no-store"),
            ("Server", "mailwarden"),
        ]
        if page.status is HTTPStatus.METHOD_NOT_ALLOWED:
            headers.append(("Allow", "GET, HEAD"))
        start_response(f"{page.status.value} {page.status.phrase}", headers)
        return [] if method == "HEAD" else [page.body]

    def _page(self, method: str, path: str) -> Page:
        if method not in {"GET", "HEAD"}:
            return _json(HTTPStatus.METHOD_NOT_ALLOWED, error="only GET and HEAD")
        if path not in self._pages:
            return _json(HTTPStatus.NOT_FOUND, pages=sorted(self._pages))
        return self._pages[path]()

    def _alive(self) -> Page:
        stuck = [pulse.name for pulse in self._pulses if pulse.is_stuck]
        status = HTTPStatus.SERVICE_UNAVAILABLE if stuck else HTTPStatus.OK
        return _json(status, alive=not stuck, loops=len(self._pulses), stuck=stuck)

    def _ready(self) -> Page:
        faults = list(self._faults())
        status = HTTPStatus.SERVICE_UNAVAILABLE if faults else HTTPStatus.OK
        return _json(status, ready=not faults, faults=faults)

    def _measured(self) -> Page:
        body = generate_latest(self._metrics)
        return Page(status=HTTPStatus.OK, body=body, content_type=CONTENT_TYPE_LATEST)


class Door:
    """Listens on one address while it is open."""

    def __init__(self, *, host: str, port: int, pages: Pages) -> None:
        self._address = (host, port)
        self._pages = pages
        self._server: _Server | None = None
        self._thread: Thread | None = None

    def start(self) -> None:
        """Open it; raises `DoorNotOpened`."""
        host, port = self._address
        try:
            self._server = _server(host, port)
        except OSError as error:
            reason = f"{host} port {port} can't be listened on ({error.strerror})"
            raise DoorNotOpened(f"{reason}; choose another with `health.port`") from None
        self._server.set_app(self._pages)
        self._thread = Thread(target=self._server.serve_forever, name="health", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close it. Requests under way end with the process at the latest."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
        self._server = self._thread = None


def door_of(
    site: Callable[[], Site], *, database: Database, lease: Claimant, pulses: Sequence[Pulse]
) -> Door | None:
    """The door that the settings ask for, still closed; None when they ask for none."""
    settings = site().settings
    if settings.health is None:
        return None
    collector = FlowCollector(
        database=database,
        instance=settings.instance,
        rules_digest=lambda: site().rules.digest,
        pulses=pulses,
    )
    readiness = Readiness(settings=settings, database=database, lease=lease, pulses=pulses)
    pages = Pages(pulses=pulses, faults=readiness.faults, metrics=registry(collector))
    return Door(host=settings.health.host, port=settings.health.port, pages=pages)


class _Handler(WSGIRequestHandler):
    timeout = REQUEST_SECONDS

    def log_message(self, *_: object) -> None:
        """Who asks is no concern of the log."""


class _Server(ThreadingMixIn, WSGIServer):
    """One thread a request, and only so many at a time."""

    daemon_threads = True

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401  (the base class's own)
        self._places = BoundedSemaphore(MOST_REQUESTS)
        super().__init__(*arguments, **named)

    def server_bind(self) -> None:
        """Bind without asking a name server for this machine's name, as the base class would."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = self.socket.getsockname()[:2]
        self.setup_environ()

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Answer on a thread of its own, or not at all when slow clients hold every place."""
        if self._places.acquire(timeout=PLACE_SECONDS):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Answer, then give the place back."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, *_: object) -> None:
        """A client that broke off is no concern of the log."""


class _ServerIPv6(_Server):
    address_family = socket.AF_INET6


def _server(host: str, port: int) -> _Server:
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    kind = _ServerIPv6 if family == socket.AF_INET6 else _Server
    return kind((host, port), _Handler)


def _json(status: HTTPStatus, **facts: object) -> Page:
    return Page(status=status, body=json.dumps(facts).encode() + b"\n")
