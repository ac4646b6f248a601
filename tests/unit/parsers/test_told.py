"""Whole short mails as people and offices write them: how urgent they are, and what they are about."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from parsers.facts import Report

# Rows of urgency, harm and text; harm "any" where careful people would not agree.
TOLERATED = 1  # a language: what is weighed for all languages together may err in one
TOLD = yaml.safe_load((Path(__file__).parent / "told.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", TOLD)
def test_short_mails_are_judged_as_told(text_report: Callable[..., Report], language: str) -> None:
    wrong = []
    for urgency, harm, text in TOLD[language]:
        report = text_report(text, Subject="")
        found = (report.urgency.level.value, report.harm.value if harm != "any" else harm)
        if found != (urgency, harm):
            wrong.append(f"{urgency}, found {found}: {text}")
    assert [each for each in wrong if each.startswith("critical")] == []
    assert len(wrong) <= TOLERATED, wrong
