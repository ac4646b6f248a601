"""The daemon: starts the loops, watches over them, reloads, drains and stops."""

import signal
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import structlog

from config.faults import ConfigurationError
from config.settings import Settings
from connectors.imap import ImapAccount, ImapSource
from connectors.jira.connect import jira_tickets
from connectors.mail import MailSource
from daemon.accounts import imap_account
from daemon.assess import Assessor
from daemon.bell import Bell
from daemon.collect import Collector, Watch
from daemon.decide import Decider
from daemon.deliver import Courier, Floors
from daemon.health import Health
from daemon.lease import Hold, Lease
from daemon.loop import Loop
from daemon.pool import Pool
from daemon.reap import Heartbeat, forget_instance, reap
from daemon.step import Step
from daemon.store.database import Database
from daemon.store.sole import sole
from daemon.wire import Wire
from rules.site import Site, load

SUPERVISE_SECONDS = 1.0
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
        self._sole = sole(database, settings.instance)
        self._lease = Lease(database=database, instance=settings.instance, length=settings.lease)
        self._floors = Floors()
        self._configuration = self._health("configuration")
        self._heart = self._loop(self._heartbeat())
        self._loops = [self._loop(step) for step in self._steps()]

    def start(self) -> None:
        """Take the lock, take up what an earlier process left, and start every loop."""
        settings = self.site.settings
        self._sole.acquire()
        forget_instance(self._database, settings.instance)
        self._lease.begin()
        freed = reap(self._database, settings.jira.unknown_wait)
        log.info("started", action="start", loops=len(self._loops), freed=freed, rules=self.site.rules.digest)
        self._configuration.begin()
        self._pool.start()
        for loop in (self._heart, *self._loops):
            loop.start()

    def supervise(self) -> None:
        """Restart every loop whose thread has died."""
        for loop in (self._heart, *self._loops):
            if loop.revive():
                log.error("loop restarted", action="supervise", loop=loop.step.name)

    def reload(self, folder: Path) -> None:
        """Take a changed configuration into use, or keep the old one and say what is wrong with the new."""
        try:
            self.site = load(folder)
        except ConfigurationError as error:
            self._configuration.troubled(error)
            log.error("configuration kept", action="reload", faults=len(error.faults))
            return
        self._configuration.well()
        log.info("configuration reloaded", action="reload", rules=self.site.rules.digest)

    def stop(self) -> bool:
        """Let every loop finish the piece of work that it is on; whether all of them did."""
        for loop in self._loops:
            loop.stop()
        drained = all(loop.join(DRAIN_SECONDS) for loop in self._loops)
        self._heart.stop()  # last, so that the lease holds for what the others were on
        drained = self._heart.join(DRAIN_SECONDS) and drained
        self._pool.close()
        self._lease.end()
        self._sole.release()
        log.info("stopped", action="stop", drained=drained)
        return drained

    def _steps(self) -> list[Step]:
        settings = self.site.settings
        collectors = [self._collector(watch) for watch in watches(settings)]
        assessors = [self._assessor(number) for number in range(1, settings.reading_workers + 1)]
        decider = Decider(
            database=self._database,
            site=lambda: self.site,
            assessed=self._assessed,
            planned=self._planned,
        )
        couriers = [self._courier(number) for number in range(1, settings.jira.delivery_threads + 1)]
        return [*self._wires(), *collectors, *assessors, decider, *couriers]

    def _wires(self) -> list[Wire]:
        """Where several daemons may share the database, each hears the others' bells."""
        if self._database.is_embedded:
            return []
        bells = {"collected": self._collected, "assessed": self._assessed, "planned": self._planned}
        return [Wire(database=self._database, bells=bells)]

    def _heartbeat(self) -> Heartbeat:
        return Heartbeat(
            lease=self._lease,
            database=self._database,
            unknown_wait=self.site.settings.jira.unknown_wait,
            wake=self._wake_all,
        )

    def _wake_all(self) -> None:
        for bell in (self._collected, self._assessed, self._planned):
            bell.ring()

    def _loop(self, step: Step) -> Loop:
        return Loop(step=step, health=self._health(step.name))

    def _health(self, name: str) -> Health:
        return Health(instance=self.site.settings.instance, name=name, database=self._database)

    def _assessor(self, number: int) -> Assessor:
        return Assessor(
            number=number,
            database=self._database,
            read=self._pool.read,
            collected=self._collected,
            assessed=self._assessed,
            claimant=self._lease,
        )

    def _collector(self, watch: Watch) -> Collector:
        return Collector(watch=watch, database=self._database, collected=self._collected)

    def _courier(self, number: int) -> Courier:
        jira, hold = self.site.settings.jira, Hold(self._lease)
        return Courier(
            number=number,
            database=self._database,
            tickets=jira_tickets(jira, guard=hold.check),
            planned=self._planned,
            unknown_wait=jira.unknown_wait,
            hold=hold,
            floors=self._floors,
        )


def watches(settings: Settings) -> list[Watch]:
    """What the settings say is watched."""
    return [
        Watch(
            mailbox=mailbox.name,
            open_source=_source_opener(imap_account(mailbox)),
            poll_seconds=mailbox.poll_seconds,
            since=mailbox.since,
        )
        for mailbox in settings.mailboxes
    ]


def run(folder: Path) -> bool:
    """Run the daemon until SIGTERM or SIGINT; SIGHUP reloads. Returns whether it drained in time."""
    wishes = _Signals()
    site = load(folder)
    database = Database(site.settings.database)
    _prepare_schema(database)
    service = Service(site=site, database=database)
    service.start()
    while not wishes.stop:
        wishes.arrived.wait(SUPERVISE_SECONDS)
        wishes.arrived.clear()
        if wishes.reload:
            wishes.reload = False
            service.reload(folder)
        service.supervise()
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


def _source_opener(account: ImapAccount) -> Callable[[], MailSource]:
    return lambda: ImapSource(account)


def _prepare_schema(database: Database) -> None:
    """An empty database gets its tables; an older one is left to the person who runs `db upgrade`."""
    if database.revision() is None:
        database.upgrade()
    database.require_current()
