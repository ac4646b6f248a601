"""Named places in the way of the data at which tests end or stop the process.

Every commit and every outside call passes one before and one after it. Without the environment
variable, which only tests set, a fault point does nothing.
"""

import os
import signal
import threading
from pathlib import Path

VARIABLE = "MAILWARDEN_FAULT_POINT"
"""`kill NAME`, `stop NAME` (SIGSTOP, once) or `note FILE` (append the name of every point that is passed)."""

_wish, _, _subject = os.environ.get(VARIABLE, "").partition(" ")
_first = threading.Lock()


def fault_point(name: str) -> None:
    """Mark a place that a process must be able to die at without harm."""
    if _wish:
        _act(name)


def _act(name: str) -> None:
    if _wish == "note":
        with Path(_subject).open("a") as file:
            file.write(f"{name}\n")
    elif name == _subject and _first.acquire(blocking=False):  # who was continued passes it from then on
        # To this thread: sent to the process, it may be handed to another one, while this one goes on.
        signal.pthread_kill(threading.get_ident(), signal.SIGKILL if _wish == "kill" else signal.SIGSTOP)
