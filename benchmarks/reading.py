"""What reading a mail costs: the corpus, a large attachment, and how the cost grows with the size.

    python benchmarks/reading.py

Times are CPU seconds of this process. Growth is the factor between the last two sizes, which differ by
ten: about 10 is linear, less where a bound has cut the reading short, 100 would be quadratic.
"""

import base64
import logging
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from daemon.pool import Pool
from parsers.bounds import Unreadable
from parsers.knowledge import Knowledge
from parsers.report import read
from tests.support.bombs import HEADER, attached, body, html, parts
from tests.support.mutations import mails
from tests.support.reports import RECEIVED
from tests.support.site import site

KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE
SIZES = (10 * KILOBYTE, 100 * KILOBYTE, MEGABYTE, 10 * MEGABYTE)
ATTACHMENT = 25 * MEGABYTE
ROUNDS = 5
SENTENCE = b"Please remove the video that we describe in this letter within 24 hours of receipt.\r\n"

console = Console()


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


def cost(raw: bytes, knowledge: Knowledge) -> tuple[float, str]:
    """CPU seconds, and what came of it."""
    began = time.process_time()
    try:
        read(raw, received_at=RECEIVED, knowledge=knowledge)
        outcome = "read"
    except Unreadable:
        outcome = "refused"
    return time.process_time() - began, outcome


def corpus(knowledge: Knowledge) -> None:
    costs = [min(cost(raw, knowledge)[0] for _ in range(ROUNDS)) * 1e3 for raw in mails()]
    tenth = statistics.quantiles(costs, n=10)[-1]
    console.print(f"corpus mail: median {statistics.median(costs):.1f} ms, 9 of 10 under {tenth:.1f} ms")


def growth(knowledge: Knowledge) -> None:
    table = Table("ms of CPU", *(f"{size // KILOBYTE:,} KB" for size in SIZES), "growth", "at the end")
    for name, made in GROWING.items():
        results = [cost(made(size), knowledge) for size in SIZES]
        times = [seconds * 1e3 for seconds, _ in results]
        table.add_row(
            name, *(f"{each:,.1f}" for each in times), f"{times[-1] / times[-2]:.1f}", results[-1][1]
        )
    console.print(table)


def large_attachment() -> None:
    """In a process of its own, whose highest memory can be told."""
    subprocess.run([sys.executable, __file__, "--attachment"], check=True)


def measure_attachment(knowledge: Knowledge) -> None:
    head = attached(b"film.mp4", b"").partition(b"\r\n\r\n--b--")[0]
    piece = base64.encodebytes(random.Random(1).randbytes(57 * KILOBYTE)).replace(b"\n", b"\r\n")
    raw = head + b"\r\n\r\n" + filled(piece, ATTACHMENT * 4 // 3) + b"--b--\r\n"
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    seconds, outcome = cost(raw, knowledge)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KILOBYTE - resident + len(raw)
    console.print(
        f"attachment of 25 MB ({len(raw) / MEGABYTE:.0f} MB of mail): {outcome} in {seconds:.2f} s with "
        f"{most / MEGABYTE:.0f} MB, {most / ATTACHMENT:.1f} times the attachment, "
        f"{most / len(raw):.1f} times the mail"
    )


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
    growth(knowledge)
    large_attachment()
    worker_start(knowledge)


if __name__ == "__main__":
    typer.run(main)
