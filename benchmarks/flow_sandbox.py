"""The sandbox in a process of its own, so that it does not share our interpreter; it may answer late."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from connectors.embedded import free_port
from connectors.jira.sandbox.server import Sandbox

EVERYTHING = (".*", ".*")
FOR_EVER = 10**9


@contextmanager
def sandbox(latency: float = 0.0) -> Iterator[tuple[str, int]]:
    """Its address and the id of its process; `latency` is in seconds."""
    port = free_port()
    process = subprocess.Popen([sys.executable, __file__, str(port), str(latency)], cwd=ROOT)
    url = f"http://127.0.0.1:{port}"
    try:
        while not _answers(url):
            time.sleep(0.05)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/rest/api/3/serverInfo", timeout=1).ok
    except requests.ConnectionError:
        return False


def serve(port: int, latency: float) -> None:
    """Serve until the process is ended."""
    with Sandbox(port=port) as server:
        if latency:
            server.faults.delay(*EVERYTHING, seconds=latency, times=FOR_EVER)
        server.wait()


if __name__ == "__main__":
    serve(int(sys.argv[1]), float(sys.argv[2]))
