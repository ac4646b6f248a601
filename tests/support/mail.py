"""An in-memory mailbox."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from connectors.mail import Awaited, Epoch, FetchedMail
from tests.support.reports import RECEIVED


@dataclass
class MemoryMailbox:
    """What the server holds. Implements `MailSource` as well, since tests need only one connection."""

    mails: dict[int, bytes] = field(default_factory=dict)
    uidvalidity: int = 1
    failing: list[Exception] = field(default_factory=list)

    def deliver(self, raw: bytes) -> int:
        uid = max(self.mails, default=0) + 1
        self.mails[uid] = raw
        return uid

    def open(self) -> Epoch:
        return Epoch(uidvalidity=self.uidvalidity, uidnext=max(self.mails, default=0) + 1)

    def uids_above(self, uid: int) -> list[int]:
        return sorted(number for number in self.mails if number > uid)

    def uids_since(self, day: date) -> list[int]:
        return sorted(self.mails)

    def fetch(self, uids: Sequence[int]) -> Iterator[list[FetchedMail]]:
        for uid in uids:
            if self.failing:
                raise self.failing.pop(0)
            yield [FetchedMail(uid=uid, raw=self.mails[uid], received_at=RECEIVED)]

    def wait(self, seconds: float) -> Awaited:
        return Awaited.QUIET

    def wake(self) -> None:
        pass

    def close(self) -> None:
        pass
