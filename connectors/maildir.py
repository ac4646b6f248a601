"""A mailbox in a folder of this machine: Maildir (cr.yp.to/proto/maildir.html), with Maildir++ subfolders.

A mail is known by the unique part of its file name: the move from `new` to `cur` and changed flags alter
the rest of it. Mails are only read; nothing is renamed unless they are to be moved elsewhere.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from time import monotonic
from typing import TypeVar

from config.fault_points import fault_point
from connectors.checkup import ConnectionFault
from connectors.errors import Refused, Unavailable
from connectors.mail import PIECE_OCTETS, SERVER_ID_CHARACTERS, Awaited, Epoch, FetchedMail, within_bounds
from connectors.packing import HEAD_OCTETS, Packed, Packer, packed
from connectors.uid_list import UidList

T = TypeVar("T")

UID_FILE = "mailwarden-uids"
LOOK_EVERY_SECONDS = 1.0
FOLDERS = ("new", "cur")  # in this order, so that a mail on its way from one to the other is not missed


@dataclass(frozen=True, kw_only=True)
class MaildirAccount:
    """Where a mailbox is."""

    name: str  # the mailbox's name in our configuration, for messages
    folder: Path


class MaildirSource:
    """One Maildir; see `connectors.mail.MailSource`."""

    def __init__(self, account: MaildirAccount) -> None:
        self._account = account
        self._list = UidList(account.folder / UID_FILE)
        self._files: dict[int, Path] = {}
        self._seen: tuple[int, ...] = ()  # how the folders were when they were last looked through
        self._woken = threading.Event()

    def open(self, *, writable: bool = False) -> Epoch:  # noqa: ARG002  (a folder is both)
        """Look the folder through and give every mail its UID."""
        self._scan()
        return Epoch(uidvalidity=self._list.uidvalidity, uidnext=self._list.uidnext)

    def uids_above(self, uid: int) -> list[int]:
        """The UIDs above this one."""
        self._scan()
        return [number for number in sorted(self._files) if number > uid]

    def uids_since(self, day: date) -> list[int]:
        """The UIDs of mail that was delivered on or after this day of UTC."""
        self._scan()
        arrived = self.arrivals(sorted(self._files))
        return [uid for uid, instant in arrived.items() if instant.date() >= day]

    def arrivals(self, uids: Sequence[int]) -> dict[int, datetime]:
        """When each file was written; a delivery writes it once."""
        return self._each(uids, _modified_at)

    def heads(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The beginning of each mail, with its whole header."""
        return self._each(uids, _beginning)

    def fetch(self, uids: Sequence[int]) -> Iterator[list[FetchedMail]]:
        """The mails in order; see `MailSource.fetch`."""
        return within_bounds(self._mails(uids))

    def mark(self, uids: Sequence[int], keyword: str) -> None:  # noqa: ARG002  (whatever they are)
        """Programs that name keywords in a Maildir do so each in a way of its own."""
        what = "a Maildir keeps no keywords; set `after_storing` to leave or move"
        raise Refused(self._message("keyword", what))

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Rename the files into a Maildir++ folder, which must be there."""
        target = self._account.folder / f".{folder}" / "cur"
        if not target.is_dir():
            what = f'there is no Maildir folder "{folder}"; create it or correct `move_to`'
            raise Refused(self._message("move", what))
        self._scan()
        with self._errors("move"):
            for uid in uids:
                file = self._files.get(uid)
                if file is not None and file.exists():
                    file.rename(target / file.name)

    def wait(self, seconds: float) -> Awaited:
        """Look every second whether a folder has changed."""
        deadline = monotonic() + seconds
        while (left := deadline - monotonic()) > 0 and not self._woken.is_set():
            if self._state() != self._seen:
                return Awaited.NEWS
            self._woken.wait(min(left, LOOK_EVERY_SECONDS))
        self._woken.clear()
        return Awaited.QUIET

    def wake(self) -> None:
        """Make a running or the next `wait` return at once."""
        self._woken.set()

    def close(self) -> None:
        """Nothing is held open."""

    def _scan(self) -> None:
        with self._errors("open"):
            seen = self._state()
            files = [file for name in FOLDERS for file in _mail_files(self._account.folder / name)]
            named = {_unique_part(file): file for file in files}
            uids = self._list.of(sorted(named))
            self._files = {uids[name]: file for name, file in named.items()}
            self._seen = seen

    def _state(self) -> tuple[int, ...]:
        with self._errors("look"):
            return tuple((self._account.folder / name).stat().st_mtime_ns for name in FOLDERS)

    def _each(self, uids: Sequence[int], read: Callable[[Path], T]) -> dict[int, T]:
        """What is read of each file that is there."""
        found: dict[int, T] = {}
        with self._errors("read"):
            for uid in uids:
                with suppress(FileNotFoundError, KeyError):
                    found[uid] = read(self._files[uid])
        return found

    def _mails(self, uids: Sequence[int]) -> Iterator[FetchedMail]:
        for uid in uids:
            found = self._each([uid], _mail)
            if not found:
                self._scan()  # another program may have renamed it to note a flag
                found = self._each([uid], _mail)
            for content, received_at, name in found.values():
                identity = name if len(name) <= SERVER_ID_CHARACTERS else None
                yield FetchedMail(uid=uid, packed=content, received_at=received_at, server_id=identity)

    @contextmanager
    def _errors(self, doing: str) -> Iterator[None]:
        try:
            fault_point(f"call Maildir {doing}: before")
            yield
            fault_point(f"call Maildir {doing}: after")
        except (OSError, ValueError) as error:
            raise Unavailable(self._message(doing, type(error).__name__)) from error

    def _message(self, doing: str, what: str) -> str:
        return f"mailbox {self._account.name}: {doing}: {what}"


def maildir_faults(account: MaildirAccount) -> list[ConnectionFault]:
    """What keeps the folder from being watched; nothing is changed."""
    where = f"mailbox {account.name}"
    for name in FOLDERS:
        if not os.access(account.folder / name, os.R_OK | os.X_OK):
            mend = "correct `maildir`, or let the daemon read it"
            return [ConnectionFault(where=where, what=f'the folder has no "{name}" to read', mend=mend)]
    if not os.access(account.folder, os.W_OK):
        mend = f"let the daemon write there: it keeps its list of UIDs in the file {UID_FILE}"
        return [ConnectionFault(where=where, what="the folder cannot be written to", mend=mend)]
    return []


def _mail_files(folder: Path) -> list[Path]:
    return [file for file in folder.iterdir() if not file.name.startswith(".")]


def _unique_part(file: Path) -> str:
    return file.name.partition(":")[0]


def _modified_at(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def _beginning(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(HEAD_OCTETS)


def _mail(file: Path) -> tuple[Packed, datetime, str]:
    with file.open("rb") as opened:
        first = opened.read(PIECE_OCTETS)
        if len(first) < PIECE_OCTETS:
            return packed(first), _modified_at(file), _unique_part(file)
        packer = Packer()
        packer.add(first)
        while not packer.is_full and (piece := opened.read(PIECE_OCTETS)):
            packer.add(piece)
    return packer.packed(), _modified_at(file), _unique_part(file)
