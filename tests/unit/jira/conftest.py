from collections.abc import Iterator
from typing import Any

import pytest
import requests

from config.settings import JiraEdition
from connectors.jira.sandbox.server import Sandbox
from tests.unit.jira.api import TEXTS, VERSIONS, Api


@pytest.fixture
def edition(request: pytest.FixtureRequest) -> JiraEdition:
    """Cloud, unless a test is parametrised with another."""
    chosen: JiraEdition = getattr(request, "param", JiraEdition.CLOUD)
    return chosen


@pytest.fixture
def sandbox(edition: JiraEdition) -> Iterator[Sandbox]:
    with Sandbox(edition=edition, projects=("INC", "LAW")) as running:
        yield running


@pytest.fixture
def api(edition: JiraEdition, sandbox: Sandbox) -> Api:
    def send(method: str, path: str, body: object = None) -> requests.Response:
        url = f"{sandbox.url}/rest/api/{VERSIONS[edition]}/{path}"
        return requests.request(method, url, json=body, timeout=10)

    return send


@pytest.fixture
def fields(edition: JiraEdition) -> dict[str, Any]:
    """A ticket that is taken."""
    return {
        "project": {"key": "INC"},
        "issuetype": {"name": "Task"},
        "summary": "s",
        "description": TEXTS[edition],
    }
