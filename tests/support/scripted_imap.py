"""An IMAP server that answers just enough to reach IDLE, then does what a test says."""

import socket
import struct
import threading
from collections.abc import Callable
from typing import Self

GREETING = b"* OK [CAPABILITY IMAP4rev1 IDLE] ready\r\n"
ANSWERS = {
    b"CAPABILITY": b"* CAPABILITY IMAP4rev1 IDLE\r\n",
    b"EXAMINE": b"* 0 EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n* OK [UIDNEXT 1] .\r\n",
}
CONTINUATION = b"+ idling\r\n"

END = object()
Script = Callable[[socket.socket], object]
"""What the server does in IDLE; it may return END to close the connection."""


class ScriptedImap:
    """Serves one connection. `script` takes over the socket when the client sends IDLE."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._thread.join(10)
        self._listener.close()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(GREETING)
            for line in lines:
                tag, command, *_ = line.split()
                if command == b"IDLE":
                    if self._script(connection) is END:
                        break
                    continue
                connection.sendall(ANSWERS.get(command, b"") + tag + b" OK done\r\n")


def reset(connection: socket.socket) -> object:
    """End so that the other side sees a reset instead of an orderly close."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return END
