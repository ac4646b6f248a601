"""Each step alone, one after the other, on one thread: what it costs at least."""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.flow_process import cpu, tree
from benchmarks.flow_site import database_url
from config.instant import utcnow
from connectors.jira.connect import jira_tickets
from daemon.assess import Assessor
from daemon.bell import Bell
from daemon.collect import Collector
from daemon.decide import Decider
from daemon.deliver import MOST_CLAIMS, Courier
from daemon.service import watches
from daemon.step import Step
from daemon.store.database import Database
from parsers.glance import glance
from parsers.report import read
from rules.site import Site, load


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one stage cost for all mails together."""

    name: str
    wall: float  # seconds
    cpu: float  # seconds, of this process
    servers: float = 0.0  # seconds of CPU, of the servers that it calls


def timed(name: str, work: Callable[[], Any], servers: Sequence[int] = ()) -> Cost:
    """`servers` are processes whose CPU is counted with that of their children."""
    theirs, wall, own = _cpu_of(servers), time.perf_counter(), time.process_time()
    work()
    return Cost(
        name=name,
        wall=time.perf_counter() - wall,
        cpu=time.process_time() - own,
        servers=_cpu_of(servers) - theirs,
    )


def _cpu_of(servers: Sequence[int]) -> float:
    return sum(cpu(pid) for server in servers for pid in tree(server))


def each_step(folder: Path, servers: Sequence[int] = (), *, deliver: bool = True) -> Iterator[Cost]:
    """Collect, assess, decide and deliver all that is in the mailbox of a site."""
    site = load(folder)
    database = Database(database_url(folder))
    database.upgrade()
    read(b"From: a@b\r\n\r\nwarm up", received_at=utcnow(), knowledge=site.knowledge)
    glance(b"From: a@b.example\r\nSubject: warm up\r\n\r\n", site.knowledge)
    gc.freeze()  # as the daemon does once everything is loaded
    for step in _steps(site, database, deliver=deliver):
        yield timed(step.name.split()[0], partial(_to_the_end, step), servers)
        step.close()
    database.close()


def collector(site: Site, database: Database, collected: Bell | None = None) -> Collector:
    """For the site's only mailbox."""
    [watch] = watches(site.settings)
    return Collector(
        watch=watch,
        database=database,
        collected=collected or Bell(),
        glance=lambda head, earlier: glance(head, site.knowledge, earlier),
    )


class LastRing(Bell):
    """A bell that notes when it was rung."""

    def __init__(self) -> None:
        super().__init__()
        self.wall = self.cpu = 0.0

    def ring(self) -> None:
        """Wake whoever waits."""
        self.wall, self.cpu = time.perf_counter(), time.process_time()
        super().ring()


def collecting(site: Site, file: Path) -> tuple[Cost, Cost]:
    """The collect step alone, into a database of its own, until all is stored; then comparing it."""
    database = Database(f"sqlite:///{file}")
    database.upgrade()
    stored = LastRing()
    step = collector(site, database, stored)
    glance(b"From: a@b.example\r\nSubject: warm up\r\n\r\n", site.knowledge)
    gc.freeze()
    wall, own = time.perf_counter(), time.process_time()
    both = timed("collect", partial(_to_the_end, step))
    collected = Cost(name="collect", wall=stored.wall - wall, cpu=stored.cpu - own)
    step.close()
    database.close()
    return collected, Cost(name="reconcile", wall=both.wall - collected.wall, cpu=both.cpu - collected.cpu)


def _steps(site: Site, database: Database, *, deliver: bool) -> Iterator[Step]:
    yield collector(site, database)
    yield Assessor(
        database=database,
        read=lambda raw, received_at: read(raw, received_at=received_at, knowledge=site.knowledge),
        collected=Bell(),
        assessed=Bell(),
    )
    yield Decider(database=database, site=lambda: site, assessed=Bell(), planned=Bell())
    if not deliver:
        return
    jira = site.settings.jira
    yield Courier(
        number=1,
        database=database,
        tickets=jira_tickets(jira),
        planned=Bell(),
        unknown_wait=jira.unknown_wait,
        most=MOST_CLAIMS,
    )


def _to_the_end(step: Step) -> None:
    while step.work():
        pass
