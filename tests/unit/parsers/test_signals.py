import pytest

from config.lexicon import Lexicon
from parsers.signals import Findings, Signals
from parsers.signs import Sign

ENGLISH = Lexicon.model_validate(
    {
        "language": "en",
        "urgency": {
            "decisive": "will die; going to kill himself",
            "peril": "kill*; die",
            "distress": "cannot sleep",
            "spreading": "spreading; spreading fast",
        },
        "negations": "no; not; never",
    }
)
GERMAN = Lexicon.model_validate({"language": "de", "urgency": {"peril": "stirbt"}, "negations": "nicht"})


def signs(text: str, *languages: Lexicon) -> list[tuple[Sign, str]]:
    findings = Findings.of(
        text,
        [Signals(each, abroad=place > 0) for place, each in enumerate(languages or (ENGLISH,))],
        year=2026,
    )
    return [(hit.tag, text[hit.start : hit.end]) for hit in findings.hits if isinstance(hit.tag, Sign)]


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("He will kill her.", True),
        ("He will not kill her.", False),
        ("This is not a joke, he will kill her.", True),
        ("Kill her he never would.", False),
        ("He kills, and she does not know him.", True),
        ("There is no reason at all to believe that anybody would kill her.", True),
    ],
)
def test_a_denial_reaches_as_far_as_its_clause(text: str, stands: bool) -> None:  # noqa: FBT001 - an expectation
    assert any(tag is Sign.PERIL for tag, _ in signs(text)) is stands


def test_what_is_suffered_may_hold_a_negation() -> None:
    assert signs("I am not well and cannot sleep") == [(Sign.DISTRESS, "cannot sleep")]


def test_names_and_addresses_say_nothing() -> None:
    assert signs("See https://x.example/kill-them, @kill.bill and kill@desk.example") == []


def test_of_two_phrases_of_one_kind_the_longer_counts() -> None:
    assert signs("It is spreading fast") == [(Sign.SPREADING, "spreading fast")]


def test_short_english_words_mean_nothing_amid_another_language() -> None:
    assert signs("die Sache", GERMAN, ENGLISH) == []
    assert signs("Er schreibt: I will die", GERMAN, ENGLISH) == [(Sign.DECISIVE, "will die")]


def test_hits_name_their_sentences() -> None:
    text = "First one. He will kill her! Last one."
    findings = Findings.of(text, [Signals(ENGLISH)], year=2026)
    assert findings.quoted(findings.having(Sign.PERIL), most=2) == ("He will kill her!",)
    assert [findings.sentence_of(hit) for hit in findings.having(Sign.PERIL)] == [1]
