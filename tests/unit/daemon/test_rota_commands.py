"""`rota show`: plain lines in a pipe, JSON on demand, and an exit code that tells of holes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from daemon.rota_commands import NoSuchRota, rota

ROTAS = """\
people:
  ayse: {account: "5b10", name: Ayşe Kaya, languages: [tr, en]}
  john: {account: "6c11"}
rotas:
  desk:
    time_zone: Europe/Istanbul
    layers:
      - {people: ayse, hours: 08:00-20:00}
      - {people: john, hours: 20:00-08:00}
"""
A_DAY = ("--from", "2026-11-27", "--to", "2026-11-27")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rotas.yaml").write_text(ROTAS)
    return tmp_path


def show(folder: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(rota, ["show", "--config", str(folder), *arguments], catch_exceptions=False)
    return done.exit_code, done.stdout


def test_the_shifts_are_told_in_the_rotas_own_time(folder: Path) -> None:
    code, said = show(folder, "desk", *A_DAY)
    assert code == 0
    assert [line.split("\t") for line in said.splitlines()[2:5]] == [
        ["Fri 2026-11-27 00:00", "Fri 2026-11-27 08:00", "john", ""],
        ["Fri 2026-11-27 08:00", "Fri 2026-11-27 20:00", "Ayşe Kaya", "tr, en"],
        ["Fri 2026-11-27 20:00", "Sat 2026-11-28 00:00", "john", ""],
    ]


def test_a_hole_is_named_and_ends_with_1(folder: Path) -> None:
    whole = (folder / "rotas.yaml").read_text()
    (folder / "rotas.yaml").write_text(whole.replace("20:00-08:00", "20:00-07:00"))
    code, said = show(folder, *A_DAY)
    assert code == 1
    assert "Fri 2026-11-27 07:00\tFri 2026-11-27 08:00\tNOBODY" in said


def test_a_hole_that_is_meant_tells_why_and_is_no_hole(folder: Path) -> None:
    whole = (folder / "rotas.yaml").read_text().replace("20:00-08:00", "20:00-07:00")
    meant = "    uncovered: [{hours: 06:00-08:00, reason: the hour of prayer}]\n"
    (folder / "rotas.yaml").write_text(whole + meant)
    code, said = show(folder, *A_DAY)
    assert code == 0
    assert "Fri 2026-11-27 07:00\tFri 2026-11-27 08:00\tnobody: the hour of prayer" in said


def test_as_json_the_instants_are_in_utc(folder: Path) -> None:
    code, said = show(folder, "--json", *A_DAY)
    (plan,) = json.loads(said)
    assert code == 0
    assert plan["shifts"][1] == {
        "begin": "2026-11-27T05:00:00Z",
        "end": "2026-11-27T17:00:00Z",
        "person": "ayse",
        "meant": None,
    }


def test_a_name_that_is_no_rota_is_refused_with_the_nearest(folder: Path) -> None:
    with pytest.raises(NoSuchRota, match='did you mean "desk"'):
        show(folder, "desc")
