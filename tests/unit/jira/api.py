"""What the sandbox's tests send."""

from typing import Protocol

import requests

from config.settings import JiraEdition

DOCUMENT = {"type": "doc", "version": 1, "content": []}
TEXTS: dict[JiraEdition, object] = {JiraEdition.CLOUD: DOCUMENT, JiraEdition.DATA_CENTER: "text"}
VERSIONS = {JiraEdition.CLOUD: 3, JiraEdition.DATA_CENTER: 2}


class Api(Protocol):
    """Sends a request to the sandbox's interface."""

    def __call__(self, method: str, path: str, body: object = None) -> requests.Response: ...
