"""Files, reopened tickets and what is told of refused files, on the judged sandbox of either edition."""

import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

import pytest

from connectors.jira.sandbox.server import Sandbox
from connectors.jira.tickets import JiraTickets
from connectors.tickets import StatusTarget
from daemon.store.database import Database
from daemon.store.models import RawMail
from parsers.attachments import read_attachments
from parsers.facts import Harm, Kind
from parsers.message import parse_message
from tests.support.couriers import deliver_all
from tests.support.raw_mails import entity, multipart
from tests.support.reports import report
from tests.support.site import site as make_site
from tests.unit.daemon.conftest import Desk

SMALL, LARGE = b"%PDF-1.7\r\n%%EOF", b"%PDF-1.7\r\n" + bytes(5_000) + b"\r\n%%EOF"
RAW = multipart(
    entity(b"text/plain", b"See the files."),
    entity(b"application/pdf", SMALL, name=b"small.pdf", encoded=True),
    entity(b"application/pdf", LARGE, name=b"large.pdf", encoded=True),
)
ROUTING = """\
default:
  then: {project: INC, issue_type: Task, attachments: attach}
"""
REPORT = report(harm=Harm.IP, attachments=read_attachments(parse_message(RAW).root))
ATTACH = r"/rest/api/\d/issue/INC-1/attachments"
LIMIT = r"/rest/api/\d/attachment/meta"
MOVE = r"/rest/api/\d/issue/INC-1/transitions"


@pytest.fixture
def desk(tmp_path: Path, sqlite_template: Path) -> Iterator[Desk]:
    plain = make_site(tmp_path, routing=ROUTING)
    jira = plain.settings.jira.model_copy(update={"reopen_to": "To Do"})
    site = replace(plain, settings=plain.settings.model_copy(update={"jira": jira}))
    (tmp_path / "mailwarden.db").write_bytes(sqlite_template.read_bytes())
    with closing(Database(f"sqlite:///{tmp_path}/mailwarden.db")) as database:
        yield Desk(database, site)


def take_in(desk: Desk) -> None:
    relation = desk.decide(REPORT)
    with desk.database.write("test") as session:
        stored = session.get_one(RawMail, desk.message(relation.message_id).sha256)
        stored.compressed = zlib.compress(RAW)


def contents(sandbox: Sandbox) -> list[bytes]:
    return [attached.content for attached in sandbox.store.ticket("INC-1").attachments]


def comments(sandbox: Sandbox) -> list[str]:
    return [str(comment.body) for comment in sandbox.store.ticket("INC-1").comments]


def test_files_keep_their_octets(sandbox: Sandbox, client: JiraTickets, desk: Desk) -> None:
    take_in(desk)
    deliver_all(desk, client)
    assert contents(sandbox) == [SMALL, LARGE]
    assert comments(sandbox) == []


@pytest.mark.parametrize("fault", ["execute_then_drop", "drop_before_execute"])
def test_a_lost_answer_leaves_each_file_there_once(
    sandbox: Sandbox, client: JiraTickets, desk: Desk, fault: str
) -> None:
    getattr(sandbox.faults, fault)("POST", ATTACH)
    take_in(desk)
    deliver_all(desk, client)
    assert contents(sandbox) == [SMALL, LARGE]


@pytest.mark.parametrize("limit", ["told", "not told"])
def test_a_file_beyond_the_limit_is_told_on_the_ticket(
    sandbox: Sandbox, client: JiraTickets, desk: Desk, limit: str
) -> None:
    sandbox.store.upload_limit = len(SMALL)
    if limit == "not told":
        for _ in range(2):
            sandbox.faults.answer("GET", LIMIT, status=HTTPStatus.OK, body=b'{"enabled": true}')
    take_in(desk)
    deliver_all(desk, client)
    assert contents(sandbox) == [SMALL]
    [note] = comments(sandbox)
    assert "1 file is not attached." in note
    assert "large.pdf" in note


def test_a_closed_ticket_is_opened_by_a_reminder(sandbox: Sandbox, client: JiraTickets, desk: Desk) -> None:
    take_in(desk)
    deliver_all(desk, client)
    client.transition("INC-1", StatusTarget.done())
    sandbox.faults.execute_then_drop("POST", MOVE)
    desk.decide(replace(REPORT, kind=Kind.REPLY, content_digest="b"))
    deliver_all(desk, client)
    assert sandbox.store.ticket("INC-1").status.name == "To Do"
    assert sandbox.requests("POST", MOVE) == 2  # to close it, and to open it again once
    assert contents(sandbox) == [SMALL, LARGE]
