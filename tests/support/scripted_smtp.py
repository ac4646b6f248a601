"""An SMTP server that answers as a test says, and keeps what it was sent."""

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Self

ANSWERS: Mapping[str, str] = {
    "": "220 mx.example ESMTP",
    "EHLO": "250-mx.example\r\n250 AUTH PLAIN",
    "AUTH": "235 welcome",
    "MAIL": "250 go on",
    "RCPT": "250 go on",
    "DATA": "354 go on",
    ".": "250 taken",
    "QUIT": "221 bye",
}
"""Replies by command; the one to nothing greets, and the one to "." ends a mail."""
HANG_UP, SILENCE = "hang up", "silence"
"""Instead of a reply: the connection ends, or nothing comes."""


class ScriptedSmtp:
    """Serves one connection after another. `changes` are replies that differ from the usual ones."""

    def __init__(self, changes: Mapping[str, str] | None = None) -> None:
        self._answers = {**ANSWERS, **(changes or {})}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.commands: list[str] = []
        self.mail = b""
        self.accepted = 0
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):  # nobody comes any more
            while True:
                connection, _ = self._listener.accept()
                with connection, suppress(ConnectionError):  # the other side may die in the middle
                    self._converse(connection)

    def _converse(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as lines:
            in_mail = False
            going_on = self._reply(connection, "")
            while going_on and (line := lines.readline()):
                if in_mail and line != b".\r\n":
                    self.mail += line
                    continue
                command = line.split()[0].decode().upper()
                self.commands.append(line.decode().strip())
                in_mail = command == "DATA" and self._answers["DATA"].startswith("354")
                self.accepted += command == "." and self._answers["."] == ANSWERS["."]
                going_on = self._reply(connection, command)

    def _reply(self, connection: socket.socket, command: str) -> bool:
        """Answer; False when the connection is to end."""
        answer = self._answers.get(command, "500 what?")
        if answer == HANG_UP:
            return False
        if answer != SILENCE:
            connection.sendall(f"{answer}\r\n".encode())
        return True
