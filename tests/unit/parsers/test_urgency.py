# ruff: noqa: RUF001 - sentences of other scripts are what these tests are about
from collections.abc import Callable

import pytest

from parsers.facts import Harm, Report, Urgency

TextReport = Callable[..., Report]
PERSON = {"From": "Ann <ann@mailhouse.example>"}


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("She is live on the roof and says she will kill herself now.", Urgency.CRITICAL),
        ("Bir kişi şu an canlı yayında intihar edeceğini söylüyor, yardım edin.", Urgency.CRITICAL),
        ("Remove the video within 4 hours of receipt.", Urgency.CRITICAL),
        (
            "The order was sent yesterday; the deadline has passed and the video is still there.",
            Urgency.CRITICAL,
        ),
        ("Remove the video within 24 hours of receipt.", Urgency.HIGH),
        ("The clip keeps spreading, new copies appear every hour.", Urgency.HIGH),
        ("Remove the video within 48 hours of receipt.", Urgency.NORMAL),
        ("The channel sells concert tickets without a licence.", Urgency.NORMAL),
        ("For information only, no action is required on your side.", Urgency.LOW),
        ("Thank you, we can confirm that the clip is gone.", Urgency.LOW),
    ],
)
def test_level_follows_what_is_said(text_report: TextReport, text: str, level: Urgency) -> None:
    assert text_report(text).urgency.level is level


def test_capitals_and_priority_headers_count_for_nothing(text_report: TextReport) -> None:
    shouted = text_report("URGENT!!! THE CHANNEL SELLS TICKETS WITHOUT A LICENCE!!!", X_Priority="1")
    assert shouted.urgency.level is Urgency.NORMAL


def test_negated_danger_is_no_danger(text_report: TextReport) -> None:
    assert text_report("There is no threat to life in this matter.").urgency.level is Urgency.NORMAL


def test_danger_that_is_over_is_not_critical(text_report: TextReport) -> None:
    over = text_report("He wanted to kill himself on the roof. Police are at the scene and he is safe.")
    assert over.urgency.level is Urgency.HIGH


@pytest.mark.parametrize(
    "text",
    [
        "One of our pupils gave away her guitar this week and wrote goodbye to everyone. Her phone is off.",
        "A girl of 13 is home alone, a grown man on her stream asks for her address. It is still live.",
        "He wrote that he will bring a knife to the school tomorrow.",
        "My sister left the house last night and has not been seen since. She posted a farewell message.",
        "An account threatens our daughter: if she does not send more pictures tonight he will publish them.",
        "Sabah evden çıkan 14 yaşındaki oğlum telefonunu açmıyor, konumunu paylaşabilir misiniz?",
        "Unser Schüler hat sich in einem Video von allen verabschiedet und ist seither nicht erreichbar.",
        "Une élève de 12 ans est enfermée avec un inconnu, la diffusion est toujours en direct.",
        "Un hombre dice en directo que esta noche va a matar a su expareja.",
        "Un ragazzino sta andando a incontrare un adulto sconosciuto, il telefono è spento.",
        "Meu irmão postou um vídeo de despedida e o celular está desligado.",
        "Een meisje van 11 jaar is op weg naar een afspraak met een volwassen man.",
        "Uczennica pożegnała się w nagraniu i od rana nie odbiera telefonu.",
        "Девочка одна дома, взрослый мужчина прямо сейчас требует её адрес.",
        "Хлопець пише, що завтра прийде до школи зі зброєю і вб'є всіх.",
        "الفتاة ودعت صديقاتها في البث المباشر وهاتفها مغلق.",
        "הנערה נפרדה מכולם בסרטון והטלפון שלה כבוי.",
        "دختر نوجوان در پخش زنده می‌گوید امشب خودکشی می کند.",
        "配信中の少女が今から飛び降りると話しています。",
        "학생이 작별 인사를 남기고 휴대전화가 꺼져 있습니다.",
        "一名女学生在直播中告别，手机关机，家人联系不上。",
        "Em học sinh lớp 8 để lại thư tuyệt mệnh và đã tắt máy.",
        "Seorang siswi SMP berpamitan lewat siaran langsung dan ponselnya mati.",
        "एक नाबालिग लड़की लाइव वीडियो में आत्महत्या करने जा रही है।",
        "স্কুলছাত্রী লাইভে বিদায় জানিয়ে ফোন বন্ধ করেছে।",
        "بچی لاپتہ ہے اور اس کا فون بند ہے، لوکیشن چاہیے۔",
        "O elevă și-a luat adio într-un clip și are telefonul închis.",
        "Η μαθήτρια αποχαιρέτησε τους φίλους της και το τηλέφωνό της είναι κλειστό.",
        "Eleven har tagit farväl av alla och mobilen är avstängd.",
        "Žákyně se rozloučila ve videu a má vypnutý telefon.",
    ],
)
def test_calm_words_about_a_life_are_critical(text_report: TextReport, text: str) -> None:
    assert text_report(text).urgency.level is Urgency.CRITICAL


