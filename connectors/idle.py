"""Waiting in IMAP IDLE without losing a wake-up and without mistaking a dead line for a quiet one.

imapclient's own `idle_check` misses a line that arrived in the same packet as the continuation
(imaplib has it in its buffer, where poll() does not see it), and after EOF it returns "nothing" at
once and for ever. This one reads imaplib's buffer first and tells EOF apart.
"""

import select
import socket
import ssl
import time
from enum import StrEnum
from typing import Any

LINE_TIMEOUT_SECONDS = 10  # for the rest of a line whose beginning has arrived


class IdleOutcome(StrEnum):
    """How an IDLE wait ended."""

    EVENT = "event"  # the server said something
    QUIET = "quiet"  # nothing until the time was up, or somebody woke us
    CLOSED = "closed"  # EOF, reset, BYE, or half a line and then silence


def idle_wait(client: Any, *, timeout: float, wake: socket.socket) -> IdleOutcome:  # noqa: ANN401  (imapclient ships no types)
    """Wait until the server says something, `wake` becomes readable, or `timeout` seconds are over.

    The client must be in IDLE; it still is afterwards unless the line is closed.
    """
    sock = client.socket()
    sock.setblocking(False)
    try:
        return _Listener(sock=sock, wake=wake, heard=_buffered(client)).listen(timeout)
    finally:
        sock.setblocking(True)
        client._set_read_timeout()  # noqa: SLF001  (the public API has no way to restore it)


def _buffered(client: Any) -> bytes:  # noqa: ANN401
    """What imaplib has already read from the socket and not yet looked at."""
    file = client._imap.file  # noqa: SLF001
    try:
        waiting = len(file.peek(1))
    except OSError:
        return b""  # nothing there, or the line is dead: the next recv tells which
    return bytes(file.read1(waiting)) if waiting else b""


class _Listener:
    """Collects whole lines from a non-blocking socket."""

    def __init__(self, *, sock: Any, wake: socket.socket, heard: bytes) -> None:  # noqa: ANN401  (plain or TLS)
        self._sock = sock
        self._wake = wake
        self._heard = heard
        self._poller = select.poll()
        self._poller.register(sock.fileno(), select.POLLIN)
        self._poller.register(wake.fileno(), select.POLLIN)

    def listen(self, timeout: float) -> IdleOutcome:
        deadline = time.monotonic() + timeout
        while not self._heard.endswith(b"\r\n"):
            if self._heard:
                deadline = max(deadline, time.monotonic() + LINE_TIMEOUT_SECONDS)
            if not self._readable(deadline - time.monotonic()):
                return IdleOutcome.CLOSED if self._heard else IdleOutcome.QUIET
            if not self._receive():
                return IdleOutcome.CLOSED
        said_goodbye = any(line.startswith(b"* BYE") for line in self._heard.split(b"\r\n"))
        return IdleOutcome.CLOSED if said_goodbye else IdleOutcome.EVENT

    def _readable(self, seconds: float) -> bool:
        """Whether the server's side has something; False when the time is up or we were woken."""
        if getattr(self._sock, "pending", lambda: 0)():  # decrypted by TLS already, unseen by poll()
            return True
        ready = {fd for fd, _ in self._poller.poll(max(0, seconds) * 1000)}
        return self._sock.fileno() in ready

    def _receive(self) -> bool:
        """Take in what is there; False when the line is dead."""
        try:
            received = self._sock.recv(65536)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False
        self._heard += received
        return bool(received)
