# ruff: noqa: RUF001 - letters of other scripts are what these tests are about
import pytest

from parsers.language_text import as_written, divided, in_cyrillic


def test_lines_and_sentences_are_apart() -> None:
    assert divided("One two. Three!\nFour") == [["one", "two"], ["three"], ["four"]]


def test_latin_words_end_where_another_script_begins() -> None:
    assert divided("URLを削除") == [["url", "を削除"]]


def test_wide_full_stops_need_no_blank_behind_them() -> None:
    assert divided("請刪除。謝謝。") == [["請刪除"], ["謝謝"]]


@pytest.mark.parametrize(
    "text",
    [
        "https://clipora.example/@a/video/1?x=y#z",
        "www.authority.example",
        "clipora.example/live",
        "someone@authority.example",
        "@some.account",
        "#hashtag",
        "VID-2026/4711",
        "snake_case",
    ],
)
def test_addresses_and_numbers_are_no_words(text: str) -> None:
    assert divided(f"before {text} behind") == [["before", "behind"]]


def test_capitals_of_turkish_keep_their_two_letters() -> None:
    assert divided("KARARIN GEREĞİ YAPILMADI") == [["kararın", "gereği", "yapılmadı"]]


def test_the_english_i_stays_beside_turkish_names() -> None:
    assert divided("I met Erdoğan. In time") == [["i", "met", "erdoğan"], ["in", "time"]]


def test_letters_are_those_of_the_profiles() -> None:
    assert divided("Việt și مُحَمَّد")[0] == ["vi\u1ec3t", "\u015fi", "محمد"]
    assert as_written("Ứng") == "\u1ec3ng"


def test_letters_in_fancy_styles_are_letters() -> None:
    assert divided("\U0001d5db\U0001d5f2\U0001d5f9\U0001d5fd ｗｅ") == [["help", "we"]]


def test_vowel_signs_belong_to_their_words() -> None:
    assert divided("कृपया हटा दें") == [["कृपया", "हटा", "दें"]]


def test_a_long_text_is_sampled_at_its_beginning_middle_and_end() -> None:
    text = "".join(f"{word} " * 400 for word in ("alpha", "beta", "gamma"))
    words = {word for part in divided(text) for word in part}
    assert {"alpha", "beta", "gamma"} <= words
    assert sum(len(part) for part in divided(text)) < 300


def test_serbian_pairs_become_one_letter() -> None:
    assert in_cyrillic("ljubav, njuška, džep") == "љубав, њушка, џеп"
