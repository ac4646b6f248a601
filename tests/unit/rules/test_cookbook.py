"""Every example of the guide for admins is a whole file that does what it says."""

import re
from pathlib import Path

import pytest

from config.yaml_file import read_yaml
from rules.duty import shifts
from rules.lint import Weight, lint
from rules.loader import read_rules_file
from rules.rota import Rotas
from rules.tests_in_file import failures
from tests.support.reports import RECEIVED

GUIDE = (Path(__file__).parents[3] / "docs" / "routing.md").read_text(encoding="utf-8")
HEADINGS = re.findall(r"^### [0-9]+\. (.+)$", GUIDE, re.MULTILINE)
EXAMPLES = dict(
    zip(["What a rule is", *HEADINGS], re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL), strict=True)
)
SITUATIONS = 25


def test_there_are_as_many_situations_as_are_promised() -> None:
    assert len(HEADINGS) == SITUATIONS


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_keeps_its_own_tests_and_is_clean(name: str, tmp_path: Path) -> None:
    path = tmp_path / "routing.yaml"
    path.write_text(EXAMPLES[name], encoding="utf-8")
    file = read_rules_file(path)
    assert file.rules.tests
    assert failures(file.rules) == ()
    assert [remark for remark in lint(file) if remark.weight is Weight.WARNING] == []


def test_the_rota_has_somebody_on_duty_at_all_times(tmp_path: Path) -> None:
    [text] = re.findall(r"```rotas\n(.*?)```", GUIDE, re.DOTALL)
    path = tmp_path / "rotas.yaml"
    path.write_text(text, encoding="utf-8")
    rotas = read_yaml(path, Rotas)
    week = shifts(rotas, "turkish-desk", RECEIVED, RECEIVED.replace(day=RECEIVED.day + 7))
    assert all(shift.person for shift in week)
