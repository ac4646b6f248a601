"""A change to a file counts once it has come to rest."""

from pathlib import Path

import pytest

from daemon.file_changes import FileChanges


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
