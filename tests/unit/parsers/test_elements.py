"""What an order contains of that which its law asks for."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from parsers.elements import joined
from parsers.facts import FoundElement, OrderElements
from parsers.knowledge import Knowledge
from parsers.report import read
from tests.unit.parsers.conftest import write_mail

RECEIVED = datetime(2026, 11, 3, 9, tzinfo=UTC)
Reader = Callable[..., tuple[OrderElements, ...]]

DSA_ORDER = """Order to act against illegal content under Article 9 of Regulation (EU) 2022/2065.

The legal basis is section 86a of the Criminal Code. Statement of reasons: the video shows a banned symbol.
The content is at https://video.example/watch/1. You may challenge the order in the administrative court.
Inform us of the effect given to it.
"""
TAKE_IT_DOWN = """This is a removal request under the TAKE IT DOWN Act.

The intimate visual depiction at https://video.example/watch/1 was published without my consent.
You reach me at jane@mailhouse.example.
"""


@pytest.fixture
def orders(knowledge: Knowledge) -> Reader:
    def orders(body: str, **fields: str) -> tuple[OrderElements, ...]:
        return read(write_mail(body, **fields), received_at=RECEIVED, knowledge=knowledge).orders

    return orders


def test_a_complete_order_lacks_nothing_and_every_element_has_its_words(orders: Reader) -> None:
    [order] = orders(DSA_ORDER)
    assert (order.regime, order.missing, order.unjudged) == ("eu-dsa-9", (), ())
    words = {each.element: each.words for each in order.found}
    assert words["url"] == "https://video.example/watch/1"
    assert words["redress"] == "challenge the order"
    assert words["authority"] == "court"


@pytest.mark.parametrize(
    ("left_out", "missing"),
    [
        ("You may challenge the order in the administrative court.", ("redress",)),
        ("Inform us of the effect given to it.", ("report-to",)),
        ("The content is at https://video.example/watch/1.", ("url",)),
    ],
)
def test_what_an_order_does_not_say_is_missing(
    orders: Reader, left_out: str, missing: tuple[str, ...]
) -> None:
    assert left_out in DSA_ORDER
    [order] = orders(DSA_ORDER.replace(left_out, ""))
    assert order.missing == missing


def test_one_mention_of_a_law_makes_no_order(orders: Reader) -> None:
    assert orders("The Digital Services Coordinator sends you its annual report, with kind regards.") == ()


def test_a_reply_is_no_order(orders: Reader) -> None:
    assert orders(DSA_ORDER, Subject="Re: order", **{"In-Reply-To": "<one@intake.example>"}) == ()


def test_a_request_of_a_private_person_is_looked_at_too(orders: Reader) -> None:
    [order] = orders(TAKE_IT_DOWN, From="jane@mailhouse.example")
    assert (order.regime, order.missing) == ("us-takeitdown", ("signature",))


def test_in_a_language_without_words_nothing_is_called_missing(orders: Reader) -> None:
    swedish = (
        "Föreläggande enligt förordningen. Regulation (EU) 2022/2065, Digital Services Coordinator. "
        "Innehållet ska tas bort. Det finns på vår lista över olagligt innehåll och har anmälts flera gånger."
    )
    [order] = orders(swedish)
    assert "reasons" in order.unjudged
    assert order.missing == ("url",)  # an address looks alike in all languages


def test_what_the_mail_lacks_may_stand_in_its_document() -> None:
    mail = OrderElements(
        regime="x", found=(FoundElement(element="url", words="w"),), missing=("date", "reasons", "redress")
    )
    paper = OrderElements(
        regime="x",
        found=(FoundElement(element="date", words="d"),),
        missing=("url", "reasons"),
        unjudged=("redress",),
    )
    [both] = joined([mail], [paper])
    assert {each.element for each in both.found} == {"url", "date"}
    assert (both.missing, both.unjudged) == (("reasons",), ("redress",))
