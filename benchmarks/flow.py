"""The whole way of the data, measured beside the bare loops that no program of its kind can beat.

    python benchmarks/flow.py                            # everything, with 1,000 and 10,000 mails
    python benchmarks/flow.py collect --mails 100000     # one part alone

collect    how much of a bare loop is reached (imapclient, batches of 50, one SQLite commit a batch) until
           all is stored; then, as at every start and every hour, mailbox and store are compared
flow       the daemon as a process over a full mailbox: speed against what the steps cost alone; its memory
latency    delivering on 8 threads to a Jira that answers after 50 ms, against 8 bare loops of POST
urgent     when a critical mail behind many normal ones gets its ticket

The mails are the corpus with other identifiers, in a Dovecot. The sandbox is a process of its own. Both
use the same cores as the daemon. Figures are per mail and depend on what else the
machine does; trust the ratios.
"""

import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import flow_bare as bare
from benchmarks.flow_mails import critical_behind, fill, mails
from benchmarks.flow_sandbox import sandbox
from benchmarks.flow_site import USER, Flow, run_flow, write_site
from benchmarks.flow_steps import Cost, collecting, each_step, timed
from daemon import logs
from daemon.ledger import Event
from rules.site import Site, load
from tests.support.dovecot import Dovecot

MEGABYTE = 1024**2
console = Console()


class Part(StrEnum):
    """What can be measured alone."""

    COLLECT = "collect"
    FLOW = "flow"
    LATENCY = "latency"
    URGENT = "urgent"


@contextmanager
def workplace(kind: str, count: int) -> Iterator[tuple[Dovecot, Path]]:
    """A mail server with so many mails, and a folder."""
    folder = Path(tempfile.mkdtemp(prefix="mailwarden-bench-"))
    with Dovecot() as server, console.status(f"{kind}: {count:,} mails are put into a mailbox"):
        fill(server, USER, critical_behind(count) if kind == Part.URGENT else mails(count))
        yield server, folder
    shutil.rmtree(folder)


def compare_collecting(counts: Sequence[int], rounds: int) -> None:
    """Both loops in turns, so that both meet the same machine; the first round only warms up, the best
    times are shown, and of the ratios the middle one.
    """
    table = Table(title="collect", title_justify="left")
    for column in ("mails", "bare ms", "CPU ms", "collect ms", "CPU ms", "reached", "then compared, ms"):
        table.add_column(column)
    for count in counts:
        with workplace(Part.COLLECT, count) as (server, folder):
            write_site(folder, server, "http://127.0.0.1:1")
            site = load(folder)
            measured = [_one_round(server, site, folder / str(number)) for number in range(rounds + 1)][1:]
        loop, ours, after = (min(costs, key=lambda cost: cost.wall) for costs in zip(*measured, strict=True))
        reached = statistics.median(theirs.wall / ours.wall for theirs, ours, _ in measured)
        each = [f"{1e3 * figure / count:.3f}" for figure in (loop.wall, loop.cpu, ours.wall, ours.cpu)]
        table.add_row(f"{count:,}", *each, f"{reached:.0%}", f"{1e3 * after.wall / count:.3f}")
    console.print(table)


def _one_round(server: Dovecot, site: Site, folder: Path) -> tuple[Cost, Cost, Cost]:
    folder.mkdir()
    theirs = timed("bare", lambda: bare.fetch(server, USER, folder / "bare.db"))
    return theirs, *collecting(site, folder / "ours.db")


def compare_flow(counts: Sequence[int]) -> None:
    """Each step alone, then all together."""
    for count in counts:
        with workplace(Part.FLOW, count) as (server, folder), sandbox() as (url, pid):
            servers = (server.process_id, pid)
            write_site(folder / "steps", server, url)
            costs = list(each_step(folder / "steps", servers))
            write_site(folder / "flow", server, url)
            flow = run_flow(folder / "flow", count)
        show_steps(count, costs)
        show_flow(flow, costs)


def show_steps(count: int, costs: Sequence[Cost]) -> None:
    table = Table(
        "step",
        "per s",
        "CPU ms each",
        "servers' CPU ms",
        title=f"steps, {count:,} mails",
        title_justify="left",
    )
    for cost in costs:
        each = f"{1e3 * cost.cpu / count:.2f}", f"{1e3 * cost.servers / count:.2f}"
        table.add_row(cost.name, f"{count / cost.wall:,.0f}", *each)
    console.print(table)


