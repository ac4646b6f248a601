"""The door to a service of second opinions, against a real HTTP server."""

import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from config.secret import Secret
from connectors.opinion import MAX_ANSWER, NoOpinion, OpinionService, opinion_faults
from parsers.facts import Urgency

SECRET_WORDS = "the words of the mail"


class Server(HTTPServer):
    """Answers with what it is told to, and keeps what it was asked."""

    status = 200
    answer = b"{}"
    is_slow = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[dict[str, str], object]] = []
        self.goes_on = Event()

    def service(self, **changes: object) -> OpinionService:
        values = {"url": f"http://127.0.0.1:{self.server_port}/", "timeout": timedelta(seconds=5)}
        return OpinionService(**(values | changes))  # type: ignore[arg-type]  # what a test changes


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((dict(self.headers), json.loads(body)))
        if self.server.is_slow:
            self.server.goes_on.wait(10)
            return
        self.send_response(self.server.status)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.goes_on.set()
        running.shutdown()
        thread.join()


def ask(service: OpinionService) -> tuple[Urgency, str]:
    found = service.ask(subject="A subject", text=SECRET_WORDS, language="en")
    return found.level, found.sentence


def test_the_answer_is_a_level_and_a_sentence(server: Server) -> None:
    server.answer = b'{"level": "critical", "sentence": "Now.", "model": "any"}'
    assert ask(server.service()) == (Urgency.CRITICAL, "Now.")
    [(_, asked)] = server.asked
    assert asked == {"subject": "A subject", "text": SECRET_WORDS, "language": "en"}


def test_the_token_is_sent_and_not_shown(server: Server, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("open sesame")
    server.answer = b'{"level": "low"}'
    service = server.service(token=Secret(file=tmp_path / "token"))
    assert ask(service) == (Urgency.LOW, "")
    assert server.asked[0][0]["Authorization"] == "Bearer open sesame"
    assert "sesame" not in repr(service)


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, b'{"level": "low"}'),
        (302, b'{"level": "low"}'),
        (200, b"not JSON"),
        (200, b'{"level": "huge"}'),
        (200, b"[]"),
        (200, b" " * (MAX_ANSWER + 1)),
    ],
    ids=["error", "sends elsewhere", "no JSON", "no level", "no object", "too long"],
)
def test_an_unusable_answer_is_none(server: Server, status: int, answer: bytes) -> None:
    server.status, server.answer = status, answer
    with pytest.raises(NoOpinion) as raised:
        ask(server.service())
    assert SECRET_WORDS not in str(raised.value)
    assert next(str(fault) for fault in opinion_faults(server.service())).startswith("second opinion: ")


def test_a_service_that_is_too_slow_gives_none(server: Server) -> None:
    server.is_slow = True
    with pytest.raises(NoOpinion, match="Timeout"):
        ask(server.service(timeout=timedelta(seconds=0.2)))


def test_a_service_that_is_not_there_gives_none() -> None:
    service = OpinionService(url="http://127.0.0.1:1/", timeout=timedelta(seconds=5))
    with pytest.raises(NoOpinion, match="ConnectionError"):
        ask(service)
    assert len(opinion_faults(service)) == 1


def test_a_service_that_answers_is_well(server: Server) -> None:
    server.answer = b'{"level": "low"}'
    assert opinion_faults(server.service()) == []
