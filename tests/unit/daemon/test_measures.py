"""The measures of an evaluation, on examples small enough to be worked out by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from daemon.labels import Label
from daemon.measures import MEASURES, Pair, Score, confusion, differing, scores
from daemon.outcome import AttachmentFound, DeadlineFound, Outcome, RelationFound
from daemon.scoring import word_f1
from parsers.facts import Harm, Kind, RelationType, SenderClass, Urgency

RECEIVED = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)  # a Thursday
DUE = RECEIVED + timedelta(hours=24)


def label(**keys: Any) -> Label:  # noqa: ANN401  (any key of a label)
    return Label.model_validate(
        {"file": "one.eml", "mailbox": "le", "received_at": RECEIVED.isoformat(), **keys}
    )


def pair(labelled: dict[str, Any], *, of: dict[str, Any] | None = None, **found: Any) -> Pair:  # noqa: ANN401
    """A label with these keys and an outcome with these fields; `of` are further fields of the pair."""
    marked = label(**labelled)
    return Pair(
        label=marked, outcome=Outcome(file=marked.file, **found), **{"matter": marked.file, **(of or {})}
    )


def score(name: str, *pairs: Pair) -> Score:
    return next(one for one in scores(pairs) if one.name == name)


def value(name: str, *pairs: Pair) -> float | None:
    return score(name, *pairs).value


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("language", pair({"language": "tr"}, language="tr"), pair({"language": "tr"}, language="az")),
        ("kind", pair({"kind": "reply"}, kind=Kind.REPLY), pair({"kind": "reply"}, kind=Kind.REPORT)),
        (
            "sender_class",
            pair({"sender_class": "partner"}, sender_class=SenderClass.PARTNER),
            pair({"sender_class": "partner"}, sender_class=SenderClass.UNKNOWN),
        ),
        ("verified", pair({"auth": "none"}, verified=False), pair({"auth": "pass"}, verified=False)),
        (
            "urgency",
            pair({"urgency": "high"}, urgency=Urgency.HIGH),
            pair({"urgency": "high"}, urgency=Urgency.LOW),
        ),
        ("harm", pair({"harm": "fraud"}, harm=Harm.FRAUD), pair({"harm": "fraud"}, harm=Harm.OTHER)),
        ("acknowledge", pair({"ack": True}, acknowledge=True), pair({"ack": True}, acknowledge=False)),
        (
            "authority_ref",
            pair({"authority_ref": "2026/1432 D.İş"}, authority_ref="2026-1432-d.i̇ş"),
            pair({"authority_ref": "2026/1432"}, authority_ref=None),
        ),
        (
            "relation",
            pair({"relation": {"type": "new"}}, relation=RelationFound(type=RelationType.NEW)),
            pair({"relation": {"type": "new"}}, relation=RelationFound(type=RelationType.RELATED)),
        ),
        (
            "own_text",
            pair({"own_text_contains": ["a  b"], "own_text_excludes": ["c"]}, own_text="x a\nb\0 y"),
            pair({"own_text_excludes": ["c"]}, own_text="a b c"),
        ),
    ],
)
def test_an_accuracy_is_the_share_of_mails_that_agree(name: str, right: Pair, wrong: Pair) -> None:
    assert value(name, right, right, right, wrong) == 0.75


def test_what_is_not_labelled_is_not_measured() -> None:
    assert score("kind", pair({}, kind=Kind.REPLY)) == Score(name="kind", value=None, mails=0)


def test_what_is_labelled_as_null_is_measured() -> None:
    assert value("language", pair({"language": None}, language="tr")) == 0
    assert value("language", pair({"language": None}, language=None)) == 1


def test_macro_f1_weighs_a_rare_urgency_as_much_as_a_common_one() -> None:
    common = [pair({"urgency": "normal"}, urgency=Urgency.NORMAL)] * 3
    missed = pair({"urgency": "critical"}, urgency=Urgency.NORMAL)
    assert value("urgency", *common, missed) == 0.75
    assert value("urgency_macro_f1", *common, missed) == pytest.approx((6 / 7 + 0) / 2)


def test_a_critical_mail_that_is_read_as_high_is_not_recalled_but_not_missed() -> None:
    pairs = [
        pair({"urgency": "critical"}, urgency=Urgency.CRITICAL),
        pair({"urgency": "critical"}, urgency=Urgency.HIGH),
        pair({"urgency": "critical"}, urgency=Urgency.LOW),
        pair({"urgency": "normal"}, urgency=Urgency.LOW),
    ]
    assert value("critical_recall", *pairs) == pytest.approx(1 / 3)
    assert value("missed_critical", *pairs) == 1


def test_a_critical_mail_of_which_nothing_is_known_is_missed() -> None:
    assert value("missed_critical", pair({"urgency": "critical"}, error="gone")) == 1


@pytest.mark.parametrize(("seconds", "exact"), [(0, 1), (60, 1), (-60, 1), (61, 0)])
def test_a_deadline_is_exact_within_a_minute(seconds: int, exact: int) -> None:
    at = DUE + timedelta(seconds=seconds)
    deadline = DeadlineFound(at=at, binding=True, phrase="24 hours", source="stated")
    assert value("deadline", pair({"deadline": {"hours": 24}}, of={"due": DUE}, deadline=deadline)) == exact


def test_a_deadline_that_is_not_found_is_wrong_and_one_that_is_not_there_is_false() -> None:
    deadline = DeadlineFound(at=DUE, binding=True, phrase="24 hours", source="stated")
    pairs = [
        pair({"deadline": {"hours": 24}}, of={"due": DUE}),
        pair({"deadline": None}, deadline=deadline),
        pair({"deadline": None}),
    ]
    assert value("deadline", *pairs) == 0
    assert value("false_deadlines", *pairs) == 1


@pytest.mark.parametrize(
    ("deadline", "country", "due"),
    [
        ({"hours": 4}, None, "2026-11-05T13:00:00+00:00"),
        ({"at": "2026-11-06T12:00:00+03:00"}, None, "2026-11-06T12:00:00+03:00"),
        ({"working_days": 1}, None, "2026-11-06T23:59:59+00:00"),
        ({"working_days": 2}, "TR", "2026-11-09T23:59:59+03:00"),
    ],
)
def test_a_labelled_deadline_is_an_instant(deadline: dict[str, Any], country: str | None, due: str) -> None:
    labelled = label(deadline=deadline).deadline
    assert labelled is not None
    assert labelled.due(RECEIVED, country) == datetime.fromisoformat(due)


def test_a_deadline_in_two_forms_is_refused() -> None:
    with pytest.raises(ValidationError, match="exactly one"):
        label(deadline={"hours": 4, "working_days": 1})


def test_references_are_counted_over_all_mails_together() -> None:
    pairs = [
        pair({"refs": ["video:1", "video:2", "user:a"]}, refs=("video:1", "video:2")),
        pair({"refs": []}, refs=("user:b", "user:c")),
    ]
    assert value("refs_precision", *pairs) == pytest.approx(2 / 4)
    assert value("refs_recall", *pairs) == pytest.approx(2 / 3)
    assert value("refs", *pairs) == pytest.approx(4 / 7)


def test_nothing_wanted_and_nothing_found_is_perfect() -> None:
    nothing = pair({"refs": []})
    assert [value(name, nothing) for name in ("refs_precision", "refs_recall", "refs")] == [1, 1, 1]


def test_attachments_are_compared_by_name_and_a_name_that_stands_twice_counts_twice() -> None:
    twice = pair(
        {"attachments": [{"name": "a.pdf"}, {"name": "a.pdf"}]},
        attachments=(AttachmentFound(name="a.pdf", type="application/pdf"),),
    )
    assert value("attachments", twice) == pytest.approx(2 / 3)


JOINED = RelationFound(type=RelationType.DUPLICATE, of="any.eml")


def test_a_mail_that_joined_another_matter_is_a_false_merge() -> None:
    keys = {"relation": {"type": "new"}}
    pairs = [
        pair(keys, of={"matter": "one.eml", "found_of": "other.eml"}, relation=JOINED),
        pair(keys, of={"matter": "one.eml", "found_of": "one.eml"}, relation=JOINED),
        pair(keys, of={"matter": "one.eml", "found_of": "other.eml"}),
    ]
    assert score("false_merges", *pairs) == Score(name="false_merges", value=1, mails=3, counts_faults=True)


def test_only_a_hard_negative_counts_as_one_merged() -> None:
    hard = {"relation": {"type": "new"}, "hard_negative_of": "other.eml"}
    merged = {"matter": "one.eml", "found_of": "other.eml"}
    pairs = [
        pair(hard, of=merged, relation=JOINED),
        pair({"relation": {"type": "new"}}, of=merged, relation=JOINED),
    ]
    assert value("hard_negatives_merged", *pairs) == 1


def test_the_other_mail_of_a_relation_is_right_when_it_is_of_the_same_matter() -> None:
    keys = {"relation": {"type": "followup", "of": "first.eml"}}
    right = pair(keys, of={"wanted_of": "first.eml", "found_of": "first.eml"})
    wrong = pair(keys, of={"wanted_of": "first.eml", "found_of": None})
    assert value("relation_of", right, wrong) == 0.5


def test_the_words_of_the_own_text_are_compared_as_bags() -> None:
    assert word_f1("a b b", "b a c") == pytest.approx(4 / 6)
    assert word_f1("", "") == 1
    assert value("own_text_words", pair({}, of={"own_text": "a b"}, own_text="b")) == pytest.approx(2 / 3)


def test_confusion_counts_wanted_and_found() -> None:
    pairs = [pair({"urgency": "high"}, urgency=Urgency.LOW)] * 2
    assert confusion("urgency", pairs) == {("high", "low"): 2}


def test_the_mails_that_differ_are_named_with_wanted_and_found() -> None:
    pairs = [pair({"kind": "reply"}, kind=Kind.REPLY), pair({"kind": "reply"}, kind=Kind.SPAM)]
    (verdict,) = differing("kind", pairs)
    assert (verdict.file, verdict.wanted, verdict.found) == ("one.eml", Kind.REPLY, Kind.SPAM)


def test_a_floor_is_a_least_score_or_a_most_number_of_faults() -> None:
    share = Score(name="kind", value=0.9, mails=10)
    faults = Score(name="false_merges", value=1, mails=10, counts_faults=True)
    assert (share.keeps(0.9), share.keeps(0.91)) == (True, False)
    assert (faults.keeps(1), faults.keeps(0)) == (True, False)


def test_what_was_not_measured_keeps_no_floor() -> None:
    assert not Score(name="kind", value=None, mails=0).keeps(0)


def test_no_mails_at_all_have_no_score_but_also_no_faults() -> None:
    assert {one.name: one.value for one in scores([])} == {
        name: 0 if measure.counts_faults else None for name, measure in MEASURES.items()
    }


def test_a_score_does_not_depend_on_the_order_of_the_mails() -> None:
    pairs = [
        pair({"urgency": "high"}, urgency=Urgency.LOW),
        pair({"urgency": "low"}, urgency=Urgency.LOW),
        replace(pair({"urgency": "critical"}, urgency=Urgency.HIGH), own_text="a b"),
    ]
    assert scores(pairs) == scores(pairs[::-1])
