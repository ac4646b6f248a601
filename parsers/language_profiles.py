"""How often each language has which letters in a row: the profiles that langdetect ships.

A profile gives runs of two and three letters of lower-case words, with a blank for the edge of the word, and
their share among all runs of that length. From one profile others are derived: the same language
typed without accents or in another script, and near relatives that have no profile of their own.
"""

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path

from langdetect import PROFILES_DIRECTORY

from parsers.folding import fold

Profile = Mapping[str, float]
Respelling = Mapping[str, Mapping[str, float]]
"""By letter: how it is written instead, with the share of each way."""

_LONGEST = 3
_LEAST_SHARE = 2e-5  # what is rarer says next to nothing
# Stands in no run, so that many are converted at once.
_BETWEEN = "\n"
_DOTLESS = str.maketrans({"I": "\u0131", "\u0130": "i"})
_UNCHANGED: dict[str, dict[str, float]] = {}


def shipped(language: str) -> Profile:
    """The profile of one of langdetect's languages."""
    stored = json.loads((Path(PROFILES_DIRECTORY) / language).read_text(encoding="utf-8"))
    counts = stored["freq"]
    runs = _BETWEEN.join(counts)
    lowered = (runs.translate(_DOTLESS) if language == "tr" else runs).lower().split(_BETWEEN)
    totals = (math.inf, *stored["n_words"][1:])  # single letters say little
    return _summed(zip(lowered, (count / totals[len(run) - 1] for run, count in counts.items()), strict=True))


def unaccented(profile: Profile, also: Respelling = _UNCHANGED) -> Profile:
    """The language as people type it who lack its accents; `also` is for letters that folding cannot do."""
    plain = respelt(profile, also)
    folded = fold(_BETWEEN.join(plain)).split(_BETWEEN)
    return _summed(zip(folded, plain.values(), strict=True))


def _summed(shares: Iterable[tuple[str, float]]) -> Profile:
    summed: defaultdict[str, float] = defaultdict(float)
    for run, share in shares:
        summed[run] += share
    return {run: share for run, share in summed.items() if share >= _LEAST_SHARE}


def respelt(profile: Profile, spelling: Respelling) -> Profile:
    """The language written with other letters."""
    changed = frozenset(spelling)
    shares: defaultdict[str, float] = defaultdict(float)
    for run, share in profile.items():
        if changed.isdisjoint(run):
            shares[run] += share
            continue
        for written, part in _spellings(run, spelling):
            for piece in _pieces(written):
                shares[piece] += share * part
    return shares


def _spellings(run: str, spelling: Respelling) -> Iterator[tuple[str, float]]:
    for ways in product(*(spelling.get(letter, {letter: 1.0}).items() for letter in run)):
        yield "".join(letter for letter, _ in ways), math.prod(part for _, part in ways)


def _pieces(written: str) -> Iterator[str]:
    """A run that has become longer counts as the longest runs in it."""
    for start in range(max(len(written) - _LONGEST, 0) + 1):
        yield written[start : start + _LONGEST]
