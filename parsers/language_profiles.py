"""How often each language has which letters in a row: the profiles that langdetect ships.

A profile gives runs of one to three letters of lower-case words, with a blank for the word's edge, and their share
among all runs of that length. From one profile others are derived: the same language typed
without accents or in another script, and its near relatives that have no profile of their own.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from types import MappingProxyType

from langdetect import PROFILES_DIRECTORY

from parsers.folding import fold

Profile = Mapping[str, float]
Respelling = Mapping[str, Mapping[str, float]]
"""By letter: how it is written instead, with the share of each way."""

LONGEST = 3
_DOTLESS = frozenset({"tr"})


def shipped(language: str) -> Profile:
    """The profile of one of langdetect's languages."""
    stored = json.loads((Path(PROFILES_DIRECTORY) / language).read_text(encoding="utf-8"))
    totals = stored["n_words"]
    shares: defaultdict[str, float] = defaultdict(float)
    for run, count in stored["freq"].items():
        lowered = _dotless(run).lower() if language in _DOTLESS else run.lower()
        if len(lowered) <= LONGEST:
            shares[lowered] += count / totals[len(run) - 1]
    return MappingProxyType(shares)


def _dotless(text: str) -> str:
    return text.replace("I", "\u0131").replace("\u0130", "i")


def unaccented(profile: Profile, also: Respelling = MappingProxyType({})) -> Profile:
    """The language as people type it who lack its accents."""
    letters = {letter for run in profile for letter in run}
    plain = {letter: {fold(letter): 1.0} for letter in letters if fold(letter) != letter}
    return respelt(profile, {**plain, **also})


def respelt(profile: Profile, spelling: Respelling) -> Profile:
    """The language written with other letters."""
    shares: defaultdict[str, float] = defaultdict(float)
    for run, share in profile.items():
        for written, part in _spellings(run, spelling):
            for piece in _pieces(written):
                shares[piece] += share * part
    return MappingProxyType(shares)


def _spellings(run: str, spelling: Respelling) -> Iterator[tuple[str, float]]:
    for letters in product(*(spelling.get(letter, {letter: 1.0}).items() for letter in run)):
        share = 1.0
        for _, part in letters:
            share *= part
        yield "".join(letter for letter, _ in letters), share


def _pieces(written: str) -> Iterator[str]:
    """A run that has become longer counts as the longest runs in it."""
    for start in range(max(len(written) - LONGEST, 0) + 1):
        yield written[start : start + LONGEST]
