"""A labelled folder: how labels and outcomes are brought together, and how floors are kept."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from config.faults import ConfigurationError
from daemon.evaluate import Sample, broken_floors, pair_up, read_request, read_sample
from daemon.measures import Pair, differing
from daemon.outcome import Outcome, RelationFound
from daemon.score_sheet import evaluation_of, print_evaluation, print_verdicts
from parsers.facts import Kind, RelationType
from rules.site import SHIPPED

MAIL = "From: Alice <alice@media.example>\nSubject: Our order\n\nWithin two working days, please.\n"
FILES = ("one.eml", "two.eml", "three.eml")
JOINED_TWO = RelationFound(type=RelationType.FOLLOWUP, of="two.eml")


def write_sample(folder: Path, *labels: dict[str, Any]) -> Sample:
    """A labelled folder with a Turkish sender."""
    (folder / "messages").mkdir()
    for file in FILES:
        (folder / "messages" / file).write_text(MAIL)
    lines = [
        json.dumps({"file": file, "mailbox": "le", "received_at": "2026-11-05T09:00:00Z", **label})
        for file, label in zip(FILES, labels, strict=False)
    ]
    (folder / "labels.jsonl").write_text("\n".join(lines))
    (folder / "senders.json").write_text(
        '{"domains": {"media.example": "regulator"}, "countries": {"media.example": "TR"}}'
    )
    return read_sample(folder, SHIPPED)


def test_a_matter_is_known_by_its_first_mail_whichever_mail_of_it_is_named(tmp_path: Path) -> None:
    sample = write_sample(
        tmp_path,
        {"relation": {"type": "new"}},
        {"relation": {"type": "duplicate", "of": "one.eml"}},
        {"relation": {"type": "followup", "of": "two.eml"}},
    )
    outcomes = [Outcome(file=file, relation=JOINED_TWO) for file in FILES]
    pairs = pair_up(sample, outcomes)
    assert [pair.matter for pair in pairs] == ["one.eml"] * 3
    assert (pairs[2].wanted_of, pairs[2].found_of) == ("one.eml", "one.eml")


def test_a_related_mail_has_a_matter_of_its_own(tmp_path: Path) -> None:
    sample = write_sample(tmp_path, {}, {"relation": {"type": "related", "of": "one.eml"}})
    pairs = pair_up(sample, [Outcome(file=file) for file in FILES[:2]])
    assert (pairs[1].matter, pairs[1].wanted_of) == ("two.eml", "one.eml")


def test_working_days_end_in_the_country_of_the_sender(tmp_path: Path) -> None:
    sample = write_sample(tmp_path, {"deadline": {"working_days": 2}})
    (pair,) = pair_up(sample, [Outcome(file="one.eml")])
    assert pair.due is not None
    assert pair.due.isoformat() == "2026-11-09T23:59:59+03:00"


def test_the_whole_own_text_is_optional(tmp_path: Path) -> None:
    (tmp_path / "own_text.json").write_text('{"one.eml": "Within two working days, please."}')
    sample = write_sample(tmp_path, {}, {})
    pairs = pair_up(sample, [Outcome(file=file) for file in FILES[:2]])
    assert [pair.own_text for pair in pairs] == ["Within two working days, please.", None]


def test_own_texts_in_another_form_are_refused(tmp_path: Path) -> None:
    (tmp_path / "own_text.json").write_text('["Within two working days, please."]')
    with pytest.raises(ConfigurationError, match=r"own_text.json is not one JSON object"):
        write_sample(tmp_path, {})


def test_a_label_with_an_unknown_value_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r'labels.jsonl:2 kind: "answer" is not allowed'):
        write_sample(tmp_path, {"kind": "report"}, {"kind": "answer"})


def kinds_of(folder: Path) -> list[Pair]:
    sample = write_sample(folder, {"kind": "reply"}, {"kind": "reply"})
    found = [Outcome(file="one.eml", kind=Kind.REPLY), Outcome(file="two.eml", error="gone")]
    return pair_up(sample, found)


def test_a_measure_under_its_floor_is_named(tmp_path: Path) -> None:
    request = read_request(listed=None, floors=["kind=0.75", "language=0.1"], as_json=False)
    told = list(broken_floors(evaluation_of(kinds_of(tmp_path)), request.floors))
    assert told == [
        "language: no mail has a label for it, so its floor cannot be kept",
        "kind: 0.500 is under its floor of 0.75",
    ]


def test_more_faults_than_the_floor_allows_are_named(tmp_path: Path) -> None:
    sample = write_sample(tmp_path, {"relation": {"type": "new"}}, {}, {"relation": {"type": "new"}})
    found = [Outcome(file=file, relation=JOINED_TWO) for file in FILES]
    told = broken_floors(evaluation_of(pair_up(sample, found)), {"false_merges": 1})
    assert list(told) == ["false_merges: 2 is more than the 1 allowed"]


def test_kept_floors_are_not_told(tmp_path: Path) -> None:
    floors = {"kind": 0.5, "false_merges": 0.0}
    assert list(broken_floors(evaluation_of(kinds_of(tmp_path)), floors)) == []


def test_wrong_options_are_told_together_with_the_nearest_name() -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_request(listed=None, floors=["langage=0.9", "kind=high"], as_json=False)
    assert str(caught.value).splitlines() == [
        '--floor langage: is no measure; did you mean "language"?',
        "--floor kind: needs a number; write kind=0.9",
    ]


def test_a_wrong_measure_to_list_is_told() -> None:
    with pytest.raises(ConfigurationError, match=r"--list sort: is no measure"):
        read_request(listed="sort", floors=[], as_json=False)


def test_failed_mails_are_named(tmp_path: Path) -> None:
    pairs = kinds_of(tmp_path)
    assert evaluation_of(pairs).failed == ("two.eml",)
    shown = io.StringIO()
    print_evaluation(Console(file=shown), evaluation_of(pairs), as_json=False)
    assert "failed: two.eml" in shown.getvalue()


def test_in_a_pipe_there_are_no_lines_around_the_columns(tmp_path: Path) -> None:
    shown = io.StringIO()
    print_evaluation(Console(file=shown), evaluation_of(kinds_of(tmp_path)), as_json=False)
    assert ["kind", "0.500", "2"] in [line.split() for line in shown.getvalue().splitlines()]
    assert not set("│┃━─┏") & set(shown.getvalue())


def test_verdicts_are_printed_as_sentences_or_as_json(tmp_path: Path) -> None:
    sample = write_sample(tmp_path, {"refs": ["video:1", "video:2"]})
    pairs = pair_up(sample, [Outcome(file="one.eml")])
    wrong = differing("refs", pairs)
    sentences, document = io.StringIO(), io.StringIO()
    print_verdicts(Console(file=sentences), wrong, as_json=False)
    print_verdicts(Console(file=document), wrong, as_json=True)
    assert sentences.getvalue() == "one.eml: wanted video:1, video:2, found none\n"
    assert json.loads(document.getvalue()) == [
        {"file": "one.eml", "wanted": ["video:1", "video:2"], "found": [], "right": False}
    ]
