"""The corpus, damaged at random: every mail is read or refused, and always in the same way."""

import os
import re
import subprocess
import sys

import pytest

from parsers.knowledge import Knowledge
from tests.support.daemon import ROOT
from tests.support.mutations import mails, mutation, what_is_read

FEW = 100
MANY_AT_LENGTH = pytest.param(20_000, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])
# PostgreSQL's JSON cannot hold it.
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def started(hash_seed: int, *, count: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.support.mutations", "0", str(count)]
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


@pytest.mark.parametrize("count", [FEW, MANY_AT_LENGTH])
def test_damaged_mails_are_read_alike_in_two_processes(count: int) -> None:
    processes = [started(hash_seed, count=count) for hash_seed in (1, 2)]
    (first, _), (second, _) = outputs = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs[0][1][-2000:]
    assert len(first.splitlines()) == count
    assert first == second


@pytest.fixture(scope="module")
def readings(knowledge: Knowledge) -> list[bytes]:
    """What is read of each damaged mail, by its seed."""
    corpus = mails()
    return [what_is_read(mutation(corpus, seed), knowledge) for seed in range(FEW)]


def test_damaged_mails_are_read_alike_a_second_time(readings: list[bytes], knowledge: Knowledge) -> None:
    corpus = mails()
    again = [what_is_read(mutation(corpus, seed), knowledge) for seed in range(FEW)]
    assert [seed for seed in range(FEW) if readings[seed] != again[seed]] == []


def test_what_is_read_of_a_damaged_mail_can_be_stored(readings: list[bytes]) -> None:
    assert [seed for seed in range(FEW) if NUL.search(readings[seed])] == []
