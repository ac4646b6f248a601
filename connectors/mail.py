"""The seam to a watched mailbox: what the daemon needs of any source of mail."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from connectors.packing import Packed

BATCH_MESSAGES = 50
BATCH_OCTETS = 16 * 1024 * 1024
PIECE_OCTETS = 2 * 1024 * 1024  # of a large mail, at a time
SERVER_ID_CHARACTERS = 255


@dataclass(frozen=True, kw_only=True)
class Epoch:
    """The state of a mailbox as it was opened (RFC 9051, sections 2.3.1.1 and 7.5)."""

    uidvalidity: int  # a new value makes every UID that we know meaningless
    uidnext: int  # every mail now there has a lower UID


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchedMail:
    """One mail as the server holds it."""

    uid: int
    packed: Packed
    received_at: datetime  # INTERNALDATE, aware
    server_id: str | None = None  # the server's own name for this mail in whatever folder, if it has one


class Awaited(StrEnum):
    """How waiting for news ended."""

    NEWS = "news"  # the server said that something changed
    QUIET = "quiet"  # nothing until the time was up


class MailSource(Protocol):
    """One open mailbox, used by one thread at a time; reading marks nothing.

    Every call may raise `Unavailable` or `CredentialsRefused`; after that the source is dead and
    a new one has to be opened.
    """

    def open(self, *, writable: bool = False) -> Epoch:
        """Connect, sign in and select the folder, read-only unless mails are to be marked or moved."""

    def uids_above(self, uid: int) -> list[int]:
        """The UIDs greater than this one, ascending."""

    def uids_since(self, day: date) -> list[int]:
        """The UIDs of mail that arrived on or after this day, as the server counts days, ascending."""

    def arrivals(self, uids: Sequence[int]) -> dict[int, datetime]:
        """When the mails with these UIDs arrived; what has gone is left out."""

    def heads(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Their From and Subject fields as they stand in the mails; what has gone is left out."""

    def fetch(self, uids: Sequence[int]) -> Iterator[list[FetchedMail]]:
        """The mails with these UIDs, in order; what has gone is left out.

        A batch holds at most `BATCH_MESSAGES` mails and ends with the one that reaches `BATCH_OCTETS`.
        """

    def mark(self, uids: Sequence[int], keyword: str) -> None:
        """Set a keyword (RFC 9051, section 2.3.2) on the mails that are still there.

        Raises:
            Refused: this mailbox keeps no keywords.
        """

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move the mails that are still there into another folder of the account.

        Raises:
            Refused: the server can't, or there is no such folder.
        """

    def wait(self, seconds: float) -> Awaited:
        """Wait for news, at most so long."""

    def wake(self) -> None:
        """End a wait early; the one call that another thread may make at any time."""

    def close(self) -> None:
        """Let go of the connection; never raises."""


def within_bounds(mails: Iterator[FetchedMail]) -> Iterator[list[FetchedMail]]:
    """Batches as `MailSource.fetch` promises them."""
    batch: list[FetchedMail] = []
    octets = 0
    for mail in mails:
        batch.append(mail)
        octets += mail.packed.size
        if len(batch) == BATCH_MESSAGES or octets >= BATCH_OCTETS:
            yield batch
            batch, octets = [], 0
    if batch:
        yield batch
