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
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from config.fault_points import fault_point
from connectors.errors import CredentialsRefused, Refused, Unavailable
from connectors.idle import IdleOutcome, idle_wait
from connectors.imap_answer import Item, read_answer
from connectors.imap_fetch import (
    FIRST_PIECE_OCTETS,
    has_content,
    piece_at,
    received_at,
    server_id,
    whole,
)
from connectors.mail import BATCH_MESSAGES, PIECE_OCTETS, Awaited, Epoch, FetchedMail, within_bounds

CONNECT_TIMEOUT_SECONDS = 15
READ_TIMEOUT_SECONDS = 60
IDLE_RENEWAL_SECONDS = 300  # some servers stop pushing silently long before RFC 9051's 29 minutes
SEARCH_SPAN = 100_000  # UIDs asked about at once: a longer answer is more than imaplib takes in one line
LIST_MESSAGES = 1000
NEWS = "EXISTS"

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
    """One IMAP connection with its folder selected."""

    def __init__(self, account: ImapAccount) -> None:
        self._account = account
        self._client: Any = None  # imapclient ships no types
        self._uidnext = 1
        self._identity: str | None = None  # the item that names a mail in whatever folder
        self._permanent_flags: tuple[bytes, ...] = ()
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._wake_reader.setblocking(False)

    def open(self, *, writable: bool = False) -> Epoch:
        """Connect, sign in and select; see `MailSource.open`."""
        with self._errors("open"):
            self._client = self._connect()
            self._sign_in()
            self._identity = _identity_item(self._client)
            answer = self._client.select_folder(self._account.folder, readonly=not writable)
            self._forget_news()  # that is how many were there already
            self._permanent_flags = answer.get(b"PERMANENTFLAGS", ())
            self._uidnext = answer.get(b"UIDNEXT") or self._highest_uid() + 1
            return Epoch(uidvalidity=answer[b"UIDVALIDITY"], uidnext=self._uidnext)

    def uids_above(self, uid: int) -> list[int]:
        """The UIDs above this one."""
        return self._search(uid)

    def uids_since(self, day: date) -> list[int]:
        """The UIDs of mail with an INTERNALDATE on or after this day."""
        return self._search(0, "SINCE", day)

    def arrivals(self, uids: Sequence[int]) -> dict[int, datetime]:
        """The INTERNALDATE of each mail that is there."""
        answer = self._listed(uids, "INTERNALDATE")
        return {uid: received_at(item) for uid, item in answer.items() if b"INTERNALDATE" in item}

    def heads(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The From and Subject fields of each mail that is there."""
        key = b"BODY[HEADER.FIELDS (FROM SUBJECT)]"
        answer = self._listed(uids, "BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]")
        return {uid: item[key] or b"" for uid, item in answer.items() if key in item}

    def fetch(self, uids: Sequence[int]) -> Iterator[list[FetchedMail]]:
        """The mails in order; see `MailSource.fetch`."""
        items = [f"BODY.PEEK[]<0.{FIRST_PIECE_OCTETS}>", "RFC822.SIZE", "INTERNALDATE"]
        items += [self._identity] if self._identity else []
        for chunk in _chunks(uids, BATCH_MESSAGES):
            with self._errors("fetch"):
                # Else Dovecot makes up an answer for what another session has expunged, which
                # imapclient cannot read.
                self._client.noop()
                answer = self._fetch(chunk, items)
                dates = {uid: received_at(item) for uid, item in answer.items() if has_content(item)}
            yield from within_bounds(self._mails(chunk, answer, dates))

    def mark(self, uids: Sequence[int], keyword: str) -> None:
        """Set the keyword; a server that keeps none would drop it without a word."""
        if not {b"\\*", keyword.encode()} & set(self._permanent_flags):
            raise Refused(
                self._message("keyword", "the mailbox keeps no keywords; use `after_storing: leave`")
            )
        with self._errors("keyword"):
            self._client.add_flags(list(uids), [keyword], silent=True)

    def move(self, uids: Sequence[int], folder: str) -> None:
        """MOVE (RFC 6851), or what it stands for; never a plain EXPUNGE, which removes others' mail too."""
        can_move, can_expunge = map(self._client.has_capability, ("MOVE", "UIDPLUS"))
        if not (can_move or can_expunge):
            raise Refused(self._message("move", "the server can neither MOVE nor UID EXPUNGE mails"))
        try:
            with self._errors("move"):
                self._client.noop()  # what has gone must not make the server refuse the others
                if can_move:
                    self._client.move(list(uids), folder)
                else:
                    self._client.copy(list(uids), folder)
                    self._client.delete_messages(list(uids), silent=True)
                    self._client.expunge(list(uids))
        except Unavailable as error:
            if _is_refusal(error.__cause__):
                what = f'the server refuses to move mails to "{folder}"; create it or correct `move_to`'
                raise Refused(self._message("move", what)) from error
            raise

    def wait(self, seconds: float) -> Awaited:
        """IDLE where the server offers it (RFC 2177), else wait for the time or a wake."""
        if not self._client.has_capability("IDLE"):
            return self._doze(seconds)
        with self._errors("idle"):
            self._client.noop()  # some servers tell in IDLE only what is newer
            if NEWS in self._client._imap.untagged_responses:  # noqa: SLF001  (see `_forget_news`)
                return Awaited.NEWS
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

    def _search(self, above: int, *criteria: object) -> list[int]:
        """Whatever matches above a UID. The last search has no upper end and always names the last mail."""
        *bounded, last = range(above, max(above + 1, self._uidnext), SEARCH_SPAN)
        spans = [f"{low + 1}:{low + SEARCH_SPAN}" for low in bounded]
        found: set[int] = set()
        with self._errors("search"):
            self._client.noop()  # a server may search only what it has told this session about
            if not criteria:
                self._forget_news()  # it is about to be listed
            for span in (*spans, f"{last + 1}:*"):
                found.update(self._client.search(["UID", span, *criteria]))
        return sorted(uid for uid in found if uid > above)

    def _highest_uid(self) -> int:
        return max(self._client.search(["UID", "*"]), default=0)

    def _listed(self, uids: Sequence[int], item: str) -> dict[int, Item]:
        answer: dict[int, Item] = {}
        with self._errors("list"):
            for chunk in _chunks(uids, LIST_MESSAGES):
                found = self._fetch(chunk, [item])
                answer |= {uid: found[uid] for uid in chunk if uid in found}
        return answer

    def _mails(
        self, uids: Sequence[int], answer: dict[int, Item], dates: dict[int, datetime]
    ) -> Iterator[FetchedMail]:
        for uid in uids:
            if uid not in dates:
                continue
            item = answer[uid]
            packed = whole(uid, item, self._piece)
            if packed is not None:
                identity = server_id(item.get(self._identity.encode())) if self._identity else None
                yield FetchedMail(uid=uid, packed=packed, received_at=dates[uid], server_id=identity)

    def _fetch(self, uids: Sequence[int], items: Sequence[str]) -> dict[int, Item]:
        imap = self._client._imap  # noqa: SLF001  (its own `fetch` has a slow reader built in)
        kind, data = imap.uid("FETCH", ",".join(map(str, uids)), f"({' '.join(items)})")
        if kind != "OK":
            raise IMAPClientError("FETCH is refused")
        return {} if data == [None] else read_answer(data)

    def _forget_news(self) -> None:
        """What the server tells amid another answer, imaplib keeps until somebody takes it away."""
        self._client._imap.untagged_responses.pop(NEWS, None)  # noqa: SLF001  (no public way)

    def _piece(self, uid: int, offset: int) -> bytes | None:
        with self._errors("fetch piece"):
            answer = self._fetch([uid], [f"BODY.PEEK[]<{offset}.{PIECE_OCTETS}>", "RFC822.SIZE"])
        return piece_at(answer.get(uid, {}), offset)

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


def _identity_item(client: Any) -> str | None:  # noqa: ANN401  (imapclient ships no types)
    """What this server names mails by in whatever folder: RFC 8474, Gmail's or Dovecot's extension."""
    if client.has_capability("OBJECTID"):
        return "EMAILID"
    if client.has_capability("X-GM-EXT-1"):
        return "X-GM-MSGID"
    named = client.id_() if client.has_capability("ID") else ()  # RFC 2971
    fields = (named or (None,))[0] or ()
    return "X-GUID" if b"Dovecot" in fields else None


def _is_refusal(error: BaseException | None) -> bool:
    """A clean NO; but for the one that only says that mails have gone meanwhile (RFC 5530)."""
    if isinstance(error, IMAPClientAbortError) or not isinstance(error, IMAPClientError):
        return False
    return "EXPUNGEISSUED" not in str(error)


def _chunks(uids: Sequence[int], length: int) -> Iterator[list[int]]:
    for start in range(0, len(uids), length):
        yield list(uids[start : start + length])
