"""Daemons that share a database lose nothing and double nothing when one of them dies or is stopped."""

import random
import signal
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import product
from pathlib import Path

import pytest

from config.settings import JiraEdition
from connectors.jira.fields import PROPERTY
from connectors.jira.sandbox.ticket import Ticket
from connectors.twins import DUPLICATE
from tests.support.corpus_run import FILES, LABELS, SAMPLE_MAILS, Partition, Run, doubled, first_of
from tests.support.daemon import Daemon
from tests.support.dovecot import Dovecot
from tests.support.hosts import Hosts, await_any_stopped, await_dead, await_stopped, dies_at, hosts, stops_at
from tests.support.postgres import Postgres
from tests.support.waiting import eventually

pytestmark = pytest.mark.timeout(400)

FEW_MAILS, OF_ONE_MATTER = 6, 2
CREATED = "call Jira POST issue: after"
ABOUT_TO_CREATE = "call Jira POST issue: before"
"""Between the last look at the lease and the write to the socket."""
MERGED_WITHIN = 100.0
"""What may be there twice is looked for after one, ten and sixty waits for an unknown outcome."""

SOAK_SEEDS = range(1, 5)
SOAK_MAILS = 60
LAST_DISTURBED_TICKET = 60
STOPS = [
    f"{place}: {side}"
    for place in (
        *("commit collect", "commit claim message", "commit assess", "commit decide", "commit claim action"),
        *("commit settle action", "commit renew lease", "commit reap", "commit seal"),
        *("call Jira POST issue", "call Jira POST issue/comment", "call Jira POST issueLink"),
        "call Jira POST issue/attachments",
    )
    for side in ("before", "after")
]


@pytest.fixture
def site(
    request: pytest.FixtureRequest, tmp_path: Path, dovecot: Dovecot, postgres: Postgres, mail_user: str
) -> Iterator[Hosts]:
    number, edition = request.param
    with hosts(
        tmp_path, number=number, dovecot=dovecot, postgres=postgres, mail_user=mail_user, edition=edition
    ) as made:
        yield made


two = pytest.mark.parametrize("site", [(2, JiraEdition.CLOUD)], indirect=True, ids=["two"])
two_and_three = pytest.mark.parametrize("site", [*product((2, 3), JiraEdition)], indirect=True)


@two
def test_what_a_killed_daemon_was_on_is_finished_by_the_other(site: Hosts, sample: Partition) -> None:
    killed, other = site.daemons
    dies_at(killed, CREATED)
    site.start(*site.daemons)
    site.bring(LABELS[:SAMPLE_MAILS])
    await_dead(killed)
    run = site.run(as_long_as=other)
    run.await_done(SAMPLE_MAILS)
    assert site.stop() == [0]
    assert_undisturbed(run, sample)


@two
def test_a_daemon_that_was_stopped_past_its_lease_does_nothing_twice(site: Hosts, sample: Partition) -> None:
    stopped, other = site.daemons
    stops_at(stopped, CREATED)
    site.start(*site.daemons)
    site.bring(LABELS[:SAMPLE_MAILS])
    await_stopped(stopped)
    site.await_freed(stopped)
    stopped.signal(signal.SIGCONT)
    run = site.run(as_long_as=other)
    run.await_done(SAMPLE_MAILS)
    assert site.stop() == [0, 0]
    assert_undisturbed(run, sample)


@pytest.mark.soak
@two
def test_a_pause_before_the_write_makes_one_twin_which_is_closed(site: Hosts, sample: Partition) -> None:
    late, other = site.daemons
    stops_at(late, ABOUT_TO_CREATE)
    site.start(late)
    site.bring(LABELS[:FEW_MAILS])
    await_stopped(late)
    other.start()
    site.run(as_long_as=other).await_done(FEW_MAILS)
    in_time = keys(site.sandbox.tickets())
    late.signal(signal.SIGCONT)
    eventually(lambda: len(site.sandbox.tickets()) > len(in_time), within=MERGED_WITHIN)
    finish(site, other, FEW_MAILS)
    assert keys(site.open_tickets()) == in_time
    assert closed_twins(site) == 1
    assert_merged(site, first_of(sample, FEW_MAILS))


