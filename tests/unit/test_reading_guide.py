"""What the guide to reading says holds."""

import json
import re
from pathlib import Path

from parsers.facts import REPORTS

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "docs" / "report.schema.json"
MAILS = ROOT / "tests" / "fixtures" / "mail"


def test_the_schema_in_the_docs_is_current() -> None:
    assert json.loads(SCHEMA.read_text()) == REPORTS.json_schema(mode="serialization")


def test_every_mail_with_an_oddity_is_in_the_table_and_the_other_way_round() -> None:
    named = re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs" / "reading.md").read_text(), re.MULTILINE)
    assert sorted(named) == sorted(path.name for path in MAILS.iterdir() if path.name != "README.md")
