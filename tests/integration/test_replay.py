"""The commands `replay` and `evaluate` as a person or a program runs them."""

import json
import re
from pathlib import Path

import pytest

from tests.support.commands import run, run_program
from tests.support.daemon import ROOT

CORPUS = ROOT / "tests" / "corpus"
FLOORS = re.findall(r"--floor \S+", (ROOT / "Makefile").read_text())


def manifest(folder: Path, *files: str) -> Path:
    """A manifest in a folder with two corpus mails."""
    for name in ("one", "two"):
        (folder / f"{name}.eml").write_text(f"From: a@b.example\nSubject: {name}\n\nThis is {name}.\n")
    path = folder / "manifest.jsonl"
    lines = [
        json.dumps({"file": file, "mailbox": "partners", "received_at": "2026-10-19T07:14:22Z"})
        for file in files
    ]
    path.write_text("\n".join(lines))
    return path


def test_the_whole_corpus_keeps_the_floors_of_make_evaluate() -> None:
    """Also: no mail failed, none was merged into another matter, and the result is read by programs."""
    assert "--floor critical_recall=1" in FLOORS
    ended = run_program("evaluate", "tests/corpus", "--json", *" ".join(FLOORS).split())
    assert (ended.returncode, ended.stderr) == (0, "")
    evaluation = json.loads(ended.stdout)
    assert (evaluation["mails"], evaluation["failed"]) == (150, [])
    assert evaluation["faults"]["false_merges"] == []
    assert evaluation["faults"]["hard_negatives_merged"] == []
    measured = {score["name"] for score in evaluation["scores"] if score["value"] is not None}
    assert {"deadline", "harm", "attachments", "relation_of", "own_text_words"} <= measured


def test_a_replay_with_a_missing_mail_ends_with_1_and_says_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    path = manifest(tmp_path, "nothing.eml", "two.eml")
    ended = run_program("replay", path, "--organisations", CORPUS / "senders.json", "--out", out)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "nothing.eml: the file cannot be read: No such file or directory\n"
    missing, found = (json.loads(line) for line in out.read_text().splitlines())
    assert missing["error"].startswith("the file cannot be read")
    assert found["ticket"] == "INC-900001"


def test_a_manifest_that_cannot_be_read_ends_with_2_and_names_the_line(tmp_path: Path) -> None:
    path = manifest(tmp_path, "one.eml")
    path.write_text(path.read_text() + "\nnonsense\n")
    out = tmp_path / "out.jsonl"
    ended = run("replay", path, "--organisations", CORPUS / "senders.json", "--out", out)
    assert ended.returncode == 2
    assert ended.stderr.startswith("manifest.jsonl:2 is not valid JSON")
    assert not out.exists()


@pytest.mark.parametrize(("floor", "code"), [("kind=1.1", 1), ("knd=1", 2)])
def test_evaluate_says_why_it_does_not_end_with_0(tmp_path: Path, floor: str, code: int) -> None:
    path = manifest(tmp_path, "one.eml")
    label = {**json.loads(path.read_text()), "kind": "report"}
    (tmp_path / "labels.jsonl").write_text(json.dumps(label))
    (tmp_path / "senders.json").write_text('{"domains": {}}')
    ended = run("evaluate", tmp_path, "--floor", floor, "--list", "kind")
    assert ended.returncode == code
    assert floor.partition("=")[0] in ended.stderr
