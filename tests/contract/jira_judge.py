"""Judges what we send to Jira, and what the sandbox answers, by Atlassian's own descriptions.

The descriptions are not part of this repository. Where they are missing, a test that asks for a judge is
skipped, and `judged_sandbox` runs without one.
"""

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any, Self, TypedDict, Unpack
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from jsonschema_rs import Draft4Validator
from openapi_core import OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse
from openapi_core.exceptions import OpenAPIError

from config.settings import JiraEdition
from connectors.jira.sandbox.door import Headers
from connectors.jira.sandbox.server import Sandbox
from connectors.jira.sandbox.store import Clock

CONTRACTS = Path(__file__).resolve().parents[3] / "shared" / "contracts"
SITE = "https://jira.example"
API = {JiraEdition.CLOUD: "/rest/api/3", JiraEdition.DATA_CENTER: "/rest/api/2"}

REMOVED_PATHS = ("/rest/api/3/search",)
"""Atlassian's description still holds it, and Jira Cloud no longer does."""
UNDOCUMENTED_STATUSES = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}
"""Jira's answers to any request; the descriptions name them for some requests only."""
LISTS = (
    ("/rest/api/2/field", "get"),
    ("/rest/api/2/priority", "get"),
    ("/rest/api/2/project", "get"),
    ("/rest/api/2/issue/{issueIdOrKey}/attachments", "post"),
    ("/rest/api/2/issue/{issueIdOrKey}/remotelink", "get"),
)
"""Answers that are lists, which the description of Data Center gives as one of their items."""
WITH_FIELDS = re.compile(r"/rest/api/\d/issue(/\{issueIdOrKey\}(/transitions)?)?")
WITH_TEXT = re.compile(r"/rest/api/\d/issue/\{issueIdOrKey\}/comment(/\{id\})?")
TEXT_FIELDS = ("description", "environment")
KNOWN_FIELDS = {
    *TEXT_FIELDS,
    "assignee",
    "components",
    "duedate",
    "issuetype",
    "labels",
    "parent",
    "priority",
    "project",
    "reporter",
    "resolution",
    "security",
    "summary",
}
CUSTOM_FIELD = re.compile(r"customfield_\d+")

MISSING = "Atlassian's descriptions are not beside this checkout (../shared/contracts)"
requires_contracts = pytest.mark.skipif(not CONTRACTS.is_dir(), reason=MISSING)


@dataclass(frozen=True, kw_only=True)
class Description:
    """Atlassian's description of one edition of Jira, ready to validate with."""

    paths: Mapping[str, Any]
    requests: OpenAPI
    answers: OpenAPI
    texts: Draft4Validator
    """Of the format in which the edition takes text."""


class Judge:
    """A `RequestJudge`, with `answer` as its `AnswerJudge`. What it objected to stays in `objections`."""

    def __init__(self, description: Description) -> None:
        self.objections: list[str] = []
        self._description = description

    @classmethod
    def cloud(cls) -> Self:
        """The judge for Jira Cloud."""
        return cls.of(JiraEdition.CLOUD)

    @classmethod
    def data_center(cls) -> Self:
        """The judge for Jira Data Center."""
        return cls.of(JiraEdition.DATA_CENTER)

    @classmethod
    def of(cls, edition: JiraEdition) -> Self:
        """The judge for an edition."""
        if not CONTRACTS.is_dir():
            pytest.skip(MISSING)
        return cls(_description(edition))

    def __call__(self, method: str, url: str, headers: Headers, body: bytes) -> str | None:
        """What is wrong with a request."""
        request = _request(method, url, headers, body)
        objection = (
            _objection_of(
                lambda: self._description.requests.validate_request(RequestsOpenAPIRequest(request))
            )
            or self._unknown_parameter(method, url)
            or self._wrong_content(url, headers, body)
        )
        return self._note(method, url, objection)

    def answer(self, method: str, url: str, status: HTTPStatus, headers: Headers, body: bytes) -> None:
        """Note what is wrong with an answer."""
        if status not in UNDOCUMENTED_STATUSES:
            request = RequestsOpenAPIRequest(_request(method, url, {}, b""))
            response = RequestsOpenAPIResponse(_response(status, headers, body))
            objection = _objection_of(lambda: self._description.answers.validate_response(request, response))
            self._note(f"the answer {status} to {method}", url, objection)

    def _note(self, what: str, url: str, objection: str | None) -> str | None:
        if objection:
            self.objections.append(f"{what} {url}: {objection}")
        return objection

    def _unknown_parameter(self, method: str, url: str) -> str | None:
        parts = urlsplit(url)
        item = self._description.paths[_template(self._description.paths, parts.path)]
        described = item.get("parameters", []) + item[method.lower()].get("parameters", [])
        allowed = {parameter["name"] for parameter in described if parameter.get("in") == "query"}
        unknown = parse_qs(parts.query, keep_blank_values=True).keys() - allowed
        return f"unknown query parameters {sorted(unknown)}" if unknown else None

    def _wrong_content(self, url: str, headers: Headers, body: bytes) -> str | None:
        if not body or not headers.get("content-type", "").startswith("application/json"):
            return None
        content, template = json.loads(body), _template(self._description.paths, urlsplit(url).path)
        if WITH_FIELDS.fullmatch(template):
            return self._wrong_fields(content.get("fields", {}))
        if WITH_TEXT.fullmatch(template):
            return self._wrong_text(content.get("body"))
        return None

    def _wrong_fields(self, fields: dict[str, Any]) -> str | None:
        unknown = {name for name in fields if name not in KNOWN_FIELDS and not CUSTOM_FIELD.fullmatch(name)}
        if unknown:
            return f"unknown fields {sorted(unknown)}"
        if any(re.search(r"\s", label) for label in fields.get("labels", [])):
            return "a label with a space"
        if not _is_summary(fields.get("summary", "-")):
            return "a summary of several lines, of none, or of more than 255 characters"
        texts = [fields[name] for name in TEXT_FIELDS if fields.get(name) is not None]
        return next(filter(None, map(self._wrong_text, texts)), None)

    def _wrong_text(self, text: object) -> str | None:
        error = next(self._description.texts.iter_errors(text), None)
        return f"no valid text at {list(error.instance_path)}" if error else None


