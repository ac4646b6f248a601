from collections.abc import Mapping, Sequence
from http import HTTPStatus

from config.errors import MailwardenError


class Refusal(MailwardenError):
    """The sandbox answers a request with an error, in the words of Jira's error collection."""

    def __init__(self, status: HTTPStatus, *messages: str, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(*messages)
        self.status = status
        self.messages: Sequence[str] = messages
        self.errors = errors or {}


def not_found(what: str) -> Refusal:
    """The answer about something that is not there."""
    return Refusal(HTTPStatus.NOT_FOUND, f"{what} does not exist or you do not have permission to see it.")
