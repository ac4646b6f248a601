"""How much memory the daemon holds together with its worker processes, where the system tells (Linux)."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

OWN = Path("/proc/self")


def resident_bytes() -> int | None:
    """The resident memory of this process and its children (proc(5)); None where it can't be told."""
    if not OWN.exists():
        return None
    return sum(map(_resident_pages, ("self", *_children()))) * os.sysconf("SC_PAGE_SIZE")


def _children() -> Iterator[str]:
    for thread in OWN.joinpath("task").iterdir():
        with suppress(OSError):  # it has ended meanwhile
            yield from thread.joinpath("children").read_text().split()


def _resident_pages(process: str) -> int:
    try:
        return int(Path("/proc", process, "statm").read_text().split()[1])
    except OSError:  # it has ended meanwhile
        return 0
