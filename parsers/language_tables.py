"""How much each run of letters speaks for each of the languages that share a script.

The logarithms are whole numbers, side by side in one large integer, a field for each spelling of
each language. So the scores of all of them are added at once, and a sum is the same on every machine.
"""

import math
import struct
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, repeat
from operator import sub

from parsers.language_profiles import Profile

NAT = 64
"""One natural logarithm, in the units of a score."""

FIELD_BYTES = 4
# langdetect's smoothing: what a run counts that a language does not have.
_UNSEEN = 0.5 / 10_000
_LONGEST_WORD = 30


@dataclass(frozen=True, kw_only=True)
class Spelling:
    """One way in which a language is written."""

    language: str
    profile: Profile
    penalty: float = 0.0  # natural logarithm of how much rarer it is than others


@dataclass(frozen=True, kw_only=True)
class Table:
    """What the runs of letters of one script say about its languages."""

    languages: tuple[str, ...]  # of each field; a language's usual spelling comes before its others
    penalties: tuple[int, ...]  # of each field
    runs: Mapping[str, int]

    @cached_property
    def alphabet(self) -> frozenset[str]:
        """The letters that any of the languages uses."""
        return frozenset(letter for run in self.runs for letter in run)

    def strangers(self, word: str) -> int:
        """How many letters of a word none of the languages uses."""
        if self.alphabet.issuperset(word):
            return 0
        return sum(letter not in self.alphabet for letter in word)

    def evidence(self, word: str) -> int:
        """The scores of one word in all fields."""
        padded = f" {word[:_LONGEST_WORD]} "
        pairs = list(map(str.__add__, padded, padded[1:]))
        triples = map(str.__add__, pairs, padded[2:])
        return sum(map(self.runs.get, chain(pairs, triples), repeat(0)))

    def bonus(self, languages: Collection[str], nats: float) -> int:
        """What raises all spellings of these languages."""
        units = round(NAT * nats)
        return sum(
            units << 8 * FIELD_BYTES * at for at, name in enumerate(self.languages) if name in languages
        )

    def scores(self, total: int) -> dict[str, int]:
        """By language, the score of its best spelling."""
        width = len(self.languages)
        fields = struct.unpack(f"<{width}I", total.to_bytes(FIELD_BYTES * width, "little"))
        best: dict[str, int] = {}
        for language, score in zip(self.languages, map(sub, fields, self.penalties), strict=True):
            if language not in best or score > best[language]:
                best[language] = score
        return best


def table(spellings: Iterable[Spelling]) -> Table:
    """Lay the profiles side by side."""
    spellings = tuple(spellings)
    rows: defaultdict[str, list[int]] = defaultdict(lambda: [0] * len(spellings))
    for at, spelling in enumerate(spellings):
        for run, share in spelling.profile.items():
            rows[run][at] = round(NAT * math.log1p(share / _UNSEEN))
    packed = struct.Struct(f"<{len(spellings)}I").pack
    return Table(
        languages=tuple(each.language for each in spellings),
        penalties=tuple(round(NAT * each.penalty) for each in spellings),
        runs={run: int.from_bytes(packed(*fields), "little") for run, fields in rows.items()},
    )
