# ruff: noqa: RUF001 - letters of other scripts are what these tests are about
import pytest

from parsers.charsets import decode

RUSSIAN = "Здравствуйте, уберите, пожалуйста, этот ролик с вашей площадки"


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        ("Şikâyet ığdır", "iso8859-9", "iso-8859-9"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        ("削除してください", "iso2022_jp", "iso-2022-jp"),
        ("削除してください", "iso2022_jp", "us-ascii"),
        ("삭제 요청", "euc_kr", "ks_c_5601-1987"),
        ("请处理", "gb18030", "gb2312"),
        ("olá", "utf-16", "utf-16"),
        ("grüße", "utf-8", "iso-8859-1"),
        ("grüße", "utf-8", None),
        ("grüße", "cp1252", None),
        ("grüße", "cp1252", "x-unheard-of"),
    ],
)
def test_text_is_read_whatever_the_label_says(text: str, codec: str, label: str | None) -> None:
    assert decode(text.encode(codec), label) == text


def test_western_label_on_cyrillic_text_is_not_believed() -> None:
    assert decode(RUSSIAN.encode("cp1251"), "iso-8859-1") == RUSSIAN


def test_bytes_of_no_charset_become_some_text() -> None:
    assert isinstance(decode(bytes(range(128, 256)) * 3, "utf-8"), str)
