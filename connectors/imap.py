"""A mailbox over IMAP (RFC 9051), by imapclient, with its measured traps avoided.

Anything but a clean answer leaves the connection in an unknown state, so every error ends it.
"""

import logging
import select
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from config.fault_points import fault_point
from connectors.errors import CredentialsRefused, Unavailable
from connectors.idle import IdleOutcome, idle_wait
from connectors.mail import Awaited, Epoch, FetchedMail

CONNECT_TIMEOUT_SECONDS = 15
READ_TIMEOUT_SECONDS = 60
IDLE_RENEWAL_SECONDS = 300  # some servers stop pushing silently long before RFC 9051's 29 minutes
BATCH_MESSAGES = 50
BATCH_OCTETS = 16 * 1024 * 1024

# imapclient's own debug log holds whole mails.
logging.getLogger("imapclient").setLevel(logging.WARNING)


@dataclass(frozen=True, kw_only=True)
class ImapAccount:
    """Where a mailbox is and how to sign in."""

    name: str  # the mailbox's name in our configuration, for messages
    host: str
    port: int
    user: str
    password: str
    folder: str = "INBOX"
    tls: bool = True

    def __repr__(self) -> str:
        return f"ImapAccount(name={self.name!r})"


class ImapSource:
    """One IMAP connection with its folder selected read-only."""

    def __init__(self, account: ImapAccount) -> None:
        self._account = account
        self._client: Any = None  # imapclient ships no types
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._wake_reader.setblocking(False)

    def open(self) -> Epoch:
        """Connect, sign in and select; see `MailSource.open`."""
        with self._errors("open"):
            self._client = self._connect()
            self._sign_in()
            answer = self._client.select_folder(self._account.folder, readonly=True)
            uidnext = answer.get(b"UIDNEXT") or self._highest_uid() + 1
            return Epoch(uidvalidity=answer[b"UIDVALIDITY"], uidnext=uidnext)

    def uids_above(self, uid: int) -> list[int]:
        """The UIDs above this one; `n:*` always names the last mail, hence the filter."""
        found = self._search(["UID", f"{uid + 1}:*"])
        return [number for number in found if number > uid]

    def uids_since(self, day: date) -> list[int]:
        """The UIDs of mail with an INTERNALDATE on or after this day."""
        return self._search(["SINCE", day])

    def fetch(self, uids: Sequence[int]) -> Iterator[list[FetchedMail]]:
        """The mails in order, in batches whose size is bounded before they are asked for."""
        for batch in self._batches(uids):
            with self._errors("fetch"):
                answer = self._client.fetch(batch, ["BODY.PEEK[]", "INTERNALDATE"])
                mails = [_mail(uid, answer[uid]) for uid in batch if b"BODY[]" in answer.get(uid, {})]
            yield mails

    def wait(self, seconds: float) -> Awaited:
        """IDLE where the server offers it (RFC 2177), else wait for the time or a wake."""
        if not self._client.has_capability("IDLE"):
            return self._doze(seconds)
        with self._errors("idle"):
            self._client.idle()
            outcome = idle_wait(
                self._client,
                timeout=min(seconds, IDLE_RENEWAL_SECONDS),
                wake=self._wake_reader,
            )
            if outcome is IdleOutcome.CLOSED:
                raise Unavailable(self._message("idle", "the server closed the connection"))
            self._client.idle_done()
        self._drain_wakes()
        return Awaited.NEWS if outcome is IdleOutcome.EVENT else Awaited.QUIET

    def wake(self) -> None:
        """Make a running or the next `wait` return at once."""
        with suppress(OSError):
            self._wake_writer.send(b"!")

    def close(self) -> None:
        """Drop the connection without asking the server, which may be silent."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(IMAPClientError, OSError, ValueError):
                client.shutdown()
        self._wake_reader.close()
        self._wake_writer.close()

    def _connect(self) -> Any:  # noqa: ANN401  (imapclient ships no types)
        account = self._account
        client = IMAPClient(
            account.host,
            port=account.port,
            ssl=account.tls,
            ssl_context=ssl.create_default_context() if account.tls else None,
            timeout=SocketTimeout(CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS),
        )
        client.normalise_times = False  # else INTERNALDATE comes back as naive local time
        client._imap.debug = 0  # noqa: SLF001  (its default of 5 formats every literal for a log nobody reads)
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return client

    def _sign_in(self) -> None:
        try:
            self._client.login(self._account.user, self._account.password)
        except LoginError as error:
            # LoginError also wraps "too many connections", EOF and [UNAVAILABLE].
            if "AUTHENTICATIONFAILED" not in str(error).upper():
                raise Unavailable(self._message("sign in", "the server is not ready")) from None
            raise CredentialsRefused(self._message("sign in", "user or password is not accepted")) from None

    def _search(self, criteria: list[Any]) -> list[int]:
        with self._errors("search"):
            self._client.noop()  # a server may search only what it has told this session about
            return sorted(self._client.search(criteria))

    def _highest_uid(self) -> int:
        return max(self._client.search(["UID", "*"]), default=0)

    def _batches(self, uids: Sequence[int]) -> Iterator[list[int]]:
        for start in range(0, len(uids), BATCH_MESSAGES):
            chunk = list(uids[start : start + BATCH_MESSAGES])
            with self._errors("fetch sizes"):
                answer = self._client.fetch(chunk, ["RFC822.SIZE"])
            yield from _bounded(chunk, {uid: item.get(b"RFC822.SIZE", 0) for uid, item in answer.items()})

    def _doze(self, seconds: float) -> Awaited:
        select.select([self._wake_reader], [], [], seconds)
        self._drain_wakes()
        return Awaited.QUIET

    def _drain_wakes(self) -> None:
        with suppress(BlockingIOError):
            while self._wake_reader.recv(64):
                pass

    @contextmanager
    def _errors(self, doing: str) -> Iterator[None]:
        """Turn whatever imapclient, imaplib, ssl and sockets raise into one plain error."""
        try:
            fault_point(f"call IMAP {doing}: before")
            yield
            fault_point(f"call IMAP {doing}: after")
        except (IMAPClientError, OSError, ValueError, KeyError) as error:
            raise Unavailable(self._message(doing, type(error).__name__)) from error

    def _message(self, doing: str, what: str) -> str:
        return f"mailbox {self._account.name}: {doing}: {what}"


def _bounded(uids: Sequence[int], sizes: dict[int, int]) -> Iterator[list[int]]:
    """Split so that a batch holds at most BATCH_OCTETS by declared size, or one mail."""
    batch: list[int] = []
    octets = 0
    for uid in uids:
        size = sizes.get(uid, 0)
        if batch and octets + size > BATCH_OCTETS:
            yield batch
            batch, octets = [], 0
        batch.append(uid)
        octets += size
    if batch:
        yield batch


def _mail(uid: int, item: dict[bytes, Any]) -> FetchedMail:
    received_at: datetime = item[b"INTERNALDATE"]
    if received_at.tzinfo is None:
        raise ValueError("INTERNALDATE without a zone")
    return FetchedMail(uid=uid, raw=item[b"BODY[]"], received_at=received_at)
