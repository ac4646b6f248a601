"""Rules can ask for every flag that reading a mail may raise, and for no other."""

from pathlib import Path

from daemon.assess import held_report
from daemon.pool import DOCUMENTS_LOST
from daemon.second_opinion import ASKED, UNHEARD
from parsers.bounds import ReadableHeaders, Unreadable
from parsers.report import read
from rules.flags import FLAGS
from rules.site import SHIPPED, load
from tests.support.reports import RECEIVED

MAILS = Path(__file__).parents[2] / "fixtures" / "mail"
ELSEWHERE = {"look-alike domain", "no sender", "text cut", ASKED, UNHEARD, DOCUMENTS_LOST}
"""Raised of no mail among those, or by whoever has it read."""


def test_the_flags_are_those_that_mails_are_given() -> None:
    knowledge = load(SHIPPED, with_secrets=False).knowledge
    raised = set(held_report(RECEIVED, "", ReadableHeaders()).flags)
    for path in MAILS.rglob("*.eml"):
        try:
            raised |= read(path.read_bytes(), received_at=RECEIVED, knowledge=knowledge).flags
        except Unreadable:
            continue
    assert raised | ELSEWHERE == FLAGS
