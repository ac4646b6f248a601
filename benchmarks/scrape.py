"""What one scrape of the metrics, and one look at `status`, costs on a database that is full.

    python benchmarks/scrape.py                     # 1,000,000 messages on SQLite
    python benchmarks/scrape.py --messages 100000

The rows are made with SQL: most are finished, as in a store of years, and a backlog lies on top. The
cost of a scrape should depend on the backlog alone.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from prometheus_client import generate_latest
from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from sqlalchemy.orm import Session

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from config.instant import utcnow
from daemon.lease import Lease
from daemon.metrics import FlowCollector, registry
from daemon.status import gather
from daemon.store.database import Database
from daemon.store.models import Mailbox, RawMail
from daemon.vitals import HORIZONS

TIMES = 20
BACKLOG = 3_000
MAILBOXES = 4
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) "
INSTANT = "strftime('%Y-%m-%d %H:%M:%f000', 'now', '-' || (:count - i) || ' minutes')"
MESSAGES = f"""
INSERT INTO message (id, mailbox, uidvalidity, uid, sha256, received_at, collected_at, backfilled, party,
                     haste, awaits_all, state, tries, next_try_at, disposition)
{NUMBERS}
SELECT i, 'm' || (i % {MAILBOXES}), 1, i, 'x', {INSTANT}, {INSTANT}, 0, 'party' || (i % 500), 1, 0,
       CASE WHEN i > :count - {BACKLOG} THEN 'collected' WHEN i > :count - 2 * {BACKLOG} THEN 'assessed'
            ELSE 'decided' END, 0, {INSTANT},
       CASE WHEN i > :count - 2 * {BACKLOG} THEN NULL WHEN i % 10 = 0 THEN 'set_aside'
            WHEN i % 2001 = 0 THEN 'held' ELSE 'on_ticket' END
FROM n
"""
MATTERS = f"""
INSERT INTO matter (id, party, opened_by, opened_at, verified, urgency, due_at, ticket_key)
{NUMBERS}
SELECT i, 'party' || (i % 500), i, {INSTANT}, 1, 'normal', datetime({INSTANT}, '+5 days'), 'INC-' || i FROM n
"""
ACTIONS = f"""
INSERT INTO action (id, matter_id, message_id, kind, position, token, payload, deliver_by, urgency_order,
                    state, look_first, tries, next_try_at)
{NUMBERS}
SELECT i, i, i, 'create', 1, 't' || i, '{{}}', datetime({INSTANT}, '+5 days'), i % 4,
       CASE WHEN i > :count - {BACKLOG} THEN 'planned' ELSE 'done' END, 0, 0, {INSTANT}
FROM n
"""

console = Console()


def fill(session: Session, count: int) -> None:
    session.add_all(Mailbox(name=f"m{number}", last_good_poll=utcnow()) for number in range(MAILBOXES))
    session.add(RawMail(sha256="x", size=1, compressed=b""))
    session.flush()
    for statement in (MESSAGES, MATTERS, ACTIONS):
        session.execute(text(statement), {"count": count})


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Median and worst of some calls, in milliseconds."""
    work()
    costs = []
    for _ in range(TIMES):
        began = time.perf_counter()
        work()
        costs.append((time.perf_counter() - began) * 1e3)
    return statistics.median(costs), max(costs)


def main(messages: Annotated[int, typer.Option()] = 1_000_000) -> None:
    """Measure a scrape and a status on a full database."""
    with tempfile.TemporaryDirectory(prefix="mailwarden-bench-") as folder:
        database = Database(f"sqlite:///{folder}/full.db")
        database.upgrade()
        with database.write("benchmark") as session:
            fill(session, messages)
        Lease(database=database, instance="bench", length=max(HORIZONS)).begin()
        metrics = registry(
            FlowCollector(database=database, instance="bench", rules_digest=lambda: "bench", pulses=())
        )
        table = Table("what", "median ms", "worst ms", title=f"{messages:,} messages", title_justify="left")
        for name, work in (
            ("scrape", lambda: generate_latest(metrics)),
            ("status", lambda: gather(database, utcnow())),
        ):
            table.add_row(name, *(f"{cost:.1f}" for cost in timed(work)))
        console.print(table)
        database.close()


if __name__ == "__main__":
    typer.run(main)
