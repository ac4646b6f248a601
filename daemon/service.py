"""The daemon: starts the loops, watches over them, reloads, drains and stops."""

import gc
import signal
import threading
from contextlib import suppress
from getpass import getuser
from pathlib import Path
from types import FrameType

import structlog
from sqlalchemy.exc import DBAPIError

from config.faults import ConfigurationError
from config.settings import Settings
from connectors.jira.connect import jira_tickets
from connectors.outbox import Outbox
from connectors.smtp import SmtpOutbox
from daemon import logs, seal, sweep
from daemon.accounts import opinion_service, showing_of, smtp_account, source_opener
from daemon.assess import Assessor
from daemon.bell import Bell
from daemon.collect import Collector
from daemon.decide import Decider
from daemon.deliver import MOST_CLAIMS, Courier, Floors
from daemon.door import door_of
from daemon.file_changes import REST_SECONDS, FileChanges, Waker
from daemon.heads import Heads
from daemon.health import Health
from daemon.lease import Hold, Lease
from daemon.ledger_key import ledger_key
from daemon.loop import LONGEST_PAUSE_SECONDS, Loop
from daemon.mirror import Mirrorer
from daemon.pool import Pool
from daemon.reap import Heartbeat, forget_instance, reap
from daemon.rule_sets import Source, adopt
from daemon.seal import Sealer
from daemon.second_opinion import SecondOpinion
from daemon.step import Step
from daemon.store.database import Database
from daemon.store.sole import sole
from daemon.sweep import Sweeper
from daemon.watched import Watch
from daemon.wire import PLANNED, Wire
from parsers.glance import glance
from rules.site import Site, load

SUPERVISE_SECONDS = 1.0
WATCHED_FILES = ("routing.yaml", "rotas.yaml")
DRAIN_SECONDS = 40.0  # longer than an outside call may take

log = structlog.get_logger()


