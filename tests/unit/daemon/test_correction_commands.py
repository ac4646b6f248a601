"""The commands of corrections as people and programs run them."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from config.errors import MailwardenError
from daemon import correction_commands
from daemon.correction_commands import instant_of
from daemon.corrections import Corrected
from daemon.store.database import Database
from parsers.facts import Urgency
from rules.site import Site
from run import app
from tests.support.commands import run
from tests.support.corrections import count_rows
from tests.support.reports import report
from tests.support.site import site as make_site
from tests.unit.daemon.conftest import Desk

WHY = ("--reason", "we called them")


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a site, made once."""
    folder = tmp_path_factory.mktemp("files")
    make_site(folder)
    return folder


@pytest.fixture
def folder(tmp_path: Path, files: Path, sqlite_template: Path) -> Path:
    """A site with a database of its own."""
    shutil.copytree(files, tmp_path, dirs_exist_ok=True)
    shutil.copy(sqlite_template, tmp_path / "mailwarden.db")
    settings = tmp_path / "mailwarden.yaml"
    settings.write_text(f"database: sqlite:///{tmp_path}/mailwarden.db\n{settings.read_text()}")
    return tmp_path


@pytest.fixture
def desk(folder: Path, site: Site) -> Iterator[Desk]:
    """What is in that database: matter 1, on ticket INC-7, with messages 1 and 2."""
    database = Database(f"sqlite:///{folder}/mailwarden.db")
    desk = Desk(database, site)
    desk.decide(report(authority_ref="2026/1"))
    desk.decide(report(authority_ref="2026/1", content_digest="b"))
    desk.name_ticket(1, "INC-7")
    yield desk
    database.close()


def told(folder: Path, *arguments: str, answer: str | None = None) -> Result:
    command = [*arguments, "--config", str(folder)]
    return CliRunner().invoke(app, command, input=answer, catch_exceptions=False)


def test_in_a_pipe_nobody_is_asked(desk: Desk, folder: Path) -> None:
    done = told(folder, "matter", "urgency", "INC-7", "high", *WHY)
    assert done.exit_code == 0
    assert done.stdout.startswith("INC-7: urgency normal becomes high, and stays so")
    assert desk.matter(1).urgency is Urgency.HIGH


@pytest.mark.parametrize(("answer", "level"), [("y\n", Urgency.HIGH), ("n\n", Urgency.NORMAL)])
def test_on_a_terminal_what_will_be_done_is_said_and_asked(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch, answer: str, level: Urgency
) -> None:
    monkeypatch.setattr(correction_commands, "is_terminal", lambda: True)
    done = told(folder, "matter", "urgency", "INC-7", "high", *WHY, answer=answer)
    assert (done.exit_code == 0, desk.matter(1).urgency) == (answer == "y\n", level)
    assert "urgency normal becomes high" in done.stderr
    assert "Shall this be done?" in done.stderr


@pytest.mark.parametrize("option", ["--yes", "--dry-run"])
def test_who_says_so_is_not_asked_on_a_terminal(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    monkeypatch.setattr(correction_commands, "is_terminal", lambda: True)
    done = told(folder, "matter", "urgency", "INC-7", "high", *WHY, option)
    assert (done.exit_code, "Shall this be done?" in done.stderr) == (0, False)


def test_what_is_so_already_is_not_asked_about(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(folder, "matter", "urgency", "INC-7", "high", *WHY)
    monkeypatch.setattr(correction_commands, "is_terminal", lambda: True)
    done = told(folder, "matter", "urgency", "INC-7", "high", *WHY)
    assert (done.exit_code, "Nothing is to be done" in done.stderr) == (0, True)


def test_a_dry_run_says_that_nothing_was_done(desk: Desk, folder: Path) -> None:
    before = count_rows(desk.database)
    done = told(folder, "matter", "split", "INC-7", "2", *WHY, "--dry-run")
    assert "INC-7: message 2 will be #2" in done.stdout
    assert "Nothing was done" in done.stdout
    assert count_rows(desk.database) == before


def test_programs_get_json(desk: Desk, folder: Path) -> None:
    done = json.loads(told(folder, "matter", "split", "INC-7", "2", *WHY, "--json").stdout)
    assert (done["matter"], done["other"], done["changed"]) == ("INC-7", "#2", True)
    assert set(done) == set(Corrected.__dataclass_fields__)


def test_clocks_are_corrected_confirmed_and_stopped(desk: Desk, folder: Path) -> None:
    due = ("--due", "2026-11-06 13:00 Europe/Berlin")
    assert told(folder, "clock", "correct", "INC-7", *due, *WHY).exit_code == 0
    assert desk.matter(1).due_at == datetime(2026, 11, 6, 12, tzinfo=UTC)
    assert told(folder, "clock", "confirm", "INC-7").exit_code == 0
    assert told(folder, "clock", "pause", "INC-7", *WHY).exit_code == 0
    assert told(folder, "clock", "resume", "INC-7").exit_code == 0
    assert told(folder, "clock", "stop", "INC-7", *WHY).exit_code == 0
    assert desk.matter(1).due_at is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("matter", "urgency", "INC-9", "high", *WHY), "no matter is known as INC-9"),
        (("matter", "urgency", "INC-7", "high", "--reason", " "), "say in a sentence why"),
        (("matter", "split", "INC-7", "5", *WHY), "message 5: not of INC-7; its messages are 1, 2"),
        (("matter", "merge", "INC-7", "INC-7", *WHY), "one and the same matter"),
        (("clock", "stop", "INC-7", *WHY), "INC-7 does not have a running clock"),
    ],
)
@pytest.mark.usefixtures("desk")
def test_what_can_not_be_done_is_named(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(MailwardenError, match=words):
        told(folder, *arguments)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("matter", "urgency", "INC-7", "dire", *WHY), "critical"),
        (("matter", "urgency", "INC-7", "high"), "--reason"),
        (("clock", "correct", "INC-7", "--due", "tomorrow", *WHY), "2026-11-04T12:00"),
    ],
)
def test_a_wrong_command_ends_with_2(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    done = told(folder, *arguments)
    assert (done.exit_code, words in done.stderr) == (2, True)


@pytest.mark.usefixtures("desk")
def test_what_can_not_be_done_ends_with_1(folder: Path) -> None:
    done = run("matter", "urgency", "INC-9", "high", *WHY, "--config", str(folder))
    assert (done.returncode, done.stderr.startswith("no matter is known as INC-9")) == (1, True)


@pytest.mark.parametrize(
    "text",
    ["2026-11-04T12:00+01:00", "2026-11-04 12:00 Europe/Berlin", "2026-11-04T11:00Z", "2026-11-04 11:00 UTC"],
)
def test_an_instant_is_read_with_its_zone(text: str) -> None:
    assert instant_of(text) - datetime(2026, 11, 4, 11, tzinfo=UTC) == timedelta(0)


@pytest.mark.parametrize("text", ["2026-11-04T12:00", "2026-11-04 12:00 Mars/Olympus", "noon UTC", ""])
def test_an_instant_without_a_zone_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="2026-11-04T12:00"):
        instant_of(text)
