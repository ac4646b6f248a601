"""Much new mail at once, such as after an outage: who has something urgent goes first."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from connectors.mail import BATCH_OCTETS, FetchedMail
from parsers.glance import Glance

MANY = 100
"""More new mails than this are looked through before they are fetched."""
COMMIT_MESSAGES = 500  # of a backlog; each commit waits for the disk, and writes whole pages of the indexes

T = TypeVar("T")


def urgent_first(uids: Sequence[int], glances: Mapping[int, Glance]) -> tuple[list[int], list[int]]:
    """The UIDs of the parties that have something urgent, and the others, each in their order."""
    pressing = {one.party for one in glances.values() if one.urgent and one.party is not None}
    first = [uid for uid in uids if (one := glances.get(uid)) and (one.urgent or one.party in pressing)]
    hastened = set(first)
    return first, [uid for uid in uids if uid not in hastened]


class Progress:
    """How far a round of collecting has come, in whatever order its mails are stored."""

    def __init__(self, high_water: int, uids: Iterable[int]) -> None:
        self.high_water = high_water
        self._waiting = deque(sorted(uids))
        self._done: set[int] = set()

    def done(self, uids: Iterable[int]) -> int:
        """These are stored, or need not be; returns the UID up to which nothing is missing."""
        self._done.update(uids)
        while self._waiting and self._waiting[0] in self._done:
            self.high_water = self._waiting.popleft()
        return self.high_water


def in_time(batches: Iterable[T], until: Callable[[], bool]) -> Iterator[T]:
    """The batches; no further one is begun once `until` has come true."""
    coming = iter(batches)
    while not until() and (batch := next(coming, None)) is not None:
        yield batch


def in_commits(batches: Iterable[Sequence[FetchedMail]]) -> Iterator[list[FetchedMail]]:
    """What one commit each is to store."""
    ready: list[FetchedMail] = []
    for mails in batches:
        ready += mails
        if len(ready) >= COMMIT_MESSAGES or _octets(ready) >= BATCH_OCTETS:
            yield ready
            ready = []
    if ready:
        yield ready


def _octets(mails: Iterable[FetchedMail]) -> int:
    return sum(mail.packed.size for mail in mails)


def made_ahead(batches: Iterator[T]) -> Generator[T]:
    """The batches, each made by another thread while the one before is worked on."""
    with ThreadPoolExecutor(1, thread_name_prefix="fetch") as pool:
        coming = pool.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = pool.submit(next, batches, None)
            yield batch
