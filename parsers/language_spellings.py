"""The languages of each script that several share, and the ways in which each is written."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from parsers.language_profiles import Profile, Respelling, respelt, shipped, unaccented
from parsers.language_scripts import Script
from parsers.language_tables import Spelling, Table, table

_LATIN = (
    *("af", "ca", "cs", "cy", "da", "de", "en", "es", "et", "fi", "fr", "hr", "hu", "id", "it", "lt", "lv"),
    *("nl", "no", "pl", "pt", "ro", "sk", "sl", "so", "sq", "sv", "sw", "tl", "tr", "vi"),
)
# What is often typed without the accents of the language.
_UNACCENTED = (
    *("ca", "cs", "da", "de", "es", "et", "fi", "fr", "hr", "hu", "lt", "lv", "no", "pl", "pt", "ro"),
    *("sk", "sl", "sq", "sv", "tr", "vi"),
)
IJ, SLO = 0.6, 0.3
_RARER = 1.0  # natural logarithm of how much rarer a language is written in another way than its own

# Azerbaijani has no profile: it is Turkish with these letters for those, near enough.
_AZERBAIJANI: Respelling = {
    "e": {"\u0259": 0.7, "e": 0.3},
    "k": {"q": 0.5, "k": 0.5},
    "h": {"h": 0.6, "x": 0.4},
}
_UNACCENTED_AZERBAIJANI: Respelling = {"\u0259": {"e": 1.0}}
# langdetect counts all of these letters of Vietnamese as one.
_STACKED = "\u1ebf"
_UNSTACKED: Respelling = {_STACKED: {"a": 0.35, "e": 0.2, "o": 0.22, "u": 0.12, "i": 0.08, "y": 0.03}}
# langdetect counts the Persian yeh as the Arabic one; both are typed.
_PERSIAN: Respelling = {"\u064a": {"\u06cc": 1.0}}
_JOINED = {"lj": "љ", "nj": "њ", "dž": "џ"}
_CYRILLIC: Respelling = {
    latin: {cyrillic: 1.0}
    for latin, cyrillic in zip("abvgdđežzijklmnoprstćufhcčš", "абвгдђежзијклмнопрстћуфхцчш", strict=True)
}
_ROMANISED: Respelling = {
    letter: {latin: 1.0}
    for letter, latin in {
        **dict(zip("абвгдезийклмнопрстуфхцыэ", "abvgdeziyklmnoprstufhcye", strict=True)),
        **{"ё": "e", "ж": "zh", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu", "я": "ya"},
        **{"і": "i", "ї": "yi", "є": "ye", "ґ": "g"},
    }.items()
}


@cache
def tables() -> dict[Script, Table]:
    """What the runs of letters of each shared script say. Takes a good tenth of a second the first time."""
    return {
        Script.LATIN: table(_latin()),
        Script.CYRILLIC: table(_cyrillic()),
        Script.ARABIC: table(_arabic()),
        Script.DEVANAGARI: table(_own("hi", "mr", "ne")),
    }


def _own(*languages: str) -> Iterator[Spelling]:
    return (Spelling(language=language, profile=shipped(language)) for language in languages)


def _rarer(language: str, profile: Profile, penalty: float = _RARER) -> Spelling:
    return Spelling(language=language, profile=profile, penalty=penalty)


def _latin() -> Iterator[Spelling]:
    profiles = {language: shipped(language) for language in _LATIN}
    azerbaijani = respelt(profiles["tr"], _AZERBAIJANI)
    # Malay and Serbian are told from Indonesian and Croatian by their words alone.
    serbian = _serbian(profiles["hr"], profiles["sl"])
    own = {**profiles, "az": azerbaijani, "ms": profiles["id"], "sr": serbian}
    yield from (Spelling(language=language, profile=profile) for language, profile in own.items())
    for language in _UNACCENTED:
        yield _rarer(language, unaccented(profiles[language], _UNSTACKED if language == "vi" else {}))
    yield _rarer("sr", unaccented(serbian))
    yield _rarer("az", unaccented(azerbaijani, _UNACCENTED_AZERBAIJANI))


def _cyrillic() -> Iterator[Spelling]:
    yield from _own("bg", "mk", "ru", "uk")
    yield Spelling(language="sr", profile=_in_cyrillic(_serbian(shipped("hr"), shipped("sl"))))


def _serbian(croatian: Profile, slovene: Profile) -> Profile:
    """Serbian has no profile: it is Croatian, but says "mesto" for "mjesto" as Slovene does."""
    return {run: _serbian_share(run, croatian.get(run, 0.0), slovene.get(run, 0.0)) for run in {**croatian, **slovene}}


def _serbian_share(run: str, croatian: float, slovene: float) -> float:
    if "je" in run or "ij" in run:
        return croatian * IJ
    if "e" in run:
        return croatian * (1 - SLO) + slovene * SLO
    return croatian


def _in_cyrillic(profile: Profile) -> Profile:
    shares: defaultdict[str, float] = defaultdict(float)
    for run, share in profile.items():
        joined = run
        for latin, cyrillic in _JOINED.items():
            joined = joined.replace(latin, cyrillic)
        shares[joined] += share
    return respelt(shares, _CYRILLIC)


def _arabic() -> Iterator[Spelling]:
    yield from _own("ar")
    for language in ("fa", "ur"):
        yield Spelling(language=language, profile=respelt(shipped(language), _PERSIAN))
        yield _rarer(language, shipped(language))
