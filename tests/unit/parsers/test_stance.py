# ruff: noqa: RUF001 - letters of other scripts are what these tests are about
import pytest

from config.lexicon import Lexicon, RelationWords
from parsers.facts import Stance
from parsers.knowledge import Knowledge
from parsers.stance import Stances
from tests.unit.parsers.test_lexicons import JUDGED_LANGUAGES

REMINDS, ADDS, ELSEWHERE = Stance
SAID = [
    ("en", "We have not had a reply to our letter of last week.", REMINDS),
    ("en", "The order was withdrawn by the court this morning.", ADDS),
    ("en", "This is on a different matter from the one below.", ELSEWHERE),
    ("tr", "Geçen haftaki yazımıza henüz cevap alamadık.", REMINDS),
    ("tr", "Mahkeme kararı bu sabah iptal edildi.", ADDS),
    ("tr", "Size bu kez başka bir konu için yazıyorum.", ELSEWHERE),
    ("de", "Wir haben auf unser Schreiben noch keine Antwort.", REMINDS),
    ("de", "Der Beschluss wurde heute aufgehoben.", ADDS),
    ("de", "Heute schreiben wir in anderer Sache.", ELSEWHERE),
    ("fr", "Notre courrier reste sans réponse.", REMINDS),
    ("fr", "La vidéo a été remise en ligne, voici de nouveaux éléments.", ADDS),
    ("fr", "Je vous écris pour une autre affaire.", ELSEWHERE),
    ("es", "Seguimos sin respuesta a nuestro oficio.", REMINDS),
    ("es", "El requerimiento ha quedado sin efecto.", ADDS),
    ("es", "Le escribo por otro asunto.", ELSEWHERE),
    ("it", "Restiamo in attesa di riscontro alla nostra nota.", REMINDS),
    ("it", "Il provvedimento è stato revocato ieri.", ADDS),
    ("it", "Vi scrivo per un'altra questione.", ELSEWHERE),
    ("pt", "Ainda não recebemos resposta ao nosso ofício.", REMINDS),
    ("pt", "A decisão foi anulada ontem.", ADDS),
    ("pt", "Escrevo sobre outro assunto.", ELSEWHERE),
    ("nl", "Wij hebben nog geen antwoord ontvangen.", REMINDS),
    ("nl", "Het bevel is vandaag ingetrokken.", ADDS),
    ("nl", "Ik heb nog een heel andere vraag.", ELSEWHERE),
    ("pl", "Do dziś nie otrzymaliśmy odpowiedzi.", REMINDS),
    ("pl", "Postanowienie zostało uchylone.", ADDS),
    ("pl", "Piszę w innej sprawie.", ELSEWHERE),
    ("ru", "Мы до сих пор не получили ответа.", REMINDS),
    ("ru", "Постановление сегодня отменено.", ADDS),
    ("ru", "Пишу вам по другому вопросу.", ELSEWHERE),
    ("uk", "Ми досі не отримали відповіді.", REMINDS),
    ("uk", "Постанову сьогодні скасовано.", ADDS),
    ("uk", "Пишу вам з іншого питання.", ELSEWHERE),
    ("ar", "لم يصلنا ردكم حتى الآن.", REMINDS),
    ("ar", "تم إلغاء القرار هذا الصباح.", ADDS),
    ("ar", "أكتب إليكم بشأن موضوع آخر.", ELSEWHERE),
    ("he", "עדיין לא קיבלנו תשובה למכתבנו.", REMINDS),
    ("he", "הצו בוטל הבוקר.", ADDS),
    ("he", "אני כותבת בנושא אחר.", ELSEWHERE),
    ("fa", "تاکنون پاسخی دریافت نکرده‌ایم.", REMINDS),
    ("fa", "دستور امروز لغو شد.", ADDS),
    ("fa", "این نامه درباره موضوع دیگری است.", ELSEWHERE),
    ("ja", "先週の書面についてご回答をいただいておりません。", REMINDS),
    ("ja", "本日、請求を取り下げます。", ADDS),
    ("ja", "別件でご連絡いたします。", ELSEWHERE),
    ("ko", "지난주 공문에 대한 회신이 없습니다.", REMINDS),
    ("ko", "오늘 요청을 철회합니다.", ADDS),
    ("ko", "다른 건으로 문의드립니다.", ELSEWHERE),
    ("zh", "我们至今未收到贵方答复。", REMINDS),
    ("zh", "该决定今天已被撤销。", ADDS),
    ("zh", "另一件事想请教。", ELSEWHERE),
    ("vi", "Chúng tôi vẫn chưa nhận được phản hồi.", REMINDS),
    ("vi", "Quyết định đã được thu hồi sáng nay.", ADDS),
    ("vi", "Tôi viết về một vấn đề khác.", ELSEWHERE),
    ("id", "Kami belum menerima jawaban atas surat kami.", REMINDS),
    ("id", "Perintah itu dicabut pagi ini.", ADDS),
    ("id", "Saya menulis tentang hal lain.", ELSEWHERE),
    ("hi", "हमारे पत्र का उत्तर नहीं मिला है।", REMINDS),
    ("hi", "आदेश आज वापस लिया गया है।", ADDS),
    ("hi", "यह एक अलग मामला है।", ELSEWHERE),
    ("bn", "আমাদের চিঠির উত্তর পাইনি।", REMINDS),
    ("bn", "আদেশটি আজ প্রত্যাহার করা হয়েছে।", ADDS),
    ("bn", "এটি একটি ভিন্ন বিষয়।", ELSEWHERE),
    ("ur", "ہمارے خط کا جواب موصول نہیں ہوا۔", REMINDS),
    ("ur", "حکم آج منسوخ کر دیا گیا۔", ADDS),
    ("ur", "یہ ایک الگ معاملہ ہے۔", ELSEWHERE),
    ("ro", "Nu am primit răspuns la adresa noastră.", REMINDS),
    ("ro", "Ordonanța a fost revocată azi.", ADDS),
    ("ro", "Vă scriu despre altă problemă.", ELSEWHERE),
    ("el", "Δεν λάβαμε απάντηση στο έγγραφό μας.", REMINDS),
    ("el", "Η εντολή ανακλήθηκε σήμερα, διευκρινίζουμε τα εξής.", ADDS),
    ("el", "Σας γράφω για άλλο θέμα.", ELSEWHERE),
    ("sv", "Vi har inte fått svar på vårt brev.", REMINDS),
    ("sv", "Beslutet återkallades i dag.", ADDS),
    ("sv", "Jag skriver om en annan fråga.", ELSEWHERE),
    ("cs", "Na náš dopis jsme nedostali odpověď, stále čekáme.", REMINDS),
    ("cs", "Usnesení bylo dnes zrušeno.", ADDS),
    ("cs", "Píšu vám v jiné věci.", ELSEWHERE),
]
PLAIN = "A video shows a man with a knife in front of a school. Please remove it."


def stances(knowledge: Knowledge, language: str, text: str) -> frozenset[Stance]:
    return frozenset().union(*(each.of(text) for each in knowledge.stances(language)))


@pytest.mark.parametrize(("language", "text", "stance"), SAID)
def test_what_a_mail_says_of_earlier_ones(
    knowledge: Knowledge, language: str, text: str, stance: Stance
) -> None:
    assert stances(knowledge, language, text) == {stance}


@pytest.mark.parametrize("language", JUDGED_LANGUAGES)
def test_every_judged_language_can_say_it(knowledge: Knowledge, language: str) -> None:
    words = knowledge.lexicons[language].relations
    assert {name: len(getattr(words, name)) >= 10 for name in RelationWords.model_fields} == {
        str(stance): True for stance in Stance
    }


def test_a_first_report_says_nothing_of_it(knowledge: Knowledge) -> None:
    assert stances(knowledge, "en", PLAIN) == frozenset()


def test_only_the_beginning_of_a_long_text_counts() -> None:
    words = Stances(Lexicon.model_validate({"language": "xx", "relations": {"reminds": "again"}}))
    assert words.of("x " * 2_000 + "again") == {REMINDS}
    assert words.of("x " * 3_000 + "again") == frozenset()
