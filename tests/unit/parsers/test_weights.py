"""What is said is weighed together: the weights fit what the lexicons know, and say why."""

import re
from collections.abc import Callable

import pytest

from config.topics import Topic
from config.words import divided
from parsers.facts import Harm, Report, Urgency
from parsers.features import IN_SUBJECT, feature_of
from parsers.knowledge import Knowledge
from parsers.signs import Notion, Sign
from parsers.weights import ALWAYS, Weighing, weights

TextReport = Callable[..., Report]
# A star ends a word; dots stand between two parts.
_WELL_FORMED = re.compile(r"[^*\s]+\*?(?: [^*\s]+\*?)*")


def test_every_weight_is_of_something_that_can_be_said() -> None:
    tags = (*Topic, *Sign, *Notion, *Harm)
    known = {ALWAYS, *map(feature_of, tags), *(f"{IN_SUBJECT}{topic}" for topic in Topic)}
    assert weights().harms.weights.keys() <= known
    assert weights().levels.weights.keys() <= known


def test_every_answer_is_one_of_ours() -> None:
    assert all(row.keys() == {*Harm} for row in weights().harms.weights.values())
    assert all(row.keys() == {*Urgency} for row in weights().levels.weights.values())


def test_who_has_topics_has_all_of_them(knowledge: Knowledge) -> None:
    speaking = {code: lexicon.topics for code, lexicon in knowledge.lexicons.items() if lexicon.topics}
    assert {code for code in knowledge.lexicons if knowledge.judges(code)} <= speaking.keys()
    assert all(topics.keys() == {*Topic} for topics in speaking.values())


def test_expressions_of_topics_are_well_formed(knowledge: Knowledge) -> None:
    wrong = [
        (code, topic, phrase)
        for code, lexicon in knowledge.lexicons.items()
        for topic, text in lexicon.topics.items()
        for phrase in divided(text)
        if not _WELL_FORMED.fullmatch(phrase)
    ]
    assert wrong == []


def test_shares_are_those_of_a_logistic_regression() -> None:
    weighing = Weighing(weights={ALWAYS: {"a": 0.0, "b": 0.0}, "said": {"a": 1.0, "b": -1.0}})
    assert weighing.shares({}) == {"a": 0.5, "b": 0.5}
    shares = weighing.shares({"said": 0.5, "unknown": 9.0})
    assert shares["a"] == pytest.approx(0.7310585786)
    assert sum(shares.values()) == pytest.approx(1.0)


_CHEATED = "The account poses as a bank and sends people to a page that asks for card data."
_SOLD = "Auf dem Kanal werden Schlankheitsspritzen ohne Rezept verkauft."


@pytest.mark.parametrize(
    ("text", "harm", "telling"),
    [
        (
            f"Dear team. {_CHEATED} We hope to hear from you.",
            Harm.FRAUD,
            _CHEATED,
        ),
        (f"Sehr geehrte Damen und Herren. {_SOLD} Wir bitten um Antwort.", Harm.ILLEGAL_GOODS, _SOLD),
    ],
)
def test_the_sentence_that_tells_the_harm_is_kept(
    text_report: TextReport, text: str, harm: Harm, telling: str
) -> None:
    report = text_report(text, Subject="")
    assert report.harm is harm
    assert report.harm_sentences[0] == telling


def test_a_danger_that_no_rule_knows_is_raised_by_what_is_said_together(text_report: TextReport) -> None:
    text = (
        "She wrote to our counsellor that she has taken everything in the cabinet and feels comfortable, and "
        "wished her a good weekend. We have no name and need a location."
    )
    report = text_report(text, Subject="")
    assert report.harm is Harm.SELF_HARM
    assert report.urgency.level is Urgency.CRITICAL
    assert report.urgency.sentences


def test_what_is_weighed_is_no_danger_where_help_has_come(text_report: TextReport) -> None:
    text = (
        "The boy who stood on the bridge is safe, he was found and is with his parents. We ask for the data."
    )
    assert text_report(text, Subject="").urgency.level is not Urgency.CRITICAL
