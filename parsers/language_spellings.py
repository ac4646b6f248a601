"""The languages of each script that several share, and the ways in which each is written."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from parsers.language_profiles import Profile, Respelling, respelt, shipped, unaccented
from parsers.language_romanised import ROMANISED, romanised
from parsers.language_scripts import Script
from parsers.language_tables import Spelling, Table, table
from parsers.language_text import STACKED, in_cyrillic

_LATIN = (
    *("af", "ca", "cs", "cy", "da", "de", "en", "es", "et", "fi", "fr", "hr", "hu", "id", "it", "lt", "lv"),
    *("nl", "no", "pl", "pt", "ro", "sk", "sl", "so", "sq", "sv", "sw", "tl", "tr", "vi"),
)
_OFTEN_UNACCENTED = (
    *("ca", "cs", "da", "de", "es", "et", "fi", "fr", "hr", "hu", "lt", "lv", "no", "pl", "pt", "ro"),
    *("sk", "sl", "sq", "sv", "tr", "vi"),
)
# Natural logarithms of how much rarer something is than the usual languages in their usual spellings.
_RARER = 1.0
_ROMANISED_PENALTY = 3.0
# Languages in which hardly anybody writes to us, but which look like others.
_SELDOM = frozenset({"af", "cy", "mk", "mr", "ne", "so", "sq", "sw", "tl"})
_SELDOM_PENALTY = 2.0

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
_CROATIAN_RUNS = {"vje": 0.05, "mje": 0.05, "dje": 0.05, "tje": 0.05, "pje": 0.05, "sje": 0.15, "bje": 0.3}
# langdetect counts the letters of Vietnamese with two marks as one; and the Persian yeh as the Arabic one.
_PLAIN_STACKED: Respelling = {STACKED: {"a": 0.35, "e": 0.2, "o": 0.22, "u": 0.12, "i": 0.08, "y": 0.03}}
_PERSIAN: Respelling = {"\u064a": {"\u06cc": 1.0}}


def make_tables() -> dict[Script, Table]:
    """What the runs of letters of each shared script say about its languages."""
    return {
        Script.LATIN: table(_latin()),
        Script.CYRILLIC: table(_cyrillic()),
        Script.ARABIC: table(_arabic()),
        Script.DEVANAGARI: table(_usual(_profiles(("hi", "mr", "ne")))),
    }


def _profiles(languages: Iterable[str]) -> dict[str, Profile]:
    return {language: shipped(language) for language in languages}


def _usual(profiles: dict[str, Profile]) -> Iterator[Spelling]:
    return (
        Spelling(language=language, profile=profile, penalty=_penalty(language))
        for language, profile in profiles.items()
    )


def _penalty(language: str) -> float:
    return _SELDOM_PENALTY if language in _SELDOM else 0.0


def _latin() -> Iterator[Spelling]:
    profiles = _profiles(_LATIN)
    profiles["az"] = respelt(profiles["tr"], _AZERBAIJANI)
    profiles["sr"] = _serbian(profiles["hr"], profiles["sl"])
    profiles["ms"] = profiles["id"]  # only words tell them apart
    yield from _usual(profiles)
    respellings = {"vi": _PLAIN_STACKED, "az": _PLAIN_SCHWA}
    for language in (*_OFTEN_UNACCENTED, "az", "sr"):
        plain = unaccented(profiles[language], respellings.get(language, {}))
        yield Spelling(language=language, profile=plain, penalty=_RARER + _penalty(language))
    for language in ROMANISED:
        profile = romanised(language, shipped(language))
        yield Spelling(language=language, profile=profile, penalty=_ROMANISED_PENALTY)


def _cyrillic() -> Iterator[Spelling]:
    serbian = _in_cyrillic(_serbian(shipped("hr"), shipped("sl")))
    return _usual({**_profiles(("bg", "mk", "ru", "uk")), "sr": serbian})


def _arabic() -> Iterator[Spelling]:
    yield from _usual(_profiles(("ar",)))
    for language, profile in _profiles(("fa", "ur")).items():
        yield Spelling(language=language, profile=respelt(profile, _PERSIAN))
        yield Spelling(language=language, profile=profile, penalty=_RARER)


def _serbian(croatian: Profile, slovene: Profile) -> Profile:
    def share(run: str) -> float:
        ours = croatian.get(run, 0.0)
        if run in _CROATIAN_RUNS:
            return ours * _CROATIAN_RUNS[run]
        if "je" in run or "ij" in run:
            return ours * _SERBIAN_JE
        if "e" in run:
            return ours * (1 - _SERBIAN_E) + slovene.get(run, 0.0) * _SERBIAN_E
        return ours

    return {run: share(run) for run in {**croatian, **slovene}}


def _in_cyrillic(profile: Profile) -> Profile:
    """A profile of Serbian in Latin letters, in Cyrillic ones."""
    shares: defaultdict[str, float] = defaultdict(float)
    for run, share in profile.items():
        shares[in_cyrillic(run)] += share
    return shares
