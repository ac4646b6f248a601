"""Waiting for something that happens in another thread or process."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 0.02, 0.25, 1.2  # seconds, and how they grow
LOOKS_A_PAUSE, LONGEST_OF_THOSE = 2.0, 1.0
"""A pause is at least so many times as long as the look before it: what is waited for needs the processor."""


def eventually(look: Callable[[], T], *, within: float) -> T:
    """What `look` returns as soon as that is true; fails after so many seconds."""
    deadline = time.monotonic() + within
    pause, looks_at = FIRST_PAUSE, time.monotonic()
    while not (found := look()):
        looked = time.monotonic()
        if looked > deadline:
            raise AssertionError(f"{look.__qualname__} was still {found!r} after {within} s")
        time.sleep(max(pause, min(LOOKS_A_PAUSE * (looked - looks_at), LONGEST_OF_THOSE)))
        pause, looks_at = min(pause * GROWTH, LONGEST_PAUSE), time.monotonic()
    return found
