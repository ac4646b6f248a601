"""Much new mail at once, such as after an outage: who has something urgent goes first."""

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from parsers.glance import Glance

MANY = 100
"""More new mails than this are looked through before they are fetched."""

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


def made_ahead(batches: Iterator[T]) -> Generator[T]:
    """The batches, each made by another thread while the one before is worked on."""
    with ThreadPoolExecutor(1, thread_name_prefix="fetch") as pool:
        coming = pool.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = pool.submit(next, batches, None)
            yield batch
