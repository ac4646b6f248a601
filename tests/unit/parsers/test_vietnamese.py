# ruff: noqa: RUF001 - letters with accents are what these tests are about
import pytest

from parsers.knowledge import Knowledge
from parsers.signals import Findings
from parsers.signs import Notion
from parsers.vietnamese import accented_form, has_accents


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tài khoản này đang đăng ảnh khỏa thân.", True),
        ("Tai khoan nay dang dang anh khoa than.", False),
        ("Please remove this: TikTok, Đà Nẵng.", False),
    ],
)
def test_a_text_has_accents_or_not(*, text: str, expected: bool) -> None:
    assert has_accents(text) is expected


def test_a_tone_may_stand_on_either_of_two_vowels() -> None:
    assert accented_form("Xoá, khoá, thuỷ, hoè") == accented_form("XÓA, khóa, thủy, hòe")


def test_the_form_keeps_every_position_and_its_accents() -> None:
    assert accented_form("HÒA ở 19 – İ") == "hòa ở 19 - i"


def posted(knowledge: Knowledge, text: str) -> bool:
    findings = Findings.of(text, knowledge.signals("vi"), year=2026)
    return any(hit.tag is Notion.REVEALED for hit in findings.hits)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Họ đăng địa chỉ của chị ấy.", True),
        ("Họ đang ở nhà của chị ấy.", False),
        ("Ho dang dia chi cua chi ay.", True),
    ],
)
def test_accents_tell_words_apart_where_they_are_written(
    knowledge: Knowledge, *, text: str, expected: bool
) -> None:
    assert posted(knowledge, text) is expected
