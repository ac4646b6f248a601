# ruff: noqa: RUF001 - letters of other scripts are what these tests are about
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

from parsers.folding import fold
from parsers.knowledge import Knowledge
from parsers.language import Languages

SENTENCES = {
    "af": "Verwyder asseblief hierdie video en laat ons weet wat julle daaraan gedoen het.",
    "ar": "نرجو منكم إزالة هذا المقطع وإبلاغنا بما تم اتخاذه من إجراءات.",
    "az": "Xahiş edirik, aşağıda göstərilən videonu silin və bizə məlumat verin.",
    "bg": "Молим да премахнете посоченото по-долу съдържание и да ни уведомите.",
    "bn": "অনুগ্রহ করে নিচের ভিডিওটি সরিয়ে ফেলুন এবং আমাদের জানান।",
    "ca": "Us demanem que retireu aquest contingut i que ens informeu de les mesures preses.",
    "cs": "Žádáme vás o odstranění níže uvedeného obsahu a o sdělení, co jste učinili.",
    "da": "Vi beder jer fjerne det nedenfor beskrevne indhold og fortælle os, hvad I har gjort.",
    "de": "Wir bitten Sie, den nachstehend bezeichneten Inhalt zu entfernen und uns zu unterrichten.",
    "el": "Παρακαλούμε να αφαιρέσετε το παρακάτω βίντεο.",
    "en": "Please remove the material described below and tell us what you have done about it.",
    "es": "Les rogamos que retiren el contenido que se describe a continuación y nos informen.",
    "et": "Palume teil allpool kirjeldatud sisu eemaldada ja meile sellest teada anda.",
    "fa": "لطفاً این ویدیو را حذف کنید و نتیجه را به ما اطلاع دهید.",
    "fi": "Pyydämme teitä poistamaan alla kuvatun sisällön ja ilmoittamaan meille toimistanne.",
    "fr": "Nous vous demandons de retirer le contenu suivant et de nous informer de la suite donnée.",
    "he": "נא להסיר את הסרטון הבא בהקדם.",
    "hi": "कृपया नीचे दिए गए वीडियो को हटा दें और हमें सूचित करें।",
    "hr": "Molimo vas da uklonite dolje opisani sadržaj prije petka i da nas o tome obavijestite.",
    "hu": "Kérjük, távolítsák el az alább leírt tartalmat, és tájékoztassanak minket erről.",
    "id": "Mohon hapus konten yang disebutkan di bawah ini karena melanggar hukum.",
    "it": "Vi chiediamo di rimuovere il contenuto descritto di seguito e di informarci.",
    "ja": "下記の動画を削除してくださいますようお願いいたします。",
    "ko": "아래 영상을 삭제하여 주시기 바랍니다.",
    "lt": "Prašome pašalinti toliau aprašytą turinį ir pranešti mums, ko ėmėtės.",
    "lv": "Lūdzam dzēst turpmāk aprakstīto saturu un informēt mūs par paveikto.",
    "mk": "Ве молиме да ја отстраните содржината подолу и да не известите.",
    "mr": "कृपया खालील व्हिडिओ काढून टाका आणि आम्हाला कळवा, हा आमचा मुलगा आहे.",
    "ms": "Sila padam kandungan yang dinyatakan di bawah kerana ia melanggar undang-undang.",
    "ne": "कृपया तलको भिडियो हटाउनुहोस् र हामीलाई जानकारी गराउनुहोस्, यो मेरो छोरा हो।",
    "nl": "Wij verzoeken u de hieronder beschreven inhoud te verwijderen en ons te informeren.",
    "no": "Vi ber dere fjerne innholdet som er beskrevet nedenfor og gi oss beskjed.",
    "pl": "Prosimy o usunięcie opisanych poniżej treści i poinformowanie nas o podjętych działaniach.",
    "pt": "Pedimos que removam o conteúdo descrito abaixo e que nos informem das medidas tomadas.",
    "ro": "Vă rugăm să eliminați conținutul descris mai jos și să ne informați despre măsurile luate.",
    "ru": "Просим удалить указанный ниже материал и сообщить о принятых мерах.",
    "sk": "Žiadame vás o odstránenie nižšie uvedeného obsahu a o oznámenie, čo ste urobili.",
    "sl": "Prosimo vas, da odstranite spodaj opisano vsebino in nas o tem obvestite.",
    "sq": "Ju lutemi të hiqni përmbajtjen e përshkruar më poshtë dhe të na njoftoni.",
    "sr": "Молимо вас да уклоните доле описани садржај и да нас о томе обавестите.",
    "sv": "Vi ber er att ta bort innehållet som beskrivs nedan och meddela oss vad ni har gjort.",
    "sw": "Tafadhali ondoa video hii na utujulishe hatua ambazo umechukua.",
    "th": "กรุณาลบวิดีโอด้านล่างนี้โดยเร็วที่สุด",
    "tl": "Pakitanggal po ang video na ito at ipaalam sa amin kung ano ang inyong ginawa.",
    "tr": "Söz konusu içeriğin kaldırılması için gereğini rica ederiz, kararımız ekte sunulmuştur.",
    "uk": "Просимо видалити зазначений нижче матеріал та повідомити про вжиті заходи.",
    "ur": "براہ کرم نیچے دی گئی ویڈیو کو ہٹا دیں اور ہمیں آگاہ کریں۔",
    "vi": "Đề nghị quý công ty gỡ bỏ nội dung nêu dưới đây và thông báo cho chúng tôi.",
    "zh": "請協助處理以下影片，並將結果回覆本會。",
}
UNPROFILED = {
    "ga": ("Tá mé ag scríobh chugaibh mar gheall ar fhíseán atá ar an ardán",),
    "lb": ("Mir hunn e Video op ärer Plattform fonnt, deen e Kand weist dat an Gefor ass",),
    "eu": ("Egun on, zuen plataforman bideo bat aurkitu dugu eta neska bat arriskuan dago",),
    "is": ("Við fundum myndband á vefnum ykkar þar sem stúlka er í hættu",),
    "mt": ("Sibna filmat fuq il-pjattaforma tagħkom fejn tidher tifla fil-periklu",),
    "ku": (
        "Me li ser platforma we vîdyoyek dît ku tê de keçikek di xetereyê de ye",
        "ئێمە ڤیدیۆیەکمان لەسەر پلاتفۆرمەکەتان بینی کە کچێک لە مەترسیدایە",
    ),
    "ps": ("موږ ستاسو په پلاتفورم کې یوه ویډیو ولیده چې په هغې کې یوه نجلۍ په خطر کې ده",),
    "kk": ("Біз сіздің платформада бейнежазба таптық, онда қыз бала қауіпте",),
    "ky": ("Биз сиздин платформада видео таптык, анда кыз коркунучта турат",),
    "tt": ("Без сезнең платформада видео таптык, анда кыз бала куркыныч астында",),
    "mn": ("Бид танай платформ дээр нэг бичлэг олсон бөгөөд тэнд охин аюулд байна",),
    "uz": ("Biz sizning platformangizda video topdik, unda qiz bola xavf ostida",),
    "be": ("Мы знайшлі на вашай платформе відэа, дзе дзяўчынка знаходзіцца ў небяспецы",),
    "gd": ("Lorg sinn bhidio air an àrd-ùrlar agaibh far a bheil caileag ann an cunnart",),
    "ht": ("Nou jwenn yon videyo sou platfòm ou a kote yon ti fi an danje",),
    "tg": ("Мо дар платформаи шумо видеоеро дидем, ки дар он духтар дар хатар аст",),
    "sd": ("اسان توهان جي پليٽفارم تي هڪ وڊيو ڏٺي آهي جنهن ۾ هڪ ڇوڪري خطري ۾ آهي",),
    "ug": ("بىز سىلەرنىڭ سۇپاڭلاردا بىر ۋىدىيو تاپتۇق، ئۇنىڭدا قىز خەتەردە",),
    "fo": ("Vit funnu ein sjónband á tykkara palli, har ein genta er í vanda",),
}
TYPED_WITHOUT_ACCENTS = (
    "az",
    "cs",
    "da",
    "de",
    "es",
    "fr",
    "hr",
    "hu",
    "pl",
    "pt",
    "ro",
    "sk",
    "sv",
    "tr",
    "vi",
)
RELATIVES = [
    ("ms", "Akaun itu menghina anak saya dan wang kami telah dicuri."),
    ("id", "Akun itu menghina anak saya dan uang kami telah dicuri."),
    ("hr", "Tko je to napravio i gdje je prijavljeno prije tjedan dana?"),
    ("sr", "Ko je to uradio i gde je prijavljeno pre nedelju dana?"),
    ("da", "Jeg har ikke hørt noget fra jer siden i går, hvad sker der?"),
    ("no", "Jeg har ikke hørt noe fra dere siden i går, hva skjer?"),
    ("cs", "Co s tím uděláte a kdy nám odpovíte?"),
    ("sk", "Čo s tým urobíte a kedy nám odpoviete?"),
    ("ru", "Что вы сделали и когда вы нам ответите?"),
    ("uk", "Що ви зробили і коли ви нам відповісте?"),
    ("zh", "请删除以下视频。"),
    ("fa", "چرا هنوز جواب ندادید؟ این عکس بچه من است."),
    ("ar", "لماذا لم تردوا بعد؟ هذه صورة طفلي."),
]
ROMANISED = [
    ("ru", "Pomogite mne, etot chelovek ugrozhaet moey docheri i trebuet deneg."),
    ("el", "Sas parakalo na katevasete to vinteo, to paidi mou fovatai na paei sxoleio."),
    ("hi", "Yeh ladka meri behan ko dhamki de raha hai, kripya uska account band kijiye."),
]
BILINGUAL = [
    (
        "tr",
        "en",
        "Kararımız ekte sunulmuştur, gereğini rica ederiz.\n\nOur decision is attached, please act on it.",
    ),
    ("nl", "fr", "Gelieve deze video te verwijderen.\nVeuillez supprimer cette vidéo sans tarder."),
    (
        "fi",
        "sv",
        "Poistakaa tämä video mahdollisimman pian.\n\nVar vänliga och ta bort den här videon snarast.",
    ),
    ("ar", "en", "نرجو إزالة هذا المقطع في أقرب وقت.\nPlease remove this clip soon."),
]


