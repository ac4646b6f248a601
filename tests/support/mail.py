"""An in-memory mailbox."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from connectors.errors import Unavailable
from connectors.mail import Awaited, Epoch, FetchedMail
from connectors.packing import packed
from tests.support.reports import RECEIVED


@dataclass
class MemoryMailbox:
    """What the server holds. Implements `MailSource` as well, since tests need only one connection."""

    mails: dict[int, bytes] = field(default_factory=dict)
    dates: dict[int, datetime] = field(default_factory=dict)
    server_ids: dict[int, str] = field(default_factory=dict)
    uidvalidity: int = 1
    failing: list[Exception] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)  # on the server, and not told of yet
    vanishing: set[int] = field(default_factory=set)  # listed, and gone when they are fetched
    cut: set[int] = field(default_factory=set)  # so large that only the header is kept
    fail_after: int | None = None  # so many batches, once
    fetched: list[int] = field(default_factory=list)
    kept_open: int = 0
    marked: dict[int, str] = field(default_factory=dict)
    moved: dict[int, str] = field(default_factory=dict)
    batch: int = 1
    last_uid: int = 0

    def deliver(self, raw: bytes, *, at: datetime = RECEIVED, server_id: str | None = None) -> int:
        self.last_uid = uid = self.last_uid + 1
        self.mails[uid], self.dates[uid] = raw, at
        if server_id is not None:
            self.server_ids[uid] = server_id
        return uid

    def renumber(self, uidvalidity: int) -> None:
        """A new epoch: the mails that are left get new UIDs in their order."""
        kept = [(self.mails[uid], self.dates[uid], self.server_ids.get(uid)) for uid in sorted(self.mails)]
        self.uidvalidity, self.last_uid = uidvalidity, 100
        self.mails, self.dates, self.server_ids = {}, {}, {}
        for raw, at, server_id in kept:
            self.deliver(raw, at=at, server_id=server_id)

    def open(self, *, writable: bool = False) -> Epoch:
        self.kept_open += 1
        return Epoch(uidvalidity=self.uidvalidity, uidnext=self.last_uid + 1)

    def uids_above(self, uid: int) -> list[int]:
        return sorted(number for number in self.mails if number > uid and number not in self.hidden)

    def uids_since(self, day: date) -> list[int]:
        return [uid for uid in self.uids_above(0) if self.dates[uid].date() >= day]

    def arrivals(self, uids: Sequence[int]) -> dict[int, datetime]:
        return {uid: self.dates[uid] for uid in uids if uid in self.mails}

    def heads(self, uids: Sequence[int]) -> dict[int, bytes]:
        return {uid: self.mails[uid] for uid in uids if uid in self.mails}

    def fetch(self, uids: Sequence[int]) -> Iterator[list[FetchedMail]]:
        for start in range(0, len(uids), self.batch):
            if self.failing:
                raise self.failing.pop(0)
            self._fail_in_time()
            present = self.mails.keys() - self.vanishing
            there = [uid for uid in uids[start : start + self.batch] if uid in present]
            self.fetched += there
            if there:
                yield [self._mail(uid) for uid in there]

    def mark(self, uids: Sequence[int], keyword: str) -> None:
        if self.failing:
            raise self.failing.pop(0)
        self.marked |= dict.fromkeys(uids, keyword)

    def move(self, uids: Sequence[int], folder: str) -> None:
        if self.failing:
            raise self.failing.pop(0)
        for uid in uids:
            if self.mails.pop(uid, None) is not None:
                self.moved[uid] = folder

    def wait(self, seconds: float) -> Awaited:
        return Awaited.QUIET

    def wake(self) -> None:
        pass

    def close(self) -> None:
        self.kept_open -= 1

    def _fail_in_time(self) -> None:
        if self.fail_after == 0:
            self.fail_after = None
            raise Unavailable("cut")
        if self.fail_after is not None:
            self.fail_after -= 1

    def _mail(self, uid: int) -> FetchedMail:
        return FetchedMail(
            uid=uid,
            packed=packed(self.mails[uid], whole=uid not in self.cut),
            received_at=self.dates[uid],
            server_id=self.server_ids.get(uid),
        )