class Service:
    """All loops of one daemon on one database."""

    def __init__(self, *, site: Site, database: Database) -> None:
        self.site = site
        self._database = database
        self._collected, self._assessed, self._planned = Bell(), Bell(), Bell()
        settings = site.settings
        self._pool = Pool(size=settings.reading_workers, knowledge=lambda: self.site.knowledge)
        wanted = settings.second_opinion
        self._read = (
            SecondOpinion(self._pool.read, opinion_service(wanted)).read if wanted else self._pool.read
        )
        self._sole = sole(database, settings.instance)
        self._lease = Lease(
            database=database,
            instance=settings.instance,
            length=settings.lease,
            gained=self._wake_collectors,
        )
        self._floors = Floors()
        self._configuration = self._health("configuration")
        # However long the database was away: a pause that outlasts the lease would lose the next one as well.
        self._heart = self._loop(self._heartbeat(), longest_pause=self._lease.renewal_seconds)
        self._loops = [self._loop(step) for step in self._steps()]
        pulses = [loop.pulse for loop in (self._heart, *self._loops)]
        self._door = door_of(lambda: self.site, database=database, lease=self._lease, pulses=pulses)

    def start(self) -> None:
        """Take the lock, take up what an earlier process left, and start every loop.

        The lease begins last: until then others do what this daemon could not do yet, and from then on
        it is renewed.
        """
        settings = self.site.settings
        self._sole.acquire()
        if self._door is not None:
            self._door.start()
        forget_instance(self._database, settings.instance)
        self._adopt_rules()
        self._configuration.begin()
        self._pool.start()
        self.site.knowledge.alarm.rings("")  # compiled now, not while the first mails wait
        freed = reap(self._database, settings.jira.unknown_wait)
        self._lease.begin()
        log.info("started", loops=len(self._loops), freed=freed, rules=self.site.rules.digest)
        for loop in (self._heart, *self._loops):
            loop.start()

    def supervise(self) -> None:
        """Restart every loop whose thread has died."""
        for loop in (self._heart, *self._loops):
            if loop.revive():
                log.error("loop restarted", loop=loop.step.name)

    def reload(self, folder: Path) -> None:
        """Take a changed configuration into use, or keep the old one and say what is wrong with the new."""
        try:
            self.site = load(folder)
        except ConfigurationError as error:
            self._configuration.troubled(error)
            log.error("configuration kept", faults=len(error.faults))
            return
        self._configuration.well()
        self._adopt_rules()
        log.info("configuration reloaded", rules=self.site.rules.digest)

    def _adopt_rules(self) -> None:
        """Let the rules of the file govern, if it is for the file to say."""
        source = Source(text=self.site.rules_text, rules=self.site.rules)
        if not adopt(self._database, source, by=getuser()):
            log.warning("rules of the file do not govern", rules=self.site.rules.digest)

    def stop(self) -> bool:
        """Let every loop finish the piece of work that it is on; whether all of them did."""
        for loop in self._loops:
            loop.stop()
        drained = all(loop.join(DRAIN_SECONDS) for loop in self._loops)
        self._heart.stop()  # last, so that the lease holds for what the others were on
        drained = self._heart.join(DRAIN_SECONDS) and drained
        self._pool.close()
        if self._door is not None:
            self._door.stop()
        with suppress(DBAPIError):  # without its database the lease runs out by itself
            self._lease.end()
        self._sole.release()
        log.info("stopped", drained=drained)
        return drained

    def _steps(self) -> list[Step]:
        settings = self.site.settings
        watched = watches(settings)
        collectors = [self._collector(watch) for watch in watched]
        mirrorers = [self._mirrorer(watch) for watch in watched if watch.showing.asked]
        assessors = [self._assessor(number) for number in range(1, settings.reading_workers + 1)]
        decider = Decider(
            database=self._database,
            site=lambda: self.site,
            assessed=self._assessed,
            planned=self._planned,
        )
        threads = settings.jira.delivery_threads
        couriers = [self._courier(number, Hold(self._lease)) for number in range(1, threads + 1)]
        alone = (self._sweeper(), self._sealer())
        return [
            *self._wires(),
            *collectors,
            *mirrorers,
            *assessors,
            decider,
            *couriers,
            *self._postmen(),
            *alone,
        ]

    def _wires(self) -> list[Wire]:
        """Where several daemons may share the database, each hears the others' bells."""
        if self._database.is_embedded:
            return []
        bells = {"collected": self._collected, "assessed": self._assessed, PLANNED: self._planned}
        return [Wire(database=self._database, bells=bells)]

    def _heartbeat(self) -> Heartbeat:
        return Heartbeat(
            lease=self._lease,
            database=self._database,
            unknown_wait=self.site.settings.jira.unknown_wait,
            wake=self._wake_all,
            keep_name=self._sole.keep,
        )

    def _wake_all(self) -> None:
        for bell in (self._collected, self._assessed, self._planned):
            bell.ring()

    def _wake_collectors(self, duties: frozenset[str]) -> None:
        """Mail that nobody has watched for is collected at once, even where the last try has failed."""
        for loop in self._loops:
            if isinstance(loop.step, Collector) and loop.step.duty in duties:
                loop.wake()

    def _loop(self, step: Step, *, longest_pause: float = LONGEST_PAUSE_SECONDS) -> Loop:
        return Loop(step=step, health=self._health(step.name), longest_pause=longest_pause)

    def _health(self, name: str) -> Health:
        return Health(instance=self.site.settings.instance, name=name, database=self._database)

    def _assessor(self, number: int) -> Assessor:
        return Assessor(
            number=number,
            database=self._database,
            read=self._read,
            collected=self._collected,
            assessed=self._assessed,
            claimant=self._lease,
        )

    def _collector(self, watch: Watch) -> Collector:
        self._lease.want(watch.duty)
        return Collector(
            watch=watch,
            database=self._database,
            collected=self._collected,
            glance=lambda head, earlier: glance(head, self.site.knowledge, earlier),
            holds=lambda: self._lease.holds(watch.duty),
        )

    def _mirrorer(self, watch: Watch) -> Mirrorer:
        return Mirrorer(watch=watch, database=self._database, holds=lambda: self._lease.holds(watch.duty))

    def _sweeper(self) -> Sweeper:
        jira, hold = self.site.settings.jira, Hold(self._lease)
        self._lease.want(sweep.DUTY)
        return Sweeper(
            database=self._database,
            tickets=jira_tickets(jira, guard=hold.check),
            unknown_wait=jira.unknown_wait,
            hold=hold,
            wake=self._planned.ring,
        )

    def _sealer(self) -> Sealer:
        ledger = self.site.settings.ledger
        self._lease.want(seal.DUTY)
        return Sealer(
            database=self._database,
            key=ledger_key(ledger, make=True),
            heads=Heads(ledger.heads),
            holds=lambda: self._lease.holds(seal.DUTY),
        )

    def _postmen(self) -> list[Courier]:
        """Acknowledgements have a thread of their own: no ticket waits for a mail server."""
        settings, hold = self.site.settings, Hold(self._lease)
        if settings.smtp is None or settings.acknowledge is None:
            return []
        outbox = SmtpOutbox(smtp_account(settings.smtp), guard=hold.check)
        return [self._courier(1, hold, outbox=outbox)]

    def _courier(self, number: int, hold: Hold, *, outbox: Outbox | None = None) -> Courier:
        jira = self.site.settings.jira
        return Courier(
            number=number,
            database=self._database,
            tickets=jira_tickets(jira, guard=hold.check),
            planned=self._planned,
            unknown_wait=jira.unknown_wait,
            hold=hold,
            floors=self._floors,
            outbox=outbox,
            most=MOST_CLAIMS if outbox is None else 1,
        )


