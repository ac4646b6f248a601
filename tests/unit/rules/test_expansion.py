"""Named lists and conditions stand where they are used."""

from pathlib import Path

import pytest

from config.faults import ConfigurationError
from rules.given import Given
from rules.loader import load_rules, read_rules_file
from rules.routing import decide_route
from rules.schema import Rules

DEFAULT = "default: {then: {project: INC, issue_type: Task}}\n"
NAMED = """\
lists:
  desks: [le, regulators]
  alone: partners
  unused: [x]
conditions:
  night: {time: {zone: UTC, hours: 20:00-08:00}}
  night-desk: {is: night, mailbox: $desks}
  idle: {held: true}
"""
WRITTEN_OUT = (
    DEFAULT
    + """\
routes:
  - {name: one, when: {mailbox: [escalations, le, regulators, partners]}, then: {priority: High}}
"""
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "routing.yaml"


def rules(file: Path, text: str) -> Rules:
    file.write_text(text)
    return load_rules(file)


def with_route(when: str) -> str:
    return f"{NAMED}{DEFAULT}routes:\n  - {{name: one, when: {when}, then: {{priority: High}}}}\n"


def decides(loaded: Rules, **given: str) -> str:
    return decide_route(Given.model_validate(given).case(), loaded).name


def test_a_list_stands_for_its_values_among_others(file: Path) -> None:
    loaded = rules(file, with_route("{mailbox: [escalations, $desks, $alone]}"))
    assert loaded.digest == rules(file, WRITTEN_OUT).digest


@pytest.mark.parametrize(("when", "values"), [("$desks", ["le", "regulators"]), ("$alone", ["partners"])])
def test_a_list_stands_for_the_whole_value(file: Path, when: str, values: list[str]) -> None:
    condition = rules(file, with_route(f"{{mailbox: {when}}}")).routes[0].when.mailbox
    assert condition is not None
    assert list(condition.one_of) == values


@pytest.mark.parametrize(
    ("at", "mailbox", "route"),
    [
        ("2026-11-06T21:00Z", "le", "one"),
        ("2026-11-06T12:00Z", "le", "default"),
        ("2026-11-06T21:00Z", "partners", "default"),
    ],
)
def test_a_condition_may_use_those_above_it(file: Path, at: str, mailbox: str, route: str) -> None:
    assert decides(rules(file, with_route("{is: night-desk}")), at=at, mailbox=mailbox) == route


def test_of_a_list_of_conditions_every_one_must_hold(file: Path) -> None:
    loaded = rules(file, with_route("{is: [night, idle]}"))
    assert decides(loaded, at="2026-11-06T21:00Z", held="too deep") == "one"
    assert decides(loaded, at="2026-11-06T21:00Z") == "default"


def test_the_reason_names_the_condition(file: Path) -> None:
    loaded = rules(file, with_route("{is: night}"))
    route = decide_route(Given.model_validate({"at": "2026-11-06T21:00Z"}).case(), loaded)
    assert route.reasons[0] == 'route "one": night (it is Fri 21:00 in UTC)'


def test_what_is_used_nowhere_is_told(file: Path) -> None:
    file.write_text(with_route("{mailbox: $alone, is: night-desk}"))
    loaded = read_rules_file(file)
    assert loaded.unused_lists == {"unused"}
    assert loaded.unused_conditions == {"idle"}


def test_what_is_unknown_and_what_is_wrong_elsewhere_are_told_together(file: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        rules(file, with_route("{mailbox: $desk, is: nigth}") + "colour: blue\n")
    assert [fault.message for fault in caught.value.faults] == [
        '"$desk" is no list',
        '"nigth" is no condition',
        "unknown key",
    ]
