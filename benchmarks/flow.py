"""The whole way of the data, measured beside the bare loops that no program of its kind can beat.

    python benchmarks/flow.py                  # 1,000 and 5,000 mails on SQLite
    python benchmarks/flow.py --mails 500

For each number of mails: a Dovecot with that many different mails (the corpus with other identifiers),
each step run alone to the end, then the daemon's own threads together, and in the same run two bare
loops: imapclient fetching in batches of 50 with one SQLite commit a batch, and POSTs to the sandbox.
The sandbox answers at once and runs in a process of its own. Figures are per mail; trust the ratios.
"""

import gc
import hashlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import requests
import typer
from imapclient import IMAPClient
from rich.console import Console
from rich.progress import track
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from config.instant import utcnow
from connectors.embedded import free_port
from connectors.jira.connect import jira_tickets
from daemon import logs
from daemon.assess import Assessor
from daemon.bell import Bell
from daemon.collect import Collector
from daemon.decide import Decider
from daemon.deliver import Courier
from daemon.service import Service, watches
from daemon.status import gather
from daemon.step import Step
from daemon.store.database import Database
from parsers.glance import glance
from parsers.report import read
from rules.site import Site, load
from tests.support.daemon import LEDGER_KEY, SITE
from tests.support.dovecot import Dovecot
from tests.support.imap_server import PASSWORD

CORPUS = sorted((ROOT / "tests" / "corpus" / "messages").glob("*.eml"))
BATCH = 50
POSTS = 300
MAILBOX = """\
  - name: regulators
    host: 127.0.0.1
    port: {port}
    tls: false
    user: {user}
    password: {{env: BENCH_SECRET}}
    since: 2026-01-01
"""
_LONG_NUMBER = re.compile(rb"\b\d{19}\b")
_MESSAGE_ID = re.compile(rb"(?im)^(message-id:\s*<)")

console = Console()


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one stage cost for all mails together."""

    name: str
    wall: float  # seconds
    cpu: float  # seconds, of this process


def variant(raw: bytes, number: int) -> bytes:
    """The same mail about other content, with another Message-ID."""

    def other(match: re.Match[bytes]) -> bytes:
        digest = hashlib.sha256(match[0] + str(number).encode()).digest()
        return str(int.from_bytes(digest[:8], "big") % 10**18 + 10**18).encode()

    return _MESSAGE_ID.sub(rb"\g<1>%d." % number, _LONG_NUMBER.sub(other, raw))


def mails(count: int) -> Iterator[bytes]:
    raws = [path.read_bytes() for path in CORPUS]
    for number in range(count):
        raw = raws[number % len(raws)]
        yield variant(raw, number // len(raws)) if number >= len(raws) else raw


def timed(name: str, work: Callable[[], Any]) -> Cost:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(name=name, wall=time.perf_counter() - wall, cpu=time.process_time() - cpu)


def to_the_end(step: Step) -> None:
    while step.work():
        pass


def bare_fetch(server: Dovecot, user: str, file: Path) -> None:
    """imapclient in batches of 50, one SQLite commit a batch, nothing else."""
    client = IMAPClient("127.0.0.1", port=server.port, ssl=False)
    client._imap.debug = 0
    client.login(user, PASSWORD)
    client.select_folder("INBOX", readonly=True)
    uids = client.search("ALL")
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL"):
            connection.execute(statement)
        connection.execute("CREATE TABLE mail (uid INTEGER PRIMARY KEY, raw BLOB)")
        for start in range(0, len(uids), BATCH):
            answer = client.fetch(uids[start : start + BATCH], ["BODY.PEEK[]", "INTERNALDATE"])
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO mail VALUES (?, ?)",
                [(uid, item[b"BODY[]"]) for uid, item in answer.items()],
            )
            connection.execute("COMMIT")
    client.logout()


def bare_posts(url: str) -> None:
    session = requests.Session()
    session.auth = ("bench", "bench")
    body = {"fields": {"project": {"key": "INC"}, "issuetype": {"name": "Task"}, "summary": "bare"}}
    for _ in range(POSTS):
        session.post(f"{url}/rest/api/3/issue", json=body).raise_for_status()


@contextmanager
def sandbox() -> Iterator[str]:
    """The sandbox in a process of its own, so that it does not share our interpreter."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "connectors.jira.sandbox", "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        while not _answers(url):
            time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/rest/api/3/serverInfo", timeout=1).ok
    except requests.ConnectionError:
        return False


