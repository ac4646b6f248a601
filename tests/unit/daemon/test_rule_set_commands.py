"""`rules history`, `show`, `activate`, `rollback`, `backtest` and `explain NUMBER`, as a person runs them."""

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import delete
from typer.testing import CliRunner

from daemon import rule_set_commands
from daemon.case_facts import NotDecided
from daemon.rule_set_commands import FailingTests
from daemon.rule_sets import Source, adopt
from daemon.rules_commands import rules
from daemon.store.database import Database
from daemon.store.models import Activation
from parsers.facts import Elapsed, Harm, StatedClock
from rules.site import Site, load
from tests.support.reports import PLAIN, report
from tests.support.site import MAILWARDEN, ORGANISATIONS, ROUTING
from tests.unit.daemon.conftest import Desk

rule_set_commands.add_to(rules)

FOUR_HOURS = StatedClock(limit=Elapsed(hours=4), phrase="within four hours", position=0)
CRITICAL = report(content_digest="now", clocks=(FOUR_HOURS,), own_text="Within four hours")
IP = report(content_digest="ip", harm=Harm.IP, own_text="About a song")
QUIETER = ROUTING.replace(
    "routes:", "routes:\n  - {name: calm, when: {urgency: critical}, then: {priority: Low}}"
)
FAILING = f"{ROUTING}tests:\n  - {{name: one, given: {{}}, expect: {{project: IPR}}}}\n"

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A site whose rules govern, and on which three reports were decided."""
    (tmp_path / "secret").write_text("secret")
    url = f"sqlite:///{tmp_path}/mailwarden.db"
    settings = MAILWARDEN.replace("file: secret", f"file: {tmp_path}/secret")
    (tmp_path / "mailwarden.yaml").write_text(f"database: {url}\n{settings}")
    (tmp_path / "organisations.yaml").write_text(ORGANISATIONS)
    (tmp_path / "routing.yaml").write_text(ROUTING)
    database = Database(url)
    database.upgrade()
    decide(database, load(tmp_path))
    database.close()
    return tmp_path


def decide(database: Database, site: Site) -> None:
    adopt(database, Source(text=site.rules_text, rules=site.rules), by="daemon")
    desk = Desk(database, site)
    for each in (PLAIN, CRITICAL, IP):
        desk.decide(each)


@pytest.fixture
def run(folder: Path) -> Run:
    def run(command: str, *arguments: str) -> tuple[int, str]:
        called = [command, "--config", str(folder), *arguments]
        done = CliRunner().invoke(rules, called, catch_exceptions=False)
        return done.exit_code, done.stdout

    return run


@pytest.fixture
def candidate(folder: Path) -> Callable[[str], str]:
    def written(text: str) -> str:
        path = folder / "candidate.yaml"
        path.write_text(text)
        return str(path)

    return written


def hashes(run: Run) -> list[str]:
    return [each["hash"] for each in json.loads(run("history", "--json")[1])]


def test_activate_and_rollback_and_the_history_of_both(run: Run, candidate: Callable[[str], str]) -> None:
    [old] = hashes(run)
    assert run("activate", candidate(QUIETER), "--by", "ayse")[0] == 0
    new = hashes(run)[0]
    assert run("rollback", old[:8], "--by", "john")[0] == 0
    assert hashes(run) == [old, new, old]
    _, told = run("history")
    assert [line.split("\t")[2] for line in told.splitlines()[2:5]] == [
        "john",
        "ayse",
        "daemon, because the file changed",
    ]
    assert "governs" in told.splitlines()[2]


def test_show_prints_the_file_or_what_it_changed(run: Run, candidate: Callable[[str], str]) -> None:
    run("activate", candidate(QUIETER))
    new, old = hashes(run)
    assert run("show", old[:8]) == (0, ROUTING)
    assert (
        "+  - {name: calm, when: {urgency: critical}, then: {priority: Low}}" in run("show", new, "--diff")[1]
    )


def test_rules_whose_tests_fail_are_not_activated(run: Run, candidate: Callable[[str], str]) -> None:
    before = hashes(run)
    with pytest.raises(FailingTests, match="project is INC; IPR was expected"):
        run("activate", candidate(FAILING))
    assert hashes(run) == before


def test_a_backtest_in_which_a_critical_report_loses_priority_ends_with_3(
    run: Run, candidate: Callable[[str], str]
) -> None:
    code, told = run("backtest", candidate(QUIETER), "--since", "3650d")
    assert code == 3
    assert "1 of 3 reports would be decided otherwise" in told
    assert "CRITICAL reports that would be worse off" in told
    assert "default: INC Task Highest\tcalm: INC Task Low" in told


def test_a_backtest_without_such_a_report_ends_with_0(run: Run, candidate: Callable[[str], str]) -> None:
    other = ROUTING.replace("project: INC", "project: IPR")
    code, told = run("backtest", candidate(other), "--since", "3650d", "--json")
    assert code == 0
    assert json.loads(told)["counts"] == {"other project": 3}


def test_a_backtest_as_csv_has_a_line_for_each_difference(run: Run, candidate: Callable[[str], str]) -> None:
    code, told = run("backtest", candidate(QUIETER), "--since", "3650d", "--csv")
    [line] = csv.DictReader(StringIO(told))
    assert code == 3
    assert (line["message"], line["urgency"], line["after"]) == ("2", "critical", "calm: INC Task Low")


def test_a_backtest_shows_what_differs(run: Run, candidate: Callable[[str], str]) -> None:
    labelled = ROUTING.replace("project: INC", "project: INC, labels: [seen], acknowledgement: receipt")
    _, told = run("backtest", candidate(labelled), "--since", "3650d", "--csv")
    line = next(csv.DictReader(StringIO(told)))
    assert (line["before"], line["after"]) == (
        "default: INC Task Medium",
        "default: INC Task Medium [seen], receipt receipt",
    )


def test_a_backtest_where_no_rules_govern_yet_starts_from_the_sites_own(
    run: Run, folder: Path, candidate: Callable[[str], str]
) -> None:
    database = Database(f"sqlite:///{folder}/mailwarden.db")
    with database.write("test") as session:
        session.execute(delete(Activation))
    database.close()
    assert (
        "1 of 3 reports would be decided otherwise"
        in run("backtest", candidate(QUIETER), "--since", "3650d")[1]
    )


def test_an_activation_tells_that_the_file_in_place_is_another(
    run: Run, folder: Path, candidate: Callable[[str], str]
) -> None:
    assert "The routing.yaml in place is another one" in run("activate", candidate(QUIETER))[1]
    (folder / "routing.yaml").write_text(QUIETER)
    assert "is another one" not in run("activate", candidate(QUIETER))[1]


def test_a_backtest_over_no_time_asks_about_nothing(run: Run, candidate: Callable[[str], str]) -> None:
    code, told = run("backtest", candidate(QUIETER), "--since", "1s")
    assert code == 0
    assert "0 of 0 reports" in told


def test_explain_tells_of_a_decided_message_by_the_rules_of_that_time(
    run: Run, candidate: Callable[[str], str]
) -> None:
    run("activate", candidate(QUIETER))
    for name in ("2", "<one@regulator.example>"):
        code, told = run("explain", name)
        assert code == 0
        assert "calm" not in told
    assert "ticket\tINC, Task, priority Highest" in run("explain", "2")[1]


@pytest.mark.parametrize("name", ["99", "<nobody@nowhere.example>"])
def test_explain_refuses_what_names_no_message(run: Run, name: str) -> None:
    with pytest.raises(NotDecided):
        run("explain", name)