def language(knowledge: Knowledge, text: str) -> str | None:
    return knowledge.languages.of(text).code


@pytest.mark.parametrize(("code", "text"), SENTENCES.items())
def test_language_is_recognised(knowledge: Knowledge, code: str, text: str) -> None:
    guess = knowledge.languages.of(text)
    assert guess.code == code
    assert guess.also == ()
    assert guess.certainty > 0.5


@pytest.mark.parametrize("code", TYPED_WITHOUT_ACCENTS)
def test_text_without_its_accents_is_the_same_language(knowledge: Knowledge, code: str) -> None:
    assert language(knowledge, fold(SENTENCES[code]).replace("\u0259", "e")) == code


@pytest.mark.parametrize("code", ["az", "cs", "de", "en", "hu", "pl", "ro", "ru", "tr", "vi"])
def test_capitals_are_the_same_language(knowledge: Knowledge, code: str) -> None:
    dotted = SENTENCES[code].replace("i", "\u0130") if code in {"az", "tr"} else SENTENCES[code]
    assert language(knowledge, dotted.upper()) == code


@pytest.mark.parametrize(("code", "text"), RELATIVES)
def test_near_relatives_are_told_apart(knowledge: Knowledge, code: str, text: str) -> None:
    assert language(knowledge, text) == code


