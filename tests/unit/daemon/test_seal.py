"""The ledger is sealed in order, once, and what anybody does to it afterwards is found."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from config.instant import standing_at
from daemon.chain import Content, Place, digest
from daemon.heads import FILE_NAME, Head, Heads, HeadsUnreadable
from daemon.ledger import Event, record
from daemon.ledger_check import Kind
from daemon.seal import BATCH, ChainBroken
from daemon.store.database import Database
from daemon.store.models import LedgerEntry
from tests.support.reports import PLAIN, RECEIVED
from tests.support.sealing import move, record_some, seal_some, sealer, tamper, verdict
from tests.unit.daemon.conftest import Desk


def sequences(database: Database) -> list[int | None]:
    """By id."""
    with database.read() as session:
        return list(session.scalars(select(LedgerEntry.sequence).order_by(LedgerEntry.id)))


def found(database: Database, folder: Path) -> list[tuple[Kind, int, int]]:
    told = verdict(database, folder)
    return [(finding.kind, finding.first, finding.last) for finding in told.findings]


INSERT = (
    "INSERT INTO ledger (at, event, facts, sequence, digest) "
    "SELECT at, 'handed out', facts, :sequence, digest FROM ledger WHERE sequence = 1"
)


def test_the_digest_is_the_documented_one() -> None:
    content = Content(
        at=datetime(2026, 11, 3, 12, 30, tzinfo=UTC),
        event="decided",
        message_id=7,
        matter_id=None,
        action_id=None,
        facts={"b": "é", "a": 1},
    )
    # printf '%s' '{"action_id":null,"at":"2026-11-03T12:30:00.000000+00:00","event":"decided",
    # "facts":{"a":1,"b":"é"},"matter_id":null,"message_id":7,"previous":"00","sequence":2}' (in one line)
    # | openssl dgst -sha256 -hmac key
    wanted = "63e14557d74f3bb4c7322167c3f7722a78fe782be3d37a19204c597ebd73e5b0"
    assert digest(b"key", content, Place(sequence=2, previous="00")) == wanted


def test_entries_are_sealed_in_the_order_of_their_ids(database: Database, tmp_path: Path) -> None:
    record_some(database, 3)
    assert sealer(database, tmp_path).work() is False
    assert sequences(database) == [1, 2, 3]
    assert verdict(database, tmp_path).whole


def test_more_than_a_batch_is_sealed_batch_by_batch(database: Database, tmp_path: Path) -> None:
    record_some(database, BATCH + 1)
    step = sealer(database, tmp_path)
    assert (step.work(), step.work()) == (True, False)
    assert sequences(database) == list(range(1, BATCH + 2))
    assert verdict(database, tmp_path).whole


def test_an_entry_that_is_committed_late_is_sealed_later(database: Database, tmp_path: Path) -> None:
    if database.is_embedded:
        pytest.skip("SQLite has one writer: entries are committed in the order of their ids")
    with database.write("slow") as slow:
        record(slow, Event.COLLECTED, RECEIVED, mailbox="slow")
        slow.flush()
        seal_some(database, tmp_path, 2)
        assert sequences(database) == [1, 2]
    sealer(database, tmp_path).work()
    assert sequences(database) == [3, 1, 2]
    assert verdict(database, tmp_path).whole


def test_the_entries_of_one_message_keep_their_order(desk: Desk, tmp_path: Path) -> None:
    number = desk.decide(PLAIN).message_id
    with desk.database.write("test") as session:
        record(session, Event.RELEASED, RECEIVED, message_id=number)
    sealer(desk.database, tmp_path).work()
    with desk.database.read() as session:
        told = select(LedgerEntry.event).where(LedgerEntry.message_id == number)
        assert list(session.scalars(told.order_by(LedgerEntry.sequence))) == ["decided", "released"]


def test_without_the_duty_nothing_is_sealed(database: Database, tmp_path: Path) -> None:
    record_some(database, 1)
    step = sealer(database, tmp_path, holds=False)
    step.work()
    step.close()
    assert sequences(database) == [None]
    assert Heads(tmp_path).read() == ()


def test_a_sealer_goes_on_where_another_one_ended(database: Database, tmp_path: Path) -> None:
    seal_some(database, tmp_path, 2)
    seal_some(database, tmp_path, 2)
    assert sequences(database) == [1, 2, 3, 4]
    assert verdict(database, tmp_path).whole


def test_another_key_does_not_go_on_with_the_chain(database: Database, tmp_path: Path) -> None:
    seal_some(database, tmp_path, 2)
    record_some(database, 1)
    with pytest.raises(ChainBroken, match=r"ledger\.key.*same on every host.*entry 2"):
        sealer(database, tmp_path, key=b"the key of another host, by mistake").work()
    assert sequences(database) == [1, 2, None]


def test_a_whole_ledger_with_its_unsealed_tail(database: Database, tmp_path: Path) -> None:
    seal_some(database, tmp_path, 3)
    record_some(database, 2)
    told = verdict(database, tmp_path)
    assert (told.whole, told.entries, told.last, told.heads, told.unsealed) == (True, 3, 3, 1, 2)
    assert told.unsealed_since == RECEIVED + timedelta(seconds=1)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger SET event = 'set aside' WHERE sequence = 3",
        "UPDATE ledger SET at = (SELECT at FROM ledger WHERE sequence = 2) WHERE sequence = 3",
        'UPDATE ledger SET facts = \'{"mailbox": "partners"}\' WHERE sequence = 3',
        "UPDATE ledger SET facts = '[1]' WHERE sequence = 3",
        "UPDATE ledger SET digest = NULL WHERE sequence = 3",
    ],
)
def test_an_altered_entry_is_named(database: Database, tmp_path: Path, change: str) -> None:
    seal_some(database, tmp_path, 5)
    tamper(database, change)
    first = verdict(database, tmp_path).findings[0]
    assert (first.kind, first.first, first.entry) == (Kind.ALTERED, 3, 3)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger SET at = 'never' WHERE sequence = 3",
        "UPDATE ledger SET facts = '{' WHERE sequence = 3",
        "UPDATE ledger SET event = x'00' WHERE sequence = 3",
        "UPDATE ledger SET facts = NULL WHERE sequence = 3",
    ],
)
def test_what_is_no_entry_any_more_is_named(database: Database, tmp_path: Path, change: str) -> None:
    if not database.is_embedded:
        pytest.skip("PostgreSQL takes nothing else in these columns")
    seal_some(database, tmp_path, 5)
    tamper(
        database,
        "CREATE TABLE loose AS SELECT * FROM ledger",
        "DROP TABLE ledger",
        "ALTER TABLE loose RENAME TO ledger",
        change,
    )
    assert found(database, tmp_path) == [(Kind.ALTERED, 3, 3)]


def test_an_altered_last_entry_is_named_and_nothing_is_sealed_behind_it(
    database: Database, tmp_path: Path
) -> None:
    seal_some(database, tmp_path, 3)
    tamper(database, "UPDATE ledger SET event = 'done' WHERE sequence = 3")
    assert found(database, tmp_path) == [(Kind.ALTERED, 3, 3)]
    record_some(database, 1)
    with pytest.raises(ChainBroken):
        sealer(database, tmp_path).work()


def test_missing_entries_are_named_with_what_can_not_be_checked(database: Database, tmp_path: Path) -> None:
    seal_some(database, tmp_path, 9)
    tamper(database, "DELETE FROM ledger WHERE sequence IN (3, 4, 7)")
    assert found(database, tmp_path) == [(Kind.MISSING, 3, 4), (Kind.MISSING, 7, 7)]
    assert verdict(database, tmp_path).findings[0].detail == "entry 5 behind it can't be checked"


def test_a_missing_first_entry_is_named(database: Database, tmp_path: Path) -> None:
    seal_some(database, tmp_path, 3)
    tamper(database, "DELETE FROM ledger WHERE sequence = 1")
    assert found(database, tmp_path) == [(Kind.MISSING, 1, 1)]


@pytest.mark.parametrize(("one", "other"), [(3, 4), (2, 7)])
def test_two_entries_that_changed_places_are_named(
    database: Database, tmp_path: Path, one: int, other: int
) -> None:
    seal_some(database, tmp_path, 9)
    for sequence, to in ((one, -1), (other, one), (-1, other)):
        move(database, sequence, to=to)
    assert found(database, tmp_path) == [(Kind.REORDERED, one, one), (Kind.REORDERED, other, other)]
    details = [finding.detail for finding in verdict(database, tmp_path).findings]
    assert details == [f"it was sealed as entry {other}", f"it was sealed as entry {one}"]


def test_an_entry_that_was_moved_to_the_end_is_named(database: Database, tmp_path: Path) -> None:
    seal_some(database, tmp_path, 5)
    move(database, 2, to=6)
    assert found(database, tmp_path) == [(Kind.MISSING, 2, 2), (Kind.REORDERED, 6, 6)]


def test_an_entry_put_between_is_told_from_those_that_it_moved(database: Database, tmp_path: Path) -> None:
    seal_some(database, tmp_path, 5)
    for sequence in (5, 4, 3):
        move(database, sequence, to=sequence + 1)
    tamper(database, INSERT, sequence=3)
    assert found(database, tmp_path)[:2] == [(Kind.INSERTED, 3, 3), (Kind.REORDERED, 4, 4)]


def test_an_entry_put_before_the_first_is_named(database: Database, tmp_path: Path) -> None:
    seal_some(database, tmp_path, 2)
    tamper(database, INSERT, sequence=0)
    assert found(database, tmp_path) == [(Kind.INSERTED, 0, 0)]


def test_an_entry_put_behind_the_last_is_named(database: Database, tmp_path: Path) -> None:
    seal_some(database, tmp_path, 2)
    tamper(database, INSERT, sequence=3)
    assert found(database, tmp_path) == [(Kind.ALTERED, 3, 3)]


def test_a_cut_off_end_is_named_by_the_head(database: Database, tmp_path: Path) -> None:
    seal_some(database, tmp_path, 5)
    tamper(database, "DELETE FROM ledger WHERE sequence > 3")
    assert found(database, tmp_path) == [(Kind.TRUNCATED, 4, 5)]


def test_without_heads_a_cut_off_end_can_not_be_seen_and_that_is_told(
    database: Database, tmp_path: Path
) -> None:
    seal_some(database, tmp_path, 5)
    tamper(database, "DELETE FROM ledger WHERE sequence > 3")
    told = verdict(database, tmp_path / "elsewhere")
    assert (told.whole, told.heads) == (True, 0)


def test_a_ledger_that_was_written_anew_with_the_key_contradicts_its_head(
    database: Database, tmp_path: Path
) -> None:
    seal_some(database, tmp_path, 3)
    tamper(
        database,
        "UPDATE ledger SET event = 'done' WHERE sequence = 1",
        "UPDATE ledger SET sequence = NULL, digest = NULL",
    )
    sealer(database, tmp_path).work()
    assert found(database, tmp_path) == [(Kind.REWRITTEN, 3, 3)]


def test_a_ledger_of_another_key_is_not_whole(database: Database, tmp_path: Path) -> None:
    seal_some(database, tmp_path, 40)
    told = verdict(database, tmp_path, key=b"a key that it was not sealed with..")
    assert [(one.kind, one.first, one.last) for one in told.findings][-1] == (Kind.UNCONFIRMED, 17, 40)


def test_a_head_is_written_each_day_and_at_the_end(database: Database, tmp_path: Path) -> None:
    step = sealer(database, tmp_path)
    with standing_at(RECEIVED):
        record_some(database, 1)
        step.work()
        record_some(database, 1)
        step.work()
    with standing_at(RECEIVED + timedelta(days=1)):
        step.work()
        record_some(database, 1)
        step.close()
    with standing_at(RECEIVED + timedelta(days=1, hours=1)):
        sealer(database, tmp_path).close()
    assert [head.sequence for head in Heads(tmp_path).read()] == [1, 2, 3]
    with database.read() as session:
        last = session.scalar(select(LedgerEntry.digest).where(LedgerEntry.sequence == 3))
    assert Heads(tmp_path).read()[-1] == Head(at=RECEIVED + timedelta(days=1), sequence=3, digest=last or "")


def test_an_empty_ledger_has_no_head(database: Database, tmp_path: Path) -> None:
    step = sealer(database, tmp_path)
    step.work()
    step.close()
    assert Heads(tmp_path).read() == ()
    assert verdict(database, tmp_path).whole


def test_a_torn_head_is_named_and_does_not_spoil_the_next(tmp_path: Path) -> None:
    file = tmp_path / FILE_NAME
    file.write_text('{"at": "2026-11-')
    Heads(tmp_path).append(Head(at=RECEIVED, sequence=1, digest="0"))
    with pytest.raises(HeadsUnreadable, match=r"heads\.jsonl:1: is not a head"):
        Heads(tmp_path).read()
    assert json.loads(file.read_text().splitlines()[1])["sequence"] == 1


def test_no_entry_of_a_decided_mail_holds_a_plain_digest_of_it(desk: Desk) -> None:
    number = desk.decide(PLAIN).message_id
    with desk.database.read() as session:
        facts = [str(entry.facts) for entry in session.scalars(select(LedgerEntry))]
        assert session.scalar(select(func.count()).select_from(LedgerEntry))
    assert not any(desk.message(number).sha256 in fact for fact in facts)
