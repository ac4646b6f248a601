"""What a ticket and `matter show` tell of clocks and of the laws that a mail speaks of."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from daemon.matter import view
from daemon.store.models import Action
from parsers.facts import (
    Elapsed,
    FoundElement,
    LanguageGuess,
    OrderElements,
    Report,
    Sender,
    StatedClock,
    Until,
    WorkingDays,
)
from rules.clocks import Certainty, ClockKind
from tests.support.reports import ALICE, RECEIVED, report
from tests.unit.daemon.conftest import Desk

TURKISH = LanguageGuess(code="tr", certainty=0.99)
ORDER = "5651 sayılı Kanunun 8/A maddesi uyarınca içeriğin çıkarılması gerekir."
HALF_AN_ORDER = OrderElements(
    regime="eu-dsa-9",
    found=(FoundElement(element="url", words="https://video.example/1"),),
    missing=("redress", "report-to"),
)


def ticket(desk: Desk, opening: Report) -> str:
    relation = desk.decide(opening)
    with desk.database.read() as session:
        action = session.get_one(Action, relation.message_id)
        return str(action.payload["text"])


def stated(limit: Elapsed | Until | WorkingDays, phrase: str = "by then") -> StatedClock:
    return StatedClock(limit=limit, phrase=phrase, position=3)


def test_a_ticket_tells_what_a_clock_of_working_days_left_out(desk: Desk) -> None:
    received = datetime(2026, 10, 26, 9, tzinfo=UTC)
    text = ticket(desk, report(received_at=received, clocks=(stated(WorkingDays(days=5)),)))
    assert "2026-11-03 20:59 UTC" in text
    assert "not counted: 2026-10-29 Republic Day" in text


def test_a_ticket_tells_what_was_assumed(desk: Desk) -> None:
    named = Until(at=RECEIVED + timedelta(hours=3), zone_assumed=True)
    assert "assumed: no time zone is named" in ticket(desk, report(clocks=(stated(named),)))


def test_a_limit_that_has_run_out_is_said_to_have(desk: Desk) -> None:
    text = ticket(desk, report(clocks=(stated(Until(at=RECEIVED - timedelta(hours=3))),)))
    assert "It had run out when the mail came." in text


def test_a_statutory_clock_stands_beside_the_stated_one_and_the_earliest_governs(desk: Desk) -> None:
    day = stated(Elapsed(hours=24), "24 saat içinde")
    text = ticket(desk, report(language=TURKISH, own_text=ORDER, clocks=(day,)))
    assert "Computed, confirm." in text
    assert "counted from the notification of the decision" in text
    law, own = view(desk.database, "#1", time_zones=()).clocks
    assert (law.kind, law.governs, own.kind, own.governs) == (
        ClockKind.STATUTORY,
        True,
        ClockKind.STATED,
        False,
    )
    assert law.evidence is not None
    assert (law.evidence.certainty, law.starts_at) == (Certainty.ASSUMED, RECEIVED)
    assert len(law.evidence.version) == 12


def test_an_order_that_lacks_elements_says_so_on_the_ticket_and_in_matter_show(desk: Desk) -> None:
    german = replace(ALICE, country="DE")
    text = ticket(desk, report(sender=german, orders=(HALF_AN_ORDER,)))
    assert "1 of 3 elements present; missing: redress mechanisms for the provider" in text
    assert "found: exact URLs or what else locates the content “https://video.example/1”" in text
    [order] = view(desk.database, "#1", time_zones=()).orders
    assert (order.regime, order.message, order.missing) == ("eu-dsa-9", 1, ("redress", "report-to"))


@pytest.mark.parametrize(("sender", "told"), [(ALICE, True), (replace(ALICE, country="DE"), False)])
def test_an_annulled_law_is_named_where_it_was_law(desk: Desk, sender: Sender, *, told: bool) -> None:
    cited = "9 uncu madde ve kişilik hakları uyarınca karar verilmiştir."
    text = ticket(desk, report(sender=sender, language=TURKISH, own_text=cited))
    assert ("is annulled since 2024-10-10; no clock was set" in text) is told
