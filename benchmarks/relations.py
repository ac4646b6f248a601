"""What it costs to relate one report to what is known, with ever more of it.

    python benchmarks/relations.py [--sizes 10000,100000,1000000] [--json]

The store is filled with made-up reports, the same ones every time: one organisation sends two of five, the
others ever fewer; one in ten is about content that many report; every party has sentences that stand in all
its letters. Then reports of four sorts are related to it, each in a transaction of its own:

    new       nothing known matches: every test is made, and another party's content is sought
    case      the case number is known
    popular   the content is what most reports are about
    words     neither content nor case: the words are compared

Times are of the relation alone, in milliseconds, within a transaction that has begun, as it has when a
message is decided. PostgreSQL and SQLite run with the settings of the tests and of the product. The growth
shows whether it depends on how much is stored. While the machine does other things, trust the CPU: this
process's and that of PostgreSQL's process for the session, where the system tells it.
"""

import json
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from operator import sub
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from daemon.known import Known
from daemon.relate import relate
from daemon.store.database import Database
from daemon.store.models import Base, LookupKey, Matter, Relation, ReportWords
from daemon.store.rows import NewRows
from parsers.facts import Reference, ReferenceKind, Report, Sender, SenderClass, Thread
from parsers.similarity import sketch
from tests.support.postgres import Postgres, installed
from tests.support.reports import report

SIZES = "10000,100000,1000000"
SEED = 20261128
PARTIES = 2_000
POPULAR = 1_000
ROUNDS = 200
SORTS = ("new", "case", "popular", "words")
AT = datetime(2026, 11, 3, tzinfo=UTC)
IN_ONE_GO = 20_000
WORDS = [f"word{number}" for number in range(5_000)]
TABLES = {
    Matter: ("id", "party", "opened_by", "opened_at", "verified", "urgency"),
    Relation: ("message_id", "type", "matter_id", "reason", "scheme"),
    ReportWords: ("message_id", "party", "is_bare", "sketch"),
    LookupKey: ("kind", "value", "party", "matter_id", "message_id"),
}
INDEXES = (
    "ix_lookup_key_kind_value",
    "ix_lookup_key_reference",
    "ix_lookup_key_matter_id",
    "ix_report_words_party_message_id",
)

