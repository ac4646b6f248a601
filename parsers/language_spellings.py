"""The languages of each script that several share, and the ways in which each is written."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

from parsers.language_profiles import Profile, Respelling, respelt, shipped, unaccented
from parsers.language_scripts import Script
from parsers.language_tables import Spelling, Table, table

_LATIN = (
    *("af", "ca", "cs", "cy", "da", "de", "en", "es", "et", "fi", "fr", "hr", "hu", "id", "it", "lt", "lv"),
    *("nl", "no", "pl", "pt", "ro", "sk", "sl", "so", "sq", "sv", "sw", "tl", "tr", "vi"),
)
_OFTEN_UNACCENTED = (
    *("ca", "cs", "da", "de", "es", "et", "fi", "fr", "hr", "hu", "lt", "lv", "no", "pl", "pt", "ro"),
    *("sk", "sl", "sq", "sv", "tr", "vi"),
)
_RARER = 1.0  # natural logarithm of how much rarer a spelling is than the usual one
_ROMANISED = 3.0

# Azerbaijani has no profile. It is Turkish with these letters for those, near enough.
_AZERBAIJANI: Respelling = {
    "e": {"\u0259": 0.7, "e": 0.3},
    "k": {"q": 0.5, "k": 0.5},
    "h": {"h": 0.6, "x": 0.4},
}
_PLAIN_SCHWA: Respelling = {"\u0259": {"e": 1.0}}
# Serbian has none either. It is Croatian that says "mesto" for "mjesto", as Slovene does.
_SERBIAN_JE = 0.6
_SERBIAN_E = 0.3
# langdetect counts the letters of Vietnamese with two marks as one; and the Persian yeh as the Arabic one.
STACKED = "\u1ebf"
_PLAIN_STACKED: Respelling = {STACKED: {"a": 0.35, "e": 0.2, "o": 0.22, "u": 0.12, "i": 0.08, "y": 0.03}}
_PERSIAN: Respelling = {"\u064a": {"\u06cc": 1.0}}

_CYRILLIC_PAIRS = {"lj": "\u0459", "nj": "\u045a", "dž": "\u045f"}
_CYRILLIC = str.maketrans(
    "abvgdđežzijklmnoprstćufhcčš",
    "\u0430\u0431\u0432\u0433\u0434\u0452\u0435\u0436\u0437\u0438\u0458\u043a\u043b\u043c\u043d\u043e\u043f"
    "\u0440\u0441\u0442\u045b\u0443\u0444\u0445\u0446\u0447\u0448",
)


@cache
def tables() -> dict[Script, Table]:
    """What the runs of letters of each shared script say.

    Takes a good tenth of a second the first time.
    """
    return {
        Script.LATIN: table(_latin()),
        Script.CYRILLIC: table(_cyrillic()),
        Script.ARABIC: table(_arabic()),
        Script.DEVANAGARI: table(_usual(_profiles(("hi", "mr", "ne")))),
    }


def _profiles(languages: Iterable[str]) -> dict[str, Profile]:
    return {language: shipped(language) for language in languages}


def _usual(profiles: dict[str, Profile]) -> Iterator[Spelling]:
    return (Spelling(language=language, profile=profile) for language, profile in profiles.items())


def _latin() -> Iterator[Spelling]:
    profiles = _profiles(_LATIN)
    profiles["az"] = respelt(profiles["tr"], _AZERBAIJANI)
    profiles["sr"] = _serbian(profiles["hr"], profiles["sl"])
    profiles["ms"] = profiles["id"]  # only words tell them apart
    yield from _usual(profiles)
    respellings = {"vi": _PLAIN_STACKED, "az": _PLAIN_SCHWA}
    for language in (*_OFTEN_UNACCENTED, "az", "sr"):
        plain = unaccented(profiles[language], respellings.get(language, {}))
        yield Spelling(language=language, profile=plain, penalty=_RARER)


def _cyrillic() -> Iterator[Spelling]:
    serbian = cyrillic(_serbian(shipped("hr"), shipped("sl")))
    return _usual({**_profiles(("bg", "mk", "ru", "uk")), "sr": serbian})


def _arabic() -> Iterator[Spelling]:
    yield from _usual(_profiles(("ar",)))
    for language, profile in _profiles(("fa", "ur")).items():
        yield Spelling(language=language, profile=respelt(profile, _PERSIAN))
        yield Spelling(language=language, profile=profile, penalty=_RARER)


def _serbian(croatian: Profile, slovene: Profile) -> Profile:
    def share(run: str) -> float:
        ours = croatian.get(run, 0.0)
        if "je" in run or "ij" in run:
            return ours * _SERBIAN_JE
        if "e" in run:
            return ours * (1 - _SERBIAN_E) + slovene.get(run, 0.0) * _SERBIAN_E
        return ours

    return {run: share(run) for run in {**croatian, **slovene}}


def cyrillic(profile: Profile) -> Profile:
    """A profile of Serbian in Latin letters, in Cyrillic ones."""
    shares: defaultdict[str, float] = defaultdict(float)
    for run, share in profile.items():
        shares[in_cyrillic(run)] += share
    return shares


def in_cyrillic(text: str) -> str:
    """Serbian in Latin letters, in Cyrillic ones."""
    for latin, letter in _CYRILLIC_PAIRS.items():
        text = text.replace(latin, letter)
    return text.translate(_CYRILLIC)
