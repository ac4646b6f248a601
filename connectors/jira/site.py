"""What a Jira site says about itself, as far as a ticket of ours depends on it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Protocol

from connectors.errors import Refused, Unavailable
from connectors.jira.custom_fields import SiteField
from connectors.jira.session import JiraSession

_PAGE = 200

CreateScreen = Mapping[str, frozenset[str] | None]
"""The fields that a new ticket takes: ids, each with the names of the values to choose from; None for any."""


class JiraSite(Protocol):
    """One connection that only reads. Every call may raise an `OutsideError`."""

    def sign_in(self) -> None:
        """Return when the site accepts our credentials."""

    def has_project(self, key: str) -> bool:
        """Whether the project exists and we may see it."""

    def lacking(self, project: str, permissions: Sequence[str]) -> list[str]:
        """Those of the permissions that we lack in the project, as the site's menus call them."""

    def issue_types(self, project: str) -> Mapping[str, str]:
        """The ids of the types of ticket that may be opened in the project, by name."""

    def create_screen(self, project: str, issue_type_id: str) -> CreateScreen:
        """The fields that a new ticket of this type takes."""

    def known_fields(self) -> Sequence[SiteField]:
        """All fields that the site has."""

    def security_levels(self, project: str) -> frozenset[str]:
        """The names of the security levels that our account may set in the project."""

    def link_types(self) -> frozenset[str]:
        """The names of the types of link; none where linking is switched off."""

    def takes_files(self) -> bool:
        """Whether files may be attached to tickets at all."""


class RestSite(ABC):
    """What both editions of Jira say alike (see `JiraSite`)."""

    version: ClassVar[str]
    """Of the REST API."""
    types_name: ClassVar[str]
    """Under which a project's types of ticket stand."""
    fields_name: ClassVar[str]
    """Under which the fields of a create screen stand."""

    def __init__(self, *, url: str, user: str | None, token: str, request_timeout: float) -> None:
        self._session = JiraSession(
            url=url, user=user, token=token, version=self.version, request_timeout=request_timeout
        )

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def sign_in(self) -> None:
        """See `JiraSite`."""
        self._session.get("myself")

    def has_project(self, key: str) -> bool:
        """See `JiraSite`."""
        try:
            self._session.get(f"project/{key}")
        except Refused:
            return False
        return True

    def lacking(self, project: str, permissions: Sequence[str]) -> list[str]:
        """See `JiraSite`."""
        query = self._permission_query(project, permissions)
        told = _held(self._session.get("mypermissions", query), "permissions", "mypermissions")
        beans = ((key, told.get(key, {})) for key in permissions)
        return [bean.get("name", key) for key, bean in beans if not bean.get("havePermission")]

    def issue_types(self, project: str) -> Mapping[str, str]:
        """See `JiraSite`."""
        path = f"issue/createmeta/{project}/issuetypes"
        return {kind["name"]: kind["id"] for kind in self._all(path, self.types_name)}

    def create_screen(self, project: str, issue_type_id: str) -> CreateScreen:
        """See `JiraSite`."""
        path = f"issue/createmeta/{project}/issuetypes/{issue_type_id}"
        fields = self._all(path, self.fields_name)
        return {field["fieldId"]: _names(field.get("allowedValues")) for field in fields}

    def known_fields(self) -> Sequence[SiteField]:
        """See `JiraSite`."""
        return [SiteField.of(bean) for bean in self._session.get_list("field")]

    def security_levels(self, project: str) -> frozenset[str]:
        """See `JiraSite`."""
        path = f"project/{project}/securitylevel"
        return frozenset(level["name"] for level in _held(self._session.get(path), "levels", path))

    def link_types(self) -> frozenset[str]:
        """See `JiraSite`."""
        try:
            answer = self._session.get("issueLinkType")
        except Refused:
            return frozenset()
        return frozenset(kind["name"] for kind in _held(answer, "issueLinkTypes", "issueLinkType"))

    def takes_files(self) -> bool:
        """See `JiraSite`."""
        return bool(self._session.get("attachment/meta").get("enabled", True))

    @abstractmethod
    def _permission_query(self, project: str, permissions: Sequence[str]) -> dict[str, str | int]:
        """How to ask for our permissions in the project."""

    def _all(self, path: str, name: str) -> Iterator[dict[str, Any]]:
        """What stands under the name on every page."""
        start, total = 0, 1
        while start < total:
            answer = self._session.get(path, {"startAt": start, "maxResults": _PAGE})
            items, total = _held(answer, name, path), answer.get("total", 0)
            if not items:
                return
            yield from items
            start += len(items)


class CloudSite(RestSite):
    """A Jira Cloud site, by REST API version 3."""

    version = "3"
    types_name = "issueTypes"
    fields_name = "fields"

    def _permission_query(self, project: str, permissions: Sequence[str]) -> dict[str, str | int]:
        return {"projectKey": project, "permissions": ",".join(permissions)}


class DataCenterSite(RestSite):
    """A Jira Data Center site, 9 or later, by REST API version 2."""

    version = "2"
    types_name = fields_name = "values"

    def _permission_query(self, project: str, permissions: Sequence[str]) -> dict[str, str | int]:  # noqa: ARG002 - it tells of all permissions
        return {"projectKey": project}


def _names(values: Sequence[Mapping[str, Any]] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(str(value.get("name")) for value in values)


def _held(answer: Mapping[str, Any], name: str, path: str) -> Any:  # noqa: ANN401 - JSON is of any type
    """What stands under the name; an answer without it says nothing, rather than "none"."""
    if name not in answer:
        raise Unavailable(f"Jira's answer to GET {path} holds no {name}; try again later")
    return answer[name]
