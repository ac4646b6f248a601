from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.regimes import Start, load_regimes
from parsers.facts import (
    Authenticity,
    Elapsed,
    Kind,
    LanguageGuess,
    Limit,
    Report,
    Sender,
    SenderClass,
    StatedClock,
    StatedUrgency,
    Until,
    Urgency,
    Verification,
    WorkingDays,
)
from rules.clocks import (
    NO_COUNTRY,
    NO_ZONE,
    Certainty,
    Clock,
    ClockKind,
    Evidence,
    governing,
    stated_clocks,
    statutory_clocks,
    urgency_of_matter,
)
from rules.given import Given

CLOCKS = Path(__file__).parents[3] / "config" / "clocks.yaml"
REGIMES = load_regimes(CLOCKS)
FRIDAY = datetime(2026, 10, 23, 9, tzinfo=UTC)
TURKISH_ORDER = "5651 SAYILI KANUNUN ilgili maddesi hükmü"


def report(text: str = "", *, country: str | None = "TR", **changes: object) -> Report:
    blank = Given.model_validate({"language": "tr"}).case().report
    sender = Sender(address=None, sender_class=SenderClass.REGULATOR, country=country)
    genuine = Authenticity(verdict=Verification.VERIFIED)
    authority = replace(blank, received_at=FRIDAY, own_text=text, sender=sender, authenticity=genuine)
    return replace(authority, **changes)  # type: ignore[arg-type]  # tests name the fields they change


def due(limit: Limit, country: str | None = "TR", received_at: datetime = FRIDAY) -> datetime:
    stated = report(
        country=country, received_at=received_at, clocks=(StatedClock(limit=limit, phrase="p", position=0),)
    )
    return stated_clocks(stated)[0].due_at


def clock(hours: float, *, binding: bool = True) -> Clock:
    due_at = FRIDAY + timedelta(hours=hours)
    return Clock(source="stated", starts_at=FRIDAY, due_at=due_at, phrase="p", binding=binding)


def test_elapsed_hours_count_from_receipt_across_a_change_of_clocks() -> None:
    before_the_change = datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert due(Elapsed(hours=24), "DE", before_the_change) == datetime(2026, 10, 25, 22, tzinfo=UTC)


def test_a_named_instant_is_kept_in_utc() -> None:
    named = datetime.fromisoformat("2026-10-26T17:00:00+03:00")
    assert due(Until(at=named)) == datetime(2026, 10, 26, 14, tzinfo=UTC)
    assert due(Until(at=named)).tzinfo is UTC


