"""The daemon may die before and after every commit and every outside call: nothing is lost or doubled."""

import random
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from config.fault_points import VARIABLE
from config.settings import JiraEdition
from tests.contract.jira_judge import judged_sandbox
from tests.support.corpus_run import FILES, LABELS, PLACES, Partition, Run, deliver, first_of
from tests.support.daemon import Daemon
from tests.support.dovecot import Dovecot
from tests.support.postgres import Postgres
from tests.support.waiting import eventually

SEED = 20261126
SAMPLE_MAILS = 90  # they lead to actions of every kind
OF_THE_WEIGHTY, OF_THE_OTHERS = 4, 1
DIES_WITHIN = 30.0
CREATE, COMMENT = r"/rest/api/\d/issue", r"/rest/api/\d/issue/[^/]+/comment"

WEIGHTY = re.compile(
    r"commit (collect|open epoch|claim message|assess|decide|claim action|settle action)"
    r"|call Jira (POST|PUT) (?!search|issue/bulkfetch).*"
)
"""Where the data go on, and where something outside changes."""


class Corpus:
    """The corpus on its way into four mailboxes, a mail at a time."""

    def __init__(self, labels: list[dict[str, str]], dovecot: Dovecot, mail_user: str) -> None:
        self.handed_in = 0
        self._labels = labels
        self._dovecot = dovecot
        self._mail_user = mail_user

    @property
    def has_more(self) -> bool:
        return self.handed_in < len(self._labels)

    def hand_in(self, mails: int) -> None:
        coming = self._labels[self.handed_in : self.handed_in + mails]
        deliver(self._dovecot, self._mail_user, coming)
        self.handed_in += len(coming)

    def hand_in_all(self) -> None:
        self.hand_in(len(self._labels))


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where daemons are made that were never started before, with nothing in their mailboxes."""

    kind: str
    edition: JiraEdition
    folder: Path
    dovecot: Dovecot
    postgres: Postgres
    mail_user: str
    mails: int

    @contextmanager
    def fresh(self, name: str) -> Iterator[tuple[Run, Corpus]]:
        mail_user = f"{self.mail_user}-{name}"
        with judged_sandbox(edition=self.edition) as sandbox:
            daemon = Daemon.on(
                self.folder / name,
                imap_port=self.dovecot.port,
                mail_user=mail_user,
                jira_url=sandbox.url,
                database_url=self.postgres.emptied() if self.kind == "postgresql" else None,
                edition=self.edition,
            )
            run = Run(daemon, sandbox)
            yield run, Corpus(LABELS[: self.mails], self.dovecot, mail_user)
            daemon.end()
            run.database.close()


@pytest.fixture
def place(
    request: pytest.FixtureRequest, tmp_path: Path, dovecot: Dovecot, postgres: Postgres, mail_user: str
) -> Place:
    kind, edition, mails = request.param
    return Place(
        mails=mails,
        kind=kind,
        edition=edition,
        folder=tmp_path,
        dovecot=dovecot,
        postgres=postgres,
        mail_user=mail_user,
    )


def points_passed(run: Run, corpus: Corpus) -> list[str]:
    """The fault points that a run over the corpus passes, when some answers are lost; in order."""
    noted = run.daemon.folder / "points"
    run.daemon.environment[VARIABLE] = f"note {noted}"
    run.sandbox.faults.drop_before_execute("POST", CREATE)
    run.sandbox.faults.execute_then_drop("POST", COMMENT)
    corpus.hand_in_all()
    run.daemon.start()
    run.await_done(corpus.handed_in)
    assert run.daemon.stop() == 0
    return list(dict.fromkeys(noted.read_text().splitlines()))


def dies_at(point: str, run: Run, corpus: Corpus) -> bool:
    """Let the daemon work until it dies there, on ever more mail; whether it did."""
    if "bulkfetch" in point:
        run.sandbox.faults.drop_before_execute("POST", CREATE)
    if "GET issue/comment" in point or "GET comment/" in point:
        run.sandbox.faults.execute_then_drop("POST", COMMENT)
    run.daemon.environment[VARIABLE] = f"kill {point}"
    run.daemon.start()
    mails = 1
    while run.daemon.is_running and corpus.has_more:
        corpus.hand_in(mails)
        mails *= 2
        eventually(lambda: not run.daemon.is_running or run.is_done(corpus.handed_in), within=DIES_WITHIN)
    return run.daemon.stop() == -signal.SIGKILL


def finish(run: Run, corpus: Corpus) -> None:
    del run.daemon.environment[VARIABLE]
    corpus.hand_in_all()
    run.daemon.start_and_await()
    run.await_done(corpus.handed_in)
    assert run.daemon.stop() == 0


def sampled(points: list[str]) -> list[str]:
    """A few of the points where it matters most, and of the others; in order."""
    dice = random.Random(SEED)
    weighty = [point for point in points if WEIGHTY.fullmatch(place_of(point))]
    others = [point for point in points if point not in weighty]
    drawn = {*dice.sample(weighty, OF_THE_WEIGHTY), *dice.sample(others, OF_THE_OTHERS)}
    return [point for point in points if point in drawn]


def place_of(point: str) -> str:
    return point.rpartition(":")[0]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("place", [(*PLACES[0], SAMPLE_MAILS)], indirect=True)
def test_dying_where_it_matters_most_changes_nothing(place: Place, undisturbed: Partition) -> None:
    die_at_each(sampled(points_of(place)), place, undisturbed)


@pytest.mark.soak
@pytest.mark.timeout(2700)
@pytest.mark.parametrize("place", [(*place, len(FILES)) for place in PLACES], indirect=True)
def test_dying_anywhere_changes_nothing(place: Place, undisturbed: Partition) -> None:
    die_at_each(points_of(place), place, undisturbed)


def points_of(place: Place) -> list[str]:
    with place.fresh("noted") as (run, corpus):
        return points_passed(run, corpus)


def die_at_each(points: list[str], place: Place, undisturbed: Partition) -> None:
    """A death uses mails up: what those that are left did not lead to is met from the start again."""
    for number in count(1):
        with place.fresh(f"killed-{number}") as (run, corpus):
            missed = [point for point in points if not dies_at(point, run, corpus)]
            assert len(missed) < len(points)
            finish(run, corpus)
            assert run.partition() == first_of(undisturbed, place.mails)
            run.assert_nothing_doubled()
        if not missed:
            return
        points = missed
