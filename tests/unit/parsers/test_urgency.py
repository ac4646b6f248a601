from collections.abc import Callable

import pytest

from parsers.facts import Harm, Report, Urgency

TextReport = Callable[..., Report]
PERSON = {"From": "Ann <ann@mailhouse.example>"}


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("She is live on the roof and says she will kill herself now.", Urgency.CRITICAL),
        ("Bir kişi şu an canlı yayında intihar edeceğini söylüyor, yardım edin.", Urgency.CRITICAL),
        ("Remove the video within 4 hours of receipt.", Urgency.CRITICAL),
        (
            "The order was sent yesterday; the deadline has passed and the video is still there.",
            Urgency.CRITICAL,
        ),
        ("Remove the video within 24 hours of receipt.", Urgency.HIGH),
        ("The clip keeps spreading, new copies appear every hour.", Urgency.HIGH),
        ("Remove the video within 48 hours of receipt.", Urgency.NORMAL),
        ("The channel sells concert tickets without a licence.", Urgency.NORMAL),
        ("For information only, no action is required on your side.", Urgency.LOW),
        ("Thank you, we can confirm that the clip is gone.", Urgency.LOW),
    ],
)
def test_level_follows_what_is_said(text_report: TextReport, text: str, level: Urgency) -> None:
    assert text_report(text).urgency.level is level


def test_capitals_and_priority_headers_count_for_nothing(text_report: TextReport) -> None:
    shouted = text_report("URGENT!!! THE CHANNEL SELLS TICKETS WITHOUT A LICENCE!!!", X_Priority="1")
    assert shouted.urgency.level is Urgency.NORMAL


def test_negated_danger_is_no_danger(text_report: TextReport) -> None:
    assert text_report("There is no threat to life in this matter.").urgency.level is Urgency.NORMAL


def test_danger_that_is_over_is_not_critical(text_report: TextReport) -> None:
    over = text_report("He wanted to kill himself on the roof. Police are at the scene and he is safe.")
    assert over.urgency.level is Urgency.HIGH


def test_limit_of_a_member_of_the_public_does_not_bind(text_report: TextReport) -> None:
    assert text_report("Fix my account within the hour.", **PERSON).urgency.level is Urgency.NORMAL


def test_deciding_sentence_is_given(text_report: TextReport) -> None:
    report = text_report("Good evening. A bomb was placed in the station, it is a bomb threat. Thank you.")
    assert report.urgency.sentences == ("A bomb was placed in the station, it is a bomb threat.",)


@pytest.mark.parametrize(
    ("text", "harm"),
    [
        ("The account runs a scam with a fake shop and phishing links.", Harm.FRAUD),
        ("Das Video enthält Volksverhetzung und rassistische Hetze.", Harm.HATE),
        ("The song infringes our copyright.", Harm.IP),
        ("Please look at this.", Harm.OTHER),
    ],
)
def test_harm_is_the_subject_with_most_words(text_report: TextReport, text: str, harm: Harm) -> None:
    assert text_report(text).harm is harm
