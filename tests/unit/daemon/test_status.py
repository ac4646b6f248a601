from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO

import pytest
from rich.console import Console
from sqlalchemy import update

from config.instant import utcnow
from connectors.embedded import free_port
from connectors.errors import Refused
from daemon.bell import Bell
from daemon.deliver import Courier
from daemon.health import Health
from daemon.lease import Lease
from daemon.status import UNHEARD_OF, Status, gather
from daemon.store.database import Database
from daemon.store.models import Action, Running
from daemon.store.states import ActionState
from daemon.store.trouble import OUT_OF_REACH
from daemon.terminal import show_status
from parsers.facts import Elapsed, Kind, StatedClock
from tests.support.reports import PLAIN, RECEIVED, report
from tests.support.tickets import MemoryTickets
from tests.unit.daemon.conftest import Desk

LONG = timedelta(hours=1)


@pytest.fixture(autouse=True)
def lease(desk: Desk) -> Iterator[Lease]:
    """A daemon runs on the desk's database."""
    running = Lease(database=desk.database, instance="alpha", length=LONG)
    running.begin()
    yield running
    running.end()


def health(desk: Desk, instance: str, name: str = "collect regulators") -> Health:
    begun = Health(instance=instance, name=name, database=desk.database)
    begun.begin()
    return begun


def troubles(desk: Desk) -> list[tuple[str, str]]:
    return [(trouble.where, trouble.what) for trouble in gather(desk.database, utcnow()).troubles]


def shown(status: Status) -> str:
    out = StringIO()
    show_status(Console(file=out, width=120), status)
    return out.getvalue()


def test_every_message_is_counted_where_it_is(desk: Desk) -> None:
    desk.decide(PLAIN)
    desk.decide(PLAIN)
    desk.decide(report(kind=Kind.SPAM, content_digest="spam"))
    desk.assess(report(content_digest="not yet decided"))
    status = gather(desk.database, utcnow())
    assert status.mailboxes[0].messages == 4
    assert (status.queue["to decide"], status.queue["to deliver"]) == (1, 2)
    assert status.dispositions == {"on_ticket": 2, "held": 0, "set_aside": 1}
    assert status.held == ()


def test_held_messages_are_named(desk: Desk) -> None:
    relation = desk.decide(PLAIN, held="could not be read in 3 tries")
    assert gather(desk.database, utcnow()).held == (relation.message_id,)


def test_the_next_clocks_are_named_and_past_ones_are_not(desk: Desk) -> None:
    clock = StatedClock(limit=Elapsed(hours=4), phrase="in time", position=0)
    desk.decide(report(clocks=(clock,)))
    assert len(gather(desk.database, RECEIVED).due) == 1
    assert gather(desk.database, RECEIVED + timedelta(hours=5)).due == ()


def test_a_refused_action_is_named_as_trouble_until_it_is_done(desk: Desk) -> None:
    desk.decide(PLAIN)
    tickets = MemoryTickets(before={"create": [Refused("unknown issue type")]})
    Courier(
        number=1,
        database=desk.database,
        tickets=tickets,
        planned=Bell(),
        unknown_wait=timedelta(0),
    ).work()
    assert troubles(desk) == [("action 1 of matter #1 (create, try 1)", "unknown issue type")]


def test_a_failed_action_is_counted_and_named_as_given_up(desk: Desk) -> None:
    desk.decide(PLAIN)
    with desk.database.write("test") as session:
        given_up = {"state": ActionState.FAILED, "trouble": "the ticket is gone", "tries": 8}
        session.execute(update(Action).values(**given_up))
    assert gather(desk.database, utcnow()).queue["failed"] == 1
    assert troubles(desk) == [("action 1 of matter #1 (create, given up after 8)", "the ticket is gone")]


def test_a_troubled_loop_is_named_with_since_when(desk: Desk) -> None:
    health(desk, "alpha").troubled(Refused("no"))
    [trouble] = gather(desk.database, utcnow()).troubles
    assert (trouble.where, trouble.what, trouble.since is not None) == ("collect regulators", "no", True)


def test_where_several_daemons_run_trouble_says_on_which(desk: Desk) -> None:
    Lease(database=desk.database, instance="beta", length=LONG).begin()
    health(desk, "beta").troubled(Refused("no"))
    assert troubles(desk) == [("collect regulators on beta", "no")]


def test_the_trouble_of_a_daemon_that_is_gone_does_not_count(desk: Desk) -> None:
    gone = Lease(database=desk.database, instance="beta", length=LONG)
    gone.begin()
    health(desk, "beta").troubled(Refused("no"))
    gone.end()
    assert troubles(desk) == []


def test_a_daemon_whose_lease_has_run_out_is_trouble_itself(desk: Desk) -> None:
    an_hour_ago = utcnow() - timedelta(hours=1)
    with desk.database.write("test") as session:
        session.execute(update(Running).values(expires_at=an_hour_ago))
    [trouble] = gather(desk.database, utcnow()).troubles
    assert (trouble.where, trouble.what) == ("daemon alpha", UNHEARD_OF)
    assert isinstance(trouble.since, datetime)
    assert abs(trouble.since - an_hour_ago) < timedelta(minutes=1)


def test_that_no_daemon_runs_is_trouble(desk: Desk, lease: Lease) -> None:
    lease.end()
    assert troubles(desk) == [("daemon", "none is running: start one with `run.py start`")]


def test_each_daemon_is_shown_with_its_lease_and_its_loops(desk: Desk) -> None:
    health(desk, "alpha").troubled(Refused("no"))
    health(desk, "alpha", "decide").restarted()
    status = gather(desk.database, utcnow())
    [daemon] = status.daemons
    assert (daemon.instance, daemon.loops, daemon.in_trouble, daemon.restarts) == ("alpha", 2, 1, 1)
    assert LONG.total_seconds() - 60 < daemon.lease_seconds <= LONG.total_seconds()


def test_what_needs_somebody_comes_last_in_a_terminal(desk: Desk) -> None:
    health(desk, "alpha").troubled(Refused("the [bold]server[/bold] said no"))
    lines = shown(gather(desk.database, utcnow())).splitlines()
    titles = [
        line.strip() for line in lines if line.strip() in {"Daemons", "Mailboxes", "Queue", "Needs attention"}
    ]
    assert titles == ["Daemons", "Mailboxes", "Queue", "Needs attention"]
    assert any("the [bold]server[/bold] said no" in line for line in lines)


def test_without_trouble_it_says_so(desk: Desk) -> None:
    assert shown(gather(desk.database, utcnow())).rstrip().endswith("No trouble.")


def test_a_database_out_of_reach_is_a_status_too() -> None:
    away = Database(f"postgresql://nobody@127.0.0.1:{free_port()}/none")
    status = gather(away, utcnow())
    assert [(trouble.where, trouble.what) for trouble in status.troubles] == [("database", OUT_OF_REACH)]
    assert OUT_OF_REACH in shown(status)
    away.close()


def test_what_a_daemon_says_of_its_database_counts_and_nothing_else_that_it_says(desk: Desk) -> None:
    faults = ["database: the disk is full", "jira: deliver 1 is in trouble"]
    [trouble] = gather(desk.database, utcnow(), faults=faults).troubles
    assert (trouble.where, trouble.what) == ("database", "the disk is full")
