"""Damaged mails: the corpus, changed at random but always in the same way for the same seed.

As a program it prints, for each of so many seeds, a digest of what is read:
`python -m tests.support.mutations FIRST COUNT`.
"""

import hashlib
import random
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from daemon.assess import held_report
from parsers.bounds import Unreadable
from parsers.facts import REPORTS
from parsers.knowledge import Knowledge
from parsers.report import read
from tests.support.reports import RECEIVED
from tests.support.site import site

CORPUS = Path(__file__).resolve().parents[1] / "corpus" / "messages"
MOST_CHANGES = 6

CHARSETS = (
    b"utf-8",
    b"utf-7",
    b"utf-16",
    b"iso-2022-jp",
    b"hz",
    b"gb18030",
    b"big5",
    b"koi8-r",
    b"x-unknown",
    b"",
)
ENCODINGS = (b"7bit", b"8bit", b"base64", b"quoted-printable", b"x-uuencode", b"binary")
TYPES = (
    b"text/plain",
    b"text/html",
    b"multipart/mixed",
    b"multipart/alternative",
    b"multipart/signed",
    b"multipart/report",
    b"message/rfc822",
    b"message/delivery-status",
    b"message/external-body",
    b"application/ms-tnef",
    b"application/pkcs7-mime",
    b"application/pdf",
    b"application/zip",
    b"text/calendar",
    b"",
)
TOKENS = (
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\x1b$B",
    b"\x1b(B",
    b"\r",
    b"\n\n",
    b"=?utf-8?q?",
    b"?=",
    b"=?utf-7?b?+2AA-?=",
    b"<",
    b"<<a@b.example>",
    b"(((",
    b'"',
    b"=00",
    b"&#0;",
    b"&#xD800;",
    b"--",
    b"begin 644 a\n",
    b"-----BEGIN PGP MESSAGE-----\n",
    b"> > > >",
    b"<div><blockquote><table>",
    b"; name*0*=utf-16''%00",
    b"; boundary=",
    b"24 hours",
    b"31.02.2026 25:61",
    b"99999999999999999999",
)

Change = Callable[[bytes, random.Random], bytes]


def mails() -> list[bytes]:
    """The corpus, in a fixed order."""
    return [path.read_bytes() for path in sorted(CORPUS.glob("*.eml"))]


def mutation(corpus: list[bytes], seed: int) -> bytes:
    """One of the mails after a few changes."""
    chance = random.Random(seed)
    raw = chance.choice(corpus)
    for _ in range(chance.randint(1, MOST_CHANGES)):
        if chance.random() < 1 / 8:
            raw = splice(raw, chance.choice(corpus), chance)
        else:
            raw = chance.choice(CHANGES)(raw, chance)
    return raw


def splice(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    """The beginning of one mail and the end of another."""
    return raw[: chance.randrange(len(raw) + 1)] + other[chance.randrange(len(other) + 1) :]


def flip(raw: bytes, chance: random.Random) -> bytes:
    """Some bytes replaced."""
    changed = bytearray(raw)
    for _ in range(chance.randint(1, 20) if raw else 0):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def cut(raw: bytes, chance: random.Random) -> bytes:
    """A piece left out."""
    start, end = _span(raw, chance)
    return raw[:start] + raw[end:]


def repeat(raw: bytes, chance: random.Random) -> bytes:
    """A piece a few times over."""
    start, end = _span(raw, chance)
    return raw[:end] + raw[start:end] * chance.randint(1, 5) + raw[end:]


def truncate(raw: bytes, chance: random.Random) -> bytes:
    """The end left out."""
    return raw[: chance.randrange(len(raw) + 1)]


def insert(raw: bytes, chance: random.Random) -> bytes:
    """Something awkward put somewhere, a few times."""
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(raw) + 1)
        raw = raw[:place] + chance.choice(TOKENS) + raw[place:]
    return raw


def duplicate_field(raw: bytes, chance: random.Random) -> bytes:
    """A header field twice, the second time somewhere else."""
    header, separator, body = raw.partition(b"\n\n" if b"\r\n\r\n" not in raw else b"\r\n\r\n")
    lines = header.split(b"\n")
    lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
    return b"\n".join(lines) + separator + body


def swap_charset(raw: bytes, chance: random.Random) -> bytes:
    """Another charset declared."""
    return _swap(rb"(?i)(charset=\"?)[\w-]+", CHARSETS, raw, chance)


def swap_encoding(raw: bytes, chance: random.Random) -> bytes:
    """Another transfer encoding declared."""
    return _swap(rb"(?i)(transfer-encoding:[ ]*)[\w-]+", ENCODINGS, raw, chance)


def swap_type(raw: bytes, chance: random.Random) -> bytes:
    """Another content type declared."""
    return _swap(rb"(?i)(content-type:[ ]*)[\w/.+-]+", TYPES, raw, chance)


def swap_line_ends(raw: bytes, chance: random.Random) -> bytes:
    """Other line ends, everywhere or from somewhere on."""
    place = chance.choice((0, chance.randrange(len(raw) + 1)))
    return raw[:place] + raw[place:].replace(b"\r\n", chance.choice((b"\n", b"\r", b"\r\r\n")))


CHANGES: tuple[Change, ...] = (
    flip,
    cut,
    repeat,
    truncate,
    insert,
    duplicate_field,
    swap_charset,
    swap_encoding,
    swap_type,
    swap_line_ends,
)


def _span(raw: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(raw) + 1)
    return start, min(len(raw), start + chance.choice((1, 10, 100, 2000)))


def _swap(pattern: bytes, values: tuple[bytes, ...], raw: bytes, chance: random.Random) -> bytes:
    return re.sub(pattern, lambda match: match[1] + chance.choice(values), raw)


def what_is_read(raw: bytes, knowledge: Knowledge) -> bytes:
    """The report in JSON; of a mail that is refused, that of its held message with the reason behind it."""
    try:
        report, reason = read(raw, received_at=RECEIVED, knowledge=knowledge), ""
    except Unreadable as refusal:
        report, reason = held_report(RECEIVED, "", refusal.headers), str(refusal)
    return REPORTS.dump_json(report) + reason.encode()


def digests(first: int, count: int) -> Iterator[str]:
    """A line for each seed."""
    with tempfile.TemporaryDirectory() as folder:
        knowledge = site(Path(folder)).knowledge
    corpus = mails()
    for seed in range(first, first + count):
        yield f"{seed} {hashlib.sha256(what_is_read(mutation(corpus, seed), knowledge)).hexdigest()}"


if __name__ == "__main__":
    for line in digests(int(sys.argv[1]), int(sys.argv[2])):
        print(line)  # noqa: T201  (its purpose)
