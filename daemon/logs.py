"""Logs: ids, codes and counts, never a stranger's words, a name or an address."""

import logging
import sys

import structlog


def configure(*, quiet: bool = False) -> None:
    """Log to stderr: for people on a terminal, else a JSON object a line. `quiet` leaves warnings out too."""
    # Libraries log what they handle, whole mails among it; a handler that drops it keeps Python's own away.
    logging.getLogger().addHandler(logging.NullHandler())
    renderer = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR if quiet else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
