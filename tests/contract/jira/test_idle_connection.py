"""A connection that rested may have been forgotten by whoever stands between us and Jira."""

import threading
from collections.abc import Iterator
from contextlib import closing, nullcontext
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from connectors.errors import OutcomeUnknown
from connectors.jira.session import JiraSession


class ForgetfulHandler(BaseHTTPRequestHandler):
    """Answers one request on each connection, and breaks the connection when another one comes on it."""

    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        self.handle_one_request()
        self.connection.recv(1)

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the parent
        """Say nothing."""

    def _answer(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")


@pytest.fixture
def forgetful_url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), ForgetfulHandler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("rest", "arrives"), [(14.0, False), (16.0, True)])
def test_a_write_after_a_long_rest_goes_over_a_fresh_connection(
    forgetful_url: str, *, rest: float, arrives: bool
) -> None:
    now = 100.0
    session = JiraSession(
        url=forgetful_url, user=None, token="t", version="3", request_timeout=5.0, clock=lambda: now
    )
    with closing(session):
        session.get("myself")
        now += rest
        with nullcontext() if arrives else pytest.raises(OutcomeUnknown):
            session.write("POST", "issue", {}, done=HTTPStatus.OK)
