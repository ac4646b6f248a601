"""For each script that several languages share, how much each run of letters speaks for each of them.

The logarithms are whole numbers, side by side in one large integer, a field for each spelling of each
language. So the scores of all of them are added at once, and a sum is the same on every machine.
"""

import math
import struct
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from parsers import language_profiles as profiles
from parsers.language_profiles import Profile, Respelling

NAT = 64
"""The unit of a score: this much is one natural logarithm."""

_FIELD_BITS = 32
# langdetect's smoothing: what a run counts that a language does not have.
_UNSEEN = 0.5 / 10_000
_DERIVED_PENALTY = 1.0
_LONGEST_WORD = 30


@dataclass(frozen=True, kw_only=True)
class Spelling:
    """One way in which a language is written."""

    language: str
    profile: Profile
    penalty: float = 0.0  # natural logarithm of how much rarer it is than the usual spelling


@dataclass(frozen=True, kw_only=True)
class Table:
    """What the runs of letters of one script say about its languages."""

    languages: tuple[str, ...]  # of each field
    penalties: tuple[int, ...]  # of each field
    runs: Mapping[str, int]

    def evidence(self, word: str) -> int:
        """The scores of one word, without any blank, in all fields."""
        padded = f" {word[:_LONGEST_WORD]} "
        known = self.runs.get
        total = sum(known(letter, 0) for letter in word[:_LONGEST_WORD])
        for start in range(len(padded) - 1):
            total += known(padded[start : start + 2], 0) + known(padded[start : start + 3], 0)
        return total

    def scores(self, total: int) -> dict[str, int]:
        """By language, the score of its best spelling."""
        width = len(self.languages)
        fields = struct.unpack(f"<{width}I", total.to_bytes(4 * width, "little"))
        best: dict[str, int] = {}
        for language, score, penalty in zip(self.languages, fields, self.penalties, strict=True):
            best[language] = max(best.get(language, -penalty), score - penalty)
        return best

    def bonus(self, language: str, units: int) -> int:
        """What raises all spellings of a language by so many units."""
        return sum(units << _FIELD_BITS * at for at, name in enumerate(self.languages) if name == language)


def table(spellings: Iterable[Spelling]) -> Table:
    """Lay the profiles side by side."""
    spellings = tuple(spellings)
    runs: defaultdict[str, int] = defaultdict(int)
    for at, spelling in enumerate(spellings):
        for run, share in spelling.profile.items():
            runs[run] += round(NAT * math.log1p(share / _UNSEEN)) << _FIELD_BITS * at
    return Table(
        languages=tuple(each.language for each in spellings),
        penalties=tuple(round(NAT * each.penalty) for each in spellings),
        runs=dict(runs),
    )
