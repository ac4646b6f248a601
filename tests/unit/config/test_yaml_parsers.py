"""The fast parser reads whatever the slow one accepts, and reads it alike.

It accepts a little more, as YAML 1.2 does: a question mark inside a text of a flow mapping.
"""

import random
from pathlib import Path

import pytest

from config import yaml_nodes
from config.yaml_nodes import NotAccepted, Tree, parse

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted([*(ROOT / "config").rglob("*.yaml"), *(ROOT / "tests" / "rules").rglob("*.yaml")])
MOST_CHARACTERS = 3_000
PIECES = [*":-?,[]{}#&*!|>'\"%@`~ \n\t\r", "\u2028", "\x85", "---\n", "...\n", "\\ud800", "é", "\ufeff"]


def read(text: str) -> Tree | None:
    try:
        return parse(text.encode())
    except NotAccepted:
        return None


def read_slowly(text: str, monkeypatch: pytest.MonkeyPatch) -> Tree | None:
    with monkeypatch.context() as patch:
        patch.setattr(yaml_nodes, "_composed_fast", lambda _text: None)
        return read(text)


def damaged(text: str, dice: random.Random) -> str:
    """With a few pieces put in, or taken out, somewhere."""
    start = dice.randrange(max(1, len(text) - MOST_CHARACTERS))
    text = text[start : start + MOST_CHARACTERS] if dice.random() < 0.5 else text[:MOST_CHARACTERS]
    for _ in range(dice.randint(1, 4)):
        place = dice.randrange(len(text) + 1)
        text = text[:place] + dice.choice(PIECES) + text[place + dice.randint(0, 2) :]
    return text


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_both_parsers_read_alike(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = path.read_bytes().decode(errors="replace")
    assert read(text) == read_slowly(text, monkeypatch)


@pytest.mark.parametrize(
    "rounds", [300, pytest.param(100_000, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])]
)
def test_both_parsers_read_damaged_files_alike(rounds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(20261128)
    texts = [path.read_bytes().decode(errors="replace") for path in FILES]
    for _ in range(rounds):
        text = damaged(dice.choice(texts), dice)
        slowly = read_slowly(text, monkeypatch)
        assert slowly is None or read(text) == slowly, text
