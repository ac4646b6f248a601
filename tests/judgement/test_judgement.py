"""The judgement sets are whole, and what is measured on them does not fall back."""

from collections import Counter
from collections.abc import Collection, Iterator
from itertools import chain, product

import pytest

from parsers.facts import RelationType, SenderClass, Urgency
from tests.judgement import sets
from tests.judgement.scoring import SCORES, Score, Verdict, tempting_limits
from tests.judgement.sets import JudgementSet

every_set = pytest.mark.parametrize("of", JudgementSet)


def doubles(values: Collection[str]) -> list[str]:
    return sorted(value for value, times in Counter(values).items() if times > 1)


@every_set
def test_language_set_is_broad(of: JudgementSet) -> None:
    rows = sets.languages(of)
    assert len(rows) >= 220
    assert min(Counter(row.language for row in rows).values()) >= 6
    assert doubles([row.text for row in rows]) == []


@every_set
def test_a_bilingual_text_names_two_languages(of: JudgementSet) -> None:
    bilingual = [row for row in sets.languages(of) if row.also]
    assert bilingual
    assert [row.text for row in bilingual if row.language in row.also] == []


@every_set
def test_urgency_set_has_every_level_in_every_language(of: JudgementSet) -> None:
    rows = sets.urgencies(of)
    said = {(row.language, row.urgency) for row in rows}
    languages = {row.language for row in rows}
    assert (len(rows) >= 260, len(languages) >= 26) == (True, True)
    assert set(product(languages, Urgency)) - said == set()
    assert doubles([row.text for row in rows]) == []


@every_set
def test_what_is_automatic_is_low(of: JudgementSet) -> None:
    assert [row.why for row in sets.urgencies(of) if row.kind and row.urgency is not Urgency.LOW] == []


@every_set
def test_deadline_set_has_limits_and_none_in_every_language(of: JudgementSet) -> None:
    rows = sets.deadlines(of)
    with_limit = {row.language for row in rows if row.expected}
    without = {row.language for row in rows if row.expected is None}
    assert (len(rows) >= 220, len(with_limit) >= 26) == (True, True)
    assert with_limit == without
    assert doubles([f"{row.country} {row.text}" for row in rows]) == []


@every_set
def test_only_a_limit_can_be_a_wish(of: JudgementSet) -> None:
    assert [row.text for row in sets.deadlines(of) if row.expected is None and not row.binding] == []


@every_set
def test_a_named_instant_lies_after_receipt(of: JudgementSet) -> None:
    named = [(row, row.expected.at) for row in sets.deadlines(of) if row.expected and row.expected.at]
    assert named
    assert [row.text for row, at in named if at <= row.received_at] == []


@every_set
def test_relation_set_has_every_relation(of: JudgementSet) -> None:
    pairs = sets.relations(of)
    counts = Counter(pair.relation for pair in pairs)
    assert len(pairs) >= 200
    assert {relation for relation in RelationType if counts[relation] < 30} == set()


@every_set
def test_no_two_pairs_are_about_the_same_content(of: JudgementSet) -> None:
    named = [{*pair.first.refs, *pair.second.refs} for pair in sets.relations(of)]
    assert doubles([*chain.from_iterable(named)]) == []


@every_set
def test_named_content_is_what_makes_somebody_else_related(of: JudgementSet) -> None:
    strangers = [pair for pair in sets.relations(of) if pair.relation is RelationType.RELATED]
    assert [pair.why for pair in strangers if not {*pair.first.refs} & {*pair.second.refs}] == []
    assert [pair.why for pair in strangers if pair.first.sender == pair.second.sender] == []


@every_set
def test_senders_are_domains_that_write(of: JudgementSet) -> None:
    writing = {mail.domain for pair in sets.relations(of) for mail in (pair.first, pair.second)}
    assert sets.senders(of).keys() - writing == set()
    assert SenderClass.UNKNOWN not in sets.senders(of).values()


@every_set
def test_every_score_has_a_floor(of: JudgementSet) -> None:
    assert sets.floors(of).keys() == SCORES.keys()


@every_set
@pytest.mark.parametrize("name", [name for name in SCORES if name != "relations"])
def test_reading_keeps_its_floor(name: str, of: JudgementSet) -> None:
    assert_kept(SCORES[name](of))


@pytest.mark.parametrize(("unread", "floor"), [(False, 0.93), (True, 0.71)], ids=["read", "unread"])
def test_limits_that_hide_keep_their_floor(*, unread: bool, floor: float) -> None:
    verdicts = tempting_limits(unread=unread)
    assert sum(verdict.is_right for verdict in verdicts) / len(verdicts) >= floor


@pytest.mark.soak
@pytest.mark.timeout(600)  # some four hundred mails through every step
@every_set
def test_relating_keeps_its_floor(of: JudgementSet) -> None:
    assert_kept(SCORES["relations"](of))


def test_a_score_counts_what_agrees() -> None:
    right = Verdict(language="tr", expected="new", found="new", about="one")
    wrong = Verdict(language="tr", expected="new", found="related", about="two")
    score = Score(name="relations", of=JudgementSet.FIRST, verdicts=(right, right, right, wrong))
    assert score.accuracy == 0.75
    assert score.by_language() == {"tr": (3, 4)}
    assert score.confusions() == {("new", "new"): 3, ("new", "related"): 1}
    assert score.confusions_by_language() == {"tr": {("new", "related"): 1}}
    assert score.differences() == [wrong]


def test_the_sets_have_no_text_in_common() -> None:
    first, second = ({*texts(of)} for of in JudgementSet)
    assert first & second == set()


def texts(of: JudgementSet) -> Iterator[str]:
    yield from (row.text for row in sets.languages(of))
    yield from (row.text for row in sets.urgencies(of))
    yield from (row.text for row in sets.deadlines(of))
    yield from (pair.first.text for pair in sets.relations(of))


def assert_kept(score: Score) -> None:
    floor = sets.floors(score.of)[score.name]
    assert score.accuracy >= floor, f"{score.name}: {score.accuracy:.3f} is under its floor of {floor}"
