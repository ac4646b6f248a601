"""How the daemon hands the configuration to the parsers."""

from collections.abc import Callable
from datetime import datetime

from parsers.knowledge import Knowledge
from parsers.report import read
from rules.site import Site

from parsers.facts import Report


def knowledge_of(site: Site) -> Knowledge:
    """What reading a mail needs to know of the site."""
    raise RuntimeError(site)


def reader(site: Callable[[], Site]) -> Callable[[bytes, datetime], Report]:
    """A function that reads mails by whatever configuration holds at the moment."""
    return lambda raw, received_at: read(raw, received_at=received_at, knowledge=knowledge_of(site()))