@pytest.mark.parametrize(
    "text",
    [
        "In our drill of 10 November we shall send an invented report about a bomb threat at a school.",
        "For a documentary about suicide I should like to ask how you handle such videos.",
        "The account sells hunting rifles without a licence.",
        "In 2023 the man was convicted of murder; the video shows his trial.",
        "Für unsere Schulung zum Thema Suizidprävention bitten wir um Ihre Richtlinien.",
        "Bir tatbikat kapsamında hayali bir rehine olayını bildireceğiz, görevlilerin adlarını rica ederiz.",
        "Pour un documentaire sur le suicide, nous souhaitons connaître vos règles.",
    ],
)
def test_what_is_only_spoken_about_is_no_danger(text_report: TextReport, text: str) -> None:
    assert text_report(text).urgency.level is Urgency.NORMAL


@pytest.mark.parametrize(
    "text",
    [
        "The stranger asked our daughter for photos. Contact has ended and she is safe with us.",
        "Der Mann drohte, sich umzubringen. Die Polizei ist vor Ort.",
        "Çocuk canlı yayında yardım istiyordu; ekipler olay yerinde, çocuk güvende.",
    ],
)
def test_help_that_has_arrived_lowers_it(text_report: TextReport, text: str) -> None:
    assert text_report(text).urgency.level in (Urgency.HIGH, Urgency.NORMAL)


def test_thanks_in_advance_are_a_request(text_report: TextReport) -> None:
    assert text_report("Please check my account. Thank you.").urgency.level is Urgency.NORMAL


def test_copies_of_a_film_are_an_ordinary_matter(text_report: TextReport) -> None:
    text = "Our film is re-uploaded every hour by new accounts and infringes our copyright."
    assert text_report(text).urgency.level is Urgency.NORMAL


def test_signs_far_apart_in_a_long_mail_do_not_add_up(text_report: TextReport) -> None:
    filler = "We look forward to the meeting of the advisory board and to its report on the year. " * 12
    text = f"The documents mention a knife.\n\n{filler}\n\nThe stream starts tomorrow."
    assert text_report(text).urgency.level is Urgency.NORMAL


def test_score_is_kept(text_report: TextReport) -> None:
    assert text_report("He says he will kill himself right now.").urgency.score >= 5
    assert text_report("The channel sells concert tickets.").urgency.score == 0


def test_an_authority_that_no_word_list_understands_is_read_by_a_person(text_report: TextReport) -> None:
    slovak = "Dobrý deň, posielame vám naše rozhodnutie a žiadame vás o jeho vykonanie podľa zákona."
    official = text_report(slovak)
    assert official.language.code == "sk"
    assert official.urgency.level is Urgency.HIGH
    assert "language without lexicon" in official.flags
    assert text_report(slovak, **PERSON).urgency.level is Urgency.NORMAL


def test_limit_of_a_member_of_the_public_does_not_bind(text_report: TextReport) -> None:
    assert text_report("Fix my account within the hour.", **PERSON).urgency.level is Urgency.NORMAL


def test_deciding_sentence_is_given(text_report: TextReport) -> None:
    report = text_report("Good evening. A bomb was placed in the station, it is a bomb threat. Thank you.")
    assert report.urgency.sentences == ("A bomb was placed in the station, it is a bomb threat.",)


@pytest.mark.parametrize(
    ("text", "harm"),
    [
        ("The account runs a scam with a fake shop and phishing links.", Harm.FRAUD),
        ("Das Video enthält Volksverhetzung und rassistische Hetze.", Harm.HATE),
        ("The song infringes our copyright.", Harm.IP),
        ("Please look at this.", Harm.OTHER),
        ("Unlicensed pistols and ammunition are for sale here.", Harm.ILLEGAL_GOODS),
        ("Counterfeit shoes with our registered trademark are for sale here.", Harm.IP),
        ("A stranger asks my daughter for photos.", Harm.CHILD_SAFETY),
        ("She said goodbye and took pills.", Harm.SELF_HARM),
    ],
)
def test_harm_is_the_subject_with_most_words(text_report: TextReport, text: str, harm: Harm) -> None:
    assert text_report(text).harm is harm


def test_an_answer_keeps_the_harm_of_its_subject(text_report: TextReport) -> None:
    answer = text_report("Yes, both of them.", Subject="Re: racist videos", In_Reply_To="<a@b.example>")
    assert answer.harm is Harm.HATE


def test_danger_in_the_second_language_of_a_mail_counts(text_report: TextReport) -> None:
    text = (
        "平素より大変お世話になっております。以下のアカウントについてご連絡いたします。何卒よろしくお願いいたします。\n\n"
        "Sehr geehrte Damen und Herren, ein Mädchen steht im Stream auf dem Dach und will sich umbringen."
    )
    report = text_report(text)
    assert (report.language.code, report.language.also) == ("ja", ("de",))
    assert report.urgency.level is Urgency.CRITICAL
