"""The language of the author's own words.

The letters are judged by the profiles of langdetect, with all that they say summed up instead of
sampled, and by the commonest words of each language. So the same text always gets the same answer.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from parsers.facts import LanguageGuess
from parsers.language_scripts import KANA, SOLE_LANGUAGES, Script, script_of, weight
from parsers.language_spellings import tables
from parsers.language_text import parts
from parsers.language_words import CommonWords

_MIN_LETTERS = 2
# Some kana among Chinese characters make them Japanese.
_KANA_SHARE = 0.1
# Words of other scripts are strewn into Latin text less often than the other way round.
_AGAINST_LATIN = 1.5
# A language in its own script: certain but for what else stands in the text.
_MOST_CERTAIN = 0.999
# Runs of letters overlap, so what they say together is less than the sum.
_DAMPING, _DAMPING_EXPONENT = 0.5, 0.5
_RARE = frozenset({"af", "cy", "mk", "mr", "ne", "so", "sq", "sw", "tl"})
_RARE_PENALTY = 2.0
# What makes a part of the text another language's, and that language one of the text's.
_FOREIGN_LETTERS = 20
_FOREIGN_CERTAINTY = 0.98
_FOREIGN_SHARE = 0.2
# The language that comes first counts as the text's, unless another has so much more.
_LATER_PREVAILS = 1.5


@dataclass(frozen=True, kw_only=True)
class _Part:
    """A sentence or line, as far as it is written in one script."""

    letters: int
    evidence: int  # in the fields of the script's table; 0 for a script of one language
    runs: int  # how many runs of letters the evidence comes from


class Languages:
    """Tells languages, with the help of the common words of some."""

    def __init__(self, words: Mapping[str, Collection[str]]) -> None:
        """Take the common words by language; one that is not named is known by its letters alone."""
        self._words = CommonWords(words)

    def of(self, text: str) -> LanguageGuess:
        """The language of a text without quotes and signature; no code when it has no readable words.

        Reads a bounded sample of the text (see `language_text.parts`).
        """
        scripts = self._by_script(parts(text))
        letters = {script: sum(part.letters for part in found) for script, found in scripts.items()}
        if sum(letters.values()) < _MIN_LETTERS:
            return LanguageGuess(code=None)
        ...
