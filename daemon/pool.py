"""Reading in processes of their own, because a hostile mail may kill its parser.

Not `concurrent.futures`: its pool refuses all work once one of its processes has been killed. Here a
worker that dies takes nothing with it but the mail that it was reading.
"""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from multiprocessing import Pipe
from pathlib import Path
from queue import SimpleQueue

from pydantic import ValidationError

from config.errors import MailwardenError
from daemon.pool_messages import ANSWERS, Answer, Briefing, Limits, Mail, Outcome
from parsers.bounds import Unreadable
from parsers.facts import Report
from parsers.knowledge import Knowledge

PROGRAM = ("-m", "daemon.pool_worker")
ROOT = Path(__file__).resolve().parent.parent
# Nothing of the daemon's, which holds secrets. The C library would keep what large mails have left behind
# for later ones, which would have the less room under the limit; told its own threshold, it gives it back.
ENVIRONMENT = {"MALLOC_MMAP_THRESHOLD_": "131072"}
START_SECONDS = 60.0
DOCUMENTS_LOST = "documents not read"
GRACE_SECONDS = 2.0  # the worker ends itself at its limits; this is for one that no longer can
MAILS_A_WORKER = 5_000  # then it is replaced, before what small leaks there are add up
MOST_ANSWERS = 3  # headers, body, whole
MAX_ANSWER_BYTES = 64 * 1024 * 1024


class TooExpensive(Unreadable):
    """Reading the mail took more than one mail may take; hold it and let a person look."""


class WorkerDied(Unreadable):
    """Reading the mail killed the worker; hold it and let a person look at the raw bytes."""


class ReadingFailed(MailwardenError):
    """The worker could not do its work, which may be no fault of the mail's; try it again."""


class WorkerUnavailable(MailwardenError):
    """No worker could be started; no mail has anything to do with it."""


class Pool:
    """Worker processes that read mail, one mail each at a time. Any thread may call `read`.

    A worker that has ended, has read its share, or knows what no longer holds is replaced before it
    is given a mail.
    """

    def __init__(
        self,
        *,
        size: int,
        knowledge: Callable[[], Knowledge],
        limits: Limits | None = None,
        program: Sequence[str] = PROGRAM,
    ) -> None:
        self._knowledge = knowledge
        self._limits = limits or Limits()
        self._program = program
        self._free: SimpleQueue[_Worker | None] = SimpleQueue()
        for _ in range(size):
            self._free.put(None)

    def start(self) -> None:
        """Start every worker, all at once, and wait until they are ready.

        Raises:
            WorkerUnavailable: one could not be started.
        """
        places = [self._free.get() for _ in range(self._free.qsize())]
        with ThreadPoolExecutor() as helpers:
            for worker in helpers.map(self._replacement, places):
                self._free.put(worker)

    def read(self, raw: bytes, received_at: datetime) -> Report:
        """The report of one mail, as `parsers.report.read` makes it.

        Raises:
            Unreadable: the mail is out of bounds, is `TooExpensive`, or the worker died of it.
            ReadingFailed: a fault of ours, or the worker was killed from outside.
            WorkerUnavailable: nothing was read.
        """
        worker = self._free.get()
        try:
            if worker is None or not worker.serves(self._knowledge()):
                worker = self._replacement(worker)
            return worker.read(Mail(raw=raw, received_at=received_at))
        finally:
            self._free.put(worker)

    def close(self) -> None:
        """End every worker. Nobody may be reading."""
        while not self._free.empty():
            worker = self._free.get()
            if worker is not None:
                worker.end()

    def _replacement(self, worker: "_Worker | None") -> "_Worker":
        if worker is not None:
            worker.end()
        briefing = Briefing(knowledge=self._knowledge(), limits=self._limits)
        fresh = _Worker(briefing=briefing, program=self._program)
        fresh.brief()
        return fresh


