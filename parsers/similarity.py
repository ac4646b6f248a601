"""How much alike two texts are: Jaccard similarity of their five-character shingles.

Measured on synthetic report mail, shingles do as well as heavier methods, and no method may merge
two reports on text alone; see the vetoes where this is used.
"""

import re
import unicodedata

SHINGLE = 5
MAX_CHARACTERS = 20_000  # enough to tell; keeps the cost of one comparison bounded

_NOT_WORD = re.compile(r"\W+")


def shingles(text: str) -> frozenset[str]:
    """The set of five-character pieces of the text, without case, punctuation or spacing."""
    folded = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS]).casefold()
    plain = _NOT_WORD.sub(" ", folded).strip()
    if len(plain) <= SHINGLE:
        return frozenset({plain}) if plain else frozenset()
    return frozenset(plain[start : start + SHINGLE] for start in range(len(plain) - SHINGLE + 1))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared pieces by all pieces: 0 to 1; 0 when either side is empty."""
    if not one or not other:
        return 0.0
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)