console = Console(width=110)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What relating reports of one sort cost, in milliseconds."""

    store: str
    reports: int
    sort: str
    median: float
    slowest_twentieth: float
    cpu: float  # of this process, the median
    server_cpu: float  # of the server's process for the session


class History:
    """Made-up reports by number, always the same."""

    def party(self, number: int) -> str:
        dice = random.Random(f"{SEED} party {number}")
        return "p0" if dice.random() < 0.4 else f"p{int(PARTIES * dice.random() ** 3)}"

    def content(self, number: int) -> list[str]:
        dice = random.Random(f"{SEED} content {number}")
        popular = [f"video:{int(POPULAR * dice.random() ** 3)}"] if dice.random() < 0.1 else []
        return [f"video:7{number:018}", *popular]

    def case(self, number: int) -> str:
        return f"C{number}/2026"

    def words(self, number: int) -> str:
        dice = random.Random(f"{SEED} words {number}")
        forms = random.Random(self.party(number))
        sentences = [forms.choices(WORDS, k=12) for _ in range(3)] + [
            dice.choices(WORDS, k=12) for _ in range(4)
        ]
        return ". ".join(map(" ".join, sentences))

    def rows(self, number: int) -> dict[type[Base], list[Sequence[object]]]:
        party, key = self.party(number), number
        named = [
            ("message_id", f"m{number}@x"),
            ("digest", f"{number:064}"),
            ("case", self.case(number)),
            ("case_part", f"{number}/2026"),
            ("number", f"{number}"),
            *(("reference", value) for value in self.content(number)),
        ]
        return {
            Matter: [(key, party, key, AT, True, "normal")],
            Relation: [(key, "new", key, "made up", 2)],
            ReportWords: [(key, party, False, sketch(self.words(number)).packed())],
            LookupKey: [(kind, value, party, key, key) for kind, value in named],
        }


def fill(url: str, history: History, reports: int) -> None:
    """Store the reports without the mails that they were; the indexes are made last, which is much faster."""
    engine = create_engine(url)
    inserts = {model: NewRows(model, *columns) for model, columns in TABLES.items()}
    with _indexes_made_last(engine):
        numbers = iter(range(1, reports + 1))
        for _ in track(range(0, reports, IN_ONE_GO), f"{reports:,} reports", console=console):
            rows = [history.rows(number) for number in islice(numbers, IN_ONE_GO)]
            with Session(engine) as session, session.begin():
                if engine.dialect.name == "postgresql":
                    session.execute(text("SET session_replication_role = replica"))
                for model, insert in inserts.items():
                    insert.insert(session, chain.from_iterable(row[model] for row in rows))
    engine.dispose()


@contextmanager
def _indexes_made_last(engine: Engine) -> Iterator[None]:
    made = [index for table in Base.metadata.tables.values() for index in table.indexes]
    later = [index for index in made if index.name in INDEXES]
    with engine.begin() as connection:
        for index in later:
            index.drop(connection)
    yield
    with engine.begin() as connection:
        for index in later:
            index.create(connection)
        connection.execute(text("ANALYZE"))


def asked(history: History, sort: str, reports: int, number: int) -> Report:
    """A report of one sort, about or beside a stored one that chance picks."""
    known = random.Random(f"{SEED} {sort} {number}").randrange(1, reports + 1)
    party = history.party(known)
    sender = Sender(
        address=f"desk@{party}.example",
        domain=f"{party}.example",
        organisation=party,
        sender_class=SenderClass.PARTNER,
    )
    fresh = f"{sort}{number}"
    content = {"new": f"9{number:018}", "case": f"8{number:018}", "popular": "0"}.get(sort)
    return report(
        sender=sender,
        subject=f"Notice {fresh}",
        own_text=history.words(known if sort == "words" else -number),
        content_digest=fresh,
        thread=Thread(message_id=f"{fresh}@y", points_to=(f"none{number}@z",)),
        authority_ref=history.case(known) if sort == "case" else None,
        references=(Reference(kind=ReferenceKind.VIDEO, value=content),) if content else (),
    )


def measured(database: Database, history: History, store: str, reports: int, sort: str) -> Measured:
    """Relate reports of one sort; the first few only warm the store up."""
    spent: list[tuple[float, ...]] = []
    for number in range(ROUNDS + ROUNDS // 4):
        wanted = asked(history, sort, reports, number)
        with database.read() as session:
            server = server_process(session)
            before = clocks(server)
            relate(Known(session, wanted))
            spent.append(tuple(map(sub, clocks(server), before)))
    walls, cpus, server_cpus = zip(*spent[ROUNDS // 4 :], strict=True)
    return Measured(
        store=store,
        reports=reports,
        sort=sort,
        median=statistics.median(walls) * 1_000,
        slowest_twentieth=statistics.quantiles(walls, n=20)[-1] * 1_000,
        cpu=statistics.median(cpus) * 1_000,
        server_cpu=statistics.median(server_cpus) * 1_000,
    )


def server_process(session: Session) -> Path | None:
    """Where the system tells what the session's server process has used; the transaction begins."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("SELECT 1"))
        return None
    return Path(f"/proc/{session.scalar(text('SELECT pg_backend_pid()'))}/schedstat")


def clocks(server: Path | None) -> tuple[float, float, float]:
    """Seconds: the time, the CPU of this process and that of the server's."""
    used = int(server.read_text().split()[0]) / 1e9 if server and server.exists() else 0.0
    return time.perf_counter(), time.process_time(), used


@contextmanager
def sqlite() -> Iterator[str]:
    """The URL of a fresh embedded store."""
    folder = Path(tempfile.mkdtemp(prefix="mailwarden-relations-"))
    url = f"sqlite:///{folder}/mailwarden.db"
    database = Database(url)
    database.upgrade()
    database.close()
    yield url
    shutil.rmtree(folder)


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of a fresh PostgreSQL."""
    programs = installed()
    if programs is None:
        raise typer.BadParameter("PostgreSQL is not installed; `make servers` installs it")
    with Postgres(programs) as cluster:
        yield cluster.emptied()


STORES = {"SQLite": sqlite, "PostgreSQL": postgresql}


def table(results: Sequence[Measured]) -> Table:
    shown = Table(
        *("store", "reports", "sort", "median ms", "slowest 5 %", "CPU ms", "server's"),
        title="Relating one report",
    )
    for each in results:
        times = (each.median, each.slowest_twentieth, each.cpu, each.server_cpu)
        shown.add_row(each.store, f"{each.reports:,}", each.sort, *(f"{one:.2f}" for one in times))
    return shown


def main(
    sizes: Annotated[str, typer.Option(help="How many reports are stored, with commas between.")] = SIZES,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure what relating a report costs, by how much is stored."""
    console.stderr = as_json
    history, results = History(), list[Measured]()
    for store, opened in STORES.items():
        for reports in map(int, sizes.split(",")):
            with opened() as url:
                fill(url, history, reports)
                database = Database(url)
                results += [measured(database, history, store, reports, sort) for sort in SORTS]
                database.close()
    if as_json:
        sys.stdout.write(json.dumps([asdict(each) for each in results]) + "\n")
    else:
        console.print(table(results))


if __name__ == "__main__":
    typer.run(main)
