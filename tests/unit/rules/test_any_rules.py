"""Whatever stands in a rules file, it is read, or refused with a place: nobody ever sees a traceback."""

import copy
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.faults import Attempt
from config.yaml_file import Document
from rules.lint import lint
from rules.loader import RulesFile, read_rules_file
from tests.unit.rules.test_bad_files import KNOWN

GUIDE = (Path(__file__).parents[3] / "docs" / "routing.md").read_text(encoding="utf-8")
EXAMPLES = [
    Document.of("routing.yaml", text.encode()).tree.values
    for text in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
]
SEED, FILES = 20261128, 250
JUNK: list[Any] = [
    *(None, True, 0, -1, 1.5, 10**30, "", "x", "no", "\u200b", "9" * 50, "{{", "(?", "$x"),
    *([], [[]], [None], ["$x"], ["a", ["b"]]),
    *({}, {"a": 1}, {"": ""}, {"$x": 1}, {"is": {"x": 1}}, {"all": []}, {"not": {}}, {"any": "x"}),
]
KEYS = ("nme", "then", "when", "is", "all", "not")


def places(values: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 (YAML)
    inner = (
        values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    )
    for step, value in inner:
        yield (*above, step)
        yield from places(value, (*above, step))


def spoilt(values: Any, dice: random.Random) -> Any:  # noqa: ANN401 (YAML)
    """With something else at some place, nothing there, or under another key."""
    *above, last = dice.choice(list(places(values)))
    around = values
    for step in above:
        around = around[step]
    value = around[last] if dice.random() < 0.2 else copy.deepcopy(dice.choice(JUNK))
    if isinstance(around, dict) and dice.random() < 0.3:
        around.pop(last)
        around[dice.choice(KEYS)] = value
    else:
        around[last] = value
    return values


@pytest.mark.parametrize("known", [KNOWN, None], ids=["names known", "names unknown"])
def test_whatever_is_written_is_read_or_refused_with_its_place(tmp_path: Path, known: Any) -> None:  # noqa: ANN401
    dice, path = random.Random(SEED), tmp_path / "routing.yaml"
    refused = 0
    for _ in range(FILES):
        values = copy.deepcopy(dice.choice(EXAMPLES))
        for _ in range(dice.randint(1, 3)):
            values = spoilt(values, dice)
        path.write_text(json.dumps(values), encoding="utf-8")
        read: Attempt[RulesFile] = Attempt.at(lambda: read_rules_file(path, known))
        if read.value is not None:
            lint(read.value)
        refused += bool(read.faults)
        assert all(fault.line and fault.column and fault.message for fault in read.faults)
    assert FILES / 2 < refused < FILES
