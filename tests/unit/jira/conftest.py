from collections.abc import Iterator
from typing import Any

import pytest
import requests

from connectors.jira.sandbox.server import Sandbox
from tests.unit.jira.api import DOCUMENT, Api


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(projects=("INC", "LAW")) as running:
        yield running


@pytest.fixture
def api(sandbox: Sandbox) -> Api:
    def send(method: str, path: str, body: object = None) -> requests.Response:
        return requests.request(method, f"{sandbox.url}/rest/api/3/{path}", json=body, timeout=10)

    return send


@pytest.fixture
def fields() -> dict[str, Any]:
    """A ticket that is taken."""
    return {
        "project": {"key": "INC"},
        "issuetype": {"name": "Task"},
        "summary": "s",
        "description": DOCUMENT,
    }
