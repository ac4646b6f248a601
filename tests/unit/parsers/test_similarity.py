import pytest

from parsers.similarity import Forms, jaccard, likeness, sketch, unpacked

LETTER = "We ask you to take down a clip in which Peter Miller is insulted. It has been seen 300 times."


def test_a_sketch_comes_back_as_it_was_stored() -> None:
    made = sketch("Bir şikâyet var.\n\n2026/118 sayılı karar; 動画を削除してください。お願いします")
    assert len(made.sentences) == 3
    assert unpacked(made.packed()) == made


def test_a_text_without_words_is_like_nothing() -> None:
    empty = sketch(" \n...! ")
    assert (empty.sentences, likeness(empty, empty).share) == ((), 0.0)


def test_case_punctuation_and_line_breaks_do_not_matter() -> None:
    other = LETTER.lower().replace(" ", "\n").replace(".", "")
    assert likeness(sketch(LETTER), sketch(other)).share == 1.0


@pytest.mark.parametrize(
    ("letter", "other"),
    [
        (LETTER, LETTER.replace("Peter Miller", "Anna Smith")),
        (LETTER, LETTER.replace("300", "301")),
        ("نرجو حذف المقطع الذي يسيء إلى أحمد علي", "نرجو حذف المقطع الذي يسيء إلى سعيد عمر"),
        ("田中太郎さんの動画を削除してください", "鈴木花子さんの動画を削除してください"),
    ],
    ids=["another name", "another number", "Arabic", "Japanese"],
)
def test_a_name_or_number_in_the_place_of_another_is_seen(letter: str, other: str) -> None:
    found = likeness(sketch(letter), sketch(other))
    assert found.share > 0.5
    assert found.replaced


def test_words_that_are_only_added_replace_nothing() -> None:
    again = likeness(sketch(LETTER), sketch(f"Dear all, we sent this on Monday. {LETTER} Kind regards, Anna"))
    assert not again.replaced
    assert again.share > 0.6


def test_a_word_at_the_start_of_a_sentence_tells_nothing_by_its_capital() -> None:
    assert not likeness(sketch("Remove the clip now"), sketch("Delete the clip now")).replaced


def test_the_sentences_of_a_form_do_not_count() -> None:
    form = "This office is competent under the act.\nPlease answer in writing."
    letters = [(number, sketch(f"{form}\nmatter number {number} of this week")) for number in range(3)]
    mine, theirs = sketch(f"{form}\na dog was hit in the yard"), sketch(f"{form}\na shop sells fake shoes")
    assert likeness(mine, theirs).share > 0.5
    assert likeness(mine, theirs, standard=Forms(letters).beside(99)).share < 0.1


def test_what_only_one_other_matter_has_is_no_form() -> None:
    said = sketch("somebody sings")
    assert Forms([(1, said), (1, said), (2, said)]).beside(1) == frozenset()
    assert Forms([(1, said), (2, said), (3, said)]).beside(1) == frozenset(said.sentences)


def test_jaccard() -> None:
    assert jaccard(frozenset({"a", "b"}), frozenset({"b", "c"})) == 1 / 3
    assert jaccard(frozenset(), frozenset()) == 0.0