class Options(TypedDict, total=False):
    """What a test may choose about its sandbox; see `Sandbox`."""

    edition: JiraEdition
    projects: tuple[str, ...]
    credentials: tuple[str, str]
    clock: Clock
    next_keys: Mapping[str, str]


@contextmanager
def judged_sandbox(**options: Unpack[Options]) -> Iterator[Sandbox]:
    """A sandbox whose test fails when a request to it or an answer of it was wrong."""
    edition = options.get("edition", JiraEdition.CLOUD)
    judge = Judge.of(edition) if CONTRACTS.is_dir() else None
    with Sandbox(judge=judge, answer_judge=judge.answer if judge else None, **options) as sandbox:
        yield sandbox
    if judge and judge.objections:
        pytest.fail("\n".join(judge.objections))


FILES = {JiraEdition.CLOUD: "jira-cloud-v3.json", JiraEdition.DATA_CENTER: "jira-datacenter-10.json"}


@functools.cache
def _description(edition: JiraEdition) -> Description:
    """Reading a description takes a while; it is shared."""
    description = _read(FILES[edition])
    texts = document_schema() if edition is JiraEdition.CLOUD else {"type": "string"}
    return Description(
        paths=description["paths"],
        requests=OpenAPI.from_dict(_strict(description)),
        answers=OpenAPI.from_dict(_relaxed(description)),
        texts=Draft4Validator(texts),
    )


def document_schema() -> dict[str, Any]:
    """Atlassian's schema of its document format."""
    return _read("adf-schema.json")


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((CONTRACTS / name).read_text())
    return content


def _strict(description: dict[str, Any]) -> dict[str, Any]:
    """For requests: no path that is gone, no unknown key at the top of a body."""
    strict = _for_our_site(description)
    for path in REMOVED_PATHS:
        strict["paths"].pop(path, None)
    schemas = strict["components"]["schemas"]
    for name in set(_body_schemas(strict)):
        if "properties" in schemas[name]:
            schemas[name]["additionalProperties"] = False
    return strict


def _body_schemas(description: dict[str, Any]) -> Iterator[str]:
    for item in description["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                content = operation.get("requestBody", {}).get("content", {})
                reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
                if reference:
                    yield reference.rpartition("/")[2]


def _relaxed(description: dict[str, Any]) -> dict[str, Any]:
    """For answers: real Jira adds keys, and writes instants that RFC 3339 does not know.

    Where the body may be anything, it may also be missing.
    """
    relaxed = _for_our_site(description)
    for response in _described_answers(relaxed):
        if not any(media.get("schema") for media in response.get("content", {}).values()):
            response.pop("content", None)
    for path, method in LISTS:
        if path in relaxed["paths"]:
            media = relaxed["paths"][path][method]["responses"]["200"]["content"]["application/json"]
            media["schema"] = {"type": "array", "items": media["schema"]}
    _relax(relaxed["components"]["schemas"])
    _relax(relaxed["paths"])
    return relaxed


def _described_answers(description: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in description["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                yield from operation["responses"].values()


def _relax(node: object) -> None:
    if isinstance(node, dict):
        if node.get("additionalProperties") is False:
            node["additionalProperties"] = True
        if node.get("format") in {"date-time", "uri"}:
            del node["format"]
        for child in node.values():
            _relax(child)
    elif isinstance(node, list):
        for child in node:
            _relax(child)


def _for_our_site(description: dict[str, Any]) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(description))
    copy["servers"] = [{"url": SITE}]
    for item in copy["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                operation.pop("security", None)
    return copy


def _template(paths: Mapping[str, Any], path: str) -> str:
    """The described path that this one is an instance of; the one with the fewest variables."""
    fitting = [template for template in paths if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path)]
    return min(fitting, key=lambda template: template.count("{"))


def _request(method: str, url: str, headers: Headers, body: bytes) -> requests.PreparedRequest:
    parts = urlsplit(url)
    ours = f"{SITE}{parts.path}" + (f"?{parts.query}" if parts.query else "")
    kept = {name: value for name, value in headers.items() if name == "content-type"}
    return requests.Request(method, ours, headers=kept, data=body or None).prepare()


def _response(status: HTTPStatus, headers: Headers, body: bytes) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.headers["Content-Type"] = headers.get("content-type", "application/json")
    response.raw = BytesIO(body)
    return response


def _objection_of(validate: Callable[[], object]) -> str | None:
    try:
        validate()
    except OpenAPIError as error:
        return _reason(error)
    return None


def _reason(error: BaseException) -> str:
    """The innermost cause with the first places in the body that it names."""
    while error.__cause__ is not None:
        error = error.__cause__
    details = [f"{list(item.path)} {item.message[:150]}" for item in getattr(error, "schema_errors", [])[:3]]
    return "; ".join(details) or f"{type(error).__name__} {str(error)[:150]}"


def _is_summary(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and "\n" not in value and len(value) <= 255
