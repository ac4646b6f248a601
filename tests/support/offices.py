"""Mail systems of every kind behind one face, for what any source of mail must do."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from imapclient import IMAPClient

from connectors.imap import ImapAccount, ImapSource
from connectors.mail import MailSource
from connectors.maildir import MaildirAccount, MaildirSource
from tests.support.maildir import Maildir

DONE = "Done"


class Office(Protocol):
    """A watched folder, and a second one named "Done", seen from the mail system's side."""

    keeps_keywords: bool

    def source(self) -> MailSource:
        """A new source, not opened yet."""

    def deliver(self, *raws: bytes, at: datetime | None = None) -> None: ...

    def remove(self, uids: list[int]) -> None:
        """As a person does who deletes mails."""

    def renumber(self) -> None:
        """Begin a new epoch with the same mails."""

    def done(self) -> int:
        """How many mails the second folder holds."""

    def marked(self, keyword: str) -> list[int]: ...

    def unseen(self) -> int: ...

    def stop(self) -> object: ...

    def start(self) -> object: ...


class ImapOffice:
    """One folder of an IMAP server."""

    def __init__(
        self,
        *,
        account: ImapAccount,
        stop: Callable[[], object],
        start: Callable[[], object],
        keeps_keywords: bool = True,
    ) -> None:
        self.keeps_keywords = keeps_keywords
        self.stop, self.start = stop, start
        self._folder = account.folder
        self._account = account
        with self._signed_in() as client:
            client.create_folder(account.folder)
            if not client.folder_exists(DONE):
                client.create_folder(DONE)

    def source(self) -> ImapSource:
        return ImapSource(self._account)

    def deliver(self, *raws: bytes, at: datetime | None = None) -> None:
        with self._signed_in() as client:
            for raw in raws:
                client.append(self._folder, raw, msg_time=at)

    def remove(self, uids: list[int]) -> None:
        with self._selected() as client:
            client.delete_messages(uids, silent=True)
            client.expunge()

    def renumber(self) -> None:
        with self._selected() as client:
            found = client.fetch(client.search(), ["BODY.PEEK[]", "INTERNALDATE"])
        with self._signed_in() as client:
            client.delete_folder(self._folder)
            client.create_folder(self._folder)
            for mail in found.values():
                client.append(self._folder, mail[b"BODY[]"], msg_time=mail[b"INTERNALDATE"])

    def done(self) -> int:
        with self._signed_in() as client:
            return int(client.folder_status(DONE, ["MESSAGES"])[b"MESSAGES"])

    def marked(self, keyword: str) -> list[int]:
        with self._selected() as client:
            return list(client.search(["KEYWORD", keyword]))

    def unseen(self) -> int:
        with self._selected() as client:
            return len(client.search(["UNSEEN"]))

    @contextmanager
    def _signed_in(self) -> Iterator[IMAPClient]:
        account = self._account
        client = IMAPClient(account.host, port=account.port, ssl=False, timeout=10)
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.login(account.user, account.password)
        yield client
        client.logout()

    @contextmanager
    def _selected(self) -> Iterator[IMAPClient]:
        with self._signed_in() as client:
            client.select_folder(self._folder)
            yield client


class MaildirOffice:
    """A folder of this machine."""

    keeps_keywords = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.maildir = Maildir(folder)
        self.maildir.make_folder(DONE)

    def source(self) -> MaildirSource:
        return MaildirSource(MaildirAccount(name="regulators", folder=self._folder))

    def deliver(self, *raws: bytes, at: datetime | None = None) -> None:
        for raw in raws:
            self.maildir.deliver(raw, at=at.timestamp() if at else None)

    def remove(self, uids: list[int]) -> None:
        for file in sorted((self._folder / "new").iterdir())[: len(uids)]:
            file.unlink()

    def renumber(self) -> None:
        self.maildir.forget_uids()

    def done(self) -> int:
        return len(list((self._folder / f".{DONE}" / "cur").iterdir()))

    def marked(self, keyword: str) -> list[int]:
        raise NotImplementedError(keyword)

    def unseen(self) -> int:
        return len(list((self._folder / "new").iterdir()))

    def stop(self) -> None:
        self._folder.rename(self._folder.with_name("away"))

    def start(self) -> None:
        self._folder.with_name("away").rename(self._folder)
