"""The pool's worker with parsers that do what the subject of a mail, or the name of a document, says."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any
from unittest.mock import patch

from daemon import pool_worker
from parsers.bounds import Unreadable
from parsers.documents import DocumentText, read_documents
from parsers.facts import Attachment, Report
from parsers.message import ParsedMessage
from parsers.report import read_mail

NOT_FOR_WORKERS = (
    "sqlalchemy",
    "daemon.store",
    "connectors",
    "rules",
    "jira",
    "imapclient",
    "config.settings",
)


def spin() -> None:
    while True:
        pass


def sleep() -> None:
    time.sleep(3600)


def go_deaf() -> None:
    """Keep the limits' timers from ending the process, as code that a mail smuggled in would."""
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    sleep()


def allocate() -> None:
    held = []
    while True:
        held.append(bytearray(1024 * 1024))


def crash() -> None:
    ctypes.string_at(0)


def leave() -> None:
    os._exit(0)


def be_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def babble() -> None:
    os.write(int(sys.argv[1]), b"\x00\x00\x00\x02{}")
    sleep()


def fail() -> None:
    raise ZeroDivisionError


def say_who() -> None:
    raise Unreadable(str(os.getpid()))


def say_size() -> None:
    raise Unreadable(str(pool_worker._address_space()))


def say_environment() -> None:
    raise Unreadable(" ".join(sorted(os.environ)))


def say_modules() -> None:
    raise Unreadable(" ".join(name for name in NOT_FOR_WORKERS if name in sys.modules))


HARMS: dict[str, Callable[[], None]] = {
    harm.__name__: harm
    for harm in (
        spin,
        sleep,
        go_deaf,
        allocate,
        crash,
        leave,
        be_killed,
        babble,
        fail,
        say_who,
        say_size,
        say_environment,
        say_modules,
    )
}


def obey(words: str) -> None:
    if words in HARMS:
        HARMS[words]()


def read_misled_mail(message: ParsedMessage, **arguments: Any) -> Report:  # noqa: ANN401  (those of `read_mail`)
    obey(message.first("subject") or "")
    return read_mail(message, **arguments)


def read_misled_documents(
    message: ParsedMessage, attachments: Sequence[Attachment]
) -> tuple[DocumentText, ...]:
    for part in message.root.own_parts():
        obey(part.name or "")
    return read_documents(message, attachments)


if __name__ == "__main__":
    with (
        patch.object(pool_worker, "read_mail", read_misled_mail),
        patch.object(pool_worker, "read_documents", read_misled_documents),
    ):
        pool_worker.main(int(sys.argv[1]))
