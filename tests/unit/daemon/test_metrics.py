"""The metrics tell the vital signs as Prometheus reads them, at a cost that does not grow with the store."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Select, create_engine, update

from config.instant import utcnow
from connectors.errors import Refused
from daemon.health import Health
from daemon.lease import Lease
from daemon.ledger import Event, record
from daemon.metrics import FlowCollector, registry
from daemon.pulse import Pulse
from daemon.store.database import Database
from daemon.store.models import Action, LedgerEntry, Mailbox, Matter, Message
from daemon.store.states import ActionState
from daemon.vitals import action_counts, due_counts, held_count, message_counts, overdue_count, unsealed_count
from parsers.facts import Elapsed, StatedClock
from tests.support.reports import ALICE, BOB, CHARLIE, PLAIN, report
from tests.unit.daemon.conftest import Desk

GUIDE = (Path(__file__).parents[3] / "docs" / "operating.md").read_text(encoding="utf-8")
HOUR = timedelta(hours=1)
WHOLE_INDEX = "ix_ledger_unsealed"  # it holds nothing but what is to be counted
UNIT = re.compile(r"_(milliseconds|minutes|hours|days|kilobytes|megabytes|percent|ms|kb|mb)(_|$)")
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


class Scrape:
    """What one scrape said."""

    def __init__(self, text: str) -> None:
        self.families = list(text_string_to_metric_families(text))
        self._samples: Samples = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in self.families
            for sample in family.samples
        }

    def value(self, name: str, **labels: str) -> float:
        return self._samples[f"mailwarden_{name}", frozenset(labels.items())]

    def has(self, name: str) -> bool:
        return any(found == f"mailwarden_{name}" for found, _ in self._samples)


def scrape(database: Database, *, pulses: Sequence[Pulse] = ()) -> Scrape:
    collector = FlowCollector(database=database, instance="alpha", rules_digest=lambda: "f00d", pulses=pulses)
    return Scrape(generate_latest(registry(collector)).decode())


@pytest.fixture
def unreachable() -> Iterator[Database]:
    """Nothing listens where this database should be."""
    database = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    yield database
    database.close()


def test_what_waits_is_counted_by_step_and_urgency_and_the_oldest_is_timed(desk: Desk) -> None:
    desk.decide(PLAIN)
    first, second = (desk.assess(report(content_digest=each)) for each in "ab")
    with desk.database.write("test") as session:
        session.get_one(Message, first).collected_at = utcnow() - 2 * HOUR
        session.get_one(Message, second).haste = 0
    found = scrape(desk.database)
    assert found.value("queue_length", step="decide", urgency="not known") == 1
    assert found.value("queue_length", step="decide", urgency="hastened") == 1
    assert found.value("queue_length", step="deliver", urgency="normal") == 1
    assert found.value("queue_length", step="deliver", urgency="critical") == 0
    assert 7200 <= found.value("queue_oldest_age_seconds", step="decide", urgency="not known") < 7300
    assert found.value("queue_oldest_age_seconds", step="assess", urgency="hastened") == 0
    assert found.value("messages_collected_total") == 3


def test_held_messages_and_actions_that_need_somebody_are_counted(desk: Desk) -> None:
    desk.decide(PLAIN, held="could not be read in 3 tries")
    desk.decide(report(content_digest="other"))
    with desk.database.write("test") as session:
        session.execute(update(Action).where(Action.id == 1).values(state=ActionState.UNKNOWN))
        session.execute(update(Action).where(Action.id == 2).values(state=ActionState.FAILED))
    found = scrape(desk.database)
    assert found.value("messages_held") == 1
    assert (found.value("actions_unknown"), found.value("actions_failed")) == (1, 1)


def test_clocks_are_counted_by_how_soon_they_run_out(desk: Desk) -> None:
    clock = StatedClock(limit=Elapsed(hours=4), phrase="in time", position=0)
    for sender in (ALICE, BOB, CHARLIE):
        desk.decide(report(sender=sender, content_digest=sender.domain, clocks=(clock,)))
    with desk.database.write("test") as session:
        for number, due in enumerate((HOUR / 2, 3 * HOUR, -HOUR), start=1):
            at = utcnow() + due
            session.get_one(Matter, number).due_at = at
            session.execute(update(Action).where(Action.matter_id == number).values(deliver_by=at))
    found = scrape(desk.database)
    assert [found.value("matters_due", within_hours=hours) for hours in ("1", "4", "24")] == [1, 2, 2]
    assert found.value("matters_overdue") == 1


def test_a_matter_whose_actions_were_done_in_time_is_not_overdue(desk: Desk) -> None:
    desk.decide(PLAIN)
    with desk.database.write("test") as session:
        session.execute(update(Action).values(deliver_by=utcnow() - HOUR, state=ActionState.DONE))
    assert scrape(desk.database).value("matters_overdue") == 0


def test_the_lag_of_a_mailbox_grows_from_its_last_good_poll(desk: Desk) -> None:
    assert not scrape(desk.database).has("mailbox_lag_seconds")
    polled = (utcnow() - HOUR).astimezone(UTC)
    with desk.database.write("test") as session:
        session.get_one(Mailbox, "regulators").last_good_poll = polled
    found = scrape(desk.database)
    assert 3600 <= found.value("mailbox_lag_seconds", mailbox="regulators") < 3700
    poll = found.value("mailbox_last_good_poll_timestamp_seconds", mailbox="regulators")
    assert abs(poll - polled.timestamp()) < 1


def test_what_a_comparison_of_server_and_store_found_is_told_once_there_was_one(desk: Desk) -> None:
    assert not scrape(desk.database).has("mailbox_missing")
    with desk.database.write("test") as session:
        mailbox = session.get_one(Mailbox, "regulators")
        mailbox.reconciled_at, mailbox.missing, mailbox.gone = utcnow() - HOUR, 3, 1
    found = scrape(desk.database)
    assert found.value("mailbox_missing", mailbox="regulators") == 3
    assert found.value("mailbox_gone", mailbox="regulators") == 1
    age = utcnow().timestamp() - found.value("mailbox_reconciled_timestamp_seconds", mailbox="regulators")
    assert 3600 <= age < 3700


def test_ledger_entries_that_are_not_sealed_are_counted_and_the_oldest_is_timed(desk: Desk) -> None:
    with desk.database.write("test") as session:
        for age in (3, 2, 1):
            record(session, Event.COLLECTED, utcnow() - age * HOUR)
        session.flush()
        session.execute(update(LedgerEntry).where(LedgerEntry.id == 1).values(sequence=1))
    found = scrape(desk.database)
    assert found.value("ledger_unsealed") == 2
    assert 7200 <= found.value("ledger_unsealed_oldest_age_seconds") < 7300


def test_a_daemon_tells_of_its_own_lease_and_loops_only(desk: Desk) -> None:
    for instance in ("alpha", "beta"):
        Lease(database=desk.database, instance=instance, length=HOUR).begin()
        loop = Health(instance=instance, name="decide", database=desk.database)
        loop.begin()
        loop.restarted()
        if instance == "beta":
            loop.troubled(Refused("no"))
    found = scrape(desk.database)
    assert found.value("daemons") == 2
    assert 3500 < found.value("lease_remaining_seconds") <= 3600
    assert found.value("loop_restarts_total", loop="decide") == 1
    assert found.value("loop_in_trouble", loop="decide") == 0


def test_an_expired_lease_beside_its_successor_is_told_once(desk: Desk) -> None:
    Lease(database=desk.database, instance="alpha", length=-HOUR).begin()
    Lease(database=desk.database, instance="alpha", length=HOUR).begin()
    found = scrape(desk.database)
    assert found.value("lease_remaining_seconds") > 3500
    assert found.value("daemons") == 1


def test_failed_turns_are_counted_by_loop_and_kind(desk: Desk) -> None:
    pulse = Pulse("deliver 1")
    pulse.failed(Refused("no"))
    pulse.failed(Refused("no"))
    found = scrape(desk.database, pulses=[pulse])
    assert found.value("turn_errors_total", loop="deliver 1", error="Refused") == 2
    assert found.value("turn_seconds", loop="deliver 1") == 0


def test_without_the_database_the_process_still_tells_of_itself(unreachable: Database) -> None:
    found = scrape(unreachable)
    assert found.value("database_up") == 0
    assert found.value("rules_info", digest="f00d") == 1
    assert found.value("resident_memory_bytes") > 10_000_000
    assert not found.has("queue_length")


def test_names_follow_the_conventions_of_prometheus(desk: Desk) -> None:
    Lease(database=desk.database, instance="alpha", length=HOUR).begin()
    families = [one for one in scrape(desk.database).families if not one.name.startswith("process_")]
    assert len(families) > 20
    wrong = [
        family.name
        for family in families
        if not re.fullmatch(r"mailwarden_[a-z]+(_[a-z]+)*", family.name)
        or UNIT.search(family.name)
        or family.type not in {"gauge", "counter"}
        or len(family.documentation.split()) < 4
        or any(sample.name.endswith("_total") != (family.type == "counter") for sample in family.samples)
        or any(label in {"instance", "job", "le"} for sample in family.samples for label in sample.labels)
    ]
    assert wrong == []


def test_the_guide_names_every_metric(desk: Desk) -> None:
    Lease(database=desk.database, instance="alpha", length=HOUR).begin()
    names = {
        family.name for family in scrape(desk.database).families if family.name.startswith("mailwarden_")
    }
    assert [name for name in sorted(names) if f"`{name}" not in GUIDE] == []
    told = set(re.findall(r"`(mailwarden_[a-z_]+?)(?:_total)?`", GUIDE))
    assert told <= names


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (message_counts(), "COVERING INDEX ix_message_state_haste_id (state=?)"),
        (action_counts(), "COVERING INDEX ix_action_delivery_order (state=?)"),
        (unsealed_count(), "INDEX ix_ledger_"),
        (held_count(), "COVERING INDEX ix_message_disposition_id (disposition=?)"),
        (due_counts(utcnow()), "COVERING INDEX ix_matter_due_at (due_at>? AND due_at<?)"),
        (overdue_count(utcnow()), "INDEX ix_action_delivery_order (state=? AND deliver_by<?)"),
    ],
    ids=["messages", "actions", "unsealed", "held", "due", "overdue"],
)
def test_no_query_of_a_scrape_reads_what_is_finished(
    sqlite_template: Path, query: Select[int], index: str
) -> None:
    engine = create_engine(f"sqlite:///{sqlite_template}")
    text = str(query.compile(engine, compile_kwargs={"literal_binds": True}))
    with engine.connect() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
    engine.dispose()
    assert any(index in step for step in plan)
    assert [step for step in plan if step.startswith("SCAN") and not step.endswith(WHOLE_INDEX)] == []
