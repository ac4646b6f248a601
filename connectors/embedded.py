"""Small stand-ins for a mail system, for the demo: an IMAP server and an SMTP door, on loopback only."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from imapclient import IMAPClient

from config.instant import utcnow
from connectors.errors import Unavailable

LOOPBACK = "127.0.0.1"
USER, PASSWORD = "demouser", "demopass"
START_SECONDS = 15.0
_APPENDED = re.compile(rb"APPENDUID \d+ (\d+)")  # RFC 4315, section 3


class EmbeddedImap:
    """A pymap server in a process of its own, with one folder a mailbox."""

    def __init__(self, folders: tuple[str, ...]) -> None:
        self._folders = folders
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._client: Any = None  # imapclient ships no types

    def __enter__(self) -> Self:
        pymap = Path(sys.executable).with_name("pymap")
        arguments = ["--host", LOOPBACK, "--port", str(self.port), "--no-tls", "dict", "--demo-data"]
        self._process = subprocess.Popen(  # noqa: S603  (our own interpreter's neighbour)
            [str(pymap), *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._await_greeting()
        self._client = _client(self.port)
        for folder in self._folders:
            self._client.create_folder(folder)
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._client is not None:
            self._client.shutdown()
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def deliver(self, folder: str, raw: bytes) -> int:
        """Put a mail into a folder as a mail server would; returns its UID. One thread at a time."""
        answer: bytes = self._client.append(folder, raw, msg_time=utcnow())
        appended = _APPENDED.search(answer)
        if appended is None:
            raise Unavailable("the embedded IMAP server did not say where it put the mail")
        return int(appended[1])

    def _await_greeting(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not _listens(self.port):
            if time.monotonic() > deadline:
                raise Unavailable("the embedded IMAP server did not start")
            time.sleep(0.01)


class SmtpDoor:
    """Accepts mail by SMTP and hands it on with the trace fields that a receiving server adds."""

    def __init__(self, *, host_name: str, accept: Callable[[str, bytes], None]) -> None:
        self._host_name = host_name
        self._accept = accept
        self._controller = Controller(self, hostname=LOOPBACK, port=free_port(), server_hostname=host_name)

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._controller.port
        return port

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._controller.stop()

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802
        """Aiosmtpd's call for each mail."""
        recipient = envelope.rcpt_tos[0]
        self._accept(recipient, self._trace(envelope, recipient) + (envelope.original_content or b""))
        return "250 OK"

    def _trace(self, envelope: Envelope, recipient: str) -> bytes:
        """RFC 5321, section 4.4; nothing here vouches for the sender, and that is said (RFC 8601)."""
        fields = (
            f"Return-Path: <{envelope.mail_from or ''}>",
            f"Delivered-To: {recipient}",
            f"Received: from {LOOPBACK} by {self._host_name}; {format_datetime(utcnow())}",
            f"Authentication-Results: {self._host_name}; none",
        )
        return "".join(f"{field}\r\n" for field in fields).encode()


def _client(port: int) -> Any:  # noqa: ANN401  (imapclient ships no types)
    """A signed-in client of the embedded server."""
    client = IMAPClient(LOOPBACK, port=port, ssl=False, timeout=START_SECONDS)
    client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.login(USER, PASSWORD)
    return client


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False
