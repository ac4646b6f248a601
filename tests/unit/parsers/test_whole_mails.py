"""Short whole mails with their urgency and harm, and sentences with the limits that they set."""

from pathlib import Path

import pytest
import yaml

from parsers.deadlines import find_clocks
from parsers.facts import Elapsed, SenderClass, StatedClock, Until
from parsers.knowledge import Knowledge
from parsers.urgency import appraise
from tests.unit.parsers.conftest import RECEIVED

# Below "critical self_harm", with "|" between what is equally right, and "any" for whatever harm; or below
# "limit 24h", "limit 3wd" (working days), "limit wish 2026-11-06T23:59" and "limit none".
MAILS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "whole_mails").glob("*.yaml"))
}
LIMIT = "limit "
# Of some sixty mails a language: what is weighed for all languages together may err in one.
TOLERATED = 2


def written(clock: StatedClock) -> str:
    limit = clock.limit
    if isinstance(limit, Elapsed):
        length = f"{limit.hours:g}h"
    else:
        length = f"{limit.at:%Y-%m-%dT%H:%M}" if isinstance(limit, Until) else f"{limit.days}wd"
    return length if clock.binding else f"wish {length}"


def judged(knowledge: Knowledge, text: str, language: str) -> tuple[str, str]:
    appraisal = appraise(
        text,
        signals=knowledge.signals(language),
        clocks=find_clocks(text, grammars=knowledge.grammars(language), received_at=RECEIVED),
        received_at=RECEIVED,
        sender_class=SenderClass.REGULATOR,
        names_content=False,
    )
    return appraisal.urgency.level.value, appraisal.harm.value


@pytest.mark.parametrize("language", MAILS)
def test_mails_are_judged_as_a_person_would(knowledge: Knowledge, language: str) -> None:
    wrong = []
    for label, texts in MAILS[language].items():
        if label.startswith(LIMIT):
            continue
        levels, harms = (part.split("|") for part in label.split())
        for text in texts:
            level, harm = judged(knowledge, text, language)
            if level not in levels or (harms != ["any"] and harm not in harms):
                wrong.append(f"{label}, found {level} {harm}: {text}")
    assert [each for each in wrong if each.startswith("critical") and "found critical" not in each] == []
    assert len(wrong) <= TOLERATED, wrong


@pytest.mark.parametrize("language", MAILS)
def test_limits_are_read_as_the_sender_sets_them(knowledge: Knowledge, language: str) -> None:
    grammars = knowledge.grammars(language)[:1]
    wrong = []
    for label, texts in MAILS[language].items():
        if not label.startswith(LIMIT):
            continue
        for text in texts:
            clocks = find_clocks(text, grammars=grammars, received_at=RECEIVED)
            found = [written(clock) for clock in clocks] or ["none"]
            if found != [label.removeprefix(LIMIT)]:
                wrong.append(f"{label}, found {found}: {text}")
    assert wrong == []
