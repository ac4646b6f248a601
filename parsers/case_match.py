"""Whether two case numbers, written by the same sender, name the same case.

People shorten them and add words: "2026/1432 D.İş" and "2026/1432", or the first two groups of a long
court number. Letters that contradict each other ("SUP" and "INF") make two cases.
"""

import re
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from parsers.folding import fold

TELLING_DIGITS = 7
"""Two neighbouring groups of so many digits identify a case; "6.99" in a court number does not."""

_TOKEN = re.compile(r"\d+|[^\W\d]+")


class CaseNumber(NamedTuple):
    """A case number taken apart."""

    numbers: tuple[str, ...]  # groups of digits in order, without leading zeros
    words: frozenset[str]  # everything else


@lru_cache(maxsize=4096)  # each number of a mail is held against those of many matters
def take_apart(written: str) -> CaseNumber:
    """The parts of a case number, however it is punctuated."""
    tokens = _TOKEN.findall(fold(written))
    return CaseNumber(
        numbers=tuple(token.lstrip("0") or "0" for token in tokens if token.isdecimal()),
        words=frozenset(token for token in tokens if not token.isdecimal()),
    )


def case_keys(written: str) -> tuple[str, ...]:
    """The values under which a case number is looked up; another spelling of it shares at least one."""
    numbers, words = take_apart(written)
    telling = [pair for pair in pairwise(numbers) if sum(map(len, pair)) >= TELLING_DIGITS]
    if not telling:
        whole = "/".join(numbers) or " ".join(sorted(words))
        return (whole,) if whole else ()
    return tuple(dict.fromkeys("/".join(pair) for pair in telling))


def spelled_plainly(written: str) -> str:
    """One spelling for all ways to punctuate a number."""
    numbers, words = take_apart(written)
    return " ".join(("/".join(numbers), *sorted(words)))


def is_same_case(one: str, other: str) -> bool:
    """Whether the shorter number's groups stand in the longer one, side by side, and no word contradicts."""
    shorter, longer = sorted((take_apart(one), take_apart(other)), key=lambda case: len(case.numbers))
    if not (_stand_in(shorter.words, longer.words) or _stand_in(longer.words, shorter.words)):
        return False
    if shorter.numbers == longer.numbers:
        return bool(shorter.numbers) or shorter.words == longer.words
    width = len(shorter.numbers)
    is_telling = sum(map(len, shorter.numbers)) >= TELLING_DIGITS and width > 1
    starts = range(len(longer.numbers) - width + 1)
    return is_telling and any(longer.numbers[start : start + width] == shorter.numbers for start in starts)


def _stand_in(words: frozenset[str], others: frozenset[str]) -> bool:
    """Whether every word is among the others, perhaps shortened ("D." for "Değişik")."""
    return all(any(word.startswith(other) or other.startswith(word) for other in others) for word in words)
