# ruff: noqa: RUF001 - letters of other scripts are what these tests are about
from collections.abc import Callable

import pytest

from parsers.facts import Harm, Report

TextReport = Callable[..., Report]

_SAID = [
    ("A man keeps asking girls on the app for nude pictures.", Harm.CHILD_SAFETY),
    ("A pupil is bullied and humiliated by her classmates.", Harm.HARASSMENT),
    ("My daughter said goodbye and does not answer her phone.", Harm.SELF_HARM),
    ("The brand's jumpers are shown with our registered mark, without permission.", Harm.IP),
    ("A deepfake of a singer invites people to invest their savings.", Harm.FRAUD),
    ("Ein Schüler wird in dem Video gemobbt und beleidigt.", Harm.HARASSMENT),
    ("Das Konto verkauft Betäubungsmittel ohne Rezept.", Harm.ILLEGAL_GOODS),
    ("La vidéo montre un jeu d'étranglement que des élèves imitent.", Harm.DANGEROUS_CHALLENGE),
    ("El anuncio usa una voz clonada para pedir dinero.", Harm.FRAUD),
    ("O perfil publica a data errada da eleição e pede para não votar.", Harm.ELECTION),
    ("Nel video un ragazzo viene picchiato da una baby gang.", Harm.VIOLENCE),
    ("De account zet zonder toestemming naaktbeelden van mijn zus online.", Harm.PRIVACY),
    ("Konto sprzedaje marihuanę i mefedron z dostawą.", Harm.ILLEGAL_GOODS),
    ("Profil zesměšňuje spolužačku a šíří o ní pomluvy.", Harm.HARASSMENT),
    ("Kontot sprider hets mot folkgrupp och hyllar nazism.", Harm.HATE),
    ("Akun ini memakai merek klien kami tanpa izin.", Harm.IP),
    ("Videoda terör örgütü propagandası yapılıyor.", Harm.TERRORISM),
    ("Аккаунт продаёт поддельные паспорта и дипломы.", Harm.ILLEGAL_GOODS),
    ("Акаунт закликає до насильства і погрожує вбити сусіда.", Harm.VIOLENCE),
    ("Contul cere poze nud de la eleve de 12 ani.", Harm.CHILD_SAFETY),
    ("Ο λογαριασμός υποδύεται τράπεζα και ζητά χρήματα.", Harm.FRAUD),
    ("Tài khoản này mạo danh ngân hàng để chiếm đoạt tiền.", Harm.FRAUD),
    ("الحساب ينشر خطاب كراهية ضد اللاجئين.", Harm.HATE),
    ("החשבון מוכר סמים ותרופות ללא מרשם.", Harm.ILLEGAL_GOODS),
    ("این حساب کلاهبرداری می کند و پول مردم را می گیرد.", Harm.FRAUD),
    ("アカウントが私の動画を無断転載し、著作権を侵害しています。", Harm.IP),
    ("이 계정은 사기꾼이 투자금을 편취하는 데 쓰입니다.", Harm.FRAUD),
    ("该账号鼓励学生参加危险挑战，已有人昏迷。", Harm.DANGEROUS_CHALLENGE),
    ("यह खाता मतदान की तारीख के बारे में झूठ बता रहा है।", Harm.ELECTION),
    ("অ্যাকাউন্টটি মাদক বিক্রি করছে।", Harm.ILLEGAL_GOODS),
    ("یہ اکاؤنٹ دہشت گرد تنظیم کا پروپیگنڈا پھیلا رہا ہے۔", Harm.TERRORISM),
]

# Each holds letters that once looked like a word of harm: "vad", "برای", "إشعار", "수사기관", "חשוד".
_PLAIN = [
    "Vad behöver ni för att kunna besvara frågan? Han är på kontoret.",
    "لطفا برای بررسی این موضوع پاسخ دهید.",
    "نرجو الرد على هذا الإشعار، وشكرا لكم، الأمر عاجل.",
    "수사기관의 요청이며 정당한 사유가 있습니다. 답변 바랍니다.",
    "הסמכות לבקש את הפרטים נתונה לנו, ושאלה זו צריכה מענה.",
    "Naše výzva k odpovědi ze dne 3. listopadu zůstala bez odpovědi.",
    "Просимо відповісти не пізніше ніж у п'ятницю, вимагаємо письмової відповіді.",
    "Przesyłamy pismo ponownie, kopia dla Państwa archiwum, prosimy o odpowiedź.",
    "Il prestatore deve disabilitare l'accesso al contenuto indicato.",
    "ভিডিওগুলি দেখুন এবং উত্তর দিন।",
]


@pytest.mark.parametrize(("text", "harm"), _SAID)
def test_the_harm_is_the_most_specific_thing_said(text_report: TextReport, text: str, harm: Harm) -> None:
    assert text_report(text).harm is harm


@pytest.mark.parametrize("text", _PLAIN)
def test_plain_official_words_name_no_harm(text_report: TextReport, text: str) -> None:
    assert text_report(text).harm is Harm.OTHER


def test_the_subject_line_decides_between_two_harms(text_report: TextReport) -> None:
    text = "They mock her, and her home address is published."
    assert text_report(text, Subject="Privacy complaint").harm is Harm.PRIVACY
    assert text_report(text, Subject="Bullying, again").harm is Harm.HARASSMENT


def test_a_child_alone_is_a_matter_of_child_safety_where_no_harm_is_named(text_report: TextReport) -> None:
    assert text_report("The child is missing since noon, please help.").harm is Harm.CHILD_SAFETY
