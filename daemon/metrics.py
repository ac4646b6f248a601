"""Metrics for Prometheus: the vital signs, read at the moment of each scrape.

What is counted in the database is the same at every daemon that shares it; what a daemon says of
itself (`lease`, `loop`, `turn`, memory, rules, build) is its own.
"""

import platform
import tomllib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from prometheus_client import CollectorRegistry, Metric, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from config.instant import utcnow
from daemon.memory import resident_bytes
from daemon.pulse import Pulse
from daemon.store.database import Database, head_revision
from daemon.store.states import ActionState
from daemon.vitals import AWAITED_BY, HASTENED, NOT_KNOWN, Stage, Vitals, read_vitals
from parsers.facts import Urgency

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
URGENCIES = {
    Stage.ASSESS: (HASTENED, NOT_KNOWN),
    Stage.DECIDE: (HASTENED, NOT_KNOWN),
    Stage.DELIVER: tuple(Urgency),
}
HOUR = timedelta(hours=1)
LAG_HELP = "Seconds since this mailbox was last looked at without an error. Grows while nobody can read it."
POLL_HELP = "When this mailbox was last looked at without an error."
MISSING_HELP = "Mails that the last comparison found on the server and not in the store; they are fetched."
GONE_HELP = (
    "Messages that the last comparison found in the store and no more on the server: a person's doing."
)
RECONCILED_HELP = "When server and store were last compared. Grows old while that fails."
COLLECTED_HELP = "Messages ever collected: the number of the newest one."
LENGTH_HELP = (
    "What waits for a step: messages for assess and decide, actions for deliver. A message's urgency is "
    "not known before it is decided; it is hastened when its headers asked for that."
)
AGE_HELP = "How long ago the mail behind the oldest of what waits for this step was collected; 0 without any."
SENDING_HELP = "Actions with a call under way."
UNKNOWN_HELP = "Actions that may have been carried out: they are looked for before they are repeated."
FAILED_HELP = "Actions that were given up: a person has to see to each (run.py status)."
HELD_HELP = "Messages that wait for a person (run.py held list)."
DUE_HELP = "Matters whose binding clock runs out within so many hours from now."
OVERDUE_HELP = "Matters whose clock ran out before all that was planned for them was carried out."
UNSEALED_HELP = "Ledger entries that are not chained yet. A few, for seconds, while a daemon seals."
UNSEALED_AGE_HELP = "How long ago the oldest ledger entry was made that is not chained yet; 0 without any."
DAEMONS_HELP = "Daemons whose lease holds. 0 can't be seen here: then nothing answers."
LEASE_HELP = "What is left of this daemon's lease; it is renewed long before 0. Below 0, others take over."
TROUBLE_HELP = "1 while the last turn of this loop ended in an error (run.py status says which), else 0."
RESTARTS_HELP = "How often this loop's thread was found dead and started again since the daemon started."
ERRORS_HELP = "Turns that ended in an error since the daemon started, by the kind of error."
TURN_HELP = "For how long the turn under way has lasted; 0 between turns. A loop that hangs shows here."
UP_HELP = "1 when the database answered this scrape, else 0, and most of the other metrics are missing."
MEMORY_HELP = "Resident memory of the daemon and its reading workers together."
RULES_HELP = "The rule set in use; its digest is stored with every decision."
BUILD_HELP = "What is running: version, Python, and the revision of the tables it is written for."


class FlowCollector(Collector):
    """Reads the database once a scrape, in one transaction."""

    def __init__(
        self, *, database: Database, instance: str, rules_digest: Callable[[], str], pulses: Sequence[Pulse]
    ) -> None:
        self._database = database
        self._instance = instance
        self._rules_digest = rules_digest
        self._pulses = pulses
        self._build = {
            "version": tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"],
            "python": platform.python_version(),
            "schema": head_revision() or "",
        }

    def collect(self) -> Iterator[Metric]:
        """Every metric; without the database, those of the process alone."""
        vitals = self._vitals()
        yield _gauge("mailwarden_database_up", UP_HELP, vitals is not None)
        if vitals is not None:
            now = utcnow()
            yield from _mailboxes(vitals, now)
            yield from _queue(vitals, now)
            yield from _counts(vitals)
            yield from _clocks(vitals)
            yield from _ledger(vitals, now)
            yield from _daemons(vitals, self._instance)
        yield from self._process()

    def _vitals(self) -> Vitals | None:
        try:
            with self._database.read() as session:
                return read_vitals(session, self._database, utcnow())
        except SQLAlchemyError:
            return None

    def _process(self) -> Iterator[Metric]:
        """What this daemon knows without its database."""
        yield from _turns(self._pulses)
        memory = resident_bytes()
        if memory is not None:
            yield _gauge("mailwarden_resident_memory_bytes", MEMORY_HELP, memory)
        yield InfoMetricFamily("mailwarden_rules", RULES_HELP, value={"digest": self._rules_digest()})
        yield InfoMetricFamily("mailwarden_build", BUILD_HELP, value=self._build)


def registry(collector: Collector) -> CollectorRegistry:
    """A registry of this collector and of the process metrics that Prometheus recommends."""
    made = CollectorRegistry()
    made.register(collector)
    ProcessCollector(registry=made)
    return made


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _by_mailbox(name: str, text: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, labels=["mailbox"])


