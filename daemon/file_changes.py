"""Notices that files were changed, once whoever changes them has come to rest."""

from collections.abc import Iterable
from pathlib import Path

Stamp = tuple[tuple[int, int] | None, ...]


class FileChanges:
    """Looked at now and then; a change counts when two looks in a row see the same."""

    def __init__(self, files: Iterable[Path]) -> None:
        self._files = tuple(files)
        self._known = self._last = self._stamp()

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


def _stamp_of(file: Path) -> tuple[int, int] | None:
    """When it was written and how long it is; None where there is none, as while an editor replaces it."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
