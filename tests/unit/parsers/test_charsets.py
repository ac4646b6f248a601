# ruff: noqa: RUF001 - letters of other scripts are what these tests are about
import pytest

from parsers.charsets import beginning, codec_of, decode

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


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("unicode-1-1-utf-7", "utf-7"),
        ("cp-850", "cp850"),
        ("ks_c_5601-1987", "cp949"),
        ("x-sjis", "cp932"),
        ("iso-8859-8-i", "iso8859-8"),
        ("utf8mb4", "utf-8"),
        ('"UTF-8"; format=flowed', "utf-8"),
        ("iso-8859-1//TRANSLIT", "cp1252"),
        ("Windows 1251", "cp1251"),
        ("x-gbk", "gb18030"),
        ("koi8u", "koi8-u"),
        ("x-unknown", None),
        ("punycode", None),
        ("base64", None),
        ("", None),
        (None, None),
    ],
)
def test_label_is_understood_in_any_spelling(label: str | None, codec: str | None) -> None:
    assert codec_of(label) == codec


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_units_without_a_mark_show_their_order(codec: str) -> None:
    assert decode("Bitte löschen".encode(codec), codec[:6]) == "Bitte löschen"


def test_wide_label_on_narrow_text_is_not_believed() -> None:
    assert decode(b"plain text", "utf-16") == "plain text"


def test_two_byte_characters_that_happen_to_be_valid_utf_8_follow_their_label() -> None:
    assert decode("联通".encode("gb18030"), "gb2312") == "联通"


@pytest.mark.parametrize(
    "codec", ["iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_3", "iso2022_kr"]
)
def test_escape_sequences_are_followed(codec: str) -> None:
    text = "삭제" if codec == "iso2022_kr" else "削除 カタカナ"
    assert decode(text.encode(codec), codec.replace("_", "-")) == text


def test_half_of_a_surrogate_pair_is_replaced() -> None:
    assert decode(b"a+2AA-b", "utf-7") == "a\ufffdb"


def test_a_surrogate_pair_in_utf_7_is_one_character() -> None:
    assert decode(b"+2D3eAA-", "utf-7") == "\U0001f600"


@pytest.mark.parametrize(
    ("text", "most", "kept"),
    [
        ("one\ntwo\nthree", 9, "one\ntwo\n"),
        ("ğğğ", 3, "ğ"),
        ("削除", 5, "削"),
        ("削除", 6, "削除"),
        ("abc", 2, "ab"),
    ],
)
def test_beginning_ends_with_a_line_or_a_whole_character(text: str, most: int, kept: str) -> None:
    assert beginning(text.encode(), most).decode() == kept
