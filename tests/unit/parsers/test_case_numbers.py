# ruff: noqa: RUF001 - letters of other scripts are what these tests are about
import pytest

from parsers.case_numbers import authority_ref
from parsers.knowledge import Knowledge


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Aktenzeichen: 12 Js 345/26", "12 Js 345/26"),
        ("Our reference: MO/26/552.", "MO/26/552"),
        ("Karar sayısı: 2026/3187", "2026/3187"),
        ("2026/3187 sayılı kararımız ektedir", "2026/3187"),
        ("5651 sayılı Kanun uyarınca", None),
        ("2026/1432 D.İş sayılı karar", "2026/1432 D.İş"),
        ("Réf. ORM 118/26", "ORM 118/26"),
        ("照会番号：サ対第４４１８号", "サ対第４４１８号"),
        ("procedimento penale n. 5518/26 R.G.N.R. per frode", "5518/26 R.G.N.R."),
        ("as in JN-2026-4093 last week", "JN-2026-4093"),
        ("Sygn. akt: II K 417/26", "II K 417/26"),
        ("事件 2026형제11822호 관련", "2026형제11822호"),
        ("案号：（2026）京0105民初11823号", "（2026）京0105民初11823号"),
        ("уголовное дело № 12601450031000118", "12601450031000118"),
        ("İş № 1(102)-118/2026", "1(102)-118/2026"),
        ("Ihr Zeichen: INC-1044, unser Zeichen: LKA/118-26", "LKA/118-26"),
        ("Your ref: MO/26/552", "MO/26/552"),
        ("the COVID-19 clip and its SHA-256", None),
        ("Fall 3 von 7", None),
        ("under Regulation (EU) 2021/784", None),
        ("see [INC-1044]", None),
        ("the clip of 12.11.2026 at 18.30", None),
        ("https://a.example/REF-2026-12", None),
    ],
)
def test_case_number_is_found_by_label_or_shape(knowledge: Knowledge, text: str, number: str | None) -> None:
    assert authority_ref("", text, knowledge.words) == number


def test_own_words_go_before_the_subject(knowledge: Knowledge) -> None:
    assert authority_ref("Re: AB-2026-1", "Reference: CD-2026-2", knowledge.words) == "CD-2026-2"
    assert authority_ref("Notice AB-2026-1", "Please act.", knowledge.words) == "AB-2026-1"


@pytest.mark.parametrize(
    ("subject", "number"),
    [
        ("Notice under Art. 14 - QLD/26/0731 - toy guns", "QLD/26/0731"),
        ("Online Harms Act 2024 s 12 - RPT-N-26-00412", "RPT-N-26-00412"),
        ("5518/26 - seized phones", "5518/26"),
        ("[조치요청] 불법정보 삭제 (제2026-04-0115호)", "제2026-04-0115호"),
        ("Richiesta – fasc. 204518", "204518"),
        ("Meeting 12 November 2026 (10:00-11:30)", None),
        ("Office closed 23–27 December", None),
        ("Programme (2026-2027)", None),
        ("Release (v2.10.2026)", None),
        ("COVID-19 - what we know", None),
    ],
)
def test_a_subject_may_name_the_case_without_a_word_for_it(
    knowledge: Knowledge, subject: str, number: str | None
) -> None:
    assert authority_ref(subject, "Please act.", knowledge.words) == number


