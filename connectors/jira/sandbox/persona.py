"""What tells one edition of Jira from the other where the endpoints are alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from connectors.jira.sandbox.fields import Check, FieldTable, custom_table
from connectors.jira.sandbox.store import Store
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

    @property
    def account_key(self) -> str:
        """Under which the edition names an account."""
        return next(iter(self.account))

    def all_fields(self, store: Store) -> FieldTable:
        """The fields that every site has, and those that this one has beside them."""
        made = custom_table(store, check_text=self.check_text, account_key=self.account_key)
        return {**self.fields, **made}
