"""Whole mails of officials, users and companies, read as they arrive: urgency, harm and limits.

The rows stand under what a person would answer, in this order: the urgencies that are right, the harms
that are right, and the limits ("none", or "any" where the row is about something else). A limit is a
number of hours ("24h") or working days ("3wd") or a time of the clock where the writer is; "?" marks a
wish, "+" a limit that is moved.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from parsers.facts import Elapsed, Report, StatedClock, Until, WorkingDays

TextReport = Callable[..., Report]

MAILS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "mails").glob("*.yaml"))
}
_ANY, _NONE = "any", "none"


def written(clock: StatedClock) -> str:
    limit = clock.limit
    if isinstance(limit, Elapsed):
        span = f"{limit.hours:g}h"
    elif isinstance(limit, WorkingDays):
        span = f"{limit.days}wd"
    else:
        assert isinstance(limit, Until)
        span = f"{limit.at:%m-%dT%H:%M}"
    return span + ("" if clock.binding else "?") + ("+" if clock.extends else "")


def mistakes(report: Report, answer: str) -> Iterator[str]:
    urgencies, harms, limits = answer.split()
    if report.urgency.level.value not in urgencies.split("/"):
        yield f"{report.urgency.level.value}, not {urgencies}"
    if harms != _ANY and report.harm.value not in harms.split("/"):
        yield f"{report.harm.value}, not {harms}"
    found = ",".join(map(written, report.clocks)) or _NONE
    if limits not in (_ANY, found):
        yield f"{found}, not {limits}"


@pytest.mark.parametrize("language", MAILS)
def test_mails_are_judged_as_a_person_would(text_report: TextReport, language: str) -> None:
    wrong = [
        f"{'; '.join(found)}: {text}"
        for answer, texts in MAILS[language].items()
        for text in texts
        if (found := [*mistakes(text_report(text, Subject=""), answer)])
    ]
    assert wrong == []
