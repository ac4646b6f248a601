"""The last day of a range is no limit: "the log-ins from 1 to 31 October"."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from parsers.dates import Calendar
from parsers.deadlines import find_clocks
from parsers.facts import Until
from parsers.knowledge import Knowledge
from parsers.phrase_index import search_form
from tests.unit.parsers.conftest import RECEIVED


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Please send the log-ins from 1 October until 31 October 2026."),
        ("en", "Our desk is open from 8 until 16:00."),
        ("de", "Bitte teilen Sie uns die Nutzungsdaten vom 1. bis 31. Oktober 2026 mit."),
        ("de", "Nutzungsdaten für den Zeitraum 01.10.2026 bis 31.10.2026."),
        ("fr", "les connexions du 1er octobre jusqu'au 31 octobre 2026"),
        ("ja", "会議は11月12日15時から17時まで行います。"),
        ("ko", "11월 26일부터 12월 2일 18시까지 자리를 비웁니다."),
        ("hi", "बैठक 12 नवंबर को दोपहर 3 बजे से शाम 5 बजे तक होगी।"),
        ("pl", "od 01.10.2026 r. godz. 00:00 do 31.10.2026 r. godz. 23:59"),
    ],
)
def test_what_ends_with_a_range_is_no_limit(knowledge: Knowledge, language: str, text: str) -> None:
    assert find_clocks(text, grammars=knowledge.grammars(language)[:1], received_at=RECEIVED) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Send the log-ins from 1 October until 31 October by 6 November 2026.",
        "Please answer order 12 by 6 November.",
        "Received on 2 November, by 6 November you must reply.",
        "Received on 2 November. By 6 November you must reply.",
        "The order of 2 November must be carried out by 6 November.",
    ],
)
def test_a_limit_beside_another_day_or_number_stays_one(knowledge: Knowledge, text: str) -> None:
    [clock] = find_clocks(text, grammars=knowledge.grammars("en")[:1], received_at=RECEIVED)
    assert clock.limit == Until(at=datetime(2026, 11, 6, 23, 59, 59, tzinfo=UTC), zone_assumed=True)


@pytest.mark.parametrize(
    ("language", "text", "at"),
    [
        ("en", "The deadline is extended by 48 hours.", None),
        ("de", "Die Frist wird um 48 Stunden verlängert.", None),
        ("en", "It must be offline today by close of business.", datetime(2026, 11, 2, 17, tzinfo=UTC)),
        ("de", "Das ist heute bis Dienstschluss zu erledigen.", datetime(2026, 11, 2, 17, tzinfo=UTC)),
    ],
)
def test_an_extension_and_the_close_of_business_are_limits(
    knowledge: Knowledge, language: str, text: str, at: datetime | None
) -> None:
    [clock] = find_clocks(
        text, grammars=knowledge.grammars(language)[:1], received_at=RECEIVED, zone=ZoneInfo("UTC")
    )
    assert clock.extends is (at is None)
    assert not isinstance(clock.limit, Until) or clock.limit.at == at


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("ru", "Ответьте в пятницу до конца дня.", 6),
        ("ru", "Ответьте до конца дня.", 2),
        ("pl", "Prosimy o odpowiedź do końca dnia w piątek.", 6),
        ("cs", "Odpovězte 6. listopadu do půlnoci.", 6),
    ],
)
def test_the_end_of_a_day_is_that_of_the_day_beside_it(
    knowledge: Knowledge, language: str, text: str, day: int
) -> None:
    [clock] = find_clocks(text, grammars=knowledge.grammars(language)[:1], received_at=RECEIVED)
    assert isinstance(clock.limit, Until)
    assert clock.limit.at.day == day


def test_no_language_learns_the_days_of_another(knowledge: Knowledge) -> None:
    urdu, persian = (Calendar(knowledge.lexicons[language]) for language in ("ur", "fa"))
    wednesday = search_form("بدھ")
    assert urdu.mentions(wednesday)
    assert not persian.mentions(wednesday)
