"""Mails that harm the process that reads them, and nothing else."""

import os
import pickle
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from daemon import pool as pool_module
from daemon.pool import DOCUMENTS_LOST, Pool, ReadingFailed, TooExpensive, WorkerDied, WorkerUnavailable
from daemon.pool_messages import Limits
from parsers.bounds import Unreadable
from parsers.knowledge import Knowledge
from parsers.report import read
from rules.site import SHIPPED
from tests.support.bombs import BOMBS
from tests.support.daemon import ROOT
from tests.support.reports import RECEIVED
from tests.support.site import site
from tests.support.waiting import eventually

HOSTILE = ("-m", "tests.support.hostile_worker")
LIMITS = Limits(cpu_seconds=0.5, wall_seconds=30.0)
IMPATIENT = replace(LIMITS, wall_seconds=2.0)
"""For what only waits; on a busy machine, what works may wait as long."""


def mail(subject: str) -> bytes:
    return f"From: alice@regulator.example\r\nSubject: {subject}\r\n\r\nPlease look at this.\r\n".encode()


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """Of one language, so that the many workers of these tests are soon ready."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "lexicon").mkdir()
    shutil.copy(SHIPPED / "lexicon" / "en.yaml", folder / "lexicon")
    return site(folder).knowledge


@contextmanager
def running(knowledge: Knowledge, *, size: int = 1, limits: Limits = LIMITS) -> Iterator[Pool]:
    pool = Pool(size=size, knowledge=lambda: knowledge, limits=limits, program=HOSTILE)
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def pool(knowledge: Knowledge) -> Iterator[Pool]:
    with running(knowledge) as made:
        yield made


@pytest.fixture(scope="module")
def impatient(knowledge: Knowledge) -> Iterator[Pool]:
    with running(knowledge, limits=IMPATIENT) as made:
        yield made


@pytest.fixture
def harmed(request: pytest.FixtureRequest, harm: str) -> Pool:
    """The pool that soon ends this harm."""
    chosen: Pool = request.getfixturevalue("impatient" if harm == "sleep" else "pool")
    return chosen


def with_document(name: str) -> bytes:
    return (
        b"From: alice@regulator.example\r\nSubject: An order\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the order.\r\n"
        b"--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename="
        + name.encode()
        + b"\r\n\r\nCase number: 2026/117\r\n--b--\r\n"
    )


def refusal(pool: Pool, subject: str) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        pool.read(mail(subject), RECEIVED)
    return caught.value


def outcome(pool: Pool, subject: str) -> str:
    try:
        return pool.read(mail(subject), RECEIVED).subject
    except Unreadable as error:
        return type(error).__name__


def test_a_worker_reads_as_the_parser_does(pool: Pool, knowledge: Knowledge) -> None:
    raw = mail("An order")
    assert pool.read(raw, RECEIVED) == read(raw, received_at=RECEIVED, knowledge=knowledge)


@pytest.mark.parametrize(
    ("harm", "error", "reason"),
    [
        ("spin", TooExpensive, "more than 0.5 s of CPU"),
        ("sleep", TooExpensive, "more than 2 s;"),
        ("allocate", TooExpensive, "more than 300 MB"),
        ("crash", WorkerDied, "code -11"),
        ("leave", WorkerDied, "code 0"),
        ("babble", WorkerDied, "no answer"),
    ],
)
def test_a_mail_that_harms_its_worker_is_named_and_the_next_is_read(
    harmed: Pool, harm: str, error: type[Unreadable], reason: str
) -> None:
    found = refusal(harmed, harm)
    assert type(found) is error
    assert reason in str(found)
    assert harmed.read(mail("The next"), RECEIVED).subject == "The next"


@pytest.mark.parametrize("harm", ["spin", "sleep", "allocate", "crash", "leave", "babble", "fail"])
def test_a_document_that_harms_the_worker_takes_nothing_else_with_it(harmed: Pool, harm: str) -> None:
    report = harmed.read(with_document(harm), RECEIVED)
    assert (report.subject, report.own_text) == ("An order", "See the order.")
    assert DOCUMENTS_LOST in report.flags
    assert harmed.read(mail("The next"), RECEIVED).subject == "The next"


def test_documents_are_read_after_the_body(pool: Pool, knowledge: Knowledge) -> None:
    raw = with_document("order.txt")
    report = pool.read(raw, RECEIVED)
    assert report == read(raw, received_at=RECEIVED, knowledge=knowledge)
    assert report.documents


def test_a_mail_that_ends_its_worker_keeps_its_readable_headers(pool: Pool) -> None:
    headers = refusal(pool, "crash").headers
    assert (headers.subject, headers.sender_address) == ("crash", "alice@regulator.example")


def test_a_worker_that_no_longer_ends_itself_is_killed(
    impatient: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "GRACE_SECONDS", 0.1)
    assert type(refusal(impatient, "go_deaf")) is TooExpensive
    assert impatient.read(mail("The next"), RECEIVED).subject == "The next"


def test_an_error_of_ours_is_no_verdict_on_the_mail(pool: Pool) -> None:
    with pytest.raises(ReadingFailed, match="ZeroDivisionError"):
        pool.read(mail("fail"), RECEIVED)


def test_a_worker_killed_from_outside_is_no_verdict_on_the_mail(pool: Pool) -> None:
    with pytest.raises(ReadingFailed, match="from outside"):
        pool.read(mail("be_killed"), RECEIVED)


def test_the_neighbours_of_a_harmful_mail_are_read(knowledge: Knowledge) -> None:
    subjects = ["spin", "One", "crash", "Two", "allocate", "Three"]

    with running(knowledge, size=2) as two, ThreadPoolExecutor(len(subjects)) as callers:
        found = list(callers.map(partial(outcome, two), subjects))
    assert found == ["TooExpensive", "One", "WorkerDied", "Two", "TooExpensive", "Three"]


def test_a_worker_knows_no_secret_and_no_store(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIRA_TOKEN", "sesame")
    with running(pool._knowledge()) as fresh:
        assert "JIRA_TOKEN" not in str(refusal(fresh, "say_environment"))
        assert str(refusal(fresh, "say_modules")) == ""


def test_a_worker_reads_many_mails(pool: Pool) -> None:
    assert str(refusal(pool, "say_who")) == str(refusal(pool, "say_who"))


def test_a_worker_has_as_much_room_after_large_mails_as_before(knowledge: Knowledge) -> None:
    with running(knowledge, limits=Limits(cpu_seconds=20.0)) as fresh:
        before = int(str(refusal(fresh, "say_size")))
        for name in (
            "sixty thousand fields",
            "base64 of 34 MB",
            "pages to choose from",
            "base64 in many parts",
        ):
            fresh.read(BOMBS[name](), RECEIVED)
        after = int(str(refusal(fresh, "say_size")))
    assert after - before < Limits().memory_bytes / 5


def test_a_worker_is_replaced_after_its_share(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    first = str(refusal(pool, "say_who"))
    monkeypatch.setattr(pool_module, "MAILS_A_WORKER", 1)
    assert str(refusal(pool, "say_who")) != first


def test_changed_knowledge_is_used_from_the_next_mail_on(knowledge: Knowledge) -> None:
    known = [knowledge]
    pool = Pool(size=1, knowledge=lambda: known[-1])
    verdict = b"Authentication-Results: mx.other.example; dmarc=pass header.from=regulator.example\r\n"
    before = pool.read(verdict + mail("One"), RECEIVED)
    known.append(replace(knowledge, receiving_host="mx.other.example"))
    after = pool.read(verdict + mail("One"), RECEIVED)
    pool.close()
    assert before.authenticity != after.authenticity


def test_a_worker_that_cannot_start_is_said(knowledge: Knowledge) -> None:
    pool = Pool(size=1, knowledge=lambda: knowledge, program=("-c", "raise SystemExit(3)"))
    with pytest.raises(WorkerUnavailable, match="code 3"):
        pool.start()


def test_a_worker_leaves_its_end_to_the_daemon(pool: Pool) -> None:
    worker = str(refusal(pool, "say_who"))
    for number in (signal.SIGTERM, signal.SIGINT):
        os.kill(int(worker), number)
    assert str(refusal(pool, "say_who")) == worker


DOOMED_DAEMON = """
import os, pickle, signal, sys, threading
from daemon.pool import Pool
from daemon.pool_messages import Limits
from tests.faults.test_pool import HOSTILE, IMPATIENT, RECEIVED, mail
knowledge = pickle.load(sys.stdin.buffer)
pool = Pool(size=2, knowledge=lambda: knowledge, limits=IMPATIENT, program=HOSTILE)
pool.start()
workers = [pool._free.get() for _ in range(2)]
for worker in workers:
    pool._free.put(worker)
threading.Thread(target=pool.read, args=(mail("sleep"), RECEIVED), daemon=True).start()
print(*(worker._process.pid for worker in workers), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def gone(process: str) -> bool:
    """Whether there is no such process, or only its remains that nobody has taken away."""
    cmdline = Path("/proc", process, "cmdline")
    return not cmdline.exists() or cmdline.read_bytes() == b""


def test_workers_end_with_a_daemon_that_was_killed(knowledge: Knowledge) -> None:
    command = [sys.executable, "-c", DOOMED_DAEMON]
    doomed = subprocess.run(
        command, cwd=ROOT, input=pickle.dumps(knowledge), capture_output=True, check=False
    )
    assert doomed.returncode == -signal.SIGKILL
    workers = doomed.stdout.decode().split()
    assert len(workers) == 2
    eventually(lambda: all(map(gone, workers)), within=20)
