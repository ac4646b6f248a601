"""Whether the author's words survive beside what mail programs in many languages add to them."""

from pathlib import Path

import pytest
import yaml
from _pytest.mark import ParameterSet

from parsers.knowledge import Knowledge
from parsers.own_text import divide

CASES = yaml.safe_load(Path(__file__).with_name("quoting_cases.yaml").read_text(encoding="utf-8"))


def each(kind: str) -> list[ParameterSet]:
    """One parameter set a case: the author's sentence, the earlier mail's, and what stands between."""
    return [
        pytest.param(case["own"], case["old"], text, id=f"{language}-{number}")
        for language, case in CASES.items()
        for number, text in enumerate(case.get(kind, ()), 1)
    ]


def test_cases_cover_many_languages() -> None:
    assert len(CASES) >= 30


@pytest.mark.parametrize(("own", "old", "attribution"), each("quotes"))
def test_quoted_mail_is_cut_wherever_the_answer_stands(
    knowledge: Knowledge, own: str, old: str, attribution: str
) -> None:
    quote = f"{attribution}\n\n> {old}\n> "
    assert divide(f"{own}\n\n{quote}", knowledge.words, replies=True).own == own
    assert divide(f"{quote}\n\n{own}", knowledge.words, replies=True).own == own


@pytest.mark.parametrize(("own", "old", "block"), each("blocks"))
def test_earlier_mail_below_a_label_block_is_cut(
    knowledge: Knowledge, own: str, old: str, block: str
) -> None:
    divided = divide(f"{own}\n\n{block}\n\n{old}", knowledge.words, replies=True)
    assert (divided.own, divided.forwarded) == (own, "")
    assert old in divided.quoted


@pytest.mark.parametrize(("own", "old", "opening"), each("forwards"))
def test_forwarded_mail_is_kept_apart(knowledge: Knowledge, own: str, old: str, opening: str) -> None:
    divided = divide(f"{own}\n\n{opening}\n\n{old}", knowledge.words)
    assert divided.own == own
    assert old in divided.forwarded


@pytest.mark.parametrize(("own", "old", "ending"), each("endings"))
def test_standing_text_below_is_cut(knowledge: Knowledge, own: str, old: str, ending: str) -> None:
    assert divide(f"{own}\n\n{ending}", knowledge.words).own == own
