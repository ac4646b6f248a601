# ruff: noqa: RUF001 - letters of other scripts are what these tests are about
"""Whose a limit is, whether it binds, and what a later mail does to an earlier one."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from parsers.deadlines import find_clocks
from parsers.facts import Elapsed, StatedClock
from parsers.knowledge import Knowledge
from parsers.report import read
from parsers.text_about_limits import find_withdrawal
from tests.unit.parsers.conftest import write_mail

RECEIVED = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)  # a Monday
Finder = Callable[[str, str], tuple[StatedClock, ...]]


@pytest.fixture
def find(knowledge: Knowledge) -> Finder:
    def find(language: str, text: str) -> tuple[StatedClock, ...]:
        return find_clocks(text, grammars=knowledge.grammars(language)[:1], received_at=RECEIVED)

    return find


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The plaintiff may amend the claim within 14 days."),
        ("de", "Der Kontoinhaber kann sich innerhalb von zwei Wochen äußern."),
        ("fr", "Le plaignant dispose d'un délai de deux mois pour agir."),
        ("es", "El demandado tiene 20 días para comparecer."),
        ("it", "L'autore può presentare osservazioni entro 30 giorni."),
        ("nl", "De gebruiker mag binnen zes weken reageren."),
        ("pl", "Autor może złożyć wyjaśnienia w terminie 14 dni."),
        ("ru", "Автор вправе дать пояснения в течение 10 дней."),
        ("tr", "Davacı iki hafta içinde beyan sunabilir."),
        ("ja", "投稿者は14日以内に意見を述べることができます。"),
        ("ko", "게시자는 30일 이내에 의견을 제출할 수 있습니다."),
        ("zh", "用户可在15日内提出意见。"),
        ("ar", "يحق لصاحب الحساب تقديم ملاحظات خلال 15 يوما."),
        ("he", "בעל החשבון רשאי להגיב בתוך 15 ימים."),
        ("vi", "Người dùng có quyền phản hồi trong vòng 15 ngày."),
    ],
)
def test_a_limit_of_a_third_person_is_none_of_ours(find: Finder, language: str, text: str) -> None:
    assert find(language, text) == ()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "新法要求服务商接到命令后1小时内删除,想听取贵司意见。"),
        ("ko", "영상에서 남자는 전 여자친구에게 24시간 이내에 돌아오라고 협박합니다."),
        ("id", "Undang-undang baru mewajibkan platform menghapus dalam waktu 1 jam."),
        ("hi", "वीडियो में पुरुष धमकी देता है कि 24 घंटे में लौट आए।"),
    ],
)
def test_what_others_demand_or_claim_is_none_of_ours(find: Finder, language: str, text: str) -> None:
    assert find(language, text) == ()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ko", "이용자가 아내를 살해하겠다고 협박하고 있으니 2시간 이내에 위치정보를 제공하시기 바랍니다."),
        ("zh", "用户威胁杀害其妻,请于2小时内提供登录信息。"),
        ("hi", "यह नकली वीडियो 2 घंटे के भीतर हटाइए।"),
        ("vi", "Đề nghị khóa tài khoản trong vòng 2 giờ."),
    ],
)
def test_a_demand_beside_a_threat_or_an_act_is_ours(find: Finder, language: str, text: str) -> None:
    assert [clock.limit for clock in find(language, text)] == [Elapsed(hours=2)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "We'll get back to you within two weeks."),
        ("de", "Wir werden uns binnen zwei Wochen melden."),
        ("fr", "Nous reviendrons vers vous dans un délai de dix jours."),
        ("es", "Les informaremos en el plazo de diez días."),
        ("nl", "U ontvangt binnen twee weken een antwoord."),
        ("sv", "Ni får svar inom två veckor."),
        ("ja", "当局より3日以内にご連絡いたします。"),
        ("th", "เราจะตอบกลับภายใน 3 วัน"),
    ],
)
def test_what_the_sender_promises_is_none_of_ours(find: Finder, language: str, text: str) -> None:
    assert find(language, text) == ()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "It was viewed 40,000 times within three hours."),
        ("de", "Das Video wurde innerhalb von drei Stunden tausendfach geteilt."),
        ("pt", "O vídeo foi compartilhado mil vezes no prazo de 3 horas."),
        ("tr", "Video iki saat içinde 40 bin kez izlenmiştir."),
    ],
)
def test_a_story_sets_no_limit(find: Finder, language: str, text: str) -> None:
    assert find(language, text) == ()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The video, viewed by users who can still share it, must be removed within 2 hours."),
        ("en", "A video which users can still share must be removed within 2 hours."),
        ("en", "What was viewed so often must be removed within 2 hours."),
        ("en", "If you do not comply within 2 hours, we will refer the case to the court."),
        ("en", "We will block your service if you fail to remove it within 2 hours."),
        ("en", "Remove it within 2 hours and we will close the case."),
        ("en", "The court has ordered the platform to disclose the data within 2 hours."),
        ("en", "The user must be notified within 2 hours."),
        (
            "de",
            "Löschen Sie das Video binnen zwei Stunden, andernfalls werden wir ein Zwangsgeld festsetzen.",
        ),
        ("fr", "Le tribunal a ordonné de retirer la vidéo dans un délai de deux heures."),
        ("tr", "Kullanıcıya ait hesabın 2 saat içinde kapatılması gerekmektedir."),
        ("tr", "Gereği 2 saat içinde yerine getirilmezse tarafımızca suç duyurusunda bulunulacaktır."),
        ("ja", "裁判所の命令により、2時間以内に削除してください。"),
        ("ar", "يجب إزالة المحتوى خلال 2 ساعة وإلا سنتخذ الإجراءات القانونية."),
    ],
)
def test_others_in_the_sentence_do_not_take_our_limit_away(find: Finder, language: str, text: str) -> None:
    [clock] = find(language, text)
    assert (clock.limit, clock.binding) == (Elapsed(hours=2), True)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "You must remove it within 2 hours and the user may appeal within 15 days."),
        ("es", "Deben retirarlo en el plazo de 2 horas y se puede recurrir en el plazo de quince días."),
        ("hu", "A tartalmat 2 órán belül el kell távolítani, a felhasználó 15 napon belül fellebbezhet."),
    ],
)
def test_of_two_limits_in_a_sentence_only_the_other_one_is_somebody_else_s(
    find: Finder, language: str, text: str
) -> None:
    assert [clock.limit for clock in find(language, text)] == [Elapsed(hours=2)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Wir hoffen auf eine Antwort innerhalb von drei Tagen."),
        ("pt", "Se for possível, enviem os dados no prazo de 3 dias."),
        ("nl", "Hopelijk kunt u binnen drie dagen antwoorden."),
        ("ru", "Надеемся получить ответ в течение трёх дней."),
        ("el", "Ελπίζουμε σε απάντηση εντός τριών ημερών."),
        ("tr", "Üç gün içinde cevap verirseniz minnettar oluruz."),
        ("zh", "希望3日内得到回复。"),
        ("hi", "हमें आशा है कि आप 3 दिन के भीतर उत्तर देंगे।"),
    ],
)
def test_a_hope_is_a_wish(find: Finder, language: str, text: str) -> None:
    assert [clock.binding for clock in find(language, text)] == [False]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "We extend the deadline for your answer to Friday 13 November 2026."),
        ("de", "Die Frist wird bis zum 13. November 2026 verlängert."),
        ("fr", "Le délai est prorogé jusqu'au 13 novembre 2026."),
        ("tr", "Süre 13 Kasım 2026 tarihine kadar uzatılmıştır."),
        ("es", "El plazo queda ampliado hasta el 13 de noviembre de 2026."),
    ],
)
def test_an_extension_is_a_limit_that_says_so(find: Finder, language: str, text: str) -> None:
    [clock] = find(language, text)
    assert (clock.extends, clock.binding) == (True, True)


def test_a_limit_beside_an_extension_is_none(find: Finder) -> None:
    first, second = find(
        "en", "The deadline is extended until 13 November 2026. Confirm this within 2 hours."
    )
    assert (first.extends, second.extends) == (True, False)


@pytest.mark.parametrize(
    ("language", "text", "phrase"),
    [
        ("en", "The order of 2 November is hereby withdrawn.", "hereby withdrawn"),
        ("de", "Die Anordnung wird hiermit zurückgezogen.", "Anordnung wird hiermit zurückgezogen"),
        ("fr", "Nous retirons l'injonction du 2 novembre.", "retirons l'injonction"),
        ("tr", "Talebimizi geri çekiyoruz.", "geri çekiyoruz"),
        ("ja", "本要請を撤回いたします。", "撤回いたします"),
        ("en", "If the order is withdrawn, you will be told.", None),
        ("en", "The order has not been withdrawn; this request is not withdrawn.", None),
        ("en", "Please withdraw the video.", None),
        ("zh", "请撤回该视频。", None),
    ],
)
def test_an_order_that_is_taken_back(
    knowledge: Knowledge, language: str, text: str, phrase: str | None
) -> None:
    found = find_withdrawal(text, knowledge.grammars(language)[:1])
    assert (found.phrase if found else None) == phrase


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("ru", "Ответ необходимо дать не позднее пятницы.", 6),
        ("uk", "Надайте відповідь до п'ятниці.", 6),
        ("pl", "Prosimy o odpowiedź do piątku.", 6),
        ("cs", "Odpovězte do pátku.", 6),
        ("hu", "Kérjük, válaszoljon legkésőbb péntekig.", 6),
        ("el", "Απαντήστε έως το βράδυ της Παρασκευής.", 6),
    ],
)
def test_the_names_of_days_are_known_in_the_form_that_by_asks_for(
    find: Finder, language: str, text: str, day: int
) -> None:
    [clock] = find(language, text)
    assert clock.limit.form == "until"
    assert clock.limit.at.day == day


def test_a_mail_that_still_sets_a_limit_takes_nothing_back(knowledge: Knowledge) -> None:
    taken_back = "The order is hereby withdrawn."
    replaced = f"{taken_back} Instead, remove the other video within 2 hours."
    found = [
        read(write_mail(body), received_at=RECEIVED, knowledge=knowledge) for body in (taken_back, replaced)
    ]
    assert [report.withdrawal is not None for report in found] == [True, False]


def test_a_flood_of_limits_is_read_up_to_a_bound(find: Finder) -> None:
    flood = ". ".join(f"Answer within {number} minutes" for number in range(1, 900))
    assert len(find("en", flood)) == 100


@pytest.mark.parametrize(
    ("language", "lasts", "asked"),
    [
        (
            "pl",
            "Zbiórka odzieży w szkole cieszy się do 6 listopada powodzeniem.",
            "Czy zdążycie do 6 listopada?",
        ),
        (
            "cs",
            "Sbírka na opravu střechy pomáhá obci do 6. listopadu.",
            "Prověřte to prosím do 6. listopadu.",
        ),
        ("ru", "Набор учеников в студию идёт до 6 ноября.", "Разблокируйте страницу до 6 ноября."),
        ("uk", "Набір учнів до студії йде до 6 листопада.", "Розблокуйте сторінку до 6 листопада."),
        ("el", "Η συλλογή ρούχων συνεχίζεται έως 6 Νοεμβρίου.", "Ξεμπλοκάρετε τη σελίδα έως 6 Νοεμβρίου."),
        ("hu", "A gyűjtés a templomban november 6-ig folyik.", "Oldják fel az oldalt november 6-ig."),
    ],
)
def test_where_by_is_also_until_a_limit_has_to_be_asked_for(
    find: Finder, language: str, lasts: str, asked: str
) -> None:
    assert find(language, lasts) == ()
    [clock] = find(language, asked)
    assert clock.limit.form == "until"
    assert clock.limit.at.day == 6


def test_what_a_verb_governs_belongs_to_its_clause(find: Finder) -> None:
    assert find("pl", "Szantażysta grozi, że w ciągu 24 godzin usunie konto.") == ()
    assert find("pl", "Żądamy, aby w ciągu 24 godzin usunąć konto.") != ()


def test_a_limit_between_two_commas_belongs_to_what_stands_before(find: Finder) -> None:
    assert find("cs", "Odkaz je aktivní po celý týden, do 6. listopadu, prosíme o trpělivost.") == ()
