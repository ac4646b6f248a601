"""`status` tells which rules govern, and how the site's file stands to them."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from config.instant import utcnow
from daemon.governing import FileStanding, rules_file_now
from daemon.rule_sets import Source, activate
from daemon.status import Status, gather
from daemon.store.database import Database
from daemon.terminal import show_status
from rules.site import rules_file
from tests.support.site import site


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    site(tmp_path)
    return tmp_path


def taken_into_use(database: Database, folder: Path) -> str:
    file = rules_file(folder)
    source = Source(text=file.text, rules=file.rules)
    activate(database, source, by="ayse")
    return source.hash


def status(database: Database, folder: Path) -> Status:
    return gather(database, utcnow(), file=rules_file_now(folder))


def shown(found: Status) -> str:
    out = StringIO()
    show_status(Console(file=out, width=120), found)
    return next((line for line in out.getvalue().splitlines() if line.startswith("Rules:")), "")


def test_before_the_first_start_no_rules_govern(database: Database, folder: Path) -> None:
    assert status(database, folder).rules is None
    assert shown(status(database, folder)) == ""


def test_the_governing_set_has_its_hash_author_and_time(database: Database, folder: Path) -> None:
    whole = taken_into_use(database, folder)
    found = status(database, folder).rules
    assert found is not None
    assert (found.hash, found.by, found.file) == (whole, "ayse", FileStanding.GOVERNS)
    assert shown(status(database, folder)).endswith(f"{found.at:%Y-%m-%d %H:%M} UTC, by ayse.")


def test_a_file_that_differs_is_told(database: Database, folder: Path) -> None:
    taken_into_use(database, folder)
    routing = folder / "routing.yaml"
    routing.write_text(f"# changed\n{routing.read_text()}")
    assert "routing.yaml differs: `run.py rules activate`" in shown(status(database, folder))


def test_a_file_that_is_refused_is_told_with_its_first_fault(database: Database, folder: Path) -> None:
    whole = taken_into_use(database, folder)
    (folder / "routing.yaml").write_text("routs: []\n")
    found = status(database, folder)
    assert found.rules is not None
    assert (found.rules.hash, found.rules.file) == (whole, FileStanding.REFUSED)
    assert "is refused; the old rules go on. 2 faults, the first: routing.yaml:1:1" in shown(found)
