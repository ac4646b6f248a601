"""What the sandbox can be told to do wrong, for the next so many requests to a route."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus


class FaultKind(StrEnum):
    """The ways to go wrong, told apart by what the client can know."""

    DROP_BEFORE_EXECUTE = "drop_before_execute"  # nothing is done and the connection breaks
    EXECUTE_THEN_DROP = "execute_then_drop"  # it is done, and the connection breaks before the answer
    ANSWER = "answer"  # nothing is done; a given answer comes
    DELAY = "delay"  # it is done at once, and the answer comes late


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault; which fields besides the kind matter depends on it."""

    kind: FaultKind
    status: HTTPStatus = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0


@dataclass(kw_only=True)
class _Armed:
    fault: Fault
    method: str
    path: re.Pattern[str]
    left: int


class Faults:
    """The faults that are armed. A path is a regular expression for the whole path, without the query."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []

    def execute_then_drop(self, method: str, path: str, *, times: int = 1) -> None:
        """Carry the request out, then break the connection."""
        self._arm(Fault(kind=FaultKind.EXECUTE_THEN_DROP), method, path, times)

    def drop_before_execute(self, method: str, path: str, *, times: int = 1) -> None:
        """Break the connection without carrying the request out."""
        self._arm(Fault(kind=FaultKind.DROP_BEFORE_EXECUTE), method, path, times)

    def answer(
        self,
        method: str,
        path: str,
        *,
        status: HTTPStatus,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        times: int = 1,
    ) -> None:
        """Answer like this, without carrying the request out."""
        fault = Fault(kind=FaultKind.ANSWER, status=status, headers=headers or {}, body=body)
        self._arm(fault, method, path, times)

    def rate_limit(self, method: str, path: str, *, retry_after: str, times: int = 1) -> None:
        """Answer that there were too many requests."""
        headers = {"Retry-After": retry_after, "RateLimit-Reason": "jira-burst-based"}
        self.answer(method, path, status=HTTPStatus.TOO_MANY_REQUESTS, headers=headers, times=times)

    def delay(self, method: str, path: str, *, seconds: float, times: int = 1) -> None:
        """Carry the request out and answer late."""
        self._arm(Fault(kind=FaultKind.DELAY, seconds=seconds), method, path, times)

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this request, used up once; None when it shall go well."""
        for armed in self._armed:
            if armed.left and armed.method == method and armed.path.fullmatch(path):
                armed.left -= 1
                return armed.fault
        return None

    def _arm(self, fault: Fault, method: str, path: str, times: int) -> None:
        self._armed.append(_Armed(fault=fault, method=method, path=re.compile(path), left=times))
