from parsers.language_pack import loaded, packed, stored, tables, unpacked
from parsers.language_profiles import respelt, unaccented
from parsers.language_scripts import SHARED_SCRIPTS, Script
from parsers.language_spellings import make_tables
from parsers.language_tables import NAT, Spelling, table


def test_the_packed_file_is_what_the_profiles_give() -> None:
    """Otherwise `python -m parsers.language_pack` has to write it anew."""
    made = make_tables()
    assert made.keys() == tables().keys() == SHARED_SCRIPTS
    for script, theirs in tables().items():
        assert theirs == made[script]


def test_packing_loses_nothing() -> None:
    small = {Script.LATIN: table([Spelling(language="xx", profile={"ab": 0.5, "abc": 0.001}, penalty=1.0)])}
    assert unpacked(packed(small)) == small


def test_tables_of_another_langdetect_are_made_anew() -> None:
    few = {Script.LATIN: table([Spelling(language="xx", profile={"ab": 0.5})])}
    assert loaded(stored(few, "1.0.9"), "1.0.9") == few
    assert loaded(stored(few, "1.0.9"), "1.1.0").keys() == SHARED_SCRIPTS


def test_each_language_has_the_score_of_its_best_spelling() -> None:
    accented = Spelling(language="xx", profile={" \u00e4": 0.01})
    plain = Spelling(language="xx", profile={" a": 0.01}, penalty=1.0)
    other = Spelling(language="yy", profile={"zz": 0.01})
    scored = table([accented, plain, other])
    scores = scored.scores(scored.evidence("\u00e4"))
    assert scores["xx"] > scores["yy"] == 0
    assert scored.scores(scored.evidence("a"))["xx"] == scores["xx"] - NAT


def test_a_letter_spelt_in_several_ways_divides_its_share() -> None:
    assert respelt({"ek": 0.8}, {"k": {"q": 0.5, "k": 0.5}}) == {"eq": 0.4, "ek": 0.4}


def test_a_run_that_grows_becomes_several() -> None:
    assert respelt({"жил": 0.6}, {"ж": {"zh": 1.0}, "и": {"i": 1.0}, "л": {"l": 1.0}}) == {
        "zhi": 0.6,
        "hil": 0.6,
    }


def test_accented_and_plain_runs_are_added_up() -> None:
    assert unaccented({"\u00e9t": 0.25, "et": 0.5}) == {"et": 0.75}
