"""A second opinion on urgency, beside the lexicons: it may raise the level and never lowers it."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import structlog

from connectors.opinion import NoOpinion, Opinion
from daemon.relate import AUTOMATIC, UNSOLICITED
from parsers.facts import Report, StatedUrgency

PAUSE_SECONDS = 60.0
"""So long a service that gave no answer is not asked again: mail must not wait for it one by one."""
ASKED = "second opinion raised urgency"
UNHEARD = "no second opinion"
Reader = Callable[[bytes, datetime], Report]

log = structlog.get_logger()


class Adviser(Protocol):
    """Whoever can say how urgent a mail is. Raises `NoOpinion`."""

    def ask(self, *, subject: str, text: str, language: str | None) -> Opinion:
        """How urgent it is."""
        ...


class SecondOpinion:
    """Reads mails with another reader and asks an adviser about each. Thread-safe."""

    def __init__(
        self, read: Reader, adviser: Adviser, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._adviser = adviser
        self._clock = clock
        self._asked_again = 0.0

    def read(self, raw: bytes, received_at: datetime) -> Report:
        """The report, its urgency raised where the adviser finds it higher.

        Without an answer the report stays as it is and carries a flag: no mail waits for an adviser.
        """
        report = self._read(raw, received_at)
        if report.kind in AUTOMATIC | UNSOLICITED or not report.own_text:
            return report
        try:
            opinion = self._opinion(report)
        except NoOpinion as error:
            log.warning("no second opinion", reason=str(error))
            return replace(report, flags=report.flags | {UNHEARD})
        return raised(report, opinion)

    def _opinion(self, report: Report) -> Opinion:
        if self._clock() < self._asked_again:
            raise NoOpinion("the service of the second opinion is not asked again yet")
        try:
            return self._adviser.ask(
                subject=report.subject, text=report.own_text, language=report.language.code
            )
        except NoOpinion:
            self._asked_again = self._clock() + PAUSE_SECONDS
            raise


def raised(report: Report, opinion: Opinion) -> Report:
    """The report with the higher of both levels, and the sentence that decided."""
    stated = report.urgency
    if opinion.level.rank <= stated.level.rank:
        return report
    sentence = " ".join(opinion.sentence.split())
    named = sentence if sentence and sentence in " ".join(report.own_text.split()) else None
    sentences = (named, *stated.sentences) if named else stated.sentences
    urgency = StatedUrgency(level=opinion.level, sentences=sentences, score=stated.score)
    return replace(report, urgency=urgency, flags=report.flags | {ASKED})
