"""The seam to a watched mailbox: what the daemon needs of any source of mail."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Epoch:
    """The state of a mailbox as it was opened (RFC 9051, sections 2.3.1.1 and 7.5)."""

    uidvalidity: int  # a new value makes every UID that we know meaningless
    uidnext: int  # every mail now there has a lower UID


@dataclass(frozen=True, kw_only=True)
class FetchedMail:
    """One mail as the server holds it."""

    uid: int
    raw: bytes
    received_at: datetime  # INTERNALDATE, aware


class Awaited(StrEnum):
    """How waiting for news ended."""

    NEWS = "news"  # the server said that something changed
    QUIET = "quiet"  # nothing until the time was up


class MailSource(Protocol):
    """One open mailbox, used by one thread, read without marking anything.

    Every call may raise `Unavailable` or `CredentialsRefused`; after that the source is dead and
    a new one has to be opened.
    """

    def open(self) -> Epoch:
        """Connect, sign in and select the folder read-only."""

    def uids_above(self, uid: int) -> list[int]:
        """The UIDs greater than this one, ascending."""

    def uids_since(self, day: date) -> list[int]:
        """The UIDs of mail that arrived on or after this day, ascending."""

    def fetch(self, uids: Sequence[int]) -> Iterator[list[FetchedMail]]:
        """The mails with these UIDs, in order, in batches of bounded size; what has gone is left out."""

    def wait(self, seconds: float) -> Awaited:
        """Wait for news, at most so long."""

    def wake(self) -> None:
        """End a wait early; the one call that another thread may make."""

    def close(self) -> None:
        """Let go of the connection; never raises."""
