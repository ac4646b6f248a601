"""Attached files are copied to tickets once each, and a refusal holds nothing up."""

import hashlib
import zlib
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import select

from connectors.errors import Gone, OutcomeUnknown, Refused
from connectors.tickets import FactTable, TicketText
from daemon.retry import retry_failed
from daemon.splitting import split
from daemon.store.database import Database
from daemon.store.models import Action, RawMail
from daemon.store.states import ActionKind, ActionState
from parsers.attachments import read_attachments
from parsers.facts import Harm, Kind, Report
from parsers.message import parse_message
from rules.site import Site
from tests.support.corrections import put_right
from tests.support.couriers import deliver_all
from tests.support.raw_mails import entity, multipart
from tests.support.reports import report
from tests.support.site import site as make_site
from tests.support.tickets import MemoryTickets
from tests.unit.daemon.conftest import Desk

LETTER, TABLE = b"%PDF-1.7\r\n%%EOF", b"account;day\r\n1;2\r\n"
ROUTING = """\
default:
  then: {project: INC, issue_type: Task, attachments: attach}
"""


def mail(*files: tuple[bytes, bytes, bytes]) -> bytes:
    """A mail with these files: name, type, content."""
    return multipart(
        entity(b"text/plain", b"See the files."),
        *(entity(kind, content, name=name, encoded=True) for name, kind, content in files),
    )


RAW = mail((b"letter.pdf", b"application/pdf", LETTER), (b"table.csv", b"text/csv", TABLE))


def about(raw: bytes) -> Report:
    return report(harm=Harm.IP, attachments=read_attachments(parse_message(raw).root))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return make_site(tmp_path_factory.mktemp("attaching"), routing=ROUTING)


@pytest.fixture
def tickets() -> MemoryTickets:
    return MemoryTickets()


def decide(desk: Desk, report: Report, raw: bytes = RAW) -> None:
    """Decide it, with the mail in the store."""
    relation = desk.decide(report)
    with desk.database.write("test") as session:
        stored = session.get_one(RawMail, desk.message(relation.message_id).sha256)
        stored.compressed = zlib.compress(raw)


def actions(database: Database, *kinds: ActionKind) -> list[Action]:
    wanted = select(Action).where(Action.kind.in_(kinds or tuple(ActionKind))).order_by(Action.id)
    with database.read() as session:
        return list(session.scalars(wanted))


def contents(tickets: MemoryTickets, key: str = "INC-1") -> list[tuple[str, bytes]]:
    return sorted((file.name, file.content) for file in tickets.tickets[key].files.values())


def rows(text: TicketText) -> list[str]:
    return [value for block in text if isinstance(block, FactTable) for _, value in block.rows]


BOTH = [("letter.pdf", LETTER), ("table.csv", TABLE)]


def test_each_file_is_copied_to_the_new_ticket(desk: Desk, tickets: MemoryTickets) -> None:
    decide(desk, about(RAW))
    deliver_all(desk, tickets)
    assert contents(tickets) == BOTH
    assert [action.kind for action in actions(desk.database)] == [
        ActionKind.CREATE,
        ActionKind.ATTACH,
        ActionKind.ATTACH,
    ]


def test_a_plan_holds_no_octets_of_a_file(desk: Desk) -> None:
    decide(desk, about(RAW))
    [letter, _] = actions(desk.database, ActionKind.ATTACH)
    assert letter.payload == {
        "sha256": hashlib.sha256(LETTER).hexdigest(),
        "name": "letter.pdf",
        "content_type": "application/pdf",
        "size": len(LETTER),
    }


def test_the_ticket_says_where_each_file_is(desk: Desk, tickets: MemoryTickets) -> None:
    raw = mail((b"letter.pdf", b"application/pdf", LETTER), (b"p.gif", b"image/gif", b"GIF89a" + bytes(20)))
    decide(desk, about(raw), raw)
    deliver_all(desk, tickets)
    told = str(tickets.tickets["INC-1"].draft.text)
    assert f"SHA-256 {hashlib.sha256(LETTER).hexdigest()}, on this ticket" in told
    assert "not attached: no rule copies files of type image/gif" in told
    assert contents(tickets) == BOTH[:1]


def test_files_about_child_safety_stay_in_the_store(desk: Desk, tickets: MemoryTickets) -> None:
    decide(desk, replace(about(RAW), harm=Harm.CHILD_SAFETY))
    deliver_all(desk, tickets)
    assert contents(tickets) == []


def test_the_same_file_of_a_later_mail_is_not_copied_again(desk: Desk, tickets: MemoryTickets) -> None:
    decide(desk, about(RAW))
    another = mail((b"again.pdf", b"application/pdf", LETTER), (b"new.csv", b"text/csv", b"a;b\r\n3;4\r\n"))
    decide(desk, replace(about(another), kind=Kind.REPLY, content_digest="b"), another)
    deliver_all(desk, tickets)
    assert contents(tickets) == [BOTH[0], ("new.csv", b"a;b\r\n3;4\r\n"), BOTH[1]]


