from dataclasses import fields
from pathlib import Path

import pytest

from daemon.corrections import Corrected
from daemon.held import HeldMessage
from daemon.matter import (
    ActionOfMatter,
    ClockOfMatter,
    CorrectionOfMatter,
    Entry,
    MatterView,
    MessageOfMatter,
)

GUIDE = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
PRINTED = (
    HeldMessage,
    MatterView,
    MessageOfMatter,
    ClockOfMatter,
    CorrectionOfMatter,
    ActionOfMatter,
    Entry,
    Corrected,
)


@pytest.mark.parametrize("printed", PRINTED, ids=lambda printed: printed.__name__)
def test_the_guide_names_every_key_that_is_printed_as_json(printed: type) -> None:
    assert [field.name for field in fields(printed) if f"`{field.name}`" not in GUIDE] == []
