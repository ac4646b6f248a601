"""What the README says holds."""

import re
from pathlib import Path

import pytest
from typer.models import CommandInfo

from rules.site import load

README = (Path(__file__).resolve().parents[2] / "README.md").read_text()
FILES = dict(re.findall(r"```yaml\n# site/(\S+)\n(.*?)```", README, re.DOTALL))


def test_the_minimal_configuration_is_under_25_lines() -> None:
    assert sum(len(text.splitlines()) for text in FILES.values()) < 25


def test_the_minimal_configuration_has_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in re.findall(r"env: (\w+)", "".join(FILES.values())):
        monkeypatch.setenv(variable, "secret")
    (tmp_path / "jira").write_text("secret")
    for name, text in FILES.items():
        (tmp_path / name).write_text(text.replace("/run/secrets/jira", str(tmp_path / "jira")))
    site = load(tmp_path)
    assert [mailbox.name for mailbox in site.settings.mailboxes] == ["regulators", "partners"]
    assert site.rules.default.then.project == "INC"


def _named_after(command: CommandInfo) -> str:
    return command.callback.__name__ if command.callback else ""


def test_every_command_that_it_names_exists() -> None:
    from run import app  # noqa: PLC0415  (the whole program; only here)

    known = {name for command in app.registered_commands for name in [command.name or _named_after(command)]}
    known |= {group.name for group in app.registered_groups if group.name}
    assert set(re.findall(r"run\.py (\w+)", README)) <= known
