"""What the sandbox can be told to do wrong, and to which requests.

A fault hits the next `times` requests to its route, or, where `share` is given, that share of all requests to
it: each on its first try only, so that whoever tries again gets through. Which ones depends on the seed and
on the request itself, never on the order in which requests arrive.
"""

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus

from connectors.jira.rate_limit import RateLimitReason

EVERY_WRITE = ("POST|PUT|DELETE", r"/rest/api/\d/(?!search|issue/bulkfetch).*")
"""The route of every request that changes something: `faults.delay(*EVERY_WRITE, …)`."""

_SIGN_ON_PAGE = b"<!doctype html><html><title>Log in</title><body>Single sign-on</body></html>"


class FaultKind(StrEnum):
    """The ways to go wrong, told apart by what the client can know."""

    DROP_BEFORE_EXECUTE = "drop_before_execute"  # nothing is done and the connection breaks
    EXECUTE_THEN_DROP = "execute_then_drop"  # it is done, and the connection breaks before the answer
    EXECUTE_THEN_TRUNCATE = "execute_then_truncate"  # it is done, and the connection ends within the answer
    EXECUTE_THEN_ANSWER = "execute_then_answer"  # it is done, and a given answer comes instead of Jira's
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
    method: re.Pattern[str]
    path: re.Pattern[str]
    left: float
    share: float | None
    salt: str  # lets the shares of different faults fall on different requests
    tried: set[bytes] = field(default_factory=set)

    def hits(self, method: str, path: str, body: bytes) -> bool:
        """Whether the fault is this request's; counts it."""
        if not (self.left and self.method.fullmatch(method) and self.path.fullmatch(path)):
            return False
        if self.share is not None and not self._falls_into(
            self.share, _digest(self.salt, method, path, body)
        ):
            return False
        self.left -= 1
        return True

    def _falls_into(self, share: float, digest: bytes) -> bool:
        is_first_try = digest not in self.tried
        self.tried.add(digest)
        return is_first_try and int.from_bytes(digest[:8]) < share * 2**64


class Faults:
    """The faults that are armed. Methods and paths are regular expressions for the whole, without the query.

    `seed` decides which requests fall into a share; it may be changed before a fault is armed.
    """

    def __init__(self, *, seed: int = 0) -> None:
        self.seed = seed
        self._armed: list[_Armed] = []

    def execute_then_drop(
        self, method: str, path: str, *, times: int = 1, share: float | None = None
    ) -> None:
        """Carry the request out, then break the connection."""
        self._arm(Fault(kind=FaultKind.EXECUTE_THEN_DROP), method, path, times, share)

    def drop_before_execute(
        self, method: str, path: str, *, times: int = 1, share: float | None = None
    ) -> None:
        """Break the connection without carrying the request out."""
        self._arm(Fault(kind=FaultKind.DROP_BEFORE_EXECUTE), method, path, times, share)

    def truncate(self, method: str, path: str, *, times: int = 1, share: float | None = None) -> None:
        """Carry the request out, then end the connection in the middle of the answer."""
        self._arm(Fault(kind=FaultKind.EXECUTE_THEN_TRUNCATE), method, path, times, share)

    def delay(
        self, method: str, path: str, *, seconds: float, times: int = 1, share: float | None = None
    ) -> None:
        """Carry the request out and answer late."""
        self._arm(Fault(kind=FaultKind.DELAY, seconds=seconds), method, path, times, share)

    def answer(
        self,
        method: str,
        path: str,
        *,
        status: HTTPStatus,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        executed: bool = False,
        times: int = 1,
        share: float | None = None,
    ) -> None:
        """Answer like this; the request is carried out first only where `executed` says so."""
        kind = FaultKind.EXECUTE_THEN_ANSWER if executed else FaultKind.ANSWER
        fault = Fault(kind=kind, status=status, headers=headers or {}, body=body)
        self._arm(fault, method, path, times, share)

    def sign_on_page(self, method: str, path: str, *, times: int = 1, share: float | None = None) -> None:
        """Answer with a web page and status 200, as a single sign-on before Jira does."""
        headers = {"Content-Type": "text/html"}
        self.answer(
            method,
            path,
            status=HTTPStatus.OK,
            headers=headers,
            body=_SIGN_ON_PAGE,
            times=times,
            share=share,
        )

    def rate_limit(
        self,
        method: str,
        path: str,
        *,
        reason: RateLimitReason = RateLimitReason.BURST,
        retry_after: str | None = None,
        reset: str | None = None,
        times: int = 1,
        share: float | None = None,
    ) -> None:
        """Answer that there were too many requests; both kinds of wait may be left unsaid."""
        waits = {"Retry-After": retry_after, "X-RateLimit-Reset": reset}
        headers = {"RateLimit-Reason": reason.value} | {name: wait for name, wait in waits.items() if wait}
        status = HTTPStatus.TOO_MANY_REQUESTS
        self.answer(method, path, status=status, headers=headers, times=times, share=share)

    def take(self, method: str, path: str, body: bytes) -> Fault | None:
        """The fault for this request, used up once; None when it shall go well."""
        hit = (armed for armed in self._armed if armed.hits(method, path, body))
        return next((armed.fault for armed in hit), None)

    def _arm(self, fault: Fault, method: str, path: str, times: int, share: float | None) -> None:
        self._armed.append(
            _Armed(
                fault=fault,
                method=re.compile(method),
                path=re.compile(path),
                left=times if share is None else math.inf,
                share=share,
                salt=f"{self.seed} {len(self._armed)}",
            )
        )


def _digest(salt: str, method: str, path: str, body: bytes) -> bytes:
    """What stands for a request: tries of the same one have the same digest."""
    return hashlib.sha256(f"{salt} {method} {path}\n".encode() + _content(body)).digest()


def _content(body: bytes) -> bytes:
    """Without the boundary of several parts (RFC 2046, section 5.1.1), which is drawn anew at each try."""
    return body.replace(body.partition(b"\r\n")[0], b"--") if body.startswith(b"--") else body
