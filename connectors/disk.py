"""What it takes for a file to outlive a power cut."""

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Make sure that files which were made or renamed in the folder are found there afterwards (fsync(2))."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
