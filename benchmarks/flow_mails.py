"""Mails by the thousand: the corpus again and again, each time about other content."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from tests.support.imap_server import ImapServer

CORPUS = Path(__file__).resolve().parents[1] / "tests" / "corpus" / "messages"
APPENDED_AT_ONCE = 200
NORMAL = """\
From: Ada <ada{number}@partner.example>
To: report@clipora.example
Subject: Question {number} about a video
Message-ID: <normal.{number}@partner.example>

Dear team, we have seen https://www.clipora.example/@someone/video/{video}
and would like to know more about it when you find the time. Kind regards
"""
CRITICAL = """\
From: Bea <bea@police.example>
To: report@clipora.example
Subject: URGENT: suicide threat, life at risk, answer within 1 hour
Message-ID: <critical@police.example>

A person threatens to kill himself in https://www.clipora.example/@someone/video/7000000000000000001
There is an imminent danger to life. Please answer within 1 hour.
"""
_LONG_NUMBER = re.compile(rb"\b\d{19}\b")
_MESSAGE_ID = re.compile(rb"(?im)^(message-id:\s*<)")


def mails(count: int) -> Iterator[bytes]:
    """The corpus, then variants of it."""
    raws = [path.read_bytes() for path in sorted(CORPUS.glob("*.eml"))]
    for number in range(count):
        raw = raws[number % len(raws)]
        yield variant(raw, number // len(raws)) if number >= len(raws) else raw


def variant(raw: bytes, number: int) -> bytes:
    """The same mail about other content, with another Message-ID."""

    def other(match: re.Match[bytes]) -> bytes:
        digest = hashlib.sha256(match[0] + str(number).encode()).digest()
        return str(int.from_bytes(digest[:8], "big") % 10**18 + 10**18).encode()

    return _MESSAGE_ID.sub(rb"\g<1>%d." % number, _LONG_NUMBER.sub(other, raw))


def critical_behind(count: int) -> Iterator[bytes]:
    """Normal mails of as many senders, and behind them one that is critical."""
    for number in range(count):
        text = NORMAL.format(number=number, video=7_100_000_000_000_000_000 + number)
        yield text.replace("\n", "\r\n").encode()
    yield CRITICAL.replace("\n", "\r\n").encode()


def fill(server: ImapServer, user: str, raws: Iterable[bytes]) -> None:
    """Put them into the inbox, in their order."""
    client, coming = server.client(user), iter(raws)
    while some := list(islice(coming, APPENDED_AT_ONCE)):
        client.multiappend("INBOX", some)
    client.logout()
