"""Asks the daemon of this machine, at its health door, what keeps it from its work."""

import json
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException

ANSWER_SECONDS = 5.0


def faults_at(host: str, port: int) -> tuple[str, ...]:
    """What it says itself; nothing when it is well, or when nobody answers."""
    no_answer = suppress(OSError, HTTPException, ValueError, KeyError, TypeError)
    with no_answer, closing(HTTPConnection(host, port, timeout=ANSWER_SECONDS)) as door:
        door.request("GET", "/readyz")
        return tuple(map(str, json.load(door.getresponse())["faults"]))
    return ()
