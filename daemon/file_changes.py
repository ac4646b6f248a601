"""Notices that files were changed, once whoever changes them has come to rest."""

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import structlog
from watchfiles import Change, watch

REST_SECONDS = 0.3
"""So long a file must stay the same before it is read: an editor may still be at it."""
SYMBOLIC = "..data"
"""What is replaced where a cluster mounts a folder: the files themselves are links that stay."""
Stamp = tuple[tuple[int, int] | None, ...]

log = structlog.get_logger()


class FileChanges:
    """Looked at now and then; a change counts when two looks in a row see the same."""

    def __init__(self, files: Iterable[Path]) -> None:
        self._files = tuple(files)
        self._known = self._last = self._stamp()

    @property
    def unsettled(self) -> bool:
        """Whether the last look saw a change that has not been said to be settled."""
        return self._last != self._known

    def settled(self) -> bool:
        """Whether the files differ from what they were when this last said so, and have come to rest."""
        stamp, last = self._stamp(), self._last
        self._last = stamp
        if stamp != last or stamp == self._known:
            return False
        self._known = stamp
        return True

    def _stamp(self) -> Stamp:
        return tuple(map(_stamp_of, self._files))


class Waker:
    """Sets an event when one of these files of a folder may have changed, so that somebody looks at once.

    The system tells of changes on its own disks only; on network drives nobody is woken, and whoever looks
    now and then anyway sees the change a little later.
    """

    def __init__(self, folder: Path, names: Iterable[str], wake: threading.Event) -> None:
        self._folder = folder
        self._names = frozenset((*names, SYMBOLIC))
        self._wake = wake
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="file changes", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it, and wait until it has ended."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            for _ in self._changes():
                self._wake.set()
        except (OSError, RuntimeError) as error:  # such as too many watches on this machine
            log.warning("changes of files are seen later", reason=type(error).__name__)

    def _changes(self) -> Iterator[object]:
        """One for each time that files were changed and have rested since."""
        step = int(REST_SECONDS * 1_000)
        return watch(
            self._folder, watch_filter=self._is_ours, stop_event=self._stop, step=step, recursive=False
        )

    def _is_ours(self, _change: Change, path: str) -> bool:
        return Path(path).name in self._names


def _stamp_of(file: Path) -> tuple[int, int] | None:
    """When it was written and how long it is; None where there is none, as while an editor replaces it."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
