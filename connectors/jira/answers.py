"""What an answer of Jira, or its absence, means for the caller.

Messages name the request and the status, and at most the fields that Jira objected to: an answer's text can
repeat what a mail said.
"""

import re
from http import HTTPStatus
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError

from connectors.errors import CredentialsRefused, OutcomeUnknown, OutsideError, Refused, Unavailable
from connectors.jira.rate_limit import limited, retry_after

_TO_STRANGERS = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
"""What Jira answers to whoever is not signed in."""
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}\Z")


class FieldsRefused(Refused):
    """Jira objected to these fields, and to nothing else; nothing was done."""

    def __init__(self, message: str, *, fields: frozenset[str]) -> None:
        super().__init__(message)
        self.fields = fields


class NotFound(Refused):
    """Jira itself, and no gateway before it, says that there is no such thing, or none that we may see."""


def of_read(request: str, response: requests.Response) -> OutsideError | None:
    """What is wrong with the answer to a request that changes nothing; None when it is good."""
    if _sign_in_failed(response):
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


def _definite(request: str, response: requests.Response) -> OutsideError | None:
    """The meaning of an answer after which certainly nothing was done; None for any other answer."""
    status = response.status_code
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return CredentialsRefused(
            f"Jira redirected {request} (status {status}): correct jira.url, or avoid the single sign-on"
        )
    is_strange = status == HTTPStatus.UNAUTHORIZED and not _signed_in(response)
    if is_strange or (status in _TO_STRANGERS and _sign_in_failed(response)):
        return _credentials_refused(request, response)
    if status == HTTPStatus.CONFLICT:
        return Unavailable(f"Somebody else was changing what {request} is about; it is tried again")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return limited(request, response)
    if (
        HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        and status != HTTPStatus.REQUEST_TIMEOUT
    ):
        return _refused(request, response)
    return None


def _signed_in(response: requests.Response) -> bool:
    """Whether Data Center says so; it then means by 401 that the account lacks a permission."""
    return response.headers.get("X-Seraph-LoginReason") == "OK"


def _sign_in_failed(response: requests.Response) -> bool:
    """Whether Data Center says so; it denies a sign-in with a password after too many wrong ones."""
    reason = response.headers.get("X-Seraph-LoginReason", "")
    return "AUTHENTICATED_FAILED" in reason or "AUTHENTICATION_DENIED" in reason


def _credentials_refused(request: str, response: requests.Response) -> CredentialsRefused:
    return CredentialsRefused(
        f"Jira does not accept our credentials for {request} ({response.status_code}); renew jira.token"
    )


def _refused(request: str, response: requests.Response) -> Refused:
    message = f"Jira refused {request} with status {response.status_code}"
    fields = _objections(response)
    if fields:
        return FieldsRefused(f"{message}, objecting to: {', '.join(sorted(fields))}", fields=fields)
    if not _error_collection(response):
        return Refused(f"{message}, but not in Jira's own form; check jira.url and jira.edition")
    message = f"{message}; check the account's permissions and the ticket or project"
    return NotFound(message) if response.status_code == HTTPStatus.NOT_FOUND else Refused(message)


def _objections(response: requests.Response) -> frozenset[str]:
    """The fields named in Jira's error collection, if it names nothing but fields."""
    answer = _error_collection(response)
    if answer.get("errorMessages"):
        return frozenset()
    errors = answer.get("errors")
    names = frozenset(errors) if isinstance(errors, dict) else frozenset()
    return names if all(_FIELD_NAME.match(name) for name in names) else frozenset()


def _error_collection(response: requests.Response) -> dict[str, Any]:
    """Jira's own account of what is wrong; empty when the answer is not Jira's."""
    answer = json_of(response)
    return answer if isinstance(answer, dict) and {"errorMessages", "errors"} & answer.keys() else {}


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
