"""Logs: ids, codes and counts, never a stranger's words, a name or an address.

The ids are those of the database (`message_id`, `matter_id`, `action_id`), as in the ledger.
"""

import logging
import sys
import threading

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger


def configure(*, quiet: bool = False, instance: str | None = None) -> None:
    """Log to stderr: for people on a terminal, else a JSON object a line.

    `quiet` leaves warnings out too; `instance` is the daemon's name, which then stands in every line.
    """
    # Libraries log what they handle, whole mails among it; a handler that drops it keeps Python's own away.
    logging.getLogger().addHandler(logging.NullHandler())
    where: list[Processor] = [_Where(instance)] if instance else []
    renderer = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            *where,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR if quiet else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


class _Where:
    """Adds which daemon speaks, and which of its loops: a loop's thread carries the loop's name."""

    def __init__(self, instance: str) -> None:
        self._instance = instance

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["instance"] = self._instance
        if threading.current_thread() is not threading.main_thread():
            event.setdefault("loop", threading.current_thread().name)
        return event
