"""What reading a mail costs: the corpus, a large attachment, and how the cost grows with the size.

    python benchmarks/reading.py

Times are CPU seconds of this process. Behind each stands the factor to the size before, a tenth of it:
about 10 is linear, 100 would be quadratic. "cut" and "held" mark where a bound has left out text or refused
the mail; the exponent is that of the last step before (time ~ size ** exponent): 1 is linear.
"""

import base64
import logging
import math
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from daemon.pool import Pool
from parsers.attachments import read_attachments
from parsers.body import read_body
from parsers.bounds import Unreadable
from parsers.extract import TEXT_CUT
from parsers.knowledge import Knowledge
from parsers.message import ParsedMessage, parse_message
from parsers.own_text import divide
from parsers.report import read, read_mail
from tests.support.mutations import mails
from tests.support.raw_mails import HEADER, attached, body, html, parts
from tests.support.reports import RECEIVED
from tests.support.site import site

KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE
SIZES = tuple(KILOBYTE * 10**step for step in range(5))
ATTACHMENT = 25 * MEGABYTE
ROUNDS = 5
SENTENCE = b"Please remove the video that we describe in this letter within 24 hours of receipt.\r\n"

console = Console(width=130)


def filled(piece: bytes, size: int) -> bytes:
    return piece * (size // len(piece) + 1)


GROWING: dict[str, Callable[[int], bytes]] = {
    "body of text": lambda size: body(filled(SENTENCE, size)),
    "body of quotes": lambda size: body(filled(b"> " + SENTENCE, size)),
    "body on one line": lambda size: body(filled(SENTENCE.strip() + b" ", size)),
    "header": lambda size: HEADER + filled(b"X-Field: some value of a usual length\r\n", size) + b"\r\nbody",
    "parts": lambda size: parts(size // 12),
    "page": lambda size: html(
        filled(b"<p>Please remove <a href='https://a.example'>this</a>.</p>\r\n", size)
    ),
    "table": lambda size: html(b"<table>" + filled(b"<tr><td>one</td><td>two</td></tr>\r\n", size)),
    "attachment": lambda size: attached(b"film.mp4", random.Random(1).randbytes(size)),
    "text attachment": lambda size: attached(b"order.txt", filled(SENTENCE, size), b"text/plain"),
}


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What reading one mail took, in milliseconds of CPU, and whether a bound has cut it short."""

    milliseconds: float
    mark: str = ""  # "cut", "held"


def cost(raw: bytes, knowledge: Knowledge) -> Cost:
    began = time.process_time()
    try:
        report = read(raw, received_at=RECEIVED, knowledge=knowledge)
        mark = "cut" if TEXT_CUT in report.flags else ""
    except Unreadable:
        mark = "held"
    return Cost(milliseconds=(time.process_time() - began) * 1e3, mark=mark)


def least_cost(raw: bytes, knowledge: Knowledge, rounds: int = ROUNDS) -> Cost:
    return min((cost(raw, knowledge) for _ in range(rounds)), key=lambda each: each.milliseconds)


def corpus(knowledge: Knowledge) -> None:
    costs = [least_cost(raw, knowledge).milliseconds for raw in mails()]
    tenth = statistics.quantiles(costs, n=10)[-1]
    console.print(f"corpus mail: median {statistics.median(costs):.1f} ms, 9 of 10 under {tenth:.1f} ms")


def judging(knowledge: Knowledge) -> None:
    """What is left of a mail's cost when it is taken apart and its own text is known: the judgement."""
    costs = [min(judgement_cost(message, knowledge) for _ in range(ROUNDS)) for message in readable()]
    tenth = statistics.quantiles(costs, n=10)[-1]
    console.print(f"of it judging: median {statistics.median(costs):.1f} ms, 9 of 10 under {tenth:.1f} ms")


def readable() -> Iterator[ParsedMessage]:
    for raw in mails():
        with suppress(Unreadable):
            yield parse_message(raw)


def judgement_cost(message: ParsedMessage, knowledge: Knowledge) -> float:
    began = time.process_time()
    text = read_body(message.root).text
    divide(text, knowledge.words, replies=bool(message.first("in-reply-to")), forwards=False)
    read_attachments(message.root)
    taken_apart = time.process_time()
    read_mail(message, received_at=RECEIVED, knowledge=knowledge)
    return (time.process_time() - taken_apart - (taken_apart - began)) * 1e3


def growth(knowledge: Knowledge) -> None:
    table = Table("ms of CPU", *(f"{size // KILOBYTE:,} KB" for size in SIZES), "exponent")
    for name, made in GROWING.items():
        costs = [least_cost(made(size), knowledge, rounds=2) for size in SIZES]
        table.add_row(name, *cells(costs), exponent(costs))
    console.print(table)


def cells(costs: list[Cost]) -> Iterator[str]:
    yield f"{costs[0].milliseconds:,.1f}"
    for smaller, larger in pairwise(costs):
        factor = larger.milliseconds / smaller.milliseconds
        yield f"{larger.milliseconds:,.1f} (x{factor:.1f}) {larger.mark}".rstrip()


def exponent(costs: list[Cost]) -> str:
    """Of the last step of ten within all bounds."""
    whole = [each.milliseconds for each in costs if not each.mark]
    return f"{math.log10(whole[-1] / whole[-2]):.2f}"


def large_attachment() -> None:
    """In a process of its own, whose highest memory can be told."""
    subprocess.run([sys.executable, __file__, "--attachment"], check=True)


def measure_attachment(knowledge: Knowledge) -> None:
    head = attached(b"film.mp4", b"").partition(b"\r\n\r\n--b--")[0]
    piece = base64.encodebytes(random.Random(1).randbytes(57 * KILOBYTE)).replace(b"\n", b"\r\n")
    raw = head + b"\r\n\r\n" + filled(piece, ATTACHMENT * 4 // 3) + b"--b--\r\n"
    Path("/proc/self/clear_refs").write_text("5")  # forgets the highest memory so far (proc(5))
    resident = memory("VmRSS")
    spent = cost(raw, knowledge)
    most = memory("VmHWM") - resident + len(raw)
    console.print(
        f"attachment of 25 MB ({len(raw) / MEGABYTE:.0f} MB of mail): {spent.mark or 'read'} in "
        f"{spent.milliseconds / 1e3:.2f} s with {most / MEGABYTE:.0f} MB, {most / ATTACHMENT:.1f} times the "
        f"attachment, {most / len(raw):.1f} times the mail"
    )


def memory(name: str) -> int:
    """One of this process's figures, in bytes (proc(5), status)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) * KILOBYTE


def worker_start(knowledge: Knowledge) -> None:
    def started() -> float:
        pool = Pool(size=1, knowledge=lambda: knowledge)
        began = time.perf_counter()
        pool.start()
        seconds = time.perf_counter() - began
        pool.close()
        return seconds

    console.print(f"start of a worker: median {statistics.median(started() for _ in range(ROUNDS)):.2f} s")


def main(*, attachment: bool = False) -> None:
    """Measure reading."""
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        knowledge = site(Path(folder)).knowledge
    cost(body(SENTENCE), knowledge)
    if attachment:
        measure_attachment(knowledge)
        return
    corpus(knowledge)
    judging(knowledge)
    growth(knowledge)
    large_attachment()
    worker_start(knowledge)


if __name__ == "__main__":
    typer.run(main)
