"""Limits as officials, lawyers, banks and parents set them, and sentences that only look like one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from parsers.deadlines import find_clocks
from parsers.facts import Elapsed, StatedClock, WorkingDays
from parsers.knowledge import Knowledge
from parsers.report import read
from tests.unit.parsers.conftest import write_mail

RECEIVED = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)  # a Wednesday
SAYINGS = yaml.safe_load((Path(__file__).parent / "limits.yaml").read_text(encoding="utf-8"))


def written(clock: StatedClock) -> str:
    """A clock as the table has it."""
    limit, wish = clock.limit, "" if clock.binding else "?"
    if isinstance(limit, Elapsed):
        return f"{limit.hours:g}h{wish}"
    if isinstance(limit, WorkingDays):
        return f"{limit.days}wd{wish}"
    return f"{limit.at:%m-%dT%H:%M}{wish}"


@pytest.mark.parametrize("language", SAYINGS)
def test_limits_are_read_as_they_are_said(knowledge: Knowledge, language: str) -> None:
    grammars, wrong = knowledge.grammars(language), []
    for expected, text in SAYINGS[language]:
        found = ",".join(map(written, find_clocks(text, grammars=grammars, received_at=RECEIVED))) or "none"
        if found != expected:
            wrong.append(f"{expected}, found {found}: {text}")
    assert wrong == []


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Reply needed in a fortnight", "Please answer within the time stated in the subject line."),
        ("Frist 14 Tage: Anhörung", "Bitte nehmen Sie in der im Betreff genannten Zeit Stellung."),
        ("Délai : 14 jours", "Veuillez retirer la vidéo dans le délai rappelé en objet."),
        ("Termine di 14 giorni", "Vogliate rispondere entro il termine indicato in oggetto."),
    ],
)
def test_the_subject_sets_the_limit_where_the_text_says_so(
    knowledge: Knowledge, subject: str, text: str
) -> None:
    report = read(write_mail(text, Subject=subject), received_at=RECEIVED, knowledge=knowledge)
    assert [(clock.limit, clock.source) for clock in report.clocks] == [(Elapsed(hours=336), "subject")]


def test_a_subject_that_the_text_does_not_speak_of_sets_none(knowledge: Knowledge) -> None:
    mail = write_mail("Please find the minutes attached.", Subject="Reply needed in a fortnight")
    assert read(mail, received_at=RECEIVED, knowledge=knowledge).clocks == ()
