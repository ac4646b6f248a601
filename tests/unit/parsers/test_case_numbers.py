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
