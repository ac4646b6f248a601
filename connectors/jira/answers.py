"""What an answer of Jira, or its absence, means for the caller.

Messages name the request and the status, and at most the fields that Jira objected to: an answer's text can
repeat what a mail said.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError

from config.instant import utcnow
from connectors.errors import CredentialsRefused, OutcomeUnknown, OutsideError, Refused, Unavailable

_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}\Z")


class FieldsRefused(Refused):
    """Jira objected to these fields, and to nothing else; nothing was done."""

    def __init__(self, message: str, *, fields: frozenset[str]) -> None:
        super().__init__(message)
        self.fields = fields


def of_read(request: str, response: requests.Response) -> OutsideError | None:
    """What is wrong with the answer to a request that changes nothing; None when it is good."""
    if "AUTHENTICATED_FAILED" in response.headers.get("X-Seraph-LoginReason", ""):
        # Jira then answers as to a stranger, who sees no tickets: "not found" would be a lie.
        return _credentials_refused(request, response)
    if response.status_code == HTTPStatus.OK:
        return None
    return _definite(request, response) or Unavailable(
        f"Jira answered {response.status_code} to {request}; it is tried again later",
        retry_after=retry_after(response),
    )


def of_write(request: str, response: requests.Response, *, done: HTTPStatus) -> OutsideError | None:
    """What is wrong with the answer to a request that changes something; None when it is `done`."""
    if response.status_code == done:
        return None
    return _definite(request, response) or outcome_unknown(request, f"Jira answered {response.status_code}")


def of_failure(request: str, error: requests.RequestException, *, writes: bool) -> OutsideError:
    """What it means that no whole answer came."""
    name = type(error).__name__
    if writes and not _never_sent(error):
        return outcome_unknown(request, f"the connection failed with {name}")
    return Unavailable(f"No answer came to {request} ({name}); check the network and jira.url")


def outcome_unknown(request: str, what: str) -> OutcomeUnknown:
    """The error that sends the caller to look for its token."""
    return OutcomeUnknown(f"{request} may have been carried out ({what}); look for its token first")


def retry_after(response: requests.Response) -> float | None:
    """The wait in seconds that Jira asks for (RFC 9110, section 10.2.3), else until its rate limit resets."""
    wait = response.headers.get("Retry-After")
    if wait is None:
        return _seconds_until(response.headers.get("X-RateLimit-Reset"), datetime.fromisoformat)
    if re.fullmatch(r"\d+(\.\d+)?", wait.strip()):
        return float(wait)
    return _seconds_until(wait, parsedate_to_datetime)


def _seconds_until(instant: str | None, read: Callable[[str], datetime]) -> float | None:
    try:
        at = read(instant) if instant else None
    except ValueError:
        return None
    if at is None:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - utcnow()).total_seconds())


def _definite(request: str, response: requests.Response) -> OutsideError | None:
    """The meaning of an answer after which certainly nothing was done; None for any other answer."""
    status = response.status_code
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return CredentialsRefused(
            f"Jira redirected {request} (status {status}): correct jira.url, or avoid the single sign-on"
        )
    if status == HTTPStatus.UNAUTHORIZED:
        return _credentials_refused(request, response)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Unavailable(f"Jira limits the rate of {request}", retry_after=retry_after(response))
    if (
        HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        and status != HTTPStatus.REQUEST_TIMEOUT
    ):
        return _refused(request, response)
    return None


def _credentials_refused(request: str, response: requests.Response) -> CredentialsRefused:
    return CredentialsRefused(
        f"Jira does not accept our credentials for {request} ({response.status_code}); renew jira.token"
    )


def _refused(request: str, response: requests.Response) -> Refused:
    message = f"Jira refused {request} with status {response.status_code}"
    fields = _objections(response)
    if fields:
        return FieldsRefused(f"{message}, objecting to: {', '.join(sorted(fields))}", fields=fields)
    return Refused(f"{message}; check the account's permissions and the ticket or project")


def _objections(response: requests.Response) -> frozenset[str]:
    """The fields named in Jira's error collection, if it names nothing but fields."""
    answer = json_of(response)
    if not isinstance(answer, dict) or answer.get("errorMessages"):
        return frozenset()
    errors = answer.get("errors")
    names = frozenset(errors) if isinstance(errors, dict) else frozenset()
    return names if all(_FIELD_NAME.match(name) for name in names) else frozenset()


def json_of(response: requests.Response) -> Any:  # noqa: ANN401 - JSON is of any type until it is looked at
    """The answer's body read as JSON; None when it is something else."""
    try:
        return response.json()
    except requests.JSONDecodeError:
        return None


def _never_sent(error: requests.RequestException) -> bool:
    """Whether no connection came about (refused, timed out, name unknown), so that nothing was sent."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)