NATIONAL_FORMS = [
    ("Az. ZX-TCO 2026/3381", "ZX-TCO 2026/3381"),
    ("No. B-1180/KPI.2/10/2026", "B-1180/KPI.2/10/2026"),
    ("actuaciones EXP202698765", "EXP202698765"),
    ("צו 40112-10-26 של בית המשפט", "40112-10-26"),
    ("衛食字第1150098765號函", "衛食字第1150098765號"),
    ("書面（生対第511号）", "生対第511号"),
    ("令和3年法律第27号に基づき", None),
    ("방법 안내 (사건번호 2026-실종-00417)", "2026-실종-00417"),
    ("رقم ٣١٢/م ر/٢٠٢٦", "٣١٢/م ر/٢٠٢٦"),
    ("Keputusan Menteri Nomor 522 Tahun 2024", None),
    ("обращение ЗК-4471", "ЗК-4471"),
    ("Soruşturma No: 2026/45871 kapsamında", "2026/45871"),
    ("Sayı : E-12345678-100.04-2026/5519", "E-12345678-100.04-2026/5519"),
    ("Az.: 3 Js 1234/26", "3 Js 1234/26"),
    ("Geschäftszeichen: 132 Js 4567/26", "132 Js 4567/26"),
    ("Vorgangsnummer: ST/0123456/2026", "ST/0123456/2026"),
    ("N° Parquet : 26123000456", "26123000456"),
    ("Nos réf. : 2026/001234", "2026/001234"),
    ("Procès-verbal n° 00123/2026/004567", "00123/2026/004567"),
    ("Diligencias Previas 1234/2026", "1234/2026"),
    ("Expediente: PS/00123/2026", "PS/00123/2026"),
    ("Atestado n.º 4567/26", "4567/26"),
    ("Prot. n. 0012345 del 2 novembre", "0012345"),
    ("Autos nº 0600812-44.2026.6.26.0001", "0600812-44.2026.6.26.0001"),
    ("Inquérito Policial nº 2026.0001234", "2026.0001234"),
    ("Ofício nº 123/2026-DRCC", "123/2026-DRCC"),
    ("sygn. akt PR 2 Ds 123.2026", "PR 2 Ds 123.2026"),
    ("Znak sprawy: DOK-1.4012.3.2026", "DOK-1.4012.3.2026"),
    ("Dosar penal nr. 1234/P/2026", "1234/P/2026"),
    ("Parketnummer: 10/123456-26", "10/123456-26"),
    ("Ons kenmerk: ACM/UIT/612345", "ACM/UIT/612345"),
    ("Crime reference number: 4600123/26", "4600123/26"),
    ("URN 01AB1234526", "01AB1234526"),
    ("Case No. 26-cv-01234", "26-cv-01234"),
    ("Docket No.: 3:26-mj-00123", "3:26-mj-00123"),
    ("FIR No. 123/2026 was registered", "123/2026"),
    ("F.No. 1/2/2026-CyS", "1/2/2026-CyS"),
    ("文書番号：総基料第123号", "総基料第123号"),
    ("令和8年（ワ）第1234号", "令和8年（ワ）第1234号"),
    ("사건번호: 2026형제12345호", "2026형제12345호"),
    ("č. j.: KRPA-123456-1/ČJ-2026-000TC", "KRPA-123456-1/ČJ-2026-000TC"),
    ("Dnr: 2026-01234", "2026-01234"),
    ("Ügyszám: 01000/1234/2026.bü.", "01000/1234/2026.bü"),
    ("Αρ. Πρωτ.: 1234/2026", "1234/2026"),
    ("Исх. № 12-7/3391 от 03.11.2026", "12-7/3391"),
    ("رقم القضية: 2026/4471", "2026/4471"),
    ("Nomor: LP/B/123/XI/2026/SPKT", "LP/B/123/XI/2026/SPKT"),
    ("เลขที่ ตช 0039.12/1234", "ตช 0039.12/1234"),
    ("KLASA: 210-05/26-01/123", "210-05/26-01/123"),
    ("Sagsnr.: 26-1234567", "26-1234567"),
    ("Dnro VTJ/1234/2026", "VTJ/1234/2026"),
    ("案号：京公网安案字〔2026〕123号", "京公网安案字〔2026〕123号"),
    ("Our case is closed in 2026.", None),
    ("The video has 120000 views and 3 comments.", None),
    ("Call me on 030-1234567.", None),
    ("Artikel 9 der Verordnung (EU) 2022/2065", None),
]


@pytest.mark.parametrize(("text", "number"), NATIONAL_FORMS)
def test_official_forms_of_many_countries(knowledge: Knowledge, text: str, number: str | None) -> None:
    assert authority_ref("", text, knowledge.words) == number


def test_number_of_a_letter_gives_way_to_the_case_that_its_subject_names(knowledge: Knowledge) -> None:
    subject, text = "Notice (complaint no: 2026/5519)", "Sayı : E-12345678-100.04-2026/5519"
    assert authority_ref(subject, text, knowledge.words) == "2026/5519"
