"""How well whole unseen mails are judged: the third and fourth set of tests/judgement, through every step.

    python benchmarks/whole_mails.py [--set third|fourth] [--list MEASURE] [--json]

Prints what `run.py evaluate` prints. Without --set, both sets are scored.
"""

import logging
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from daemon import evaluate, logs
from rules.site import SHIPPED
from tests.judgement.whole import WholeSet, lay_out


def main(
    *,
    only: Annotated[WholeSet | None, typer.Option("--set", help="The set that is wanted.")] = None,
    listed: Annotated[
        str | None, typer.Option("--list", help="List the mails that differ in this measure.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Score the sets of whole mails."""
    logs.configure(quiet=True)
    logging.disable()
    request = evaluate.read_request(listed=listed, floors=(), as_json=as_json)
    for of in [only] if only else WholeSet:
        with tempfile.TemporaryDirectory(prefix="mailwarden-whole-") as folder:
            lay_out(of, Path(folder))
            evaluate.run(Path(folder), config=SHIPPED, request=request, console=Console())


if __name__ == "__main__":
    typer.run(main)
