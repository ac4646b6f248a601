"""The judgement sets are whole, and what is measured on them does not fall back."""

from collections import Counter
from collections.abc import Callable, Collection
from itertools import chain, product

import pytest

from parsers.facts import RelationType, SenderClass, Urgency
from tests.judgement import sets
from tests.judgement.scoring import SCORES, Score, Verdict


def doubles(values: Collection[str]) -> list[str]:
    return sorted(value for value, times in Counter(values).items() if times > 1)


def test_language_set_is_broad() -> None:
    rows = sets.languages()
    assert len(rows) >= 220
    assert min(Counter(row.language for row in rows).values()) >= 6
    assert doubles([row.text for row in rows]) == []


def test_a_bilingual_text_names_two_languages() -> None:
    bilingual = [row for row in sets.languages() if row.also]
    assert bilingual
    assert [row.text for row in bilingual if row.language in row.also] == []


def test_urgency_set_has_every_level_in_every_language() -> None:
    rows = sets.urgencies()
    said = {(row.language, row.urgency) for row in rows}
    languages = {row.language for row in rows}
    assert (len(rows) >= 260, len(languages) >= 26) == (True, True)
    assert set(product(languages, Urgency)) - said == set()
    assert doubles([row.text for row in rows]) == []


def test_what_is_automatic_is_low() -> None:
    assert [row.why for row in sets.urgencies() if row.kind and row.urgency is not Urgency.LOW] == []


def test_deadline_set_has_limits_and_none_in_every_language() -> None:
    rows = sets.deadlines()
    with_limit = {row.language for row in rows if row.expected}
    without = {row.language for row in rows if row.expected is None}
    assert (len(rows) >= 220, len(with_limit) >= 26) == (True, True)
    assert with_limit == without
    assert doubles([f"{row.country} {row.text}" for row in rows]) == []


def test_only_a_limit_can_be_a_wish() -> None:
    assert [row.text for row in sets.deadlines() if row.expected is None and not row.binding] == []


def test_a_named_instant_lies_after_receipt() -> None:
    named = [(row, row.expected.at) for row in sets.deadlines() if row.expected and row.expected.at]
    assert named
    assert [row.text for row, at in named if at <= row.received_at] == []


def test_relation_set_has_every_relation() -> None:
    pairs = sets.relations()
    counts = Counter(pair.relation for pair in pairs)
    assert len(pairs) >= 200
    assert {relation for relation in RelationType if counts[relation] < 30} == set()


def test_no_two_pairs_are_about_the_same_content() -> None:
    named = [{*pair.first.refs, *pair.second.refs} for pair in sets.relations()]
    assert doubles([*chain.from_iterable(named)]) == []


def test_named_content_is_what_makes_somebody_else_related() -> None:
    strangers = [pair for pair in sets.relations() if pair.relation is RelationType.RELATED]
    assert [pair.why for pair in strangers if not {*pair.first.refs} & {*pair.second.refs}] == []
    assert [pair.why for pair in strangers if pair.first.sender == pair.second.sender] == []


def test_senders_are_domains_that_write() -> None:
    writing = {mail.domain for pair in sets.relations() for mail in (pair.first, pair.second)}
    assert sets.senders().keys() - writing == set()
    assert SenderClass.UNKNOWN not in sets.senders().values()


def test_every_score_has_a_floor() -> None:
    assert sets.floors().keys() == SCORES.keys()


@pytest.mark.parametrize("name", [name for name in SCORES if name != "relations"])
def test_reading_keeps_its_floor(name: str) -> None:
    assert_kept(SCORES[name])


@pytest.mark.soak
@pytest.mark.timeout(600)  # some four hundred mails through every step
def test_relating_keeps_its_floor() -> None:
    assert_kept(SCORES["relations"])


def test_a_score_counts_what_agrees() -> None:
    right = Verdict(language="tr", expected="new", found="new", about="one")
    wrong = Verdict(language="tr", expected="new", found="related", about="two")
    score = Score(name="relations", verdicts=(right, right, right, wrong))
    assert score.accuracy == 0.75
    assert score.by_language() == {"tr": (3, 4)}
    assert score.confusions() == {("new", "new"): 3, ("new", "related"): 1}
    assert score.differences() == [wrong]


def assert_kept(measure: Callable[[], Score]) -> None:
    score = measure()
    floor = sets.floors()[score.name]
    assert score.accuracy >= floor, f"{score.name}: {score.accuracy:.3f} is under its floor of {floor}"