class _Worker:
    """The daemon's end of one worker process."""

    def __init__(self, *, briefing: Briefing, program: Sequence[str]) -> None:
        self._briefing = briefing
        self._mails = 0
        self._connection, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  (our own program)
                [sys.executable, *program, str(theirs.fileno())],
                cwd=ROOT,
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )

    def brief(self) -> None:
        """Tell it once what it has to know, and wait until it is ready.

        Raises:
            WorkerUnavailable: it has ended instead.
        """
        try:
            self._tell(self._briefing)
            self._hear(START_SECONDS)
        except MailwardenError as error:
            raise WorkerUnavailable(f"A worker did not start; see the daemon's log. {error}") from error

    def serves(self, knowledge: Knowledge) -> bool:
        """Whether it can take one more mail, and knows what is to be known now."""
        alive = self._process.poll() is None
        return alive and self._mails < MAILS_A_WORKER and self._briefing.knowledge is knowledge

    def read(self, mail: Mail) -> Report:
        """See `Pool.read`. What documents take with them is only what they would have said."""
        self._mails += 1
        headers, report = None, None
        try:
            for answer in self._answers(mail):
                headers = answer.headers or headers
                report = answer.report or report
        except (Unreadable, ReadingFailed) as failure:
            if report is not None:
                return replace(report, flags=report.flags | {DOCUMENTS_LOST})
            if isinstance(failure, Unreadable) and headers is not None:
                failure.headers = headers
            raise
        if report is None:
            raise self._nonsense()
        return report

    def end(self) -> None:
        """Kill it; it has nothing to tidy up."""
        self._process.kill()
        self._process.wait()
        self._connection.close()

    def _answers(self, mail: Mail) -> Iterator[Answer]:
        """What it says to one mail, until that is read or an error is raised."""
        self._tell(mail)
        for _ in range(MOST_ANSWERS):
            answer = self._hear(self._briefing.limits.wall_seconds + GRACE_SECONDS)
            self._raise_for(answer)
            yield answer
            if answer.outcome is Outcome.WHOLE:
                return
        raise self._nonsense()

    def _raise_for(self, answer: Answer) -> None:
        if answer.outcome is Outcome.UNREADABLE:
            raise Unreadable(answer.reason)
        if answer.outcome is Outcome.FAILED:
            raise ReadingFailed(f"The mail could not be read ({answer.reason}).")
        if answer.outcome is Outcome.OUT_OF_MEMORY:
            self.end()
            megabytes = self._briefing.limits.memory_bytes // 1024**2
            raise TooExpensive(f"The mail takes more than {megabytes} MB to read; read it by hand.")

    def _tell(self, what: Briefing | Mail) -> None:
        try:
            self._connection.send(what)
        except OSError:
            raise self._failure() from None

    def _hear(self, seconds: float) -> Answer:
        try:
            if self._connection.poll(seconds):
                return ANSWERS.validate_json(self._connection.recv_bytes(MAX_ANSWER_BYTES))
        except ValidationError:
            raise self._nonsense() from None
        except (EOFError, OSError):
            raise self._failure() from None
        raise self._failure()

    def _nonsense(self) -> WorkerDied:
        """The mail has taken the process over."""
        self.end()
        return WorkerDied("The mail made its worker say what is no answer; read it by hand.")

    def _failure(self) -> MailwardenError:
        """Why it no longer answers. It is gone afterwards."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE_SECONDS)
        code = self._process.returncode
        self.end()
        limits = self._briefing.limits
        if code == -signal.SIGPROF:
            return TooExpensive(f"The mail takes more than {limits.cpu_seconds:g} s of CPU; read it by hand.")
        if code in {-signal.SIGALRM, None}:
            return TooExpensive(f"The mail takes more than {limits.wall_seconds:g} s; read it by hand.")
        if code == -signal.SIGKILL:
            return ReadingFailed("The worker was killed from outside while it read the mail.")
        return WorkerDied(f"Reading the mail ended its worker with code {code}; read it by hand.")