def _mailboxes(vitals: Vitals, now: datetime) -> Iterator[Metric]:
    lag = _by_mailbox("mailwarden_mailbox_lag_seconds", LAG_HELP)
    poll = _by_mailbox("mailwarden_mailbox_last_good_poll_timestamp_seconds", POLL_HELP)
    missing = _by_mailbox("mailwarden_mailbox_missing", MISSING_HELP)
    gone = _by_mailbox("mailwarden_mailbox_gone", GONE_HELP)
    reconciled = _by_mailbox("mailwarden_mailbox_reconciled_timestamp_seconds", RECONCILED_HELP)
    for mailbox in vitals.mailboxes:
        if mailbox.last_good_poll is not None:
            lag.add_metric([mailbox.name], (now - mailbox.last_good_poll).total_seconds())
            poll.add_metric([mailbox.name], mailbox.last_good_poll.timestamp())
        if mailbox.reconciled_at is not None:
            missing.add_metric([mailbox.name], mailbox.missing)
            gone.add_metric([mailbox.name], mailbox.gone)
            reconciled.add_metric([mailbox.name], mailbox.reconciled_at.timestamp())
    yield from (lag, poll, missing, gone, reconciled)


def _queue(vitals: Vitals, now: datetime) -> Iterator[Metric]:
    """Every step and urgency has its series, also while nothing waits there."""
    labels = ["step", "urgency"]
    length = GaugeMetricFamily("mailwarden_queue_length", LENGTH_HELP, labels=labels)
    age = GaugeMetricFamily("mailwarden_queue_oldest_age_seconds", AGE_HELP, labels=labels)
    for stage, urgencies in URGENCIES.items():
        for urgency in urgencies:
            piles = [
                pile
                for pile in vitals.piles
                if pile.urgency == urgency and AWAITED_BY.get(pile.state) is stage
            ]
            oldest = min((pile.oldest_at for pile in piles), default=now)
            length.add_metric([stage, urgency], sum(pile.count for pile in piles))
            age.add_metric([stage, urgency], (now - oldest).total_seconds())
    yield from (length, age)


def _counts(vitals: Vitals) -> Iterator[Metric]:
    yield CounterMetricFamily("mailwarden_messages_collected", COLLECTED_HELP, value=vitals.collected)
    yield _gauge("mailwarden_messages_held", HELD_HELP, vitals.held)
    yield _gauge("mailwarden_actions_sending", SENDING_HELP, vitals.count(ActionState.SENDING))
    yield _gauge("mailwarden_actions_unknown", UNKNOWN_HELP, vitals.count(ActionState.UNKNOWN))
    yield _gauge("mailwarden_actions_failed", FAILED_HELP, vitals.count(ActionState.FAILED))


def _clocks(vitals: Vitals) -> Iterator[Metric]:
    due = GaugeMetricFamily("mailwarden_matters_due", DUE_HELP, labels=["within_hours"])
    for horizon, count in vitals.due_within.items():
        due.add_metric([str(horizon // HOUR)], count)
    yield due
    yield _gauge("mailwarden_matters_overdue", OVERDUE_HELP, vitals.overdue)


def _ledger(vitals: Vitals, now: datetime) -> Iterator[Metric]:
    age = (now - (vitals.unsealed_since or now)).total_seconds()
    yield _gauge("mailwarden_ledger_unsealed", UNSEALED_HELP, vitals.unsealed)
    yield _gauge("mailwarden_ledger_unsealed_oldest_age_seconds", UNSEALED_AGE_HELP, age)


def _daemons(vitals: Vitals, instance: str) -> Iterator[Metric]:
    """How many daemons there are, and how this one and its loops are."""
    yield _gauge("mailwarden_daemons", DAEMONS_HELP, sum(one.lease_seconds > 0 for one in vitals.daemons))
    leases = [daemon.lease_seconds for daemon in vitals.daemons if daemon.instance == instance]
    if leases:  # an expired one may lie beside the one that replaced it
        yield _gauge("mailwarden_lease_remaining_seconds", LEASE_HELP, max(leases))
    trouble = GaugeMetricFamily("mailwarden_loop_in_trouble", TROUBLE_HELP, labels=["loop"])
    restarts = CounterMetricFamily("mailwarden_loop_restarts", RESTARTS_HELP, labels=["loop"])
    for loop in vitals.loops:
        if loop.instance == instance:
            trouble.add_metric([loop.name], loop.trouble is not None)
            restarts.add_metric([loop.name], loop.restarts)
    yield from (trouble, restarts)


def _turns(pulses: Sequence[Pulse]) -> Iterator[Metric]:
    seconds = GaugeMetricFamily("mailwarden_turn_seconds", TURN_HELP, labels=["loop"])
    errors = CounterMetricFamily("mailwarden_turn_errors", ERRORS_HELP, labels=["loop", "error"])
    for pulse in pulses:
        seconds.add_metric([pulse.name], pulse.turn_seconds)
        for error, count in pulse.failures().items():
            errors.add_metric([pulse.name, error], count)
    yield from (seconds, errors)
