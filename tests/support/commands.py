"""The commands as a person or a program gives them: output, plain in a pipe, and exit codes."""

import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from unittest.mock import patch

from daemon import logs
from run import main
from tests.support.daemon import ROOT

WIDE = {"COLUMNS": "200"}


@dataclass(frozen=True, kw_only=True)
class Ended:
    """What a command came to."""

    returncode: int
    stdout: str
    stderr: str


def run_program(*arguments: str | Path) -> Ended:
    """As a process of its own, which takes two seconds of CPU to start."""
    ended = subprocess.run(
        [sys.executable, "run.py", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **WIDE},
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    return Ended(returncode=ended.returncode, stdout=ended.stdout, stderr=ended.stderr)


def run(*arguments: str | Path) -> Ended:
    """In this process; neither output is a terminal."""
    out, err = _pipe(), _pipe()
    with (
        redirect_stdout(out),
        redirect_stderr(err),
        patch.object(sys, "argv", ["run.py", *map(str, arguments)]),
        patch.dict(os.environ, WIDE),
        patch.object(logs, "configure"),  # which holds for the whole process
    ):
        code = _exit_code()
    return Ended(returncode=code, stdout=_text(out), stderr=_text(err))


def _exit_code() -> int:
    try:
        return main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0


def _pipe() -> TextIOWrapper:
    return TextIOWrapper(BytesIO(), encoding="utf-8")


def _text(pipe: TextIOWrapper) -> str:
    pipe.seek(0)
    return pipe.read()