def show_flow(flow: Flow, costs: Sequence[Cost]) -> None:
    servers = sum(cost.servers for cost in costs)
    alone = servers + sum(cost.cpu for cost in costs)
    taken = flow.taken.own_cpu + flow.taken.other_cpu + servers
    cores = flow.cores.free_for(taken)
    own, others = (1e3 * part / flow.mails for part in (flow.taken.own_cpu, flow.taken.other_cpu))
    console.print(
        f"flow, {flow.mails:,} mails: {flow.rate:,.0f} a second, "
        f"{own:.2f} ms of CPU each in the daemon and {others:.2f} ms in its readers"
    )
    console.print(
        f"the steps alone cost {1e3 * alone / flow.mails:.2f} ms with the servers: on the {cores:.1f} cores "
        f"that were free the flow reaches {alone / (cores * flow.wall):.0%} of what they allow"
    )
    show_memory(flow)


def show_memory(flow: Flow) -> None:
    memory = [octets / MEGABYTE for octets in flow.taken.memory]
    looks = [memory[len(memory) * part // 10] for part in (1, 3, 5, 7, 9)] if memory else []
    console.print(
        f"memory of the daemon and its readers: at most {flow.taken.peak / MEGABYTE:.0f} MB; over time "
        + ", ".join(f"{look:.0f}" for look in looks)
        + "\n"
    )


def compare_latency(count: int, threads: int, latency: float) -> None:
    """The daemon finds everything decided already, so that only delivering is left."""
    with workplace(Part.LATENCY, count) as (server, folder), sandbox(latency) as (url, _pid):
        write_site(folder / "flow", server, url, threads=threads)
        before = timed("bare", lambda: bare.posts(url, count=count, threads=threads))
        for _ in each_step(folder / "flow", deliver=False):
            pass
        flow = run_flow(folder / "flow", count, begins_with=Event.SENDING)
        after = timed("bare", lambda: bare.posts(url, count=count, threads=threads))
    loops, actions = 2 * count / (before.wall + after.wall), flow.actions / flow.wall
    console.print(
        f"latency {latency * 1e3:.0f} ms, {threads} threads: {actions:,.0f} actions a second, "
        f"as many bare loops make {loops:,.0f} POSTs: {actions / loops:.0%}\n"
    )


def compare_urgent(count: int) -> None:
    """How many tickets were there before the critical one."""
    with workplace(Part.URGENT, count) as (server, folder), sandbox() as (url, _pid):
        write_site(folder / "flow", server, url)
        flow = run_flow(folder / "flow", count + 1)
    place = flow.tickets.index(flow.last_mail) + 1
    console.print(
        f"urgent: a critical mail behind {count:,} normal ones gets ticket {place:,} "
        f"of {len(flow.tickets):,}, {flow.last_mail_after:.1f} s after the mailbox was opened; "
        f"all took {flow.wall:.1f} s\n"
    )


def main(  # noqa: PLR0917  (Typer's signature)
    parts: Annotated[
        list[Part] | None, typer.Argument(help="What to measure; everything if left out.")
    ] = None,
    number: Annotated[list[int], typer.Option("--mails", help="Sizes of the mailbox.")] = [1000, 10_000],  # noqa: B006
    rounds: Annotated[int, typer.Option(help="Of collecting, in turns with the bare loop.")] = 5,
    posts: Annotated[int, typer.Option(help="Mails for `latency`.")] = 2000,
    threads: Annotated[int, typer.Option(help="That deliver, for `latency`.")] = 8,
    latency: Annotated[float, typer.Option(help="Of Jira, in seconds, for `latency`.")] = 0.05,
    behind: Annotated[int, typer.Option(help="Normal mails before the critical one, for `urgent`.")] = 2000,
) -> None:
    """Measure the whole way of the data."""
    logs.configure(quiet=True)
    wanted = parts or list(Part)
    if Part.COLLECT in wanted:
        compare_collecting(number, rounds)
    if Part.FLOW in wanted:
        compare_flow(number)
    if Part.LATENCY in wanted:
        compare_latency(posts, threads, latency)
    if Part.URGENT in wanted:
        compare_urgent(behind)


if __name__ == "__main__":
    typer.run(main)