@pytest.mark.parametrize(("code", "text"), ROMANISED)
def test_text_typed_in_latin_letters_keeps_its_language(knowledge: Knowledge, code: str, text: str) -> None:
    assert language(knowledge, text) == code


def test_serbian_may_be_in_either_script(knowledge: Knowledge) -> None:
    latin = "Molimo vas da uklonite dole opisani sadržaj i da nas o tome obavestite."
    assert language(knowledge, latin) == language(knowledge, SENTENCES["sr"]) == "sr"


@pytest.mark.parametrize(
    "text",
    [
        "Trusted flagger olarak case summary'yi gönderiyoruz, live stream hâlâ yayında, escalation lütfen.",
        "https://clipora.example/@some.account/video/7310011223344556677 bu video kaldırılsın",
        "VID-2026/4711 dosyası için cevabınızı bekliyoruz: report@authority.example #urgent",
    ],
)
def test_foreign_terms_and_addresses_do_not_mislead(knowledge: Knowledge, text: str) -> None:
    assert language(knowledge, text) == "tr"


def test_words_go_on_behind_an_address_without_a_blank(knowledge: Knowledge) -> None:
    assert language(knowledge, "https://clipora.example/v/1を削除してください。") == "ja"


@pytest.mark.parametrize(("first", "second", "text"), BILINGUAL)
def test_both_languages_of_a_bilingual_text_are_told(
    knowledge: Knowledge, first: str, second: str, text: str
) -> None:
    guess = knowledge.languages.of(text)
    assert (guess.code, guess.also) == (first, (second,))


def test_second_language_is_seen_far_below(knowledge: Knowledge) -> None:
    text = "\n".join([SENTENCES["tr"]] * 20 + [SENTENCES["en"]] * 20)
    guess = knowledge.languages.of(text)
    assert (guess.code, guess.also) == ("tr", ("en",))


def test_one_foreign_sentence_among_many_is_no_second_language(knowledge: Knowledge) -> None:
    guess = knowledge.languages.of("\n".join([*[SENTENCES["tr"]] * 8, SENTENCES["en"]]))
    assert (guess.code, guess.also) == ("tr", ())


