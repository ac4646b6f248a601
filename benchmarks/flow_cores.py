"""How busy the machine's cores are, and with whom: others may be at work on them too."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
_IDLE = slice(3, 5)  # idle and waiting for the disk


@dataclass(kw_only=True)
class Cores:
    """Seconds of all cores together, while the block ran."""

    busy: float = 0.0
    idle: float = 0.0

    def free_for(self, ours: float) -> float:
        """How many cores there were for what took so many seconds of them, others left alone."""
        total = self.busy + self.idle
        return (os.cpu_count() or 1) * (ours + self.idle) / total


@contextmanager
def cores_used() -> Iterator[Cores]:
    """Counts while the block runs."""
    used, before = Cores(), _times()
    try:
        yield used
    finally:
        passed = [now - then for now, then in zip(_times(), before, strict=True)]
        used.idle = sum(passed[_IDLE]) / TICKS
        used.busy = sum(passed) / TICKS - used.idle


def _times() -> list[int]:
    """The first eight fields of the first line: the guests' time is in the users' already (proc(5))."""
    first = Path("/proc/stat").read_text().split("\n", 1)[0]
    return [int(field) for field in first.split()[1:9]]