def test_one_file_twice_in_a_mail_is_copied_once(desk: Desk, tickets: MemoryTickets) -> None:
    raw = mail((b"a.pdf", b"application/pdf", LETTER), (b"b.pdf", b"application/pdf", LETTER))
    decide(desk, about(raw), raw)
    deliver_all(desk, tickets)
    assert contents(tickets) == [("a.pdf", LETTER)]


def test_a_file_that_was_taken_before_the_line_broke_is_found_not_sent_again(
    desk: Desk, tickets: MemoryTickets
) -> None:
    decide(desk, about(RAW))
    tickets.after["attach"] = [OutcomeUnknown("time-out")]
    deliver_all(desk, tickets)
    assert (tickets.calls["attach"], contents(tickets)) == (2, BOTH)
    assert actions(desk.database, ActionKind.ATTACH)[0].state is ActionState.ADOPTED


def test_a_file_that_was_lost_on_the_way_is_sent_again(desk: Desk, tickets: MemoryTickets) -> None:
    decide(desk, about(RAW))
    tickets.before["attach"] = [OutcomeUnknown("time-out")]
    deliver_all(desk, tickets)
    assert (tickets.calls["attach"], contents(tickets)) == (3, BOTH)


def test_a_refused_file_holds_nothing_up_and_the_ticket_says_so(desk: Desk, tickets: MemoryTickets) -> None:
    decide(desk, about(RAW))
    decide(desk, replace(about(RAW), kind=Kind.REPLY, content_digest="b"))
    tickets.before["attach"] = [Refused("a file of 15 octets is more than the 10 that Jira takes")]
    deliver_all(desk, tickets)
    assert contents(tickets) == BOTH[1:]
    first, _ = actions(desk.database, ActionKind.ATTACH)
    assert (first.state, first.trouble) == (
        ActionState.FAILED,
        "a file of 15 octets is more than the 10 that Jira takes",
    )
    *_, note = tickets.tickets["INC-1"].comments.values()
    sha256 = hashlib.sha256(LETTER).hexdigest()
    assert rows(note) == [f"letter.pdf, SHA-256 {sha256}: {first.trouble}"]
    assert "1 file is not attached." in str(note)
    assert len(tickets.tickets["INC-1"].comments) == 2


def test_several_refused_files_are_told_in_one_comment(desk: Desk, tickets: MemoryTickets) -> None:
    decide(desk, about(RAW))
    tickets.before["attach"] = [Refused("no"), Refused("no")]
    deliver_all(desk, tickets)
    [note] = tickets.tickets["INC-1"].comments.values()
    assert [row.partition(",")[0] for row in rows(note)] == ["letter.pdf", "table.csv"]


def test_a_file_that_is_refused_again_after_a_retry_is_told_once(desk: Desk, tickets: MemoryTickets) -> None:
    decide(desk, about(RAW))
    tickets.before["attach"] = [Refused("no")]
    deliver_all(desk, tickets)
    tickets.before["attach"] = [Refused("no")]
    retry_failed(desk.database, "INC-1")
    deliver_all(desk, tickets)
    assert (tickets.calls["attach"], len(tickets.tickets["INC-1"].comments)) == (3, 1)


def test_a_retry_attaches_what_jira_takes_by_now(desk: Desk, tickets: MemoryTickets) -> None:
    decide(desk, about(RAW))
    tickets.before["attach"] = [Refused("attachments are switched off")]
    deliver_all(desk, tickets)
    retry_failed(desk.database, "INC-1")
    deliver_all(desk, tickets)
    assert contents(tickets) == BOTH


def test_a_ticket_that_is_gone_ends_it(desk: Desk, tickets: MemoryTickets) -> None:
    decide(desk, about(RAW))
    tickets.before["attach"] = [Gone("INC-1 is not there")] * 2
    tickets.before["comment"] = [Gone("INC-1 is not there")]
    deliver_all(desk, tickets)
    assert {action.state for action in actions(desk.database, ActionKind.ATTACH)} == {ActionState.FAILED}


@pytest.mark.parametrize("stored", [b"From: a@b.example\r\n\r\nnothing attached\r\n", b"\r\n" * 700_000])
def test_a_mail_that_does_not_hold_the_file_any_more_is_told(
    desk: Desk, tickets: MemoryTickets, stored: bytes
) -> None:
    decide(desk, about(RAW), stored)
    deliver_all(desk, tickets)
    troubles = {action.trouble for action in actions(desk.database, ActionKind.ATTACH)}
    assert troubles == {"the file can't be taken out of the stored mail again; look at the mail itself"}
    assert tickets.calls["attach"] == 0


def test_what_a_person_splits_off_takes_its_files_along(
    desk: Desk, site: Site, tickets: MemoryTickets
) -> None:
    decide(desk, about(RAW))
    decide(desk, replace(about(RAW), kind=Kind.REPLY, content_digest="b"))
    deliver_all(desk, tickets)
    put_right(desk.database, site, partial(split, name="INC-1", numbers=(2,)))
    deliver_all(desk, tickets)
    assert contents(tickets) == contents(tickets, "INC-2") == BOTH
