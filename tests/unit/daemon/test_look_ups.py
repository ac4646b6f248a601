"""A look-up costs the same however much is stored, and however many reports name the same."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Select, text
from sqlalchemy.orm import Session

from daemon.known import MAX_CANDIDATES, Known
from daemon.look_ups import OLDEST_MATTERS, look_ups
from daemon.store.database import Database
from daemon.store.models import LookupKey, Mailbox, Matter, Message, RawMail
from daemon.store.rows import NewRows
from daemon.store.states import KeyKind, MessageState
from parsers.facts import Urgency
from tests.support.reports import ALICE, BOB, report, video

MANY = range(1, OLDEST_MATTERS + 20)
AT = datetime(2026, 11, 3, tzinfo=UTC)
RAW_MAIL = NewRows(RawMail, "sha256", "size", "compressed")
MESSAGES = NewRows(
    Message,
    *("id", "mailbox", "uidvalidity", "uid", "sha256", "received_at", "collected_at"),
    *("backfilled", "haste", "awaits_all", "state", "tries", "next_try_at"),
)
MATTERS = NewRows(Matter, "id", "party", "opened_by", "opened_at", "verified", "urgency", "urgency_by_person")
KEYS = NewRows(LookupKey, "kind", "value", "party", "matter_id", "message_id")


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """Matters by number, with the videos that they are about."""

    database: Database

    def put(self, videos: dict[int, str], *, party: str) -> None:
        """Each of them opened by a message of its own. Videos have one letter."""
        with self.database.write("test") as session:
            fetched = [(number, "regulators", 1, number, "0", AT, AT) for number in videos]
            MESSAGES.insert(
                session, [(*one, False, 1, False, MessageState.DECIDED, 0, AT) for one in fetched]
            )
            opened = [(number, party, number, AT, True, Urgency.NORMAL, False) for number in videos]
            MATTERS.insert(session, opened)
            about = [(number, str(video(name))) for number, names in videos.items() for name in names]
            rows = [(KeyKind.REFERENCE, value, party, number, number) for number, value in about]
            KEYS.insert(session, rows)

    def own(self, videos: str) -> list[int]:
        """Alice's matters that are about some of these, the first first."""
        with self.database.read() as session:
            return asked(session, videos).own_matters(KeyKind.REFERENCE)

    def anybodys(self, videos: str) -> int | None:
        """The matter, whoever's it is, that is about most of these."""
        with self.database.read() as session:
            found = asked(session, videos).most_in_common()
            return found.id if found else None


def asked(session: Session, videos: str) -> Known:
    return Known(session, report(sender=ALICE, references=tuple(map(video, videos))))


@pytest.fixture
def shelf(database: Database) -> Shelf:
    with database.write("test") as session:
        session.add(Mailbox(name="regulators"))
        RAW_MAIL.insert(session, [("0", 1, b"")])
    return Shelf(database=database)


def test_most_in_common_goes_first_then_the_oldest(shelf: Shelf) -> None:
    shelf.put({1: "a", 2: "ab", 3: "b", 4: "d"}, party=ALICE.party)
    assert shelf.own("ab") == [2, 1, 3]
    assert shelf.anybodys("ab") == 2
    assert shelf.anybodys("e") is None


def test_only_the_party_s_own_matters_are_its_own(shelf: Shelf) -> None:
    shelf.put({1: "a"}, party=BOB.party)
    shelf.put({2: "a"}, party=ALICE.party)
    assert shelf.own("a") == [2]
    assert shelf.anybodys("a") == 1


def test_what_many_report_leads_to_the_oldest_matters(shelf: Shelf) -> None:
    shelf.put(dict.fromkeys(MANY, "a"), party=ALICE.party)
    assert shelf.own("a") == list(range(1, MAX_CANDIDATES + 1))
    assert shelf.anybodys("a") == 1


def test_what_many_report_counts_for_a_later_matter_that_is_about_more(shelf: Shelf) -> None:
    shelf.put(dict.fromkeys(MANY, "a") | {MANY.stop: "ab", MANY.stop + 1: "b"}, party=ALICE.party)
    assert shelf.own("ab")[:2] == [MANY.stop, 1]
    assert shelf.anybodys("ab") == MANY.stop


def test_a_matter_with_many_mails_hides_no_other(shelf: Shelf) -> None:
    shelf.put({1: "a" * len(MANY), 2: "a"}, party=ALICE.party)
    assert shelf.own("a") == [1, 2]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL decides by its statistics
def test_nothing_looks_through_the_keys(database: Database) -> None:
    found = look_ups("sqlite")
    assert plan(database, found.own) == ["kind_value (kind=? AND value=? AND party=?)"]
    assert plan(database, found.anybodys) == ["reference (value=?)"]
    assert plan(database, found.compared_by) == ["matter_id (matter_id=?)"]
    assert plan(database, found.latest) == ["party_message_id (party=?)"]


def plan(database: Database, statement: Select[Any]) -> list[str]:
    """What is looked up by which index, without the name of the table."""
    compiled = statement.compile(database.engine)
    with database.engine.connect() as connection:
        values = tuple(compiled.params[name] or "[]" for name in compiled.positiontup or ())
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)
        told = [row.detail for row in rows]
    assert not [one for one in told if one.startswith(("SCAN lookup_key", "SCAN report_words"))]
    searched = [re.match(r"SEARCH (lookup_key|report_words) USING .*INDEX ix_\1_(.*)", one) for one in told]
    return [found[2] for found in searched if found]


def test_a_connection_keeps_what_the_server_has_prepared(database: Database) -> None:
    """The driver forgets it after a rollback; then each statement would be planned anew."""
    if database.is_embedded:
        pytest.skip("only PostgreSQL prepares statements for a connection")
    for _ in range(8):
        with database.read() as session:
            asked(session, "a").most_in_common()
    with database.read() as session:
        kept = session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    assert any("lookup_key" in statement for statement in kept)


def test_what_is_read_and_changed_is_not_stored(database: Database) -> None:
    with database.write("test") as session:
        session.add(Mailbox(name="regulators"))
    with database.read() as session:
        session.get_one(Mailbox, "regulators").high_water = 7
    with database.read() as session:
        assert session.get_one(Mailbox, "regulators").high_water == 0