def test_a_greeting_in_another_language_is_no_second_language(knowledge: Knowledge) -> None:
    guess = knowledge.languages.of(f"Dear colleagues,\n{SENTENCES['tr']}\n{SENTENCES['tr']}\nThank you")
    assert (guess.code, guess.also) == ("tr", ())


@pytest.mark.parametrize(
    "text", ["", "  \n", "https://clipora.example/live/123456 @someone 12.11.2026 a@b.example", "x"]
)
def test_text_without_words_has_no_language(knowledge: Knowledge, text: str) -> None:
    guess = knowledge.languages.of(text)
    assert (guess.code, guess.certainty) == (None, 0.0)


def test_two_words_are_less_certain_than_a_sentence(knowledge: Knowledge) -> None:
    short, long = "Hotel video", SENTENCES["en"]
    assert knowledge.languages.of(short).certainty < 0.9 < knowledge.languages.of(long).certainty


@pytest.mark.parametrize(
    "text",
    [
        "Біздің өтінішіміз бойынша бұл бейнежазбаны тез арада өшіріңіз.",
        "Jekk jogħġbok neħħi dan il-vidjow u għidilna x'għamilt, għax it-tifla tiegħi qiegħda fih.",
        "مهرباني وکړئ دا ویډیو ژر تر ژره لرې کړئ او موږ خبر کړئ.",
    ],
    ids=["Kazakh", "Maltese", "Pashto"],
)
def test_letters_that_no_known_language_has_leave_a_doubt(text: str) -> None:
    assert Languages({}).of(text).certainty <= 0.5


@pytest.mark.parametrize("language", UNPROFILED)
def test_language_without_profile_is_told_by_its_little_words_and_left_to_a_person(
    knowledge: Knowledge, language: str
) -> None:
    for text in UNPROFILED[language]:
        assert knowledge.languages.of(text).code == language
    assert not knowledge.judges(language)


@pytest.mark.parametrize(
    "script", ["Բարեւ Ձեզ, խնդրում ենք հեռացնել տեսանյութը", "გთხოვთ წაშალოთ ვიდეო", "እባክዎ ቪዲዮውን ያስወግዱ"]
)
def test_language_of_a_script_of_its_own_without_lexicon_is_left_to_a_person(
    knowledge: Knowledge, script: str
) -> None:
    assert not knowledge.judges(knowledge.languages.of(script).code)


def test_some_words_of_a_language_without_profile_leave_a_text_in_another(knowledge: Knowledge) -> None:
    text = f"The account is called 'agus go bhfuil an'. {SENTENCES['en']}"
    assert knowledge.languages.of(text).code == "en"


def test_letters_alone_tell_a_language_without_listed_words() -> None:
    assert Languages({}).of(SENTENCES["tr"]).code == "tr"


def test_only_listed_words_tell_malay_from_indonesian() -> None:
    text = "Sila padam kandungan ini."
    assert Languages({}).of(text).certainty <= 0.5
    for word in ("sila", "kandung*"):
        taught = Languages({"ms": (word,)}).of(text)
        assert taught.code == "ms"
        assert taught.certainty > 0.5


def test_a_listed_word_counts_without_its_accents() -> None:
    untaught, taught = Languages({}).of("icin"), Languages({"tr": ("için",)}).of("icin")
    assert taught.code == "tr"
    assert taught.certainty > untaught.certainty


def test_same_text_gives_the_same_guess_from_many_threads_at_first_use() -> None:
    languages = Languages({"fr": ("nous", "vous")})
    with ThreadPoolExecutor(8) as threads:
        guesses = set(threads.map(languages.of, [SENTENCES["fr"]] * 40))
    assert guesses == {Languages({"fr": ("nous", "vous")}).of(SENTENCES["fr"])}


def test_what_was_compiled_is_not_sent_to_other_processes(knowledge: Knowledge) -> None:
    languages = Languages({"fr": ("nous", "vous")})
    before = len(pickle.dumps(languages))
    languages.of(SENTENCES["fr"])
    sent = pickle.dumps(languages)
    assert len(sent) == before
    assert pickle.loads(sent).of(SENTENCES["fr"]) == languages.of(SENTENCES["fr"])  # noqa: S301 - our own


@pytest.mark.parametrize("character", ["a", "\ufdfa", "\u0130", "1.", "я", "字", "\u0300", "a.b"])
def test_a_flood_of_anything_is_answered(knowledge: Knowledge, character: str) -> None:
    certainty = knowledge.languages.of(character * 1_000_000).certainty
    assert 0.0 <= certainty <= 1.0
