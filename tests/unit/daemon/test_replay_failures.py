"""What goes wrong in a replay: each mail still gets its line, and the others are dealt with."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from config.faults import ConfigurationError
from connectors.errors import Refused
from connectors.jira.client import JiraCloud
from connectors.tickets import Created, TicketDraft
from daemon import decide, replay
from daemon.known import Known
from daemon.manifest import ManifestLine, read_senders
from daemon.outcome import Outcome
from daemon.relate import Standing, relate
from daemon.replay import Job, replayed, run
from parsers.facts import Report
from parsers.message import Unreadable
from parsers.report import read
from rules.site import Site
from tests.support.site import ROUTING
from tests.support.site import site as make_site

RECEIVED = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
SENDERS = '{"domains": {"regulator.example": "regulator"}}'
MAIL = """\
Authentication-Results: mx.clipora.example; dmarc=pass header.from=regulator.example
From: Alice <alice@regulator.example>
Message-ID: <{name}@regulator.example>
Subject: Our case {name}

Please remove https://clipora.example/@someone/video/74319022865711{number:05}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("site")
    (folder / "senders.json").write_text(SENDERS)
    return replace(make_site(folder), directory=read_senders(folder / "senders.json"))


@pytest.fixture
def job(tmp_path: Path, site: Site) -> Job:
    """Three mails about different things."""
    for number, name in enumerate(("one", "two", "three")):
        (tmp_path / f"{name}.eml").write_text(MAIL.format(name=name, number=number))
    lines = [
        ManifestLine(file=f"{name}.eml", mailbox="regulators", received_at=RECEIVED)
        for name in ("one", "two", "three")
    ]
    return Job(site=site, folder=tmp_path, lines=lines)


def outcomes(job: Job) -> list[Outcome]:
    return list(replayed(job))


def other_tickets(found: list[Outcome]) -> list[str | None]:
    """The tickets of the first and the third mail."""
    assert [found[0].error, found[2].error] == [None, None]
    return [found[0].ticket, found[2].ticket]


def test_a_missing_file_gets_a_line_that_says_so(job: Job, tmp_path: Path) -> None:
    (tmp_path / "two.eml").unlink()
    found = outcomes(job)
    assert found[1] == Outcome(file="two.eml", error="the file cannot be read: No such file or directory")
    assert other_tickets(found) == ["INC-900001", "INC-900002"]


def test_a_failed_line_has_every_key_and_an_error(job: Job, tmp_path: Path) -> None:
    (tmp_path / "two.eml").unlink()
    good, failed, _ = (json.loads(outcome.json_line()) for outcome in outcomes(job))
    assert list(failed) == [*good, "error"]


def test_a_mail_that_cannot_be_read_is_held_as_in_the_daemon(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(raw: bytes, **arguments: Any) -> Report:  # noqa: ANN401
        if b"case two" in raw:
            raise Unreadable("too deep")
        return read(raw, **arguments)

    monkeypatch.setattr(replay, "read", unreadable)
    found = outcomes(job)
    assert found[1].error == "too deep"
    assert found[1].ticket == "INC-900002"
    assert other_tickets(found) == ["INC-900001", "INC-900003"]


def test_a_mail_that_cannot_be_decided_does_not_stop_the_others(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(known: Known) -> Standing:
        if "two" in known.report.subject:
            raise RuntimeError("words of the mail")
        return relate(known)

    monkeypatch.setattr(decide, "relate", broken)
    found = outcomes(job)
    assert found[1].error == "could not be decided in 3 tries"
    assert [outcome.ticket for outcome in found] == ["INC-900001", "INC-900002", "INC-900003"]


def test_a_ticket_that_is_refused_is_an_error_of_its_mail(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    create = JiraCloud.create

    def refusing(self: JiraCloud, draft: TicketDraft, *, token: str) -> Created:
        if "00001" in draft.summary:
            raise Refused("Jira answered 400 to POST issue")
        return create(self, draft, token=token)

    monkeypatch.setattr(JiraCloud, "create", refusing)
    found = outcomes(job)
    assert found[1].error == "create is not delivered: Jira answered 400 to POST issue"
    assert found[1].ticket is None
    assert found[1].sender_class == "regulator"
    assert other_tickets(found) == ["INC-900001", "INC-900002"]


def test_a_run_with_a_failed_mail_says_so_and_writes_all_lines(job: Job, tmp_path: Path) -> None:
    (tmp_path / "two.eml").unlink()
    told = io.StringIO()
    assert not run(job, out=tmp_path / "out.jsonl", console=Console(file=told))
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == len(job.lines)
    assert told.getvalue() == "two.eml: the file cannot be read: No such file or directory\n"


def test_a_foreseen_key_is_reported_when_its_mail_opens_no_ticket(job: Job, tmp_path: Path) -> None:
    (tmp_path / "copy.eml").write_bytes((tmp_path / "one.eml").read_bytes() + b"\r\n")
    copy = job.lines[0].model_copy(update={"file": "copy.eml", "ticket": "INC-7"})
    told = io.StringIO()
    twice = replace(job, lines=[job.lines[0], copy])
    assert run(twice, out=tmp_path / "out.jsonl", console=Console(file=told))
    assert told.getvalue() == "copy.eml: opened no ticket, so INC-7 was not given to any\n"


def test_an_acknowledgement_that_is_answered_leads_to_the_matter(job: Job, tmp_path: Path) -> None:
    header = "In-Reply-To: <ack@ours.example>\nSubject"
    answer = MAIL.format(name="answer", number=9).replace("Subject", header)
    (tmp_path / "answer.eml").write_text(answer)
    acknowledged = job.lines[1].model_copy(update={"ack_message_id": "<ack@ours.example>"})
    reply = job.lines[0].model_copy(update={"file": "answer.eml"})
    found = outcomes(replace(job, lines=[job.lines[0], acknowledged, reply]))
    assert found[2].relation.of == "two.eml"


def test_every_project_that_the_rules_name_is_there(job: Job, tmp_path: Path) -> None:
    routing = ROUTING.replace(
        "routes:",
        "routes:\n  - name: urgent\n    when: {subject: {contains: [two]}}\n"
        "    then: {project: LEGAL, issue_type: Order}",
    )
    site = replace(make_site(tmp_path, routing=routing), directory=job.site.directory)
    found = outcomes(replace(job, site=site))
    assert [outcome.ticket for outcome in found] == ["INC-900001", "LEGAL-900001", "INC-900002"]


def test_an_output_that_cannot_be_written_is_told_before_anything_is_done(job: Job, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"out.jsonl cannot be written: No such file"):
        run(job, out=tmp_path / "nowhere" / "out.jsonl", console=Console(quiet=True))
