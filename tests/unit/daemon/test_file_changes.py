"""A change to a file counts once it has come to rest."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from daemon.file_changes import SYMBOLIC, FileChanges, Waker
from tests.support.waiting import eventually

SOON = 10.0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "routing.yaml"
    path.write_text("one")
    return path


def test_an_unchanged_file_is_no_change(file: Path) -> None:
    changes = FileChanges([file])
    assert not changes.settled()
    assert not changes.settled()


def test_a_change_counts_once_and_only_at_rest(file: Path) -> None:
    changes = FileChanges([file])
    file.write_text("half of two")
    assert not changes.settled()
    file.write_text("two, whole")
    assert not changes.settled()
    assert changes.settled()
    assert not changes.settled()


def test_a_file_that_is_replaced_is_a_change(file: Path) -> None:
    changes = FileChanges([file])
    file.unlink()
    assert not changes.settled()
    file.write_text("another")
    assert not changes.settled()
    assert changes.settled()


def test_a_file_that_appears_is_a_change(tmp_path: Path) -> None:
    changes = FileChanges([tmp_path / "rotas.yaml"])
    (tmp_path / "rotas.yaml").write_text("one")
    assert [changes.settled() for _ in range(3)] == [False, True, False]


def test_a_change_is_unsettled_until_it_has_come_to_rest(file: Path) -> None:
    changes = FileChanges([file])
    assert not changes.unsettled
    file.write_text("two, whole")
    assert (changes.settled(), changes.unsettled) == (False, True)
    assert (changes.settled(), changes.unsettled) == (True, False)


def written(file: Path) -> None:
    file.write_text("two")


def replaced(file: Path) -> None:
    """As editors do that keep the old file until the new one is whole."""
    new = file.with_suffix(".new")
    new.write_text("two")
    new.rename(file)


def appearing(file: Path) -> None:
    file.with_name("rotas.yaml").write_text("one")


def mounted(file: Path) -> None:
    """As clusters do: the folder of the files is another one at once."""
    (file.parent / "new").symlink_to("elsewhere")
    (file.parent / "new").replace(file.parent / SYMBOLIC)


@pytest.fixture
def woken(file: Path) -> Iterator[threading.Event]:
    wake = threading.Event()
    waker = Waker(file.parent, ["routing.yaml", "rotas.yaml"], wake)
    # Only what happens after it has begun to watch is told.
    eventually(lambda: touched(file.parent / "rotas.yaml") or wake.is_set(), within=SOON)
    wake.clear()
    yield wake
    waker.stop()


def touched(file: Path) -> bool:
    file.write_text("zero")
    file.unlink()
    return False


@pytest.mark.parametrize("change", [written, replaced, appearing, mounted])
def test_whoever_looks_is_woken_however_the_file_is_changed(
    file: Path, woken: threading.Event, change: Callable[[Path], None]
) -> None:
    change(file)
    assert woken.wait(SOON)


def test_where_nothing_can_be_watched_nobody_is_woken_and_nothing_breaks(tmp_path: Path) -> None:
    waker = Waker(tmp_path / "gone", ["routing.yaml"], threading.Event())
    waker.stop()
