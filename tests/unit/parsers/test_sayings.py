"""What the same twenty-six situations are called when people tell of them in each judged language."""

from itertools import chain
from pathlib import Path

import pytest
import yaml

from parsers.facts import SenderClass, Urgency
from parsers.knowledge import Knowledge
from parsers.urgency import appraise
from tests.unit.parsers.conftest import RECEIVED

SAYINGS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "sayings").glob("*.yaml"))
}
# The words of danger in mails about something else: couriers, shops, boxing, fraud.
HARMLESS = yaml.safe_load((Path(__file__).parent / "harmless.yaml").read_text(encoding="utf-8"))
# Of the harmless mails of a language: what is weighed for all languages together may err in one.
TOLERATED = 1
# What was critical and is over may still be serious; what only sounds like danger may not even be that.
ALLOWED = {
    "critical": {Urgency.CRITICAL},
    "serious": {Urgency.HIGH},
    "over": {Urgency.HIGH, Urgency.NORMAL, Urgency.LOW},
    "ordinary": {Urgency.NORMAL, Urgency.LOW},
    "low": {Urgency.LOW},
}


def urgency(knowledge: Knowledge, text: str, language: str) -> Urgency:
    return appraise(
        text,
        signals=knowledge.signals(language),
        clocks=(),
        received_at=RECEIVED,
        sender_class=SenderClass.LAW_ENFORCEMENT,
        names_content=False,
    ).urgency.level


@pytest.mark.parametrize("language", SAYINGS)
def test_situations_are_known_however_they_are_told(knowledge: Knowledge, language: str) -> None:
    wrong = [
        f"{level}: {text}"
        for situation, texts in SAYINGS[language].items()
        for text in texts
        if (level := urgency(knowledge, text, language)) not in ALLOWED[situation]
    ]
    assert wrong == []


@pytest.mark.parametrize("language", HARMLESS)
def test_words_of_danger_alone_wake_nobody(knowledge: Knowledge, language: str) -> None:
    wrong = [
        text for text in HARMLESS[language] if urgency(knowledge, text, language) not in ALLOWED["ordinary"]
    ]
    assert len(wrong) <= TOLERATED, wrong


def test_every_judged_language_tells_as_many_situations(knowledge: Knowledge) -> None:
    judged = {language for language in knowledge.lexicons if knowledge.judges(language)}
    assert judged == set(SAYINGS)
    assert {len([*chain(*situations.values())]) for situations in SAYINGS.values()} == {26}
