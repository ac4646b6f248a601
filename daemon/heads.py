"""Heads: where the ledger ended at some time, kept in a file outside the database.

They tell what the chain alone can't: that its end was cut off, or that all of it was written anew.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from config.errors import MailwardenError
from connectors.disk import sync_folder

FILE_NAME = "heads.jsonl"


class HeadsUnreadable(MailwardenError):
    """The file of heads can't be read; restore it from the copy that was kept elsewhere."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """The last sealed entry at an instant."""

    at: AwareDatetime
    sequence: int
    digest: str


HEAD = TypeAdapter(Head)


class Heads:
    """The file of heads in a folder: JSON, a line a head, only ever appended to."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE_NAME

    def read(self) -> tuple[Head, ...]:
        """Every head, in the order in which they were written; none when there is no file yet.

        Raises:
            HeadsUnreadable: naming file and line.
        """
        try:
            lines = self._file.read_bytes().splitlines()
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise HeadsUnreadable(f"{self._file} can't be read ({error.strerror})") from None
        return tuple(self._parsed(lines))

    def append(self, head: Head) -> None:
        """Add a head; it survives a power cut once this has returned."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        is_new = not self._file.exists()
        with self._file.open("ab+") as file:
            file.write(_line_end(self._file) + HEAD.dump_json(head) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            sync_folder(self._file.parent)

    def _parsed(self, lines: list[bytes]) -> Iterator[Head]:
        for number, line in enumerate(lines, start=1):
            try:
                yield HEAD.validate_json(line)
            except ValidationError:
                raise HeadsUnreadable(
                    f"{self._file}:{number}: is not a head; restore the file from the copy kept elsewhere, "
                    "or take out the line if a power cut tore it"
                ) from None


def _line_end(file: Path) -> bytes:
    """What ends a line that a power cut has torn, so that it takes no other one with it."""
    content = file.read_bytes()
    return b"\n" if content and not content.endswith(b"\n") else b""
