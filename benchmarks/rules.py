"""What rules cost: one report under ever more of them, lint, and how fast stored mail is asked about again.

    python benchmarks/rules.py

Times are CPU time of this process. The rules ask about senders, classes, words and patterns, and none but
the last fits, which is the dearest case. The back-test decides the corpus again and again with the shipped
rules, each report by two rule sets; the bare loop beside it only reads the same rows from their JSON.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from config.organisations import Directory
from config.yaml_file import Document
from daemon.backtest import Stored, compare, decided_since, summed_up
from daemon.store.database import Database
from parsers.facts import REPORTS
from rules.assignee import Wanted
from rules.case import Case
from rules.given import Given
from rules.lint import lint
from rules.loader import RulesFile, read_rules_file
from rules.rota import Rotas
from rules.routing import decide_route
from rules.schema import Rules
from rules.site import SHIPPED
from tests.support.decided_corpus import decide_corpus
from tests.unit.daemon.test_backtest import LONG_AGO

SIZES = (10, 100, 1_000)
ROUNDS = 51
REPEATS = 40
"""Of the corpus: 6,000 reports."""
TEXT = "Bu içerik hakkında işlem yapılması rica olunur. Please look at this within the day. " * 25

ROTAS = Rotas.model_validate(
    {
        "people": {name: {"account": name, "languages": code} for name, code in (("a", "tr"), ("b", "en"))},
        "rotas": {
            "desk": {
                "time_zone": "Europe/Istanbul",
                "layers": [
                    {"people": ["a", "b"], "hours": "08:00-20:00"},
                    {"people": ["b", "a"], "turn": "1d"},
                ],
            }
        },
    }
)
WHENS: tuple[Callable[[int], dict[str, Any]], ...] = (
    lambda number: {"harm": "ip", "sender": {"domain": f"d{number}.example"}},
    lambda number: {"own_text": {"contains": [f"phrase {number}", f"other {number}"]}},
    lambda number: {
        "sender": {"class": "regulator", "verified": True},
        "references": {"at_least": number + 2},
    },
    lambda number: {"any": [{"mailbox": f"m{number}"}, {"subject": {"contains": f"x{number}"}}]},
    lambda number: {"subject": {"matches": rf"\bcase {number}\b"}},
)
console = Console(width=110)


def written(count: int) -> dict[str, Any]:
    routes = [
        {"name": f"route {n}", "when": WHENS[n % len(WHENS)](n), "then": {"labels": [f"l{n}"]}}
        for n in range(count)
    ]
    return {"routes": routes, "default": {"then": {"project": "INC", "issue_type": "Task"}}}


def fresh_cases() -> Iterator[Case]:
    """Each is new, so that nothing of an earlier round is left over."""
    while True:
        yield Given.model_validate({"own_text": TEXT, "subject": "About a video"}).case()


def milliseconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1_000


def growth() -> Table:
    table = Table("rules", "ms a report (median)", "µs a rule", title="One report", title_justify="left")
    for size in SIZES:
        took = decided(Rules.model_validate(written(size)))
        table.add_row(f"{size:,}", f"{took:.3f}", f"{took / size * 1_000:.2f}")
    return table


def directory() -> Directory:
    """As many organisations as rules; those own every other domain that rules name."""
    classes = ("regulator", "law_enforcement", "partner")
    organisations = [
        {
            "id": f"o{n}",
            "name": "O",
            "class": classes[n % 3],
            "country": "TR",
            "domains": [f"d{2 * n}.example"],
        }
        for n in range(SIZES[-1])
    ]
    return Directory.model_validate({"organisations": organisations})


def linted() -> Table:
    table = Table("rules", "s", title="Lint", title_justify="left")
    for size in SIZES:
        text = json.dumps(written(size))
        document = Document.of("routing.yaml", text.encode())
        rules = document.checked(document.tree.values, Rules)
        none = frozenset[str]()
        file = RulesFile(
            rules=rules,
            text=text,
            document=document,
            unused_lists=none,
            unused_conditions=none,
            directory=directory(),
        )
        table.add_row(f"{size:,}", f"{milliseconds(partial(lint, file)) / 1_000:.2f}")
    return table


def decided(rules: Rules) -> float:
    cases = fresh_cases()
    decide_route(next(cases), rules)  # what is compiled once
    return statistics.median(milliseconds(lambda: decide_route(next(cases), rules)) for _ in range(ROUNDS))


def asked_again() -> Table:
    table = Table("what", "reports a CPU second", title="Back-test", title_justify="left")
    stored = stored_corpus() * REPEATS
    rules = read_rules_file(SHIPPED / "routing.yaml").rules
    to_desk = by_rota(rules)
    for name, work in (
        ("bare loop: reading the reports", lambda: [REPORTS.validate_json(one.report) for one in stored]),
        ("back-test: both rule sets", lambda: summed_up(compare(stored, rules, rules), 0)),
        ("the same, each ticket to a rota", lambda: summed_up(compare(stored, to_desk, to_desk, ROTAS), 0)),
    ):
        table.add_row(name, f"{len(stored) / milliseconds(work) * 1_000:,.0f}")
    return table


def by_rota(rules: Rules) -> Rules:
    """The same rules, but for whoever is on duty."""
    routes = (
        route.model_copy(update={"then": route.then.model_copy(update={"assignee": Wanted(rota="desk")})})
        for route in rules.routes
    )
    return rules.model_copy(update={"routes": tuple(routes)})


def stored_corpus() -> list[Stored]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mailwarden.db"
        decide_corpus(path)
        database = Database(f"sqlite:///{path}")
        with database.read() as session:
            found = list(decided_since(session, LONG_AGO))
        database.close()
        return found


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    console.print(growth())
    console.print(linted())
    console.print(asked_again())