def watches(settings: Settings) -> list[Watch]:
    """What the settings say is watched."""
    return [
        Watch(
            mailbox=mailbox.name,
            open_source=source_opener(mailbox),
            poll_seconds=mailbox.poll_seconds,
            since=mailbox.since,
            showing=showing_of(mailbox),
        )
        for mailbox in settings.mailboxes
    ]


def run(folder: Path) -> bool:
    """Run the daemon until SIGTERM or SIGINT; SIGHUP reloads. Returns whether it drained in time."""
    wishes = _Signals()
    site = load(folder)
    logs.configure(instance=site.settings.instance)
    database = Database(site.settings.database, lease=site.settings.lease)
    _prepare_schema(database)
    service = Service(site=site, database=database)
    gc.freeze()  # what is loaded stays, so the collector need not look through it again and again
    service.start()
    # Where several hosts share the database, a person says when rules govern, on all of them.
    changes = FileChanges([folder / name for name in WATCHED_FILES] if database.is_embedded else [])
    waker = Waker(folder, WATCHED_FILES, wishes.arrived) if database.is_embedded else None
    while not wishes.stop:
        wishes.arrived.wait(REST_SECONDS if changes.unsettled else SUPERVISE_SECONDS)
        wishes.arrived.clear()
        if changes.settled() or wishes.reload:
            wishes.reload = False
            try:
                service.reload(folder)
            except DBAPIError:  # tried again until the database can be told
                wishes.reload = True
                log.warning("reload waits for the database")
        service.supervise()
    if waker:
        waker.stop()
    drained = service.stop()
    database.close()
    return drained


class _Signals:
    """Signals only leave a note; the main thread acts on it."""

    def __init__(self) -> None:
        self.arrived = threading.Event()
        self.stop = False
        self.reload = False
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._note)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            self.reload = True
        else:
            self.stop = True
        self.arrived.set()


def _prepare_schema(database: Database) -> None:
    """An empty database gets its tables; an older one is left to the person who runs `db upgrade`."""
    if database.revision() is None:
        database.upgrade()
    database.require_current()
