"""A mailbox in memory, for a replay: mails are put in one by one."""

from collections.abc import Iterator, Sequence
from datetime import date

from connectors.mail import Awaited, Epoch, FetchedMail

UIDVALIDITY = 1


class Tray:
    """Holds the one mail that was put in last (see `connectors.mail.MailSource`)."""

    def __init__(self) -> None:
        self._mail: FetchedMail | None = None

    def put(self, mail: FetchedMail) -> None:
        """Let this mail arrive; its UID must be higher than that of the one before."""
        self._mail = mail

    def open(self) -> Epoch:
        """The mailbox counts as empty until now, so that whatever is put in is new."""
        return Epoch(uidvalidity=UIDVALIDITY, uidnext=1)

    def uids_above(self, uid: int) -> list[int]:
        """The mail, if its UID is greater."""
        return [self._mail.uid] if self._mail and self._mail.uid > uid else []

    def uids_since(self, day: date) -> list[int]:
        """The mail, if it arrived on or after this day."""
        return self.uids_above(0) if self._mail and self._mail.received_at.date() >= day else []

    def fetch(self, uids: Sequence[int]) -> Iterator[list[FetchedMail]]:
        """The mail, if it is asked for."""
        if self._mail and self._mail.uid in uids:
            yield [self._mail]

    def wait(self, seconds: float) -> Awaited:  # noqa: ARG002  (nothing comes by itself)
        """Return at once."""
        return Awaited.QUIET

    def wake(self) -> None:
        """Nobody waits."""

    def close(self) -> None:
        """Nothing is held open."""
