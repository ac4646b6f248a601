"""The commands as a person or a program runs them; each exit code and each output also by a real process."""

import json
from pathlib import Path

import pytest

from daemon.store.database import Database
from tests.support.commands import run, run_program
from tests.support.daemon import ROOT
from tests.support.site import site

MAIL = ROOT / "tests" / "corpus" / "messages" / "001-sydk-8a-daglarin-sesi.eml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A site without faults, with a database."""
    site(tmp_path)
    settings = tmp_path / "mailwarden.yaml"
    settings.write_text(f"database: sqlite:///{tmp_path}/mailwarden.db\n{settings.read_text()}")
    return tmp_path


def test_help_names_every_command_and_the_exit_codes() -> None:
    shown = run_program("--help").stdout
    for word in ("start", "demo", "check", "read", "status", "db", "Exit codes"):
        assert word in shown


def test_check_of_a_good_site_says_so(folder: Path) -> None:
    done = run("check", "--config", str(folder))
    assert (done.returncode, done.stdout.startswith("No faults")) == (0, True)


def test_check_names_the_faults_and_ends_with_2(folder: Path) -> None:
    (folder / "routing.yaml").write_text("routs: []\n")
    done = run_program("check", "--config", str(folder))
    assert done.returncode == 2
    assert "routing.yaml:1:1 routs: unknown key" in done.stderr
    assert "Traceback" not in done.stderr


def test_check_ends_with_2_when_a_test_beside_the_rules_fails(folder: Path) -> None:
    rules = folder / "routing.yaml"
    rules.write_text(
        f"{rules.read_text()}tests:\n  - {{name: t, given: {{kind: spam}}, expect: {{route: other}}}}\n"
    )
    assert run("check", "--config", str(folder)).returncode == 2


def test_read_shows_the_facts_plainly_in_a_pipe() -> None:
    shown = run_program("read", str(MAIL)).stdout
    assert "2026/3187" in shown
    assert "\x1b[" not in shown


def test_read_as_json_is_json() -> None:
    read = json.loads(run("read", "--json", str(MAIL)).stdout)
    assert (read["authority_ref"], read["sender"]["organisation"]) == ("2026/3187", "sydk")


def test_status_before_the_first_start_says_what_to_run(folder: Path) -> None:
    done = run("status", "--config", str(folder))
    assert done.returncode == 1
    assert "run.py db upgrade" in done.stderr


def test_the_tables_are_made_by_upgrade_and_current_then_says_so(folder: Path) -> None:
    assert run("db", "current", "--config", str(folder)).returncode == 1
    assert run("db", "upgrade", "--config", str(folder)).returncode == 0
    assert run("db", "current", "--config", str(folder)).returncode == 0


def test_status_as_json_is_json(folder: Path) -> None:
    database = Database(f"sqlite:///{folder}/mailwarden.db")
    database.upgrade()
    database.close()
    done = run("status", "--json", "--config", str(folder))
    assert (done.returncode, json.loads(done.stdout)["troubles"]) == (0, [])


def test_a_wrong_command_ends_with_2() -> None:
    assert run("strat").returncode == 2
