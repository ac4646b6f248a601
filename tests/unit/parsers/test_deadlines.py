# ruff: noqa: RUF001 - letters of other scripts are what these tests are about
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from parsers.deadlines import find_clocks
from parsers.facts import Elapsed, Limit, StatedClock, Until, WorkingDays
from parsers.knowledge import Knowledge
from parsers.zones import assumed_zone

RECEIVED = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)  # a Monday
Finder = Callable[..., tuple[StatedClock, ...]]


@pytest.fixture
def find(knowledge: Knowledge) -> Finder:
    def find(language: str, text: str) -> tuple[StatedClock, ...]:
        return find_clocks(text, grammars=knowledge.grammars(language), received_at=RECEIVED)

    return find


@pytest.mark.parametrize(
    ("language", "text", "limit"),
    [
        ("tr", "Kararın en geç dört saat içinde yerine getirilmesi gerekmektedir.", Elapsed(hours=4)),
        ("tr", "Cevabın 5 (beş) iş günü içinde gönderilmesi rica olunur.", WorkingDays(days=5)),
        ("tr", "TARAFINIZA DÖRT SAATLİK SÜRE VERİLMİŞTİR.", Elapsed(hours=4)),
        ("en", "You must remove it within twenty-four (24) hours.", Elapsed(hours=24)),
        ("en", "A 48-hour deadline applies.", Elapsed(hours=48)),
        ("en", "Please answer within the hour.", Elapsed(hours=1)),
        ("en", "Answer within two weeks.", Elapsed(hours=336)),
        ("de", "Der Inhalt ist innerhalb einer Stunde nach Erhalt zu entfernen.", Elapsed(hours=1)),
        ("de", "Wir setzen eine Frist von 48 Stunden.", Elapsed(hours=48)),
        ("fr", "dans un délai de vingt-quatre heures à compter de la réception", Elapsed(hours=24)),
        ("es", "en un plazo de 72 horas", Elapsed(hours=72)),
        ("es", "en el plazo máximo de diez días hábiles", WorkingDays(days=10)),
        ("pt", "no prazo de 2 (duas) horas", Elapsed(hours=2)),
        ("pt", "no prazo de 24 (vinte e quatro) horas", Elapsed(hours=24)),
        ("it", "entro 15 giorni", Elapsed(hours=360)),
        ("nl", "binnen 24 uur na ontvangst", Elapsed(hours=24)),
        ("pl", "w terminie do 3 dni roboczych", WorkingDays(days=3)),
        ("ru", "в течение трёх суток с момента получения", Elapsed(hours=72)),
        ("ar", "خلال ٢٤ ساعة من استلام هذا القرار", Elapsed(hours=24)),
        ("ja", "２４時間以内に削除してください。", Elapsed(hours=24)),
        ("id", "paling lambat 1x24 jam", Elapsed(hours=24)),
        ("id", "paling lambat 3 x 24 jam", Elapsed(hours=72)),
        ("ru", "в двухдневный срок", Elapsed(hours=48)),
        ("he", "תוך שעתיים מקבלת הודעה זו", Elapsed(hours=2)),
        ("fa", "ظرف ۲۴ ساعت پس از دریافت", Elapsed(hours=24)),
        ("ro", "în termen de 24 de ore de la primire", Elapsed(hours=24)),
        ("hu", "24 órán belül", Elapsed(hours=24)),
        ("da", "inden for 24 timer efter modtagelsen", Elapsed(hours=24)),
        ("fi", "24 tunnin kuluessa", Elapsed(hours=24)),
        ("bg", "в срок от 24 часа", Elapsed(hours=24)),
    ],
)
def test_span_is_a_clock(find: Finder, language: str, text: str, limit: Limit) -> None:
    assert [clock.limit for clock in find(language, text)] == [limit]


