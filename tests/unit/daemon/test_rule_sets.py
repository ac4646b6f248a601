"""The rules that govern: taken from the file, activated, rolled back, and the same for every host."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon.rule_sets import NoSuchRuleSet, Source, activate, adopt, find, history, predecessor, roll_back
from daemon.store.database import Database
from daemon.store.models import Activation, LedgerEntry, Routing
from rules.loader import parse_rules
from tests.support.postgres import Postgres
from tests.support.reports import PLAIN, report
from tests.unit.daemon.conftest import Desk

TEXT = "default: {{then: {{project: {}, issue_type: Task}}}}\n"
PERSON = "ayse"


def source(project: str) -> Source:
    text = TEXT.format(project)
    return Source(text=text, rules=parse_rules(text))


OLD, NEW, OTHER = source("OLD"), source("NEW"), source("OTHER")


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Database]:
    alone = Database(f"sqlite:///{tmp_path}/mailwarden.db")
    alone.upgrade()
    yield alone
    alone.close()


def governing(database: Database) -> str:
    with database.read() as session:
        [version] = [each for each in history(session) if each.governs]
        return version.hash


def projects(desk: Desk) -> list[str]:
    with desk.database.read() as session:
        routes = session.scalars(select(Routing.route).order_by(Routing.message_id)).all()
        return [route["project"] for route in routes]


def test_the_first_file_governs(database: Database) -> None:
    assert adopt(database, OLD, by=PERSON)
    assert governing(database) == OLD.hash


def test_an_unchanged_file_activates_nothing(database: Database) -> None:
    adopt(database, OLD, by=PERSON)
    adopt(database, OLD, by=PERSON)
    with database.read() as session:
        assert len(session.scalars(select(Activation)).all()) == 1


def test_a_changed_file_governs_on_an_embedded_database(embedded: Database) -> None:
    for each in (OLD, NEW, OLD):
        assert adopt(embedded, each, by=PERSON)
        assert governing(embedded) == each.hash


def test_a_changed_file_governs_nothing_where_hosts_share_the_database(postgres: Postgres) -> None:
    shared = Database(postgres.emptied())
    shared.upgrade()
    assert adopt(shared, OLD, by=PERSON)
    assert not adopt(shared, NEW, by=PERSON)
    assert governing(shared) == OLD.hash
    shared.close()


def test_a_rollback_outlives_a_start_with_the_same_file(embedded: Database) -> None:
    adopt(embedded, OLD, by=PERSON)
    adopt(embedded, NEW, by=PERSON)
    assert roll_back(embedded, OLD.hash[:8], by=PERSON) == OLD.hash
    assert not adopt(embedded, NEW, by=PERSON)
    assert governing(embedded) == OLD.hash
    assert adopt(embedded, OTHER, by=PERSON)


def test_every_activation_is_kept_with_who_and_how_much(database: Database) -> None:
    adopt(database, OLD, by="daemon")
    activate(database, NEW, by=PERSON)
    with database.read() as session:
        told = [(each.hash, each.by, each.from_file, each.added, each.removed) for each in history(session)]
        ledger = session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)).all()
    assert told == [(NEW.hash, PERSON, False, 1, 1), (OLD.hash, "daemon", True, 1, 0)]
    assert [entry.facts for entry in ledger] == [
        {"hash": OLD.hash, "from_file": True},
        {"hash": NEW.hash, "from_file": False},
    ]


def test_a_rule_set_is_found_by_the_start_of_its_hash(database: Database) -> None:
    adopt(database, OLD, by=PERSON)
    activate(database, NEW, by=PERSON)
    with database.read() as session:
        found = find(session, NEW.hash[:6])
        assert (found.text, predecessor(session, found)) == (NEW.text, OLD.text)
        assert predecessor(session, find(session, OLD.hash)) == ""


@pytest.mark.parametrize("start", ["", NEW.hash[:5], "%%%%%%", "zzzzzzzz"])
def test_what_names_no_rule_set_is_refused(database: Database, start: str) -> None:
    adopt(database, NEW, by=PERSON)
    with database.read() as session, pytest.raises(NoSuchRuleSet):
        find(session, start)


def test_the_next_message_goes_by_the_rules_that_govern_then(desk: Desk) -> None:
    desk.decide(PLAIN)
    activate(desk.database, NEW, by=PERSON)
    desk.decide(report(content_digest="b", own_text="Something else"))
    roll_back(desk.database, NEW.hash, by=PERSON)
    activate(desk.database, OTHER, by=PERSON)
    desk.decide(report(content_digest="c", own_text="A third thing"))
    assert projects(desk) == ["INC", "NEW", "OTHER"]


def test_a_decision_keeps_what_it_was_made_on(desk: Desk) -> None:
    desk.decide(PLAIN)
    with desk.database.read() as session:
        [facts] = session.scalars(select(Routing.facts)).all()
    assert facts is not None
    assert {key: facts[key] for key in ("mailbox", "relation", "urgency", "due", "held", "size")} == {
        "mailbox": "regulators",
        "relation": "new",
        "urgency": "normal",
        "due": None,
        "held": None,
        "size": 1,
    }
