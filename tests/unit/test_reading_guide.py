"""The published schema of a report is the one that the code has."""

import json
from pathlib import Path

from parsers.facts import REPORTS

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "report.schema.json"


def test_the_schema_in_the_docs_is_current() -> None:
    assert json.loads(SCHEMA.read_text()) == REPORTS.json_schema(mode="serialization")
