"""Waiting for something that happens in another thread or process."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LOOK_EVERY_SECONDS = 0.05


def eventually(look: Callable[[], T], *, within: float) -> T:
    """What `look` returns as soon as that is true; fails after so many seconds."""
    deadline = time.monotonic() + within
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{look.__qualname__} was still {found!r} after {within} s")
        time.sleep(LOOK_EVERY_SECONDS)
    return found
