import pytest

from connectors.opinion import NoOpinion, Opinion
from daemon.second_opinion import ASKED, PAUSE_SECONDS, UNHEARD, SecondOpinion
from parsers.facts import Kind, Report, Urgency
from tests.support.reports import RECEIVED, report

CALM = report(own_text="He has gone to the bridge. Please look at his account.")


class Adviser:
    """Says the same each time, or fails; counts."""

    def __init__(self, answer: Opinion | None) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def ask(self, *, subject: str, text: str, language: str | None) -> Opinion:
        self.asked.append(f"{language}: {subject}: {text}")
        if self.answer is None:
            raise NoOpinion("no answer")
        return self.answer


def opinion(level: Urgency, sentence: str = "") -> Opinion:
    return Opinion(level=level, sentence=sentence)


def judged(of: Report, adviser: Adviser) -> Report:
    return SecondOpinion(lambda _raw, _at: of, adviser).read(b"", RECEIVED)


def test_a_higher_level_counts_with_its_sentence_first() -> None:
    found = judged(CALM, Adviser(opinion(Urgency.CRITICAL, "He has gone\nto the bridge.")))
    assert found.urgency.level is Urgency.CRITICAL
    assert found.urgency.sentences[0] == "He has gone to the bridge."
    assert ASKED in found.flags


def test_a_sentence_that_is_not_the_mails_is_not_shown() -> None:
    found = judged(CALM, Adviser(opinion(Urgency.CRITICAL, "He will jump.")))
    assert (found.urgency.level, found.urgency.sentences) == (Urgency.CRITICAL, CALM.urgency.sentences)


@pytest.mark.parametrize("level", [Urgency.LOW, Urgency.NORMAL])
def test_a_level_that_is_not_higher_changes_nothing(level: Urgency) -> None:
    assert judged(CALM, Adviser(opinion(level, "Please look at his account."))) == CALM


def test_without_an_answer_the_report_stays_and_says_so() -> None:
    found = judged(CALM, Adviser(None))
    assert (found.urgency, found.flags) == (CALM.urgency, CALM.flags | {UNHEARD})


@pytest.mark.parametrize(
    "mail", [report(kind=Kind.BOUNCE), report(kind=Kind.NEWSLETTER), report(own_text="")]
)
def test_nobody_is_asked_about_automatic_mail_and_mail_without_words(mail: Report) -> None:
    adviser = Adviser(opinion(Urgency.CRITICAL))
    assert judged(mail, adviser) == mail
    assert adviser.asked == []


def test_who_gave_no_answer_is_not_asked_for_a_while() -> None:
    now, adviser = [0.0], Adviser(None)
    second = SecondOpinion(lambda _raw, _at: CALM, adviser, clock=lambda: now[0])
    for now[0] in (1.0, 2.0, 1.0 + PAUSE_SECONDS, 2.0 + PAUSE_SECONDS):
        assert UNHEARD in second.read(b"", RECEIVED).flags
    assert len(adviser.asked) == 2
