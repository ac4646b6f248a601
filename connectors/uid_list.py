"""UIDs for a Maildir, which has none of its own: a list in a file beside the mails.

The file begins with its version and the UIDVALIDITY; then follows one line for each mail, with its UID
and the unique part of its file name. Lines are only ever added, and synced to the disk before a UID is
used. A line that a crash has cut short names no mail yet.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from filelock import FileLock

from config.instant import utcnow
from connectors.disk import sync_folder

VERSION = "mailwarden-uids-1"
LOCK_SECONDS = 30.0


class UidList:
    """The UIDs of one Maildir; several processes may use the same file."""

    def __init__(self, file: Path) -> None:
        self.uidvalidity = 0
        self._file = file
        self._lock = FileLock(f"{file}.lock", timeout=LOCK_SECONDS)
        self._uids: dict[str, int] = {}
        self._read_up_to = 0

    @property
    def uidnext(self) -> int:
        """Above every UID that was ever given away."""
        return len(self._uids) + 1

    def of(self, names: Iterable[str]) -> dict[str, int]:
        """The UID of each name; new names get the next ones in their order.

        Raises:
            OSError: the file can't be read or written, or its lock is not to be had.
            ValueError: the file is not such a list.
        """
        with self._lock:
            self._read()
            wanted = tuple(names)
            new = [name for name in dict.fromkeys(wanted) if name not in self._uids]
            if new or not self.uidvalidity:
                self._add(new)
        return {name: self._uids[name] for name in wanted}

    def _read(self) -> None:
        """Take in what others have added since the last time."""
        size = self._file.stat().st_size if self._file.exists() else 0
        if size < self._read_up_to:
            raise ValueError("the list of UIDs was replaced")
        if size > self._read_up_to:
            with self._file.open("rb") as file:
                file.seek(self._read_up_to)
                self._take_in(file.read())

    def _take_in(self, added: bytes) -> None:
        whole = added[: added.rfind(b"\n") + 1]
        for line in whole.decode("utf-8", "surrogateescape").splitlines():
            first, _, second = line.partition(" ")
            if first == VERSION and not self.uidvalidity:
                self.uidvalidity = int(second)
            elif self.uidvalidity and int(first) == self.uidnext:
                self._uids[second] = self.uidnext
            else:
                raise ValueError("not a list of UIDs")
        self._read_up_to += len(whole)

    def _add(self, names: list[str]) -> None:
        lines = [] if self.uidvalidity else [f"{VERSION} {_fresh_uidvalidity()}"]
        lines += [f"{uid} {name}" for uid, name in enumerate(names, start=self.uidnext)]
        added = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
        with self._file.open("r+b" if self._file.exists() else "xb") as file:
            file.truncate(self._read_up_to)  # what a crash has cut short
            file.seek(self._read_up_to)
            file.write(added)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(self._file.parent)
        self._read()


def _fresh_uidvalidity() -> int:
    """In milliseconds, so that a list which is made again at once has another one."""
    return int(utcnow().timestamp() * 1000)