@two
def test_the_older_ticket_goes_on_with_all_that_was_written_on_the_other(
    site: Hosts, sample: Partition
) -> None:
    for daemon in site.daemons:
        stops_at(daemon, ABOUT_TO_CREATE)
    site.start(*site.daemons)
    site.bring(LABELS[:OF_ONE_MATTER])
    late = await_any_stopped(site.daemons)
    (other,) = (daemon for daemon in site.daemons if daemon is not late)
    await_stopped(other)  # it has looked for the ticket that the first one has not opened yet
    late.signal(signal.SIGCONT)
    eventually(site.sandbox.tickets, within=MERGED_WITHIN)
    in_time = keys(site.sandbox.tickets())
    other.signal(signal.SIGCONT)
    eventually(lambda: len(site.sandbox.tickets()) > len(in_time), within=MERGED_WITHIN)
    finish(site, other, OF_ONE_MATTER)
    assert keys(site.open_tickets()) == in_time
    assert closed_twins(site) == 1
    assert_merged(site, first_of(sample, OF_ONE_MATTER))


@pytest.mark.soak
@two
@pytest.mark.parametrize("point", STOPS)
def test_a_daemon_that_is_stopped_anywhere_stops_no_other(
    site: Hosts, undisturbed: Partition, point: str
) -> None:
    stopped, other = site.daemons
    stops_at(stopped, point)
    site.start(stopped)
    site.bring(LABELS[:SOAK_MAILS])
    await_stopped(stopped)
    other.start()
    site.run(as_long_as=other).await_done(SOAK_MAILS)
    stopped.signal(signal.SIGCONT)
    stopped.stop()  # one that was still starting has ended, since the server had closed its connections
    finish(site, other, SOAK_MAILS)
    assert_merged(site, first_of(undisturbed, SOAK_MAILS))


@pytest.mark.soak
@two_and_three
@pytest.mark.parametrize("seed", SOAK_SEEDS)
def test_daemons_that_die_and_stop_at_any_moment_change_nothing(
    site: Hosts, undisturbed: Partition, seed: int
) -> None:
    *disturbed, other = site.daemons
    dice = random.Random(seed)
    ways: list[Callable[[Daemon], None]] = dice.sample((kill, partial(pause, site)), len(disturbed))
    moments = sorted(dice.sample(range(1, LAST_DISTURBED_TICKET), len(disturbed)))
    site.start(*site.daemons)
    site.bring(LABELS)
    for moment, way, daemon in zip(moments, ways, disturbed, strict=True):
        eventually(lambda tickets=moment: len(site.sandbox.tickets()) >= tickets, within=MERGED_WITHIN)  # type: ignore[misc]
        way(daemon)
    finish(site, other, len(FILES))
    assert_merged(site, undisturbed)


def kill(daemon: Daemon) -> None:
    daemon.kill()


def pause(site: Hosts, daemon: Daemon) -> None:
    """For longer than its lease lasts."""
    daemon.signal(signal.SIGSTOP)
    site.await_freed(daemon)
    daemon.signal(signal.SIGCONT)


def finish(site: Hosts, other: Daemon, mails: int) -> None:
    """Wait until all is done, no twin is open and nothing stands on a ticket twice, and stop."""
    run = site.run(as_long_as=other)
    run.await_done(mails)
    eventually(lambda: site.is_merged() and run.is_done(mails), within=MERGED_WITHIN)
    eventually(lambda: not doubled(site.open_tickets()), within=MERGED_WITHIN)
    assert set(site.stop()) == {0}


def keys(tickets: Iterable[Ticket]) -> list[str]:
    return [ticket.key for ticket in tickets]


def closed_twins(site: Hosts) -> int:
    return len(site.sandbox.tickets()) - len(site.open_tickets())


def assert_undisturbed(run: Run, expected: Partition) -> None:
    assert run.partition() == expected
    run.assert_nothing_doubled()


def assert_merged(site: Hosts, expected: Partition) -> None:
    """Each closed ticket is a twin that is linked to the older one, where nothing is missing or doubled."""
    still_open = {ticket.key: ticket for ticket in site.open_tickets()}
    for twin in (ticket for ticket in site.sandbox.tickets() if ticket.key not in still_open):
        (duplicate,) = (link for link in twin.links if link.type.name == DUPLICATE)
        kept = still_open[duplicate.other]
        assert duplicate.outward
        assert kept.number < twin.number
        assert kept.properties[PROPERTY] == twin.properties[PROPERTY]
    assert site.open_partition() == expected
    assert not doubled(still_open.values())
