"""A network that drops, resets, halves, delays, splits and refuses loses nothing and doubles nothing."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import URL, make_url

from daemon.store.database import Database
from tests.contract.jira_judge import judged_sandbox
from tests.support.corpus_run import (
    HANDLED_WITHIN,
    LABELS,
    LOG_CHARACTERS,
    SAMPLE_MAILS,
    Partition,
    Run,
    deliver,
)
from tests.support.daemon import Daemon
from tests.support.dovecot import Dovecot
from tests.support.network import Plan, Proxy
from tests.support.postgres import Postgres
from tests.support.waiting import eventually

SEED = 20261125
SOAK_SEEDS = range(1, 13)
ENOUGH_TROUBLES, OF_EACH_WAY = 20, 2
"""So many, or all that the run meets; then each way is mended that has had its share."""
SOON_OCTETS = 6_000
"""Where there is little mail, trouble must come early in the life of a connection."""
MENDED_WITHIN = 240.0
"""A loop that has failed again and again pauses for up to 75 s, and so may those that it feeds."""


@dataclass(frozen=True, kw_only=True)
class Network:
    """The ways from the daemon to all that it speaks with, and the run that takes them."""

    run: Run
    ways: tuple[Proxy, ...]
    mails: int
    bring_the_rest: Callable[[], None]
    """Hand in the other half of the mail."""

    def worsen(self, plan: Plan) -> None:
        for number, way in enumerate(self.ways):
            way.worsen(replace(plan, seed=plan.seed * len(self.ways) + number))

    def mend_in_turn(self) -> bool:
        """Mend each way that has had its share; True once all have, or the run is done through all of it.

        Where the way to the database stays bad, next to nothing passes on the others that they could suffer.
        """
        assert self.run.daemon.is_running, self.run.daemon.log[-LOG_CHARACTERS:]
        if sum(way.inflicted.total() for way in self.ways) < ENOUGH_TROUBLES:
            return self.run.is_done(self.mails)
        suffering = [way for way in self.ways if way.inflicted.total() < OF_EACH_WAY]
        for way in self.ways:
            if way not in suffering:
                way.mend()
        return not suffering or self.run.is_done(self.mails)

    def mend(self) -> None:
        for way in self.ways:
            way.mend()


@pytest.fixture
def network(
    request: pytest.FixtureRequest, dovecot: Dovecot, postgres: Postgres, mail_user: str, tmp_path: Path
) -> Iterator[Network]:
    """Half of so many mails lies in four mailboxes, and everything is spoken to through a proxy."""
    labels = LABELS[: request.param]
    half = len(labels) // 2
    deliver(dovecot, mail_user, labels[:half])
    direct = make_url(postgres.emptied())
    with judged_sandbox() as sandbox, ExitStack() as opened:
        ports = (dovecot.port, direct.port or 0, urlsplit(sandbox.url).port or 0)
        imap, database, jira = ways = tuple(opened.enter_context(Proxy(port)) for port in ports)
        daemon = Daemon.on(
            tmp_path / "site",
            imap_port=imap.port,
            mail_user=mail_user,
            jira_url=f"http://127.0.0.1:{jira.port}",
            database_url=_shown(direct.set(port=database.port)),
        )
        with closing(Database(_shown(direct))) as seen:
            run = Run(daemon, sandbox, database=seen)
            yield Network(
                run=run,
                ways=ways,
                mails=len(labels),
                bring_the_rest=partial(deliver, dovecot, mail_user, labels[half:]),
            )
            daemon.end()


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=False)


@pytest.mark.timeout(500)
@pytest.mark.parametrize("network", [SAMPLE_MAILS], indirect=True, ids=["few mails"])
def test_a_bad_network_changes_nothing(network: Network, sample: Partition) -> None:
    run_and_compare(network, sample, Plan(seed=SEED, within=SOON_OCTETS))
    assert all(way.inflicted for way in network.ways)


@pytest.mark.soak
@pytest.mark.timeout(500)
@pytest.mark.parametrize("network", [len(LABELS)], indirect=True, ids=["all mails"])
@pytest.mark.parametrize("seed", SOAK_SEEDS)
def test_no_bad_network_changes_anything(network: Network, undisturbed: Partition, seed: int) -> None:
    run_and_compare(network, undisturbed, Plan(seed=seed))


def run_and_compare(network: Network, expected: Partition, plan: Plan) -> None:
    run = network.run
    run.daemon.start()
    eventually(run.is_up, within=HANDLED_WITHIN)
    network.worsen(plan)
    network.bring_the_rest()
    eventually(network.mend_in_turn, within=MENDED_WITHIN)
    network.mend()
    run.await_done(network.mails, within=MENDED_WITHIN)
    assert run.daemon.stop() == 0
    assert any(way.inflicted for way in network.ways)  # a quick run may be done before each had its share
    assert run.partition() == expected
    run.assert_nothing_doubled()
