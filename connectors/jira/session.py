"""One authenticated connection to Jira, and which of its failures may be tried again at once."""

import re
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

import requests
from jira import JIRA
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, stop_after_delay
from tenacity.wait import wait_random_exponential

from config.fault_points import fault_point
from connectors.errors import OutsideError, Unavailable
from connectors.jira import answers

_CONNECT_TIMEOUT = 5.0
_TRIES = 3
_LONGEST_TRYING = 10.0
_LONGEST_PAUSE = 5.0
"""Seconds. A longer wait is the daemon's to plan: it must not hold a delivery thread."""
_IDLE_LIMIT = 15.0
"""Seconds after which a resting connection is not trusted with a write: whoever stands between may have
forgotten it, and a write lost on it would have to be looked for."""
_BACKOFF = wait_random_exponential(multiplier=0.2, max=2.0)
_FORM_HEADERS = {
    "Content-Type": None,  # the library's own, for JSON, would stand in the way of the form's
    "X-Atlassian-Token": "no-check",  # no browser was tricked into sending this
}

J = TypeVar("J", dict[str, Any], list[dict[str, Any]])
Json = Mapping[str, Any] | str
Form = Mapping[str, tuple[str, bytes, str]]
"""Files by the name of their field: name, content, content type (RFC 7578)."""


class JiraSession:
    """Sends requests and returns their JSON, or raises what went wrong. Not thread-safe.

    `version` is that of the REST API. Only `Unavailable` is tried again, because only then is it certain
    that nothing was done. `clock` counts seconds from any start and is never set back. `guard` is asked
    right before each write, and raises when it must not be sent any more.
    """

    def __init__(
        self,
        *,
        url: str,
        user: str | None,
        token: str,
        version: str,
        request_timeout: float,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        guard: Callable[[], None] = lambda: None,
    ) -> None:
        self._timeout = (_CONNECT_TIMEOUT, request_timeout)
        self._base = f"{url.rstrip('/')}/rest/api/{version}/"
        self._clock = clock
        self._guard = guard
        self._last_use = clock()
        self._jira = JIRA(
            url,
            basic_auth=(user, token) if user else None,
            token_auth=None if user else token,
            max_retries=0,  # the library would repeat a POST that may have been carried out
            timeout=self._timeout,
            get_server_info=False,
            options={"rest_api_version": version},
        )
        # Proxies and certificates: requests would look through all variables for each request.
        self._environment = self._jira._session.merge_environment_settings(  # noqa: SLF001 - as in `_send`
            self._base, {}, None, None, None
        )
        self._retrying = Retrying(
            retry=retry_if_exception(_is_worth_a_short_wait),
            stop=stop_after_attempt(_TRIES) | stop_after_delay(_LONGEST_TRYING),
            wait=_wait,
            sleep=pause,
            reraise=True,
        )

    def close(self) -> None:
        """Close the connections; the next request opens a new one."""
        self._jira._session.close()  # noqa: SLF001 - as in `_send`

    def get(self, path: str, query: Mapping[str, str | int] | None = None) -> dict[str, Any]:
        """Read something."""
        return self._retrying(self._read, "GET", path, dict, query=query)

    def get_list(self, path: str) -> list[dict[str, Any]]:
        """Read something that Jira answers with a list."""
        return self._retrying(self._read, "GET", path, list)

    def search(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Read something by a POST that changes nothing."""
        return self._retrying(self._read, "POST", path, dict, body=body)

    def write(
        self, method: str, path: str, body: Json | None = None, *, done: HTTPStatus
    ) -> requests.Response:
        """Change something; returns the answer, whose status is `done`."""
        return self._retrying(self._write, method, path, done, body=body)

    def upload(self, path: str, form: Form, *, done: HTTPStatus) -> requests.Response:
        """Send files; returns the answer, whose status is `done`."""
        return self._retrying(self._write, "POST", path, done, form=form)

    def _read(
        self,
        method: str,
        path: str,
        form: type[J],
        *,
        query: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> J:
        response = self._send(method, path, query=query, body=body, writes=False)
        _raise(answers.of_read(f"{method} {path}", response))
        answer = answers.json_of(response)
        if not isinstance(answer, form):
            raise Unavailable(
                f"{method} {path} was answered by something else than Jira's interface; "
                "check jira.url and whether a single sign-on stands before it"
            )
        return answer

    def _write(
        self,
        method: str,
        path: str,
        done: HTTPStatus,
        *,
        body: Json | None = None,
        form: Form | None = None,
    ) -> requests.Response:
        if self._clock() - self._last_use > _IDLE_LIMIT:
            self.close()
        self._guard()
        response = self._send(method, path, body=body, form=form, writes=True)
        _raise(answers.of_write(f"{method} {path}", response, done=done))
        return response

    def _send(
        self,
        method: str,
        path: str,
        *,
        writes: bool,
        query: Mapping[str, str | int] | None = None,
        body: Json | None = None,
        form: Form | None = None,
    ) -> requests.Response:
        """Send once and follow nothing.

        The library's own `request` is passed by: it turns answers into errors that hold their text.
        """
        session = self._jira._session  # noqa: SLF001 - the library offers no public way to its session
        address, headers = self._base + path, _FORM_HEADERS if form else None
        request = session.prepare_request(
            requests.Request(method, address, headers, files=form, params=query, json=body)
        )
        call = f"call Jira {method} {_kind_of(path)}"
        try:
            fault_point(f"{call}: before")
            answer = session.send(request, timeout=self._timeout, allow_redirects=False, **self._environment)
        except requests.RequestException as error:
            # The cause is left out: its text holds the request's address and the peer's.
            raise answers.of_failure(f"{method} {path}", error, writes=writes) from None
        finally:
            self._last_use = self._clock()
        fault_point(f"{call}: after")
        return answer


def _kind_of(path: str) -> str:
    """The path without the keys and numbers in it."""
    return re.sub(r"/[A-Z0-9_]*-?\d+", "", path)


def _raise(error: OutsideError | None) -> None:
    if error is not None:
        raise error


def _is_worth_a_short_wait(error: BaseException) -> bool:
    return isinstance(error, Unavailable) and (error.retry_after or 0.0) <= _LONGEST_PAUSE


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, Unavailable) else None
    return max(asked or 0.0, _BACKOFF(state))
