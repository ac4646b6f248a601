# ruff: noqa: RUF001 - letters of other scripts are what these tests are about
from pathlib import Path
from typing import get_args

import pytest

from config.errors import MailwardenError
from config.lexicon import HarmName, Lexicon, load_lexicons
from config.references import load_reference_patterns
from parsers.folding import fold
from parsers.knowledge import Knowledge
from parsers.phrases import compiled

MAIN_LANGUAGES = ("tr", "en", "de", "fr", "es", "pt", "it", "nl", "pl", "ru")
EVERY_LANGUAGE = (
    *MAIN_LANGUAGES,
    *("cs", "sk", "hu", "ro", "bg", "el", "uk", "sr", "hr", "sv", "da", "no", "fi", "ar", "he", "fa"),
    *("ur", "hi", "bn", "ja", "ko", "zh", "vi", "th", "id", "ms", "az"),
)

JUDGED_LANGUAGES = (
    *MAIN_LANGUAGES,
    *("cs", "ro", "el", "uk", "sv", "ar", "he", "fa", "ur", "hi", "bn", "ja", "ko", "zh", "vi", "id"),
)
HARMS = get_args(HarmName)


@pytest.mark.parametrize("language", MAIN_LANGUAGES)
def test_main_languages_know_every_kind_of_word(knowledge: Knowledge, language: str) -> None:
    lexicon = knowledge.lexicons[language]
    sections = (lexicon.quoting, lexicon.closing, lexicon.subjects, lexicon.urgency)
    assert [name for section in sections for name, words in section if not words] == []
    assert lexicon.clocks.within
    assert lexicon.clocks.working_days
    assert lexicon.negations
    assert len(lexicon.harms) == 12


@pytest.mark.parametrize("language", JUDGED_LANGUAGES)
def test_judged_languages_have_words_of_every_sign(knowledge: Knowledge, language: str) -> None:
    lexicon = knowledge.lexicons[language]
    words = {name: getattr(lexicon.urgency, name) for name in type(lexicon.urgency).model_fields}
    assert [name for name, phrases in words.items() if len(phrases) < 5] == []
    assert len(lexicon.negations) >= 4
    assert {name for name, phrases in lexicon.harms.items() if len(phrases) >= 8} == set(HARMS)
    assert knowledge.judges(language)


@pytest.mark.parametrize("language", JUDGED_LANGUAGES)
def test_judged_languages_name_every_notion(knowledge: Knowledge, language: str) -> None:
    notions = knowledge.lexicons[language].notions
    words = {name: getattr(notions, name) for name in type(notions).model_fields}
    assert [name for name, phrases in words.items() if not phrases] == []
    assert sum(map(len, words.values())) >= 160


def test_a_text_with_semicolons_is_a_list_of_phrases() -> None:
    lexicon = Lexicon.model_validate({"language": "xx", "negations": "not; no\n longer;"})
    assert lexicon.negations == ("not", "no longer")


@pytest.mark.parametrize("language", EVERY_LANGUAGE)
def test_every_language_knows_how_mails_are_taken_apart(knowledge: Knowledge, language: str) -> None:
    lexicon = knowledge.lexicons[language]
    assert lexicon.quoting.wrote
    assert len(lexicon.quoting.labels) >= 4
    assert lexicon.quoting.forwarded
    assert lexicon.quoting.originals
    assert lexicon.closing.farewells
    assert lexicon.closing.footers
    assert lexicon.subjects.automatic
    assert lexicon.cases.labels


def test_language_without_words_of_urgency_is_not_judged(knowledge: Knowledge) -> None:
    assert knowledge.judges("de")
    assert not knowledge.judges("sk")
    assert not knowledge.judges("xx")


def test_every_language_can_be_compiled(knowledge: Knowledge) -> None:
    for language in knowledge.lexicons:
        assert (
            len(knowledge.grammars(language))
            == len(knowledge.signals(language))
            == (1 if language == "en" else 2)
        )


def test_unknown_key_in_a_lexicon_is_refused(tmp_path: Path) -> None:
    (tmp_path / "xx.yaml").write_text("language: xx\nurgncy: {}\n", encoding="utf-8")
    with pytest.raises(MailwardenError, match="urgncy"):
        load_lexicons(tmp_path)


@pytest.mark.parametrize("pattern", ["(unclosed", "no group", "(two)(groups)"])
def test_useless_reference_pattern_is_refused(tmp_path: Path, pattern: str) -> None:
    path = tmp_path / "references.yaml"
    path.write_text(f"patterns: [{{kind: video, pattern: '{pattern}'}}]\n", encoding="utf-8")
    with pytest.raises(MailwardenError):
        load_reference_patterns(path)


@pytest.mark.parametrize(
    "text", ["İSTANBUL ığdır", "Straße ½ n° ２４", "४ घंटे ﷺ", "שלום ﬁn", "\u0130\u0131\u1e9e"]
)
def test_folding_keeps_every_position(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_folding_makes_spellings_equal() -> None:
    assert fold("ŞÜPHELİ") == fold("şüpheli") == fold("supheli")
    assert fold("٢٤ ２४") == "24 24"
    assert fold("ΈΛΕΓΧΟΣ") == fold("έλεγχος")


@pytest.mark.parametrize(
    ("phrase", "text", "matches"),
    [
        ("bomb", "a bomb here", True),
        ("bomb", "a bombastic", False),
        ("bomb*", "a bombing", True),
        ("bomb*", "aplomb", False),
        ("live ... abuse", "live stream with abuse", True),
        ("live ... abuse", "live. Then abuse", False),
        ("no reply", "no\n reply", True),
        ("自殺", "今自殺します", True),
        ("خلال", "وخلال", True),
    ],
)
def test_phrase_notation(phrase: str, text: str, matches: bool) -> None:  # noqa: FBT001 - an expectation, not a switch
    assert bool(compiled([phrase]).search(fold(text))) is matches


def test_no_phrases_match_nothing() -> None:
    assert compiled([]).search("anything") is None