def site_in(folder: Path, *, server: Dovecot, user: str, url: str) -> Site:
    os.environ["BENCH_SECRET"] = os.environ["TEST_JIRA_TOKEN"] = PASSWORD
    os.environ["TEST_LEDGER_KEY"] = LEDGER_KEY
    database, heads = f"sqlite:///{folder}/mailwarden.db", folder / "ledger"
    mailbox = MAILBOX.format(port=server.port, user=user)
    (folder / "mailwarden.yaml").write_text(
        SITE.format(database=database, heads=heads, jira_url=url, edition="cloud") + mailbox
    )
    shutil.copy(ROOT / "config" / "organisations.yaml", folder)
    (folder / "routing.yaml").write_text(
        "routes:\n"
        "  - {name: unasked, when: {kind: [spam, newsletter]}, then: {set_aside: nobody asked}}\n"
        "default: {then: {project: INC, issue_type: Task}}\n",
    )
    return load(folder)


def each_step(site: Site, database: Database) -> list[Cost]:
    """Every step alone, one after the other, on one thread."""
    bell = Bell()
    [watch] = watches(site.settings)
    knowledge = site.knowledge
    read(b"From: a@b\r\n\r\nwarm up", received_at=utcnow(), knowledge=knowledge)
    jira = site.settings.jira
    collector = Collector(
        watch=watch,
        database=database,
        collected=bell,
        glance=lambda head, earlier: glance(head, knowledge, earlier),
    )
    glance(b"From: a@b.example\r\nSubject: warm up\r\n\r\n", knowledge)
    assessor = Assessor(
        database=database,
        read=lambda raw, received_at: read(raw, received_at=received_at, knowledge=knowledge),
        collected=bell,
        assessed=bell,
    )
    decider = Decider(database=database, site=lambda: site, assessed=bell, planned=bell)
    courier = Courier(
        number=1,
        database=database,
        tickets=jira_tickets(jira),
        planned=bell,
        unknown_wait=jira.unknown_wait,
    )
    gc.freeze()  # as the daemon does once everything is loaded
    costs = [
        timed(step.name.split()[0], partial(to_the_end, step))
        for step in (collector, assessor, decider, courier)
    ]
    collector.close()
    return costs


def whole_flow(site: Site, database: Database, count: int) -> None:
    """The daemon's own threads, until every mail is handled."""
    service = Service(site=site, database=database)
    service.start()
    while not _all_handled(database, count):
        time.sleep(0.1)
    service.stop()


def _all_handled(database: Database, count: int) -> bool:
    status = gather(database, utcnow())
    waiting = sum(number for name, number in status.queue.items())
    return waiting == 0 and sum(status.dispositions.values()) == count


def measure(count: int) -> tuple[list[Cost], list[Cost]]:
    """The costs of our stages and of the bare loops, for so many mails."""
    folder = Path(tempfile.mkdtemp(prefix="mailwarden-bench-"))
    with Dovecot() as server, sandbox() as url:
        for raw in track(mails(count), total=count, description=f"delivering {count}", console=console):
            server.deliver("bench", raw)
        bare_fetch(server, "bench", folder / "warm-up.db")  # the server's caches are warm for both
        bare = [timed("bare fetch", lambda: bare_fetch(server, "bench", folder / "bare.db"))]
        bare.append(timed("bare POST", lambda: bare_posts(url)))
        site = site_in(folder, server=server, user="bench", url=url)
        steps = each_step(site, _fresh(folder, "steps"))
        flow = timed("whole flow", lambda: whole_flow(site, _fresh(folder, "flow"), count))
    shutil.rmtree(folder)
    return [*steps, flow], bare


def _fresh(folder: Path, name: str) -> Database:
    database = Database(f"sqlite:///{folder}/{name}.db")
    database.upgrade()
    return database


def show(count: int, ours: list[Cost], bare: list[Cost]) -> None:
    table = Table(
        "stage", "per s", "wall ms each", "CPU ms each", title=f"{count} mails", title_justify="left"
    )
    fetch, post = bare
    for cost, number in (*((cost, count) for cost in (*ours, fetch)), (post, POSTS)):
        each = (
            f"{number / cost.wall:,.0f}",
            f"{cost.wall / number * 1e3:.2f}",
            f"{cost.cpu / number * 1e3:.2f}",
        )
        table.add_row(cost.name, *each)
    console.print(table)
    collect, flow = ours[0], ours[-1]
    cpu = sum(cost.cpu for cost in ours[:-1])
    console.print(f"collect reaches {fetch.wall / collect.wall:.0%} of the bare fetch loop")
    console.print(f"the steps cost {cpu / count * 1e3:.2f} ms of CPU a mail, all on one interpreter")
    console.print(f"whole flow reaches {cpu / flow.wall:.0%} of what that CPU cost allows\n")


def main(number: Annotated[list[int], typer.Option("--mails")] = [1000, 5000]) -> None:  # noqa: B006
    """Measure the whole flow."""
    logs.configure(quiet=True)
    for count in number:
        show(count, *measure(count))


if __name__ == "__main__":
    typer.run(main)
