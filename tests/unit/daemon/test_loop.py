import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from connectors.errors import Unavailable
from daemon.health import Health
from daemon.loop import LONGEST_PAUSE_SECONDS, Loop
from daemon.store.database import Database
from daemon.store.models import Worker
from tests.support.waiting import eventually

SOON = 10.0
HOURS = 10_000.0
MANY_FAILURES = 12
"""After which a loop would pause for minutes."""


class ScriptedStep:
    """Raises the errors of its script, one a turn, then has nothing more to do."""

    name = "scripted"

    def __init__(self, *errors: BaseException) -> None:
        self._errors = list(errors)
        self._bell = threading.Event()
        self.turns = 0
        self.failures: list[Exception] = []
        self.closed = False

    def work(self) -> bool:
        self.turns += 1
        if self._errors:
            raise self._errors.pop(0)
        return False

    def failed(self, error: Exception) -> None:
        self.failures.append(error)

    def rest(self) -> None:
        self._bell.wait(SOON)

    def interrupt(self) -> None:
        self._bell.set()

    def close(self) -> None:
        self.closed = True


@contextmanager
def running(
    step: ScriptedStep, database: Database, *, longest_pause: float = LONGEST_PAUSE_SECONDS
) -> Iterator[Loop]:
    health = Health(instance="here", name=step.name, database=database)
    loop = Loop(step=step, health=health, longest_pause=longest_pause)
    loop.start()
    yield loop
    loop.stop()
    assert loop.join(SOON)


def worker(database: Database) -> Worker | None:
    with database.read() as session:
        return session.get(Worker, ("here", "scripted"))


def test_a_failed_turn_is_told_to_the_step_and_the_loop_goes_on(database: Database) -> None:
    step = ScriptedStep(Unavailable("down"), Unavailable("down"))
    with running(step, database):
        eventually(lambda: step.turns == 3, within=SOON)
    assert [str(error) for error in step.failures] == ["down", "down"]


def test_trouble_is_kept_until_a_turn_ends_well(database: Database) -> None:
    health = Health(instance="here", name="scripted", database=database)
    health.begin()
    health.troubled(Unavailable("Jira is down"))
    found = worker(database)
    assert found is not None
    assert (found.trouble, found.trouble_since is not None) == ("Jira is down", True)
    health.well()
    found = worker(database)
    assert found is not None
    assert found.trouble is None


def test_only_our_own_errors_are_quoted(database: Database) -> None:
    health = Health(instance="here", name="scripted", database=database)
    health.begin()
    health.troubled(ValueError("words of a stranger"))
    found = worker(database)
    assert found is not None
    assert found.trouble == "ValueError"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dead_thread_is_started_again_and_counted(database: Database) -> None:
    step = ScriptedStep(SystemExit())
    with running(step, database) as loop:
        eventually(loop.revive, within=SOON)
        eventually(lambda: step.turns == 2, within=SOON)
    found = worker(database)
    assert found is not None
    assert found.restarts == 1


def test_pauses_grow_no_longer_than_they_may(database: Database) -> None:
    step = ScriptedStep(*[Unavailable("down")] * MANY_FAILURES)
    with running(step, database, longest_pause=0.01):
        eventually(lambda: step.turns > MANY_FAILURES, within=SOON)


def test_a_loop_that_pauses_after_a_failure_can_be_woken(database: Database) -> None:
    step = ScriptedStep(Unavailable("down", retry_after=HOURS))
    with running(step, database) as loop:
        eventually(lambda: step.failures, within=SOON)
        loop.wake()
        eventually(lambda: step.turns > 1, within=SOON)


def test_stopping_ends_a_rest_and_closes_the_step(database: Database) -> None:
    step = ScriptedStep()
    with running(step, database):
        eventually(lambda: step.turns == 1, within=SOON)
    assert step.closed


def test_a_stopped_loop_is_not_revived(database: Database) -> None:
    with running(ScriptedStep(), database) as loop:
        loop.stop()
        assert loop.join(SOON)
        assert not loop.revive()