@pytest.mark.parametrize(
    ("language", "text", "at"),
    [
        ("en", "by 17:00 on Friday 13 November 2026", "2026-11-13T17:00"),
        ("en", "Question 1 is due at 5pm tomorrow.", "2026-11-03T17:00"),
        ("en", "Please look at it today by 5 pm.", "2026-11-02T17:00"),
        ("de", "noch heute bis 18 Uhr", "2026-11-02T18:00"),
        ("en", "no later than Friday", "2026-11-06T23:59:59"),
        ("en", "by close of business on 4 November", "2026-11-04T17:00"),
        ("en", "by Wed. 4 November", "2026-11-04T23:59:59"),
        ("en", "by 2 January", "2027-01-02T23:59:59"),
        ("tr", "en geç 6 Kasım 2026 Cuma günü saat 12.00'ye kadar", "2026-11-06T12:00"),
        ("de", "bis zum 20.11.2026", "2026-11-20T23:59:59"),
        ("fr", "au plus tard le 5 novembre 2026 à 16 h 30", "2026-11-05T16:30"),
        ("ja", "令和８年１１月４日１７時００分までに", "2026-11-04T17:00"),
        ("pl", "do dnia 10 listopada 2026 r. do godz. 15:00", "2026-11-10T15:00"),
        ("en", "by noon tomorrow", "2026-11-03T12:00"),
        ("en", "by 5 in the afternoon today", "2026-11-02T17:00"),
        ("en", "Remove it by 18:00.", "2026-11-02T18:00"),
        ("en", "Remove it by 08:00.", "2026-11-03T08:00"),
        ("de", "bis morgen Mittag", "2026-11-03T12:00"),
        ("tr", "Bugün akşam 6'ya kadar gönderiniz.", "2026-11-02T18:00"),
        ("es", "antes de mañana a las 10", "2026-11-03T10:00"),
        ("ja", "本日午後５時までに", "2026-11-02T17:00"),
        ("zh", "請於民國115年11月6日前回覆", "2026-11-06T23:59:59"),
        ("ko", "다음 주 금요일까지", "2026-11-13T23:59:59"),
        ("ru", "до завтра до 12 часов", "2026-11-03T12:00"),
        ("fa", "تا امروز ساعت ۱۸", "2026-11-02T18:00"),
    ],
)
def test_named_day_is_a_clock(find: Finder, language: str, text: str, at: str) -> None:
    (clock,) = find(language, text)
    assert clock.limit == Until(at=datetime.fromisoformat(at).replace(tzinfo=UTC), zone_assumed=True)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "It was watched 40,000 times in the last 24 hours."),
        ("en", "You may appeal within 14 days."),
        ("en", "We will reply within 24 hours."),
        ("en", "The girl is 14 years old and has been missing for 3 days."),
        ("en", "The video was posted on 1 November 2026 at 17:00."),
        ("en", "Please act without undue delay."),
        ("en", "The recording by Ann Bell, scheduled for release on 20 November 2026, was copied."),
        ("tr", "Video son 24 saat içinde yayıldı."),
        ("tr", "Karara 7 gün içinde itiraz edilebilir."),
        ("de", "Binnen eines Monats kann ein Rechtsbehelf eingelegt werden."),
        ("fr", "dans les meilleurs délais"),
        ("de", "Das Konto wurde vor 2 Stunden angelegt."),
    ],
)
def test_limits_of_others_past_spans_and_ages_are_no_clocks(find: Finder, language: str, text: str) -> None:
    assert find(language, text) == ()


def test_named_zone_is_taken_and_not_assumed(find: Finder) -> None:
    (clock,) = find("en", "Answer by 3 November 2026, 17:00 CET.")
    assert clock.limit == Until(at=datetime(2026, 11, 3, 16, 0, tzinfo=UTC))
    (clock,) = find("en", "Answer by 3 November 2026, 5 p.m. Eastern Time.")
    assert clock.limit == Until(at=datetime(2026, 11, 3, 22, 0, tzinfo=UTC))
    (clock,) = find("en", "Answer by 3 November 2026, 17:00 (UTC+3).")
    assert clock.limit == Until(at=datetime(2026, 11, 3, 14, 0, tzinfo=UTC))


def test_wish_is_not_binding(find: Finder) -> None:
    assert [
        clock.binding
        for clock in find("en", "If possible, answer within 24 hours. Remove it within 48 hours.")
    ] == [
        False,
        True,
    ]


def test_wish_far_away_in_an_endless_sentence_leaves_the_limit_binding(find: Finder) -> None:
    (clock,) = find("en", "Remove this within 24 hours, " + "and so on, " * 100 + "if possible.")
    assert clock.binding


