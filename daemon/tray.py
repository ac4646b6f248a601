"""A mailbox in memory, for a replay: mails are put in one by one."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from connectors.errors import Refused
from connectors.mail import Awaited, Epoch, FetchedMail

UIDVALIDITY = 1


class Tray:
    """Holds the one mail that was put in last (see `connectors.mail.MailSource`)."""

    def __init__(self) -> None:
        self._mail: FetchedMail | None = None

    def put(self, mail: FetchedMail) -> None:
        """Let this mail arrive; its UID must be higher than that of the one before."""
        self._mail = mail

    def open(self, *, writable: bool = False) -> Epoch:  # noqa: ARG002  (it makes no difference)
        """The mailbox counts as empty until now, so that whatever is put in is new."""
        return Epoch(uidvalidity=UIDVALIDITY, uidnext=1)

    def uids_above(self, uid: int) -> list[int]:
        """The mail, if its UID is greater."""
        return [self._mail.uid] if self._mail and self._mail.uid > uid else []

    def uids_since(self, day: date) -> list[int]:
        """The mail, if it arrived on or after this day."""
        return self.uids_above(0) if self._mail and self._mail.received_at.date() >= day else []

    def arrivals(self, uids: Sequence[int]) -> dict[int, datetime]:
        """The mail's, if it is asked for."""
        return {mail.uid: mail.received_at for batch in self.fetch(uids) for mail in batch}

    def heads(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The mail's, if it is asked for."""
        return {mail.uid: mail.packed.head for batch in self.fetch(uids) for mail in batch}

    def mark(self, uids: Sequence[int], keyword: str) -> None:  # noqa: ARG002  (whatever they are)
        """There is nobody who could see it."""
        raise Refused("a tray keeps no keywords")

    def move(self, uids: Sequence[int], folder: str) -> None:  # noqa: ARG002  (whatever they are)
        """There is no other folder."""
        raise Refused("a tray has no folders")

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