@pytest.mark.parametrize(
    ("days", "country", "expected"),
    [
        (1, "TR", datetime(2026, 10, 26, 20, 59, 59, tzinfo=UTC)),
        (4, "TR", datetime(2026, 10, 30, 20, 59, 59, tzinfo=UTC)),  # the 29th is Republic Day
        (5, "TR", datetime(2026, 11, 2, 20, 59, 59, tzinfo=UTC)),
        (1, "JP", datetime(2026, 10, 26, 14, 59, 59, tzinfo=UTC)),
        (1, "DE", datetime(2026, 10, 26, 22, 59, 59, tzinfo=UTC)),
        (1, None, datetime(2026, 10, 26, 23, 59, 59, tzinfo=UTC)),
        (1, "XX", datetime(2026, 10, 26, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_working_days_skip_the_weekend_and_end_with_the_country_s_day(
    days: int, country: str | None, expected: datetime
) -> None:
    assert due(WorkingDays(days=days), country) == expected


@pytest.mark.parametrize("day", [24, 25])
def test_the_first_working_day_after_a_weekend_receipt_is_monday(day: int) -> None:
    received_at = datetime(2026, 10, day, 9, tzinfo=UTC)
    assert due(WorkingDays(days=1), None, received_at) == datetime(2026, 10, 26, 23, 59, 59, tzinfo=UTC)


def test_the_day_of_receipt_is_the_country_s_and_not_the_server_s() -> None:
    late_on_thursday = datetime(2026, 10, 22, 22, tzinfo=UTC)  # Friday in Istanbul
    assert due(WorkingDays(days=1), "TR", late_on_thursday) == datetime(2026, 10, 26, 20, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("limit", [Elapsed(hours=1e300), WorkingDays(days=10**12)])
def test_an_absurd_limit_is_cut_instead_of_failing(limit: Limit) -> None:
    assert due(limit) > FRIDAY + timedelta(days=3_000)


def test_a_wish_stays_a_wish_and_a_stated_clock_needs_no_confirmation() -> None:
    wish = StatedClock(limit=Elapsed(hours=1), phrase="if you can", position=0, binding=False)
    stated = stated_clocks(report(clocks=(wish,)))[0]
    assert (stated.source, stated.binding, stated.confirm, stated.law, stated.phrase) == (
        "stated",
        False,
        False,
        "",
        "if you can",
    )


def test_a_statute_sets_a_clock_that_a_person_confirms() -> None:
    found = statutory_clocks(report(TURKISH_ORDER), REGIMES)
    assert [(each.source, each.phrase, each.due_at, each.confirm, each.binding) for each in found] == [
        ("tr-5651-8a", "5651 SAYILI KANUNUN", FRIDAY + timedelta(hours=4), True, True)
    ]
    assert found[0].law.endswith("m. 8/A(1)")


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("BTK'dan gelen yazı", Urgency.NORMAL),
        ("BTK, BTK ve yine BTK", Urgency.NORMAL),
        (f"{TURKISH_ORDER} gereğince BTK kararı", Urgency.CRITICAL),
    ],
)
def test_one_keyword_shows_a_clock_and_a_second_one_makes_it_urgent(text: str, urgency: Urgency) -> None:
    mentioning = report(text, urgency=StatedUrgency(level=Urgency.NORMAL))
    clocks = statutory_clocks(mentioning, REGIMES)
    assert [each.source for each in clocks] == ["tr-5651-8a"]
    assert urgency_of_matter(mentioning, clocks, FRIDAY) is urgency


@pytest.mark.parametrize(
    "changed",
    [
        report(TURKISH_ORDER, country="DE"),
        report(TURKISH_ORDER, country=None),
        report(TURKISH_ORDER, language=LanguageGuess(code="en")),
        report(TURKISH_ORDER, authenticity=Authenticity(verdict=Verification.UNVERIFIED)),
        report(TURKISH_ORDER, sender=Sender(address=None, sender_class=SenderClass.PARTNER, country="TR")),
        report(TURKISH_ORDER, language=LanguageGuess(code=None)),
        report("başka bir konu"),
        report(TURKISH_ORDER, kind=Kind.AUTO_REPLY),
    ],
)
def test_a_statute_is_silent_for_others(changed: Report) -> None:
    assert statutory_clocks(changed, REGIMES) == ()


def test_a_rule_that_is_not_yet_law_on_the_day_of_receipt_sets_no_clock() -> None:
    english = LanguageGuess(code="en")
    order = report("under rule 3(1)(d)", country="IN", language=english)
    earlier = replace(order, received_at=datetime(2026, 2, 19, tzinfo=UTC))
    assert [each.source for each in statutory_clocks(order, REGIMES)] == ["in-3-1-d"]
    assert statutory_clocks(earlier, REGIMES) == ()


def test_a_time_to_keep_is_no_time_to_answer_by() -> None:
    order = report("a European Preservation Order", country="FR", language=LanguageGuess(code="en"))
    assert statutory_clocks(order, REGIMES) == ()


def test_a_short_keyword_is_a_whole_word() -> None:
    assert statutory_clocks(report("OBTKX ve TBTK"), REGIMES) == ()
    assert [each.phrase for each in statutory_clocks(report("BTK'dan gelen"), REGIMES)] == ["BTK"]


def test_the_binding_clock_that_runs_out_first_governs() -> None:
    assert governing([clock(30), clock(10), clock(2, binding=False)]) == clock(10)


def test_a_wish_governs_only_where_nothing_binds() -> None:
    assert governing([clock(30, binding=False), clock(2, binding=False)]) == clock(2, binding=False)
    assert governing([]) is None


@pytest.mark.parametrize(
    ("stated", "clocks", "passed_hours", "urgency"),
    [
        (Urgency.LOW, [], 0, Urgency.LOW),
        (Urgency.NORMAL, [clock(4)], 0, Urgency.CRITICAL),
        (Urgency.NORMAL, [clock(4.1)], 0, Urgency.HIGH),
        (Urgency.NORMAL, [clock(24)], 23, Urgency.HIGH),
        (Urgency.NORMAL, [clock(24.1)], 0, Urgency.NORMAL),
        (Urgency.NORMAL, [clock(72)], 72, Urgency.CRITICAL),
        (Urgency.CRITICAL, [clock(72)], 0, Urgency.CRITICAL),
        (Urgency.NORMAL, [clock(1, binding=False)], 2, Urgency.NORMAL),
    ],
)
def test_urgency_is_the_higher_of_the_stated_and_the_demanded(
    stated: Urgency, clocks: list[Clock], passed_hours: int, urgency: Urgency
) -> None:
    now = FRIDAY + timedelta(hours=passed_hours)
    assert urgency_of_matter(report(urgency=StatedUrgency(level=stated)), clocks, now) is urgency


def test_a_clock_says_what_it_rests_on() -> None:
    named = Until(at=FRIDAY + timedelta(hours=3), zone_assumed=True)
    stated = StatedClock(limit=named, phrase="by noon", position=7, source="order.pdf")
    [found] = stated_clocks(report(clocks=(stated,)))
    assert found.evidence == Evidence(
        counted_from=Start.NAMED_IN_ORDER, position=7, found_in="order.pdf", assumed=(NO_ZONE,)
    )
    assert (found.kind, found.evidence.certainty) == (ClockKind.STATED, Certainty.ASSUMED)


def test_working_days_name_the_holidays_that_did_not_count_and_an_unknown_country() -> None:
    five = StatedClock(limit=WorkingDays(days=5), phrase="p", position=0)
    [turkish] = stated_clocks(report(clocks=(five,)))
    [unknown] = stated_clocks(report(clocks=(five,), country=None))
    assert turkish.evidence.holidays == ("2026-10-29 Republic Day",)
    assert unknown.evidence.assumed == (NO_COUNTRY,)


def test_a_statutory_clock_names_the_version_of_its_row_and_what_was_assumed() -> None:
    [found] = statutory_clocks(report(f"Ek: {TURKISH_ORDER}"), REGIMES)
    [row] = [regime for regime in REGIMES.regimes if regime.id == "tr-5651-8a"]
    assert (found.kind, found.evidence.version) == (ClockKind.STATUTORY, row.version)
    assert found.evidence.position == len("Ek: ")
    assert found.evidence.counted_from is Start.DECISION_NOTIFIED
    assert found.evidence.assumed == (
        "the law counts from the notification of the decision; the arrival of the mail was taken",
        "only “5651 SAYILI KANUNUN” points to this law",
    )


def test_another_number_in_a_row_is_another_version() -> None:
    row = REGIMES.regimes[0]
    assert row.model_copy(update={"clock": "PT2H"}).version != row.version
    assert load_regimes(CLOCKS).regimes[0].version == row.version


@pytest.mark.parametrize("ago", [timedelta(minutes=1), timedelta(days=2)])
def test_a_limit_that_has_run_out_is_critical(ago: timedelta) -> None:
    late = report(
        urgency=StatedUrgency(level=Urgency.NORMAL),
        clocks=(StatedClock(limit=Until(at=FRIDAY - ago), phrase="by then", position=0),),
    )
    assert urgency_of_matter(late, stated_clocks(late), FRIDAY) is Urgency.CRITICAL
