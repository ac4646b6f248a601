"""What a process and all its descendants take, as Linux tells it (proc(5))."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
LOOK_EVERY_SECONDS = 1.0
_AFTER_NAME = ") "


@dataclass(kw_only=True)
class Taken:
    """What a tree of processes has taken while it was watched."""

    own_cpu: float = 0.0  # seconds of the first process
    other_cpu: float = 0.0  # seconds of its descendants, with those that have ended
    memory: list[int] = field(default_factory=list)  # octets of all together, at each look

    @property
    def peak(self) -> int:
        return max(self.memory, default=0)


def tree(root: int) -> list[int]:
    """The process and its descendants."""
    parents = {pid: int(fields[1]) for pid in _all() if (fields := _fields(pid))}
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def memory(root: int) -> int:
    """Octets that the tree holds, pages shared between its processes counted in proportion (PSS)."""
    return sum(map(_proportional, tree(root)))


def cpu(pid: int) -> float:
    """Seconds of CPU of a process that runs."""
    own = _fields(pid)
    return (int(own[11]) + int(own[12])) / TICKS if own else 0.0


def ended_children_cpu(pid: int) -> float:
    own = _fields(pid)
    return (int(own[13]) + int(own[14])) / TICKS if own else 0.0


@contextmanager
def watched(root: int) -> Iterator[Taken]:
    """Look at the tree again and again while the block runs."""
    taken, ended = Taken(), threading.Event()
    own, others = cpu(root), _others(root)

    def look() -> None:
        while not ended.wait(LOOK_EVERY_SECONDS):
            taken.memory.append(memory(root))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield taken
    finally:
        ended.set()
        watcher.join()
        taken.own_cpu, taken.other_cpu = cpu(root) - own, _others(root) - others


def _others(root: int) -> float:
    return ended_children_cpu(root) + sum(map(cpu, tree(root)[1:]))


def _all() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _fields(pid: int) -> list[str]:
    """What stands behind the name in /proc/PID/stat; nothing when the process has gone."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(_AFTER_NAME)[2].split()
    return []


def _proportional(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
