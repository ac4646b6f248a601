"""Languages of which only the common words are known.

Their letters would be taken for those of a relative: Irish for Spanish, Kazakh for Ukrainian. A text with
many of their little words, and fewer of the language that its letters speak for, is in one of them. Nobody
judges it then, so a person reads it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from parsers.folding import fold
from parsers.language_words import has_profile

_FEWEST = 3  # different words
_SHARE = 0.2  # of the words of the text


class Unprofiled:
    """The common words of the languages that have no profile."""

    def __init__(self, words: Mapping[str, Collection[str]]) -> None:
        """Take the words of all languages; those with a profile are what a text may be in after all."""
        self._known = {code: frozenset(map(fold, listed)) for code, listed in words.items()}
        self._speakers: dict[str, list[str]] = {}
        for code in self._known:
            if not has_profile(code):
                for word in self._known[code]:
                    self._speakers.setdefault(word, []).append(code)

    def of(self, sentences: Sequence[Iterable[str]], judged: str | None) -> str | None:
        """The language of the text, whose letters speak for `judged`; None where that may well be right."""
        counted = Counter(fold(word) for words in sentences for word in words)
        said: Counter[str] = Counter()
        different: Counter[str] = Counter()
        for word in counted.keys() & self._speakers.keys():
            for code in self._speakers[word]:
                said[code] += counted[word]
                different[code] += 1
        if not said:
            return None
        best = max(sorted(said), key=said.__getitem__)
        theirs = sum(counted[word] for word in counted.keys() & self._known.get(judged or "", frozenset()))
        is_told = different[best] >= _FEWEST and said[best] >= _SHARE * counted.total()
        return best if is_told and said[best] > theirs else None
