"""A replay of a few corpus mails: every line keeps the contract of docs/replay.md."""

import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from config.instant import utcnow
from daemon import replay
from daemon.replay import Job, read_job, replayed, run
from parsers.facts import Report
from parsers.knowledge import Knowledge
from parsers.report import read
from rules.site import SHIPPED

ROOT = Path(__file__).resolve().parents[3]
CORPUS = ROOT / "tests" / "corpus"
SENDERS = CORPUS / "senders.json"
FILES = {
    number: next(CORPUS.glob(f"messages/{number}-*.eml")).name
    for number in ("001", "002", "003", "004", "009", "024", "025", "056", "108", "138")
}
KEYS = {
    "file": str,
    "language": str | None,
    "kind": str,
    "sender_class": str,
    "verified": bool,
    "urgency": str,
    "deadline": dict | None,
    "harm": str,
    "refs": list,
    "authority_ref": str | None,
    "relation": dict,
    "own_text": str,
    "attachments": list,
    "acknowledge": bool,
    "ticket": str | None,
    "route": str,
    "reasons": list,
}

Line = dict[str, Any]


@pytest.fixture(scope="module")
def corpus() -> Job:
    """The whole corpus."""
    return read_job(CORPUS / "labels.jsonl", organisations=SENDERS, config=SHIPPED)


def few(corpus: Job, *numbers: str) -> Job:
    """The corpus, cut down to these mails."""
    return replace(corpus, lines=[line for line in corpus.lines if line.file[:3] in numbers])


@pytest.fixture(scope="module")
def lines(corpus: Job, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Line]:
    """The outcomes by the numbers of their files."""
    out = tmp_path_factory.mktemp("replay") / "out.jsonl"
    assert run(few(corpus, *FILES), out=out, console=Console(quiet=True))
    parsed = [json.loads(line) for line in out.read_text().splitlines()]
    assert [line["file"] for line in parsed] == list(FILES.values())
    return {line["file"][:3]: line for line in parsed}


@pytest.mark.parametrize("number", FILES)
def test_a_line_has_the_keys_of_the_contract_in_their_order(lines: dict[str, Line], number: str) -> None:
    line = lines[number]
    assert list(line) == list(KEYS)
    wrong = {key: line[key] for key, kind in KEYS.items() if not isinstance(line[key], kind)}
    assert wrong == {}


def test_a_deadline_is_an_instant_with_its_offset_and_its_source(lines: dict[str, Line]) -> None:
    deadline = lines["001"]["deadline"]
    assert deadline == {
        "at": "2026-10-19T11:14:22+00:00",
        "binding": True,
        "phrase": "dört saat içinde",
        "source": "stated",
    }


def test_the_clock_stands_at_the_time_of_receipt(corpus: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def looking(raw: bytes, *, received_at: datetime, knowledge: Knowledge) -> Report:
        seen.append((utcnow(), received_at))
        return read(raw, received_at=received_at, knowledge=knowledge)

    monkeypatch.setattr(replay, "read", looking)
    assert [outcome.error for outcome in replayed(few(corpus, "001", "024"))] == [None, None]
    assert len(seen) == 2
    assert all(now == received_at for now, received_at in seen)


def test_references_and_attachments_are_written_as_in_the_labels(lines: dict[str, Line]) -> None:
    assert lines["001"]["refs"] == ["video:7431902286571148306", "video:7431907713320096274"]
    assert lines["009"]["attachments"] == [
        {"name": "2026-1432 D.İş Gerekçeli Karar.pdf", "type": "application/pdf"}
    ]


def test_a_copy_names_the_first_message_of_its_matter(lines: dict[str, Line]) -> None:
    assert lines["002"]["relation"] == {"type": "duplicate", "of": FILES["001"]}
    assert lines["002"]["ticket"] == lines["001"]["ticket"]


def test_the_same_content_from_another_sender_names_the_matter_that_it_is_linked_to(
    lines: dict[str, Line],
) -> None:
    assert lines["108"]["relation"] == {"type": "related", "of": FILES["024"]}
    assert lines["108"]["ticket"] != lines["024"]["ticket"]


def test_a_new_mail_names_no_other(lines: dict[str, Line]) -> None:
    assert lines["003"]["relation"] == {"type": "new", "of": None}


def test_a_foreseen_key_is_given_to_the_ticket_of_its_mail(lines: dict[str, Line]) -> None:
    assert [lines[number]["ticket"] for number in ("001", "003")] == ["INC-1003", "INC-1005"]


def test_other_keys_begin_at_900001(lines: dict[str, Line]) -> None:
    others = [line["ticket"] for line in lines.values() if re.fullmatch(r"INC-9\d{5}", line["ticket"] or "")]
    assert others[0] == "INC-900001"
    assert others == sorted(others)


def test_an_answer_to_the_acknowledgement_joins_the_matter_that_was_acknowledged(
    lines: dict[str, Line],
) -> None:
    assert lines["004"]["relation"] == {"type": "followup", "of": FILES["003"]}
    assert lines["004"]["ticket"] == "INC-1005"


def test_a_newsletter_has_a_route_and_no_ticket(lines: dict[str, Line]) -> None:
    assert lines["025"]["ticket"] is None
    assert lines["025"]["route"]


def test_a_forged_sender_is_not_verified_and_not_acknowledged(lines: dict[str, Line]) -> None:
    assert (lines["138"]["verified"], lines["138"]["acknowledge"]) == (False, False)


def test_the_reasons_tell_relation_urgency_and_route(lines: dict[str, Line]) -> None:
    reasons = lines["001"]["reasons"]
    assert any("nothing known" in reason for reason in reasons)
    assert any("dört saat" in reason for reason in reasons)
    assert any(reason.startswith("route ") for reason in reasons)


def test_the_urgency_is_the_mails_own_whatever_its_matter_had(lines: dict[str, Line]) -> None:
    assert (lines["003"]["urgency"], lines["004"]["urgency"]) == ("critical", "low")


def test_two_runs_give_the_same_octets(corpus: Job) -> None:
    mails = few(corpus, "001", "002", "024")
    first, second = ([outcome.json_line() for outcome in replayed(mails)] for _ in range(2))
    assert first == second
