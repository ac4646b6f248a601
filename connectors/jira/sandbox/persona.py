"""What tells one edition of Jira from the other where the endpoints are alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from connectors.jira.sandbox.fields import Check, FieldTable
from connectors.jira.sandbox.ticket import Attachment


@dataclass(frozen=True, kw_only=True)
class Persona:
    """The edition that a sandbox plays."""

    api: str  # the path under which the interface lies
    server: Mapping[str, object]  # what the site says about its kind and version
    account: Mapping[str, str]  # how the one account is identified
    fields: FieldTable
    check_text: Check
    types_name: str  # under which a project's issue types stand
    fields_name: str  # under which the fields of a create screen stand
    expands_comment_properties: bool
    content_path: Callable[[Attachment], str]  # where an attachment's bytes are
    remote_link_created: HTTPStatus
    too_large: HTTPStatus  # the answer to a file beyond the limit
    takes_bearer: bool  # the token alone is enough (RFC 6750)
