"""One worker of the pool, as a process: mails in by a pipe, reports out, within limits.

Nothing but the parsers is loaded here: no store, no connectors, no settings and so no secret. What
goes back is JSON, so that a mail that takes this process over gains nothing on the daemon's side.
"""

import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from daemon.pool_messages import ANSWERS, Answer, Briefing, Limits, Mail, Outcome
from parsers.bounds import Unreadable, readable_headers
from parsers.documents import read_documents
from parsers.evidence import with_documents
from parsers.knowledge import Knowledge
from parsers.message import parse_message
from parsers.report import read, read_mail

# Word lists and language profiles are made ready at first use; no mail should be charged for it.
WARMING_MAIL = b"From: a@b.example\r\nSubject: warm up\r\n\r\nThe parsers are made ready with this mail.\r\n"


def main(descriptor: int) -> None:
    """Serve until the other end of the pipe is closed, by whatever death of the daemon's."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the daemon says when to end: it drains first
    connection = Connection(descriptor)
    with suppress(EOFError, ConnectionError):
        briefing: Briefing = connection.recv()
        _make_ready(briefing)
        _say(connection, Answer(outcome=Outcome.READY))
        while True:
            _serve(connection, connection.recv(), briefing)


def _serve(connection: Connection, mail: Mail, briefing: Briefing) -> None:
    jobs = _jobs(mail, briefing.knowledge)
    outcome = Outcome.HEADERS
    while outcome in {Outcome.HEADERS, Outcome.BODY}:
        answer = _answer(jobs, briefing.limits)
        _say(connection, answer)
        outcome = answer.outcome
    if outcome is Outcome.OUT_OF_MEMORY:
        raise SystemExit


def _say(connection: Connection, answer: Answer) -> None:
    connection.send_bytes(ANSWERS.dump_json(answer))


def _make_ready(briefing: Briefing) -> None:
    read(WARMING_MAIL, received_at=datetime.now(UTC), knowledge=briefing.knowledge)
    # A parser's complaint can hold a stranger's words; they belong in no log.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    most = _address_space() + briefing.limits.memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would be a copy of the mail


def _address_space() -> int:
    """The size of this process in bytes, as RLIMIT_AS counts it (proc(5), statm)."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def _jobs(mail: Mail, knowledge: Knowledge) -> Iterator[Answer]:
    """Read a mail in steps, so that what one of them loses is not lost with the others."""
    yield Answer(outcome=Outcome.HEADERS, headers=readable_headers(mail.raw))
    message = parse_message(mail.raw)
    report = read_mail(message, received_at=mail.received_at, knowledge=knowledge)
    if report.attachments:
        yield Answer(outcome=Outcome.BODY, report=report)
        report = with_documents(report, read_documents(message, report.attachments), knowledge)
    yield Answer(outcome=Outcome.WHOLE, report=report)


def _answer(jobs: Iterator[Answer], limits: Limits) -> Answer:
    """Do the next job of a mail."""
    try:
        with _limited(limits):
            return next(jobs)
    except Unreadable as refusal:
        return Answer(outcome=Outcome.UNREADABLE, reason=str(refusal))
    except MemoryError:
        return Answer(outcome=Outcome.OUT_OF_MEMORY)
    except Exception as error:  # noqa: BLE001  (the process's edge: the daemon counts a try and goes on)
        return Answer(outcome=Outcome.FAILED, reason=type(error).__name__)


@contextmanager
def _limited(limits: Limits) -> Iterator[None]:
    """Let the system end this process when the block takes too long.

    Nobody handles the signals of the two timers, so that they work in the middle of any C code.
    """
    signal.setitimer(signal.ITIMER_PROF, limits.cpu_seconds)
    signal.setitimer(signal.ITIMER_REAL, limits.wall_seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
