import pickle

# ruff: noqa: RUF001 - letters of other scripts are what these tests are about
import pytest

from parsers.phrase_index import PhraseIndex, search_form


def found(text: str, **phrases: str) -> list[tuple[str, str]]:
    """The kinds and the words found; every kind is given its phrases with `;` between them."""
    index = PhraseIndex({tag: written.split("; ") for tag, written in phrases.items()})
    return [(hit.tag, text[hit.start : hit.end]) for hit in index.find(search_form(text))]


def test_every_kind_is_found_in_one_pass_by_place() -> None:
    text = "A bomb for a child tonight"
    assert found(text, when="tonight", what="bomb*", who="child; children") == [
        ("what", "bomb"),
        ("who", "child"),
        ("when", "tonight"),
    ]


def test_phrases_of_different_kinds_may_share_words() -> None:
    assert found("live abuse", both="live abuse", one="live") == [("both", "live abuse"), ("one", "live")]


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("bomb", "bombastic", []),
        ("bomb*", "aplomb", []),
        ("a b", "a\n b", ["a\n b"]),
        ("lost ... girl", "lost and found, a girl", ["lost and found, a girl"]),
        ("lost ... girl", "lost. A girl", []),
        ("lost ... girl", "lost a girlfriend", []),
        ("自殺", "今自殺します", ["自殺"]),
        ("子供 ... 会", "子供が男に会う", ["子供が男に会"]),
        ("خطر", "الخطر", ["خطر"]),
        ("_لم_", "المدرسة", []),
        ("_لم_", "المدرسة لم تغلق", ["لم"]),
        ("_না_", "ঠিকানা", []),
        ("_না_", "আমি যাব না।", ["না"]),
    ],
)
def test_notation(phrase: str, text: str, expected: list[str]) -> None:
    assert [words for _, words in found(text, kind=phrase)] == expected


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("إلى", "الى"),
        ("می خواهد", "می\u200cخواهد"),
        ("كودك", "کودک"),
        ("ölüm", "OLUM"),
        ("çocuğ*", "cocuğun"),
        ("फोन", "फ़ोन"),
        ("ज़हर", "जहर"),
        ("मां", "माँ"),
        ("خطر", "خَطَر"),
        ("حياة", "حيــاة"),
        ("סכנה", "סַכָּנָה"),
        ("自杀", "自殺"),
        ("聯繫不上", "联系不上"),
    ],
)
def test_spellings_of_one_word_are_one(phrase: str, text: str) -> None:
    assert found(text, kind=phrase) == [("kind", text)]


def test_phrases_may_be_held_to_the_beginnings_of_words() -> None:
    index = PhraseIndex({"medicine": ["दवा"]}, within_words=False)
    assert not [*index.find(search_form("उम्मीदवार"))]
    assert [*index.find(search_form("उसने दवाएँ लीं"))]


def test_what_follows_an_optional_sign_is_found_where_it_stands() -> None:
    assert found("मेरा फ़ोन बंद है", phone="फोन", off="बंद") == [("phone", "फ़ोन"), ("off", "बंद")]


def test_the_form_for_searching_keeps_every_position() -> None:
    assert len(search_form("إلى می\u200cخواهد İı")) == len("إلى می\u200cخواهد İı")


def test_no_phrases_find_nothing() -> None:
    assert found("anything", kind="other") == []


def test_an_index_that_has_searched_can_be_sent_to_another_process() -> None:
    index = PhraseIndex({"what": ["bomb*"]})
    assert [*index.find("a bomb")] == [*pickle.loads(pickle.dumps(index)).find("a bomb")]  # noqa: S301  (our own)
