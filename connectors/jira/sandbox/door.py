"""The sandbox's door: every request is counted, judged, let go wrong if a fault is armed, and answered."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from connectors.jira.sandbox.faults import Fault, FaultKind, Faults

Headers = Mapping[str, str]
"""Names in lower case."""
RequestJudge = Callable[[str, str, Headers, bytes], str | None]
"""Says what is wrong with a request (method, URL, headers, body); None when it conforms."""
AnswerJudge = Callable[[str, str, HTTPStatus, Headers, bytes], None]
"""Is shown each answer (method, URL, status, headers, body) and notes what is wrong with it."""

_TRANSPORT = "transport"
_INTERFACE = "/rest/"


class BreakableProtocol(H11Protocol):
    """Hands its connection on, so that the door can break it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as the parent
        """Keep the transport where each request's scope carries it."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, _TRANSPORT: transport}


@dataclass(frozen=True, kw_only=True)
class _Request:
    method: str
    path: str
    url: str
    headers: Headers
    body: bytes


@dataclass(kw_only=True)
class _Answer:
    """An answer that the application gave, kept back until it is known whether it may leave."""

    status: HTTPStatus = HTTPStatus.OK
    headers: Headers = field(default_factory=dict)
    body: bytes = b""

    def response(self) -> Response:
        return Response(self.body, self.status, dict(self.headers))

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = HTTPStatus(message["status"])
            self.headers = _decoded(message["headers"])
        else:
            self.body += message.get("body", b"")


class Door:
    """An ASGI application around the persona's routes."""

    def __init__(
        self, app: ASGIApp, *, faults: Faults, judge: RequestJudge | None, answer_judge: AnswerJudge | None
    ) -> None:
        self._app = app
        self._faults = faults
        self._judge = judge
        self._answer_judge = answer_judge
        self.arrivals: Counter[tuple[str, str]] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = await _received(scope, receive)
        if request is None:
            return
        self.arrivals[request.method, request.path] += 1
        fault = self._faults.take(request.method, request.path, request.body)
        match fault:
            case Fault(kind=FaultKind.DROP_BEFORE_EXECUTE):
                await _break(scope, receive)
            case Fault(kind=FaultKind.ANSWER):
                await _foreseen(fault)(scope, receive, send)
            case _:
                answer = await self._answer(request, scope)
                await _leave(answer, fault, scope, receive, send)

    async def _answer(self, request: _Request, scope: Scope) -> _Answer:
        is_judged = request.path.startswith(_INTERFACE)
        answer, replay = _Answer(), _replay(request.body)
        objection = self._objection(request) if is_judged else None
        if objection:
            await _objected(objection)(scope, replay, answer.take)
            return answer
        await self._app(scope, replay, answer.take)
        if is_judged and self._answer_judge:
            self._answer_judge(request.method, request.url, answer.status, answer.headers, answer.body)
        return answer

    def _objection(self, request: _Request) -> str | None:
        return self._judge and self._judge(request.method, request.url, request.headers, request.body)


async def _leave(answer: _Answer, fault: Fault | None, scope: Scope, receive: Receive, send: Send) -> None:
    """Send the answer to a request that was carried out, or what the fault makes of it."""
    match fault:
        case Fault(kind=FaultKind.EXECUTE_THEN_DROP):
            await _break(scope, receive)
        case Fault(kind=FaultKind.EXECUTE_THEN_TRUNCATE):
            await _send_half(answer, scope, receive, send)
        case Fault(kind=FaultKind.EXECUTE_THEN_ANSWER):
            await _foreseen(fault)(scope, receive, send)
        case _:
            await asyncio.sleep(fault.seconds if fault else 0)
            await answer.response()(scope, receive, send)


def _foreseen(fault: Fault) -> Response:
    return Response(fault.body, fault.status, dict(fault.headers))


def _objected(objection: str) -> Response:
    return JSONResponse({"errorMessages": [objection], "errors": {}}, HTTPStatus.BAD_REQUEST)


async def _received(scope: Scope, receive: Receive) -> _Request | None:
    """The whole request; None when its sender went away in the middle of it."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
    headers = _decoded(scope["headers"])
    query = scope["query_string"].decode()
    url = f"{scope['scheme']}://{headers.get('host', '')}{scope['path']}" + (f"?{query}" if query else "")
    return _Request(method=scope["method"], path=scope["path"], url=url, headers=headers, body=body)


def _replay(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _decoded(headers: list[tuple[bytes, bytes]]) -> Headers:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}


async def _send_half(answer: _Answer, scope: Scope, receive: Receive, send: Send) -> None:
    """Send the headers, which tell the whole length, and half of the body; then close the connection."""
    response = answer.response()
    await send({"type": "http.response.start", "status": answer.status, "headers": response.raw_headers})
    half = answer.body[: len(answer.body) // 2]
    await send({"type": "http.response.body", "body": half, "more_body": True})
    scope["state"][_TRANSPORT].close()
    await _gone(receive)


async def _break(scope: Scope, receive: Receive) -> None:
    """Reset the connection."""
    scope["state"][_TRANSPORT].abort()
    await _gone(receive)


async def _gone(receive: Receive) -> None:
    """Wait until the server has noticed that the connection is gone, so that it sends nothing of its own."""
    while (await receive())["type"] != "http.disconnect":
        pass
