from pathlib import Path

import pytest

from config.instant import utcnow
from parsers.bounds import Unreadable
from parsers.glance import Glance, glance
from parsers.knowledge import Knowledge
from parsers.report import read

TESTS = Path(__file__).resolve().parents[2]
MAILS = sorted([*(TESTS / "corpus" / "messages").glob("*.eml"), *(TESTS / "fixtures").rglob("*.eml")])


def looked_at(knowledge: Knowledge, sender: str = "a@b.example", subject: str = "Hello") -> Glance:
    return glance(f"From: {sender}\r\nSubject: {subject}\r\n\r\n".encode(), knowledge)


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_the_party_is_that_of_the_report(path: Path, knowledge: Knowledge) -> None:
    raw = path.read_bytes()
    party = glance(raw, knowledge).party
    try:
        report = read(raw, received_at=utcnow(), knowledge=knowledge)
    except Unreadable:
        return
    assert party in {None, report.sender.party}


def test_the_party_of_almost_every_mail_is_told(knowledge: Knowledge) -> None:
    corpus = [path for path in MAILS if "corpus" in path.parts]
    told = [glance(path.read_bytes(), knowledge).party is not None for path in corpus]
    assert sum(told) >= 0.95 * len(told)


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(b"Subject: no sender\r\n", id="no From"),
        pytest.param(b"From: a@b.example\r\nFrom: c@d.example\r\n", id="two From fields"),
        pytest.param(b"From: undisclosed\r\n", id="no address"),
        pytest.param(b"From: \xe9\xff <a@b.example>\r\n", id="raw bytes that are no UTF-8"),
        pytest.param(b"From: \x1b$B <a@b.example>\r\n", id="an escape sequence"),
        pytest.param("From: <ä@b.example>\r\n".encode(), id="an address beyond ASCII"),
        pytest.param(b"From : a@b.example\r\nTo: c\r\n", id="a space before the colon"),
        pytest.param(b"From: a@b.example\r\nfold lost\r\nTo: c\r\n", id="a line that is no field"),
    ],
)
def test_a_party_that_only_reading_can_tell_is_not_told(header: bytes, knowledge: Knowledge) -> None:
    assert glance(header + b"\r\nbody", knowledge).party is None


def test_without_a_blank_line_nothing_is_told(knowledge: Knowledge) -> None:
    assert glance(b"From: a@b.example\r\nSubject: bomb threat\r\n", knowledge) == Glance(
        party=None, urgent=False
    )


@pytest.mark.parametrize(
    "subject",
    [
        "Threat to life",
        "URGENT: within 2 hours",
        "Frist: 4 Stunden",
        "retrait sous 24 heures",
        "İntihar tehdidi",
        "2 saat içinde",
        "爆破予告",
        "صور قاصر",
        "=?utf-8?B?Ym9tYiB0aHJlYXQ=?=",
    ],
)
def test_danger_and_hours_in_a_subject_are_urgent(subject: str, knowledge: Knowledge) -> None:
    assert looked_at(knowledge, subject=subject).urgent


@pytest.mark.parametrize("subject", ["Monthly summary", "URGENT!!!", "Stellungnahme bis Freitag", "", "3187"])
def test_other_subjects_are_not(subject: str, knowledge: Knowledge) -> None:
    assert not looked_at(knowledge, subject=subject).urgent


def test_what_the_two_fields_told_is_borne_out_by_the_header(knowledge: Knowledge) -> None:
    earlier = Glance(party="acme", urgent=True)
    assert glance(b"From: a@b.example\r\nTo: c\r\n\r\n", knowledge, earlier) == earlier
    broken = b"From: a@b.example\r\nno field\r\n\r\n"
    assert glance(broken, knowledge, earlier) == Glance(party=None, urgent=True)
