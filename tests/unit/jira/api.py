"""What the sandbox's tests send."""

from typing import Protocol

import requests

DOCUMENT = {"type": "doc", "version": 1, "content": []}


class Api(Protocol):
    """Sends a request to the sandbox's interface."""

    def __call__(self, method: str, path: str, body: object = None) -> requests.Response: ...
