"""A Maildir as mail programs fill and change it."""

import os
from itertools import count
from pathlib import Path

from connectors.maildir import UID_FILE

_numbers = count(1)


class Maildir:
    """One folder with `tmp`, `new` and `cur`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        _make(folder)

    def deliver(self, raw: bytes, *, at: float | None = None) -> Path:
        """As a mail server does: written in `tmp`, then renamed into `new`."""
        number = next(_numbers)
        name = f"{1_700_000_000 + number}.M{number}P1.host"
        written = self.folder / "tmp" / name
        written.write_bytes(raw)
        if at is not None:
            os.utime(written, (at, at))
        return written.rename(self.folder / "new" / name)

    def read(self, file: Path, flags: str = "S") -> Path:
        """As a mail program does that shows it to a person."""
        return file.rename(self.folder / "cur" / f"{file.name.partition(':')[0]}:2,{flags}")

    def make_folder(self, name: str) -> Path:
        _make(self.folder / f".{name}")
        return self.folder / f".{name}"

    def forget_uids(self) -> None:
        (self.folder / UID_FILE).unlink()


def _make(folder: Path) -> None:
    for name in ("tmp", "new", "cur"):
        (folder / name).mkdir(parents=True)
