"""Which script a letter is of, and which languages have a script to themselves."""

import unicodedata
from enum import StrEnum
from functools import lru_cache


class Script(StrEnum):
    """The scripts that are told apart, by the first word of their letters' Unicode names."""

    LATIN = "LATIN"
    CYRILLIC = "CYRILLIC"
    ARABIC = "ARABIC"
    DEVANAGARI = "DEVANAGARI"
    HIRAGANA = "HIRAGANA"
    KATAKANA = "KATAKANA"
    HANGUL = "HANGUL"
    CJK = "CJK"
    GREEK = "GREEK"
    HEBREW = "HEBREW"
    THAI = "THAI"
    BENGALI = "BENGALI"
    TAMIL = "TAMIL"
    TELUGU = "TELUGU"
    GUJARATI = "GUJARATI"
    GURMUKHI = "GURMUKHI"
    KANNADA = "KANNADA"
    MALAYALAM = "MALAYALAM"
    GEORGIAN = "GEORGIAN"
    ARMENIAN = "ARMENIAN"
    LAO = "LAO"
    KHMER = "KHMER"
    MYANMAR = "MYANMAR"
    SINHALA = "SINHALA"
    ETHIOPIC = "ETHIOPIC"
    OTHER = ""


SOLE_LANGUAGES = {
    Script.HIRAGANA: "ja",
    Script.KATAKANA: "ja",
    Script.HANGUL: "ko",
    Script.CJK: "zh",
    Script.GREEK: "el",
    Script.HEBREW: "he",
    Script.THAI: "th",
    Script.BENGALI: "bn",
    Script.TAMIL: "ta",
    Script.TELUGU: "te",
    Script.GUJARATI: "gu",
    Script.GURMUKHI: "pa",
    Script.KANNADA: "kn",
    Script.MALAYALAM: "ml",
    Script.GEORGIAN: "ka",
    Script.ARMENIAN: "hy",
    Script.LAO: "lo",
    Script.KHMER: "km",
    Script.MYANMAR: "my",
    Script.SINHALA: "si",
    Script.ETHIOPIC: "am",
}
"""The language of a script that one language writes, or nearly so."""

SHARED_SCRIPTS = frozenset({Script.LATIN, Script.CYRILLIC, Script.ARABIC, Script.DEVANAGARI})
"""The scripts of which tables tell several languages apart."""

KANA = frozenset({Script.HIRAGANA, Script.KATAKANA})
_DENSE = KANA | {Script.HANGUL, Script.CJK}
_DENSITY = 3


@lru_cache(maxsize=8192)
def script_of(letter: str) -> Script:
    """The script that a letter belongs to."""
    name = unicodedata.name(letter, "").removeprefix("HALFWIDTH ").removeprefix("FULLWIDTH ")
    return Script._value2member_map_.get(name.split(" ")[0].split("-")[0], Script.OTHER)  # type: ignore[return-value]


def weight(script: Script) -> int:
    """How many letters of an alphabet say as much as one character of the script."""
    return _DENSITY if script in _DENSE else 1
