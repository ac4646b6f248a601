from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select

from config.instant import utcnow
from daemon.ledger import Event, record, record_each
from daemon.store.database import Database
from daemon.store.models import LedgerEntry, Mailbox, RawMail, Recovery
from daemon.store.rows import SQLITE_VALUES, NewRows

AT = datetime(2026, 3, 1, 9, 30, 0, 7, tzinfo=timezone(timedelta(hours=2)))
RECOVERIES = NewRows(Recovery, "at", "floors", "acknowledging")
MAILS = NewRows(RawMail, "sha256", "size", "compressed", unless_known=True)


def test_values_come_back_as_they_were(database: Database) -> None:
    with database.write("test") as session:
        RECOVERIES.insert(session, [(AT, {"INC": 7}, True), (AT + timedelta(days=1), {}, False)])
    with database.read() as session:
        found = session.scalars(select(Recovery).order_by(Recovery.at)).all()
    assert [(row.at, row.floors, row.acknowledging) for row in found] == [
        (AT, {"INC": 7}, True),
        (AT + timedelta(days=1), {}, False),
    ]
    assert found[0].at.tzinfo is UTC


def test_they_are_what_the_mapper_would_have_stored(database: Database) -> None:
    with database.write("test") as session:
        RECOVERIES.insert(session, [(AT, {"INC": 7}, True)])
        session.add(Recovery(at=AT + timedelta(days=1), floors={"INC": 7}, acknowledging=True))
    with database.read() as session:
        same = select(Recovery).where(Recovery.at.in_([AT, AT + timedelta(days=1)]))
        assert len(session.scalars(same).all()) == 2


def test_a_naive_instant_is_refused(database: Database) -> None:
    with database.write("test") as session, pytest.raises(ValueError, match="naive"):
        RECOVERIES.insert(session, [(datetime(2026, 3, 1), {}, True)])  # noqa: DTZ001  (it is what is refused)


def test_equal_values_of_different_kinds_stay_apart(database: Database) -> None:
    with database.write("test") as session:
        rows = [(AT, {"n": 1}, True), (AT + timedelta(days=1), {"n": True}, True)]
        RECOVERIES.insert(session, rows)
    with database.read() as session:
        floors = session.scalars(select(Recovery.floors).order_by(Recovery.at)).all()
    assert [type(each["n"]) for each in floors] == [int, bool]


def test_what_is_known_is_passed_over(database: Database) -> None:
    with database.write("test") as session:
        MAILS.insert(session, [("a", 1, b"first")])
        MAILS.insert(session, [("a", 2, b"second"), ("b", 3, b"third")])
    with database.read() as session:
        found = session.execute(select(RawMail.sha256, RawMail.compressed).order_by(RawMail.sha256)).all()
    assert [tuple(row) for row in found] == [("a", b"first"), ("b", b"third")]


def test_nothing_is_left_of_a_transaction_that_failed(database: Database) -> None:
    class Trouble(Exception): ...

    with pytest.raises(Trouble), database.write("test") as session:
        MAILS.insert(session, [("a", 1, b"")])
        raise Trouble
    with database.read() as session:
        assert session.get(RawMail, "a") is None


def test_an_entry_may_speak_of_a_row_that_is_not_written_yet(database: Database) -> None:
    with database.write("test") as session:
        session.add(Mailbox(name="regulators"))
        record(session, Event.EPOCH_OPENED, utcnow(), mailbox="regulators", uidvalidity=1)
    with database.read() as session:
        assert session.get(Mailbox, "regulators") is not None
        assert session.scalars(select(LedgerEntry.facts)).one() == {
            "mailbox": "regulators",
            "uidvalidity": 1,
        }


def test_no_entries_are_no_statement(database: Database) -> None:
    with database.write("test") as session:
        record_each(session, Event.COLLECTED, utcnow(), {})
    with database.read() as session:
        assert session.scalars(select(LedgerEntry)).all() == []


def test_more_rows_than_one_statement_holds(database: Database) -> None:
    rows = [(f"{number:05}", number, b"-") for number in range(SQLITE_VALUES // 3 + 2)]
    with database.write("test") as session:
        MAILS.insert(session, rows)
    with database.read() as session:
        stored = session.scalars(select(RawMail.size).order_by(RawMail.sha256)).all()
    assert stored == [size for _, size, _ in rows]
