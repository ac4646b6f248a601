"""What the commonest words of each language say about a text."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

from parsers.folding import fold
from parsers.language_pack import tables
from parsers.language_scripts import SOLE_LANGUAGES, Script, script_of
from parsers.language_tables import Table
from parsers.language_text import as_written, in_cyrillic

_BONUS = 3.0  # natural logarithms that a word adds to its language, beyond its letters
_SHARED = 0.12  # the part that is lost with each further language that has the word
_LEAST = 0.1
_ONE_LETTER = 0.5
_BEGINNING = "*"
_SHORTEST_BEGINNING, _LONGEST_BEGINNING = 3, 9


class CommonWords:
    """The common words of all languages, by script.

    A word that is listed with a `*` stands for all words that begin so.
    """

    def __init__(self, words: Mapping[str, Collection[str]]) -> None:
        """Take the words by language; those of languages without a profile are another matter."""
        self._words = {code: listed for code, listed in words.items() if has_profile(code)}

    def evidence(self, script: Script, word: str) -> int:
        """The scores of a word, by its letters and as a common word, in the fields of its script's table."""
        whole = self._whole.get(word)
        if whole is not None:
            return whole
        return tables()[script].evidence(word) + self._beginning(word)

    @cached_property
    def _whole(self) -> dict[str, int]:
        """The scores of every listed word."""
        scored = {}
        for word, bonus in self._bonuses.items():
            if not word.endswith(_BEGINNING):
                scored[word] = bonus + tables()[script_of(word[0])].evidence(word)
        return scored

    def _beginning(self, word: str) -> int:
        """What the longest listed beginning of a word is worth."""
        for length in range(min(len(word), _LONGEST_BEGINNING), _SHORTEST_BEGINNING - 1, -1):
            bonus = self._beginnings.get(word[:length])
            if bonus is not None:
                return bonus
        return 0

    @cached_property
    def _beginnings(self) -> dict[str, int]:
        return {
            word.removesuffix(_BEGINNING): bonus
            for word, bonus in self._bonuses.items()
            if word.endswith(_BEGINNING)
        }

    @cached_property
    def _bonuses(self) -> dict[str, int]:
        languages: defaultdict[str, set[str]] = defaultdict(set)
        for language, words in self._words.items():
            for word in words:
                for spelling in _spellings(language, as_written(word)):
                    languages[spelling].add(language)
        shared = tables()
        return {
            word: _bonus(shared[script], word, speaking)
            for word, speaking in languages.items()
            if (script := script_of(word[0])) in shared
        }


def has_profile(language: str) -> bool:
    """Whether its letters tell the language, or its script does."""
    return language in SOLE_LANGUAGES.values() or any(
        language in table.languages for table in tables().values()
    )


def _spellings(language: str, word: str) -> Iterator[str]:
    yield word
    yield fold(word)
    if language == "sr":
        yield in_cyrillic(word)


def _bonus(table: Table, word: str, languages: Collection[str]) -> int:
    weight = _BONUS * max(1 - _SHARED * (len(languages) - 1), _LEAST)
    return table.bonus(languages, weight * (_ONE_LETTER if len(word) == 1 else 1))
