import pytest

from parsers.case_match import case_keys, is_same_case

SAME = [
    ("2026/1432 D.İş", "2026/1432"),
    ("2026/1432 D.İŞ", "2026/1432 d.iş"),
    ("2026/1432 D.İş", "2026/1432 Değişik İş"),
    ("0600812-44.2026.6.99.0000", "0600812-44"),
    ("E-60174253-622.03-2026/5519", "2026/5519"),
    ("HT-7741", "ht 7741"),
    ("2026/00211", "2026/211"),
    ("OSO/SUP/2026/0211", "OSO-SUP-2026-0211"),
]
DIFFERENT = [
    ("2026/1432", "2026/1433"),
    ("HT-7741", "HT-7752"),
    ("OSO/SUP/2026/0211", "OSO/INF/2026/0211"),
    ("0600812-44.2026.6.99.0000", "0600830-44.2026.6.99.0000"),
    ("2026/5519", "2025/5519"),
    ("12", "12/2026/77"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_name_one_case_and_share_a_key(one: str, other: str) -> None:
    assert is_same_case(one, other)
    assert is_same_case(other, one)
    assert set(case_keys(one)) & set(case_keys(other))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_cases_are_told_apart(one: str, other: str) -> None:
    assert not is_same_case(one, other)
    assert not is_same_case(other, one)


def test_the_common_tail_of_court_numbers_is_no_key() -> None:
    assert case_keys("0600812-44.2026.6.99.0000") == ("600812/44",)


def test_what_holds_neither_digits_nor_letters_has_no_key() -> None:
    assert case_keys("-/-") == ()
