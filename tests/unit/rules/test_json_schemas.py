"""The schemas for editors: current, and of one mind with the program about every file that it takes."""

import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator
from typer.testing import CliRunner

from config.yaml_file import Document
from daemon.rules_commands import rules
from rules.json_schemas import json_schemas
from rules.site import SHIPPED
from tests.unit.rules.test_cookbook import EXAMPLES

BAD = Path(__file__).parents[2] / "rules" / "bad"
VALIDATORS = {name: Draft202012Validator(schema) for name, schema in json_schemas().items()}
HEADLINE = "# yaml-language-server: $schema=schema/{}.json\n"
SEEN_BY_A_SCHEMA = (
    "routing/bad-duration",
    "routing/bad-hours",
    "routing/bad-size",
    "routing/certainty-above-one",
    "routing/list-for-text",
    "routing/missing-default",
    "routing/missing-name-and-then",
    "rotas/bad-turn",
)
"""Some of the bad files; others only the whole file can tell."""


def values(path: Path) -> Any:  # noqa: ANN401 (any YAML value)
    return Document.read(path).tree.values


@pytest.mark.parametrize("name", VALIDATORS)
def test_a_shipped_file_names_its_schema_and_keeps_to_it(name: str) -> None:
    path = SHIPPED / f"{name}.yaml"
    assert path.read_text(encoding="utf-8").startswith(HEADLINE.format(name))
    assert [error.message for error in VALIDATORS[name].iter_errors(values(path))] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_whatever_the_guide_shows_keeps_to_the_schema(name: str) -> None:
    given = Document.of("routing.yaml", EXAMPLES[name].encode()).tree.values
    assert [error.message for error in VALIDATORS["routing"].iter_errors(given)] == []


@pytest.mark.parametrize("file", SEEN_BY_A_SCHEMA)
def test_a_schema_sees_a_fault_of_form(file: str) -> None:
    group, _, _ = file.partition("/")
    assert not VALIDATORS[group].is_valid(values(BAD / f"{file}.yaml"))


def test_an_unknown_key_is_seen_wherever_it_stands() -> None:
    rule: dict[str, Any] = {"name": "a", "when": {"urgency": {"at_least": "high"}}, "then": {}}
    whole = {"routes": [rule], "default": {"then": {"project": "INC", "issue_type": "Task"}}}
    assert VALIDATORS["routing"].is_valid(whole)
    for wrong in ({**rule, "wen": 1}, rule | {"when": {"urgency": {"at_leest": "high"}}}):
        assert not VALIDATORS["routing"].is_valid({**whole, "routes": [wrong]})


def test_keys_are_explained() -> None:
    described = json_schemas()["routing"]["$defs"]["Outcome"]["properties"]["set_aside"]["description"]
    assert described == "Why no ticket is opened."


def test_the_shipped_schemas_are_current() -> None:
    done = CliRunner().invoke(rules, ["schema", "--check"])
    assert done.exit_code == 0, done.stdout


def test_an_old_schema_is_told_and_written_anew(tmp_path: Path) -> None:
    def run(*options: str) -> tuple[int, str]:
        done = CliRunner().invoke(rules, ["schema", str(tmp_path / "schema"), *options])
        return done.exit_code, done.stdout

    assert run("--check") == (
        1,
        "routing.json, rotas.json, organisations.json, clocks.json: old or missing.\n",
    )
    assert run()[0] == 0
    (tmp_path / "schema" / "rotas.json").write_text("{}")
    assert run("--check") == (1, "rotas.json: old or missing.\n")
    assert run() == (0, "rotas.json: written.\n")
    assert run("--check") == (0, "All schemas are current.\n")
    assert re.match("{", (tmp_path / "schema" / "rotas.json").read_text())
