"""What the commands share: their common options, exit codes, and the way to the site."""

from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

from config.settings import Settings, load_settings
from daemon.store.database import Database

OK, ATTENTION, FAULTY = 0, 1, 2

ConfigOption = Annotated[
    Path,
    typer.Option("--config", metavar="DIR", help="The folder with your mailwarden.yaml and its neighbours."),
]
ByOption = Annotated[
    str,
    typer.Option(
        "--by", default_factory=getuser, show_default="the operating-system user", help="Who decides so."
    ),
]
MatterName = Annotated[
    str, typer.Argument(metavar="KEY", help="A ticket, such as INC-7, or a matter, such as '#12'.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def settings_of(config: Path) -> Settings:
    """The site's settings; a secret that can't be had is only missed where it is needed."""
    return load_settings(config / "mailwarden.yaml", with_secrets=False)


def open_database(config: Path) -> Database:
    """The site's database; needs no secret but what its URL holds."""
    return Database(settings_of(config).database)


def database_of(config: Path) -> Database:
    """The site's database, whose tables must be current."""
    database = open_database(config)
    database.require_current()
    return database
