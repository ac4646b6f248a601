"""Runs the sandbox alone: `python -m connectors.jira.sandbox --port 8090`."""

import sys
from contextlib import suppress
from typing import Annotated

import typer

from config.settings import JiraEdition
from connectors.jira.sandbox.server import Sandbox


def main(
    port: Annotated[int, typer.Option(help="Loopback port; 0 takes a free one.")] = 0,
    project: Annotated[list[str] | None, typer.Option(help="Project key; may be repeated.")] = None,
    edition: Annotated[JiraEdition, typer.Option(help="Which Jira it plays.")] = JiraEdition.CLOUD,
) -> None:
    """Serve a Jira sandbox until it is interrupted."""
    with Sandbox(edition=edition, projects=project or ("INC",), port=port) as sandbox:
        sys.stdout.write(f"Jira sandbox at {sandbox.url}\n")
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            sandbox.wait()


if __name__ == "__main__":
    typer.run(main)
