"""What the tests of the parsers share: the shipped words, three organisations, a way to write mails."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.lexicon import load_lexicons
from config.organisations import Directory, Organisation
from config.references import load_reference_patterns
from config.regimes import load_regimes
from parsers.facts import Report
from parsers.knowledge import Knowledge
from parsers.report import read

CONFIG = Path(__file__).parents[3] / "config"
RECEIVED = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)  # a Monday
HOST = "mx.intake.example"


def organisation(name: str, sender_class: str, country: str | None) -> Organisation:
    return Organisation.model_validate(
        {"id": name, "name": name, "class": sender_class, "country": country, "domains": [f"{name}.example"]}
    )


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    directory = Directory(
        organisations=(
            organisation("media-office", "regulator", "DE"),
            organisation("city-police", "law_enforcement", "TR"),
            organisation("mailhouse", "public", None),
        )
    )
    return Knowledge(
        directory=directory,
        lexicons=load_lexicons(CONFIG / "lexicon"),
        reference_patterns=load_reference_patterns(CONFIG / "references.yaml"),
        receiving_host=HOST,
        own_domains=("intake.example",),
        regimes=load_regimes(CONFIG / "clocks.yaml").regimes,
    )


def write_mail(body: str = "Hello", **fields: str) -> bytes:
    """A plain mail from a verified regulator; `fields` replace header fields, empty ones remove them."""
    domain = fields.get("From", "desk@media-office.example").rpartition("@")[2].strip("> ")
    header = {
        "Return-Path": "<desk@media-office.example>",
        "Authentication-Results": f"{HOST}; dmarc=pass header.from={domain}",
        "From": "Desk <desk@media-office.example>",
        "To": "reports@intake.example",
        "Subject": "Notice",
        "Date": "Mon, 02 Nov 2026 08:59:00 +0000",
        "Message-ID": "<m1@media-office.example>",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    header.update({name.replace("_", "-"): value for name, value in fields.items()})
    lines = [f"{name}: {value}" for name, value in header.items() if value]
    return ("\r\n".join(lines) + "\r\n\r\n" + body.replace("\n", "\r\n")).encode()


Reader = Callable[[bytes], Report]


@pytest.fixture
def report(knowledge: Knowledge) -> Reader:
    return lambda raw: read(raw, received_at=RECEIVED, knowledge=knowledge)


@pytest.fixture
def mail() -> Callable[..., bytes]:
    return write_mail


@pytest.fixture
def text_report(report: Reader) -> Callable[..., Report]:
    """The report on a plain mail with this text."""
    return lambda body, **fields: report(write_mail(body, **fields))
