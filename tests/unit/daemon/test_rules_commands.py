"""`rules check`, `rules test` and `rules explain`: what they print, as JSON too, and how they end."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from config.faults import ConfigurationError
from daemon.rules_commands import rules
from rules.site import SHIPPED
from tests.contract.jira_judge import judged_sandbox
from tests.support.daemon import ROOT
from tests.support.site import site

MAIL = ROOT / "tests" / "corpus" / "messages" / "001-sydk-8a-daglarin-sesi.eml"
SHADOWED = """\
default: {then: {project: INC, issue_type: Task}}
routes:
  - {name: wide, when: {harm: [ip, fraud]}, then: {}}
  - {name: narrow, when: {harm: ip}, then: {}}
tests:
  - {name: wide, given: {harm: fraud}, expect: {route: wide}}
  - {name: narrow, given: {harm: ip}, expect: {route: narrow}}
"""


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(rules, arguments, catch_exceptions=False)
    return done.exit_code, done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> str:
    site(tmp_path)
    return str(tmp_path)


@pytest.fixture
def shadowed(folder: str) -> str:
    (Path(folder) / "routing.yaml").write_text(SHADOWED)
    return folder


def test_check_of_clean_rules_ends_with_0() -> None:
    assert run("check", "--config", str(SHIPPED)) == (0, "Nothing to remark.\n")


def test_check_names_the_line_and_ends_with_1_for_a_warning(shadowed: str) -> None:
    code, said = run("check", "--config", shadowed)
    assert code == 1
    assert 'warning routing.yaml:4:5 routes[1]: "narrow" is never reached' in said
    assert "note routing.yaml:1:1 default: no test expects the default" in said


def test_check_with_notes_only_ends_with_0(folder: str) -> None:
    (Path(folder) / "routing.yaml").write_text("default: {then: {project: INC, issue_type: Task}}\n")
    assert run("check", "--config", folder)[0] == 0


def test_check_as_json_gives_weight_and_place(shadowed: str) -> None:
    code, said = run("check", "--config", shadowed, "--json")
    first = json.loads(said)[0]
    assert code == 1
    assert (first["weight"], first["fault"]["line"], first["fault"]["column"]) == ("warning", 4, 5)


def test_check_asks_jira_only_when_it_may_connect(folder: str) -> None:
    with judged_sandbox(projects=("INC",)) as sandbox:
        settings = Path(folder) / "mailwarden.yaml"
        text = settings.read_text().replace("https://jira.example.com", sandbox.url)
        settings.write_text(text.replace("  token:", "  user: warden@clipora.example\n  token:"))
        routing = Path(folder) / "routing.yaml"
        routing.write_text(routing.read_text().replace("project: INC", "project: LAW"))
        assert run("check", "--config", folder)[0] == 0
        code, said = run("check", "--connect", "--config", folder)
    assert code == 1
    assert "warning routing.yaml jira project LAW: it does not exist" in said


def test_check_of_a_faulty_file_tells_the_faults(folder: str) -> None:
    (Path(folder) / "routing.yaml").write_text("routs: []\n")
    with pytest.raises(ConfigurationError, match='did you mean "routes"'):
        run("check", "--config", folder)


def test_a_copy_is_checked_and_tested_in_place_of_the_file_that_governs(shadowed: str) -> None:
    copy = Path(shadowed) / "new.yaml"
    copy.write_text(SHADOWED.replace("harm: [ip, fraud]", "harm: fraud"))
    assert run("check", str(copy), "--config", shadowed)[0] == 0
    assert run("test", str(copy), "--config", shadowed)[0] == 0
    assert run("test", "--config", shadowed)[0] == 1


def test_test_tells_what_differs_and_how_much_is_exercised(shadowed: str) -> None:
    code, said = run("test", "--config", shadowed)
    assert code == 1
    assert "narrow\tno\troute is wide; narrow was expected" in said
    assert "1 of 2 tests passed. They reach 1 of 2 routes and exercise 1 of 2 conditions: 50%." in said


def test_test_as_json_gives_the_coverage(shadowed: str) -> None:
    code, said = run("test", "--config", shadowed, "--json")
    found = json.loads(said)
    assert code == 1
    assert found["tests"] == 2
    assert [each["name"] for each in found["failed"]] == ["narrow"]
    assert found["coverage"]["routes_reached"] == 1


def test_explain_tells_every_rule_the_decision_and_the_nearest_miss() -> None:
    code, said = run("explain", str(MAIL), "--mailbox", "regulators")
    assert code == 0
    decides = "terrorism\tyes, and decides\turgency is critical; harm is terrorism\t"
    assert f"{decides}labels terrorism; components Counter Terrorism\n" in said
    assert "time is short\tyes\ttime left on the clock: 4h\tlabels clock-4h; priority Highest\n" in said
    assert "election\tno\tharm is terrorism, not election" in said
    assert "ticket\tINC, Task, priority Highest" in said
    assert "nearest miss\tchild safety: harm is terrorism, not child_safety" in said


def test_explain_as_json() -> None:
    found = json.loads(run("explain", str(MAIL), "--json")[1])
    assert found["route"]["name"] == "terrorism"
    assert len(found["routes"]) > 5


def test_explain_by_the_rules_of_another_file(shadowed: str) -> None:
    copy = Path(shadowed) / "routing.yaml"
    found = json.loads(run("explain", str(MAIL), "--rules", str(copy), "--json")[1])
    assert [each["name"] for each in found["routes"]] == ["wide", "narrow"]


def test_explain_without_a_folder_takes_the_one_where_it_is_called(
    shadowed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shadowed)
    found = json.loads(run("explain", str(MAIL), "--json")[1])
    assert [each["name"] for each in found["routes"]] == ["wide", "narrow"]


def test_explain_tells_of_a_mail_file_that_is_not_there() -> None:
    assert run("explain", "nowhere.eml")[0] == 2


def test_explain_refuses_a_mailbox_that_is_none() -> None:
    assert run("explain", str(MAIL), "--mailbox", "regulatrs")[0] == 2


ABOUT_MAIL = """\
routes:
  - {name: songs, when: {subject: {contains: song}}, then: {labels: [song]}}
default: {then: {project: INC, issue_type: Task}}
tests:
  - name: a mail about a song
    given: {mail: mails/song.eml, mailbox: regulators, at: "2026-11-03T12:00+03:00"}
    expect: {route: songs}
"""
SONG = b"From: Ann <ann@partner.example>\r\nSubject: A song\r\n\r\nPlease look at it.\r\n"


@pytest.fixture
def about_mail(folder: str) -> Path:
    """A site with a test that names a mail, which is not there yet."""
    (Path(folder) / "routing.yaml").write_text(ABOUT_MAIL)
    (Path(folder) / "mails").mkdir()
    return Path(folder)


def test_a_test_reads_the_mail_that_it_names(about_mail: Path) -> None:
    (about_mail / "mails" / "song.eml").write_bytes(SONG)
    code, said = run("test", "--config", str(about_mail))
    assert code == 0
    assert "1 of 1 tests passed. They reach 1 of 1 routes" in said
    (about_mail / "mails" / "song.eml").write_bytes(SONG.replace(b"song", b"poem"))
    assert run("test", "--config", str(about_mail))[0] == 1


def test_a_test_whose_mail_is_not_there_fails(about_mail: Path) -> None:
    code, said = run("test", "--config", str(about_mail))
    assert code == 1
    assert "mails/song.eml cannot be read: No such file" in said
