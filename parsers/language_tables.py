"""How much each run of letters speaks for each of the languages that share a script.

The logarithms are whole numbers, side by side in one large integer, a field for each spelling of
each language. So the scores of all of them are added at once, and a sum is the same on every machine.
"""

import math
import struct
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from parsers.language_profiles import LONGEST, SHORTEST, Profile

NAT = 64
"""One natural logarithm, in the units of a score."""

_FIELD_BITS = 32
# langdetect's smoothing: what a run counts that a language does not have.
_UNSEEN = 0.5 / 10_000
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
        """The scores of one word in all fields."""
        padded = f" {word[:_LONGEST_WORD]} "
        known = self.runs.get
        total = 0
        for start in range(len(padded) - 1):
            total += known(padded[start : start + SHORTEST], 0) + known(padded[start : start + LONGEST], 0)
        return total

    def bonus(self, languages: Collection[str], nats: float) -> int:
        """What raises all spellings of these languages."""
        units = round(NAT * nats)
        return sum(units << _FIELD_BITS * at for at, name in enumerate(self.languages) if name in languages)

    def scores(self, total: int) -> dict[str, float]:
        """By language, the score of its best spelling, as a natural logarithm."""
        width = len(self.languages)
        fields = struct.unpack(f"<{width}I", total.to_bytes(4 * width, "little"))
        best: dict[str, float] = {}
        for language, score, penalty in zip(self.languages, fields, self.penalties, strict=True):
            best[language] = max(best.get(language, -math.inf), (score - penalty) / NAT)
        return best


def table(spellings: Iterable[Spelling]) -> Table:
    """Lay the profiles side by side."""
    spellings = tuple(spellings)
    runs: defaultdict[str, int] = defaultdict(int)
    for at, spelling in enumerate(spellings):
        shift = _FIELD_BITS * at
        for run, share in spelling.profile.items():
            runs[run] += round(NAT * math.log1p(share / _UNSEEN)) << shift
    return Table(
        languages=tuple(each.language for each in spellings),
        penalties=tuple(round(NAT * each.penalty) for each in spellings),
        runs=dict(runs),
    )
