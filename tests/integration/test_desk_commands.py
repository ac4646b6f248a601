"""`held`, `matter` and `check --connect` as people at the desk run them."""

import json
import zlib
from collections.abc import Iterator
from getpass import getuser
from pathlib import Path

import pytest

from daemon.store.database import Database
from daemon.store.models import Action, RawMail
from daemon.store.states import ActionState, Disposition
from tests.contract.jira_judge import judged_sandbox
from tests.support.commands import run
from tests.support.dovecot import Dovecot
from tests.support.imap_server import PASSWORD
from tests.support.reports import PLAIN, report
from tests.support.site import site
from tests.unit.daemon.conftest import Desk

WORDS = "Please do not print this"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A site with a database of its own."""
    site(tmp_path)
    settings = tmp_path / "mailwarden.yaml"
    settings.write_text(f"database: sqlite:///{tmp_path}/mailwarden.db\n{settings.read_text()}")
    return tmp_path


@pytest.fixture
def desk(folder: Path) -> Iterator[Desk]:
    """What is in that database: message 1 is held, on matter 1."""
    database = Database(f"sqlite:///{folder}/mailwarden.db")
    database.upgrade()
    desk = Desk(database, site(folder.parent))
    desk.decide(report(own_text=WORDS), held="could not be read in 3 tries")
    with database.write("test") as session:
        session.get_one(RawMail, desk.message(1).sha256).compressed = zlib.compress(
            b"Subject: An order\r\n\r\n"
        )
    yield desk
    database.close()


def test_held_list_is_plain_in_a_pipe_and_json_on_demand(desk: Desk, folder: Path) -> None:
    shown = run("held", "list", "--config", str(folder))
    assert (shown.returncode, "could not be read in 3 tries" in shown.stdout) == (0, True)
    assert "\x1b[" not in shown.stdout
    assert {"alice@regulator.example", "A report"} <= set(shown.stdout.split("\n")[2].split("\t"))
    [message] = json.loads(run("held", "list", "--json", "--config", str(folder)).stdout)
    assert (message["number"], message["ticket"]) == (1, None)
    assert message["received_at"] == "2026-11-03T09:00:00Z"


def test_held_show_prints_what_the_sender_wrote_only_when_asked(desk: Desk, folder: Path) -> None:
    shown = run("held", "show", "1", "--config", str(folder)).stdout
    assert desk.message(1).sha256 in shown
    assert "Subject\tAn order" in shown
    assert WORDS not in shown
    assert WORDS in run("held", "show", "1", "--text", "--config", str(folder)).stdout


def test_held_release_is_by_the_operating_system_user_unless_said(desk: Desk, folder: Path) -> None:
    done = run("held", "release", "1", "--reason", "it is an order", "--config", str(folder))
    assert done.returncode == 0
    assert desk.message(1).disposition_reason == f"released by {getuser()}: it is an order"


def test_held_set_aside_names_who_was_said(desk: Desk, folder: Path) -> None:
    arguments = ("set-aside", "1", "--reason", "empty", "--by", "alice", "--config", str(folder))
    assert run("held", *arguments).returncode == 0
    assert desk.message(1).disposition is Disposition.SET_ASIDE
    assert desk.message(1).disposition_reason == "set aside by alice: empty"


def test_what_is_not_held_ends_with_1_and_without_a_traceback(desk: Desk, folder: Path) -> None:
    done = run("held", "release", "7", "--reason", "why not", "--config", str(folder))
    assert done.returncode == 1
    assert "message 7 is not held" in done.stderr
    assert "Traceback" not in done.stderr


def test_matter_show_tells_the_whole_story(desk: Desk, folder: Path) -> None:
    desk.decide(PLAIN)
    desk.name_ticket(1, "INC-7")
    shown = run("matter", "show", "INC-7", "--config", str(folder)).stdout
    for word in ("Messages", "Actions", "Ledger", "decided", desk.message(1).sha256):
        assert word in shown
    told = json.loads(run("matter", "show", "INC-7", "--json", "--config", str(folder)).stdout)
    assert set(told) >= {"number", "ticket", "messages", "clocks", "actions", "ledger"}


def test_an_unknown_matter_ends_with_1(desk: Desk, folder: Path) -> None:
    done = run("matter", "show", "INC-9", "--config", str(folder))
    assert (done.returncode, "no matter is known as INC-9" in done.stderr) == (1, True)


def test_check_connect_ends_with_0_when_all_is_well_and_else_with_1(
    folder: Path, dovecot: Dovecot, mail_user: str
) -> None:
    settings = folder / "mailwarden.yaml"
    text = settings.read_text().replace("imap.example.com", f"127.0.0.1, port: {dovecot.port}, tls: false")
    with judged_sandbox(projects=("INC",)) as sandbox:
        text = text.replace("user: regulators", f"user: {mail_user}")
        settings.write_text(text.replace("https://jira.example.com", sandbox.url))
        (folder / "secret").write_text(PASSWORD)
        done = run("check", "--connect", "--config", str(folder))
        assert (done.returncode, done.stdout.startswith("No faults")) == (0, True)
        (folder / "secret").write_text("wrong")
        done = run("check", "--connect", "--config", str(folder))
    assert done.returncode == 1
    assert done.stdout.startswith("mailbox regulators: the server does not accept user or password")


def test_matter_retry_lets_what_failed_be_looked_for_and_tried_again(desk: Desk, folder: Path) -> None:
    with desk.database.write("test") as session:
        session.get_one(Action, 1).state = ActionState.FAILED
    done = run("matter", "retry", "#1", "--config", str(folder))
    assert (done.returncode, done.stdout) == (0, "1 failed actions of #1 will be tried again.\n")
    with desk.database.read() as session:
        assert session.get_one(Action, 1).state is ActionState.UNKNOWN
    assert run("matter", "retry", "#1", "--config", str(folder)).returncode == 1


@pytest.mark.usefixtures("desk")
def test_recover_looks_first_and_keeps_acknowledgements_off_until_told(folder: Path) -> None:
    done = run("recover", "--config", str(folder))
    assert done.returncode == 0
    assert "1 actions will be looked for first" in done.stdout
    assert run("recover", "--acknowledge", "--config", str(folder)).returncode == 0
    assert run("recover", "--acknowledge", "--config", str(folder)).returncode == 1
