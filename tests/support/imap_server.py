"""What the throw-away IMAP servers of the tests have in common."""

import shutil
import socket
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from subprocess import Popen
from typing import Self

from imapclient import IMAPClient

from connectors.embedded import free_port

PASSWORD = "secret"
STOP_SECONDS = 20


class ImapServer(ABC):
    """One server on a free loopback port, with a folder of its own; use it as a context manager."""

    _process: Popen[bytes] | None = None

    def __init__(self, name: str) -> None:
        # Not below pytest's folders: other runs of pytest close those to the server's own user.
        self.folder = Path(tempfile.mkdtemp(prefix=f"mailwarden-{name}-"))
        self.folder.chmod(0o755)
        self.port = free_port()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    @property
    def process_id(self) -> int:
        """Of the server's first process."""
        assert self._process is not None
        return self._process.pid

    @abstractmethod
    def start(self) -> None:
        """Start and wait for the greeting."""

    def stop(self) -> None:
        """Stop and wait."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(STOP_SECONDS)
            self._process = None

    def client(self, user: str) -> IMAPClient:
        """A signed-in client, as another mail program of that user."""
        client = IMAPClient("127.0.0.1", port=self.port, ssl=False, timeout=10)
        client.login(user, PASSWORD)
        return client

    def greets(self) -> bool:
        """Whether it is up."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                return connection.recv(400).startswith(b"* OK")
        except OSError:
            return False