def test_phrase_and_position_point_into_the_text(find: Finder) -> None:
    text = "İçeriğin DÖRT SAAT İÇİNDE çıkarılması gerekir."
    (clock,) = find("tr", text)
    assert clock.phrase == "DÖRT SAAT İÇİNDE"
    assert text[clock.position :].startswith(clock.phrase)


@pytest.mark.parametrize(
    ("language", "text", "limit"),
    [
        ("ar", "امامكم ست ساعات لايقاف البث.", Elapsed(hours=6)),
        ("ar", "يجب الحذف خلال أربعٍ وعشرين ساعةً.", Elapsed(hours=24)),
        ("fa", "بايد ظرف بيست و چهار ساعت حذف شود.", Elapsed(hours=24)),
        ("zh", "請於三個營業日內答覆。", WorkingDays(days=3)),
        ("hi", "वीडियो अड़तालीस घंटे के भीतर हटाइए।", Elapsed(hours=48)),
    ],
)
def test_limits_are_found_however_people_spell(find: Finder, language: str, text: str, limit: Limit) -> None:
    assert [clock.limit for clock in find(language, text)] == [limit]


def test_phrase_keeps_the_vowels_of_the_text(find: Finder) -> None:
    text = "نُذكِّركم: يجب الحذف خِلالَ 24 سَاعَة من استلامه."
    (clock,) = find("ar", text)
    assert clock.phrase == "خِلالَ 24 سَاعَة"
    assert text[clock.position :].startswith(clock.phrase)


@pytest.mark.parametrize(
    ("language", "text", "hours"),
    [
        ("he", "נא להסיר תוך יומיים.", 48),
        ("ko", "열흘 이내에 회신해 주십시오.", 240),
        ("ar", "يرجى الرد في ظرف أسبوعين.", 336),
        ("id", "Mohon dihapus dalam tempo sehari semalam.", 24),
    ],
)
def test_spans_in_one_word_are_limits(find: Finder, language: str, text: str, hours: float) -> None:
    assert [clock.limit for clock in find(language, text)] == [Elapsed(hours=hours)]


@pytest.mark.parametrize(
    ("language", "text", "at"),
    [
        ("hi", "आज शाम साढ़े छह बजे तक हटाएँ।", (2, 18, 30)),
        ("zh", "请于今天下午3点半前删除。", (2, 15, 30)),
        ("ar", "يرجى الحذف قبل الساعة السابعة مساء اليوم.", (2, 19, 0)),
        ("ja", "11月末までにご報告ください。", (30, 23, 59)),
        ("vi", "Đề nghị báo cáo trước cuối tháng 11.", (30, 23, 59)),
    ],
)
def test_counted_hours_and_numbered_months_are_read(
    find: Finder, language: str, text: str, at: tuple[int, int, int]
) -> None:
    (clock,) = find(language, text)
    assert isinstance(clock.limit, Until)
    assert (clock.limit.at.day, clock.limit.at.hour, clock.limit.at.minute) == at


def test_every_limit_is_listed_once_in_order(find: Finder) -> None:
    text = "Remove it within 24 hours. Answer within 3 days. Again: within 24 hours."
    assert [clock.limit for clock in find("en", text)] == [Elapsed(hours=24), Elapsed(hours=72)]


def test_english_sentence_in_a_mail_of_another_language_counts(find: Finder) -> None:
    assert find("ja", "削除してください。 Remove within 24 hours.")[0].limit == Elapsed(hours=24)


def test_zone_of_a_country_is_assumed_and_the_earliest_where_there_are_several() -> None:
    assert assumed_zone("TR", "Europe/Istanbul", at=RECEIVED) == ZoneInfo("Europe/Istanbul")
    assert assumed_zone("JP", "UTC", at=RECEIVED) == ZoneInfo("Asia/Tokyo")
    assert assumed_zone(None, "Europe/Berlin", at=RECEIVED) == ZoneInfo("Europe/Berlin")
    assert RECEIVED.astimezone(assumed_zone("US", "UTC", at=RECEIVED)).utcoffset() == timedelta(hours=-5)
    assert assumed_zone("EU", None, at=RECEIVED) is UTC
