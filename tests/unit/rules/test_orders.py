"""Orders under the law of the sender's country, and laws that are law no more."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.regimes import load_regimes
from parsers.facts import FoundElement, OrderElements, Report, Sender, SenderClass
from rules.given import Given
from rules.orders import former_laws, lacking, orders_of
from rules.when import When

REGIMES = load_regimes(Path(__file__).parents[3] / "config" / "clocks.yaml")
CITING = "Kanunun 9 uncu maddesi uyarınca kişilik hakları ihlal edilmiştir."
ELEMENTS = OrderElements(
    regime="eu-dsa-9",
    found=(FoundElement(element="url", words="https://video.example/1"),),
    missing=("redress",),
    unjudged=("reasons",),
)


def report(text: str = "", country: str | None = "TR", orders: tuple[OrderElements, ...] = ()) -> Report:
    blank = Given.model_validate({"language": "tr", "at": datetime(2026, 11, 3, tzinfo=UTC)}).case().report
    sender = Sender(address=None, sender_class=SenderClass.REGULATOR, country=country)
    return replace(blank, own_text=text, sender=sender, orders=orders)


def test_an_annulled_law_that_is_cited_is_named_with_its_words() -> None:
    [law] = former_laws(report(CITING), REGIMES)
    assert (law.regime.id, law.how, law.phrase) == ("tr-5651-9", "annulled", "9 uncu maddesi")


@pytest.mark.parametrize(
    "cited", [report("kişilik hakları ihlal edilmiştir"), report(CITING, country="DE"), report("başka")]
)
def test_a_mere_mention_and_the_law_of_another_country_are_not(cited: Report) -> None:
    assert former_laws(cited, REGIMES) == ()


def test_an_order_counts_its_elements_and_names_those_that_it_lacks() -> None:
    [order] = orders_of(report(country="DE", orders=(ELEMENTS,)), REGIMES)
    assert order.count == "1 of 2 elements present"
    assert list(order.lacks) == ["redress mechanisms for the provider and the recipient"]
    assert list(order.unjudged) == ["the statement of reasons why the content is illegal"]
    assert lacking([order]) == {"eu-dsa-9"}


@pytest.mark.parametrize(("country", "orders"), [("DE", 1), (None, 1), ("TR", 0)])
def test_only_the_law_of_the_sender_s_country_is_looked_at(country: str | None, orders: int) -> None:
    assert len(orders_of(report(country=country, orders=(ELEMENTS,)), REGIMES)) == orders


@pytest.mark.parametrize(
    ("wanted", "given", "matched"),
    [
        (True, ["eu-dsa-9"], True),
        (True, [], False),
        (False, [], True),
        ("eu-dsa-9", ["eu-dsa-9"], True),
        (["eu-tco-remove", "eu-dsa-9"], ["eu-dsa-9"], True),
        ("eu-tco-remove", ["eu-dsa-9"], False),
    ],
)
def test_rules_ask_whether_an_order_lacks_elements(
    wanted: object, given: list[str], *, matched: bool
) -> None:
    when = When.model_validate({"missing_elements": wanted})
    assert when.judge(Given.model_validate({"missing_elements": given}).case()).matched is matched
