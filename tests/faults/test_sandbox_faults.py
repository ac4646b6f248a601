"""Each call to Jira may fail in each way at its first try: every action is carried out once all the same.

The clock is simulated: it stands while the courier works, and jumps to when the next action is due.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import func, select

from config.instant import standing_at
from config.settings import JiraEdition
from connectors.jira.connect import CLIENTS
from connectors.jira.sandbox.faults import Faults
from connectors.jira.sandbox.server import Sandbox
from daemon.bell import Bell
from daemon.deliver import Courier
from daemon.store.database import Database
from daemon.store.models import Action
from daemon.store.states import CARRIED_OUT
from tests.support.corpus_run import Partition, doubled, hashes, partition

EVERY_CALL = ("GET|POST|PUT|DELETE", "/rest/.*")
SERVER_ERROR = HTTPStatus.INTERNAL_SERVER_ERROR
REQUEST_TIMEOUT, TOO_LATE = 0.05, 0.1
"""Seconds of real time: the one thing that can't be simulated."""
UNKNOWN_WAIT = timedelta(seconds=10)
STEP = timedelta(seconds=1)
MOST_TURNS = 5_000
LAGS = (timedelta(0), timedelta(seconds=60))
SHARES = (0.3, 1.0)

Arming = Callable[[Faults, float], None]


def answered_with_an_error(faults: Faults, share: float, *, executed: bool) -> None:
    faults.answer(*EVERY_CALL, status=SERVER_ERROR, executed=executed, share=share)


FAULTS: dict[str, Arming] = {
    "executed then dropped": lambda faults, share: faults.execute_then_drop(*EVERY_CALL, share=share),
    "dropped before": lambda faults, share: faults.drop_before_execute(*EVERY_CALL, share=share),
    "read time-out": lambda faults, share: faults.delay(*EVERY_CALL, seconds=TOO_LATE, share=share),
    "500": partial(answered_with_an_error, executed=False),
    "executed then 500": partial(answered_with_an_error, executed=True),
    "truncated": lambda faults, share: faults.truncate(*EVERY_CALL, share=share),
}


@dataclass(kw_only=True)
class Delivery:
    """The corpus's actions on their way to a sandbox that has faults."""

    database: Database
    sandbox: Sandbox
    courier: Courier
    now: datetime

    def work_off(self) -> None:
        for _ in range(MOST_TURNS):
            if self.next_due() is None:
                return
            self._turn()
        pytest.fail(f"not done in {MOST_TURNS} turns")

    def next_due(self) -> datetime | None:
        """When the next unfinished action is due; none when all are carried out."""
        with self.database.read() as session:
            return session.scalar(
                select(func.min(Action.next_try_at)).where(Action.state.not_in(CARRIED_OUT)),
            )

    def tries(self) -> int:
        """How many tries did not end well."""
        with self.database.read() as session:
            return session.scalar(select(func.sum(Action.tries))) or 0

    def _turn(self) -> None:
        """As the daemon's loop: an error is told to the step, and the work goes on a while later."""
        with standing_at(self.now):
            try:
                while self.courier.work():
                    pass
            except Exception as error:  # noqa: BLE001
                self.courier.failed(error)
        self.now = max(self.now + STEP, self.next_due() or self.now)


@pytest.fixture
def delivery(request: pytest.FixtureRequest, decided_corpus: Path, tmp_path: Path) -> Iterator[Delivery]:
    """Everything is planned and nothing delivered."""
    edition, lag = request.param
    shutil.copy(decided_corpus, tmp_path)
    start = datetime.now(UTC)
    with (
        closing(Database(f"sqlite:///{tmp_path / decided_corpus.name}")) as database,
        Sandbox(edition=edition, clock=lambda: running.now, index_lag=lag) as sandbox,
        closing(
            CLIENTS[edition](
                url=sandbox.url,
                user="mailwarden",
                token="token",
                request_timeout=REQUEST_TIMEOUT,
                pause=lambda _seconds: None,
            )
        ) as tickets,
    ):
        courier = Courier(
            number=1, database=database, tickets=tickets, planned=Bell(), unknown_wait=UNKNOWN_WAIT
        )
        running = Delivery(database=database, sandbox=sandbox, courier=courier, now=start)
        yield running


@pytest.mark.soak
@pytest.mark.parametrize("delivery", list(product(JiraEdition, LAGS)), indirect=True)
@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_of_jira_loses_or_doubles_anything(
    delivery: Delivery, fault: str, share: float, undisturbed: Partition
) -> None:
    deliver_and_compare(delivery, fault, share, undisturbed)


@pytest.mark.parametrize(
    ("delivery", "fault", "share"),
    [
        ((JiraEdition.CLOUD, LAGS[1]), "executed then dropped", 1.0),
        ((JiraEdition.DATA_CENTER, LAGS[1]), "truncated", 1.0),
        ((JiraEdition.CLOUD, LAGS[0]), "read time-out", 0.3),
        ((JiraEdition.DATA_CENTER, LAGS[0]), "dropped before", 0.3),
        ((JiraEdition.CLOUD, LAGS[1]), "executed then 500", 0.3),
    ],
    indirect=["delivery"],
)
def test_a_fault_of_jira_loses_and_doubles_nothing(
    delivery: Delivery, fault: str, share: float, undisturbed: Partition
) -> None:
    deliver_and_compare(delivery, fault, share, undisturbed)


def deliver_and_compare(delivery: Delivery, fault: str, share: float, undisturbed: Partition) -> None:
    FAULTS[fault](delivery.sandbox.faults, share)
    delivery.work_off()
    tickets = delivery.sandbox.tickets()
    assert delivery.tries() > 0
    assert doubled(tickets) == []
    assert partition(tickets, hashes(delivery.database)) == undisturbed
