"""The language of the author's own words.

The letters are judged by the profiles of langdetect, with everything that they say added up instead
of sampled, and by the common words of each language. So the same text always gets the same answer.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property

from parsers.facts import LanguageGuess
from parsers.language_pack import tables
from parsers.language_scripts import KANA, SHARED_SCRIPTS, SOLE_LANGUAGES, Script, script_of, weight
from parsers.language_text import divided
from parsers.language_unprofiled import Unprofiled
from parsers.language_voices import Part, count, is_substantial, voices
from parsers.language_words import CommonWords

_MIN_LETTERS = 2
# Some kana among Chinese characters make all of them Japanese.
_KANA_SHARE = 0.1
# Latin words are strewn into text of other scripts more often than the other way round.
_AGAINST_LATIN = 1.5
_BY_WORDS_ALONE = 0.8


class Languages:
    """Tells languages by their letters, and by the common words of those whose words it was given.

    When this is pickled, what has been compiled stays behind.
    """

    def __init__(self, words: Mapping[str, Collection[str]]) -> None:
        """Take the common words by language."""
        self._words = CommonWords(words)
        self._listed = words

    def __reduce__(self) -> tuple[type["Languages"], tuple[Mapping[str, Collection[str]]]]:
        return Languages, (self._listed,)

    @cached_property
    def _unprofiled(self) -> Unprofiled:
        return Unprofiled(self._listed)

    def of(self, text: str) -> LanguageGuess:
        """The language of a text without quotes and signature; no code when it has no readable words.

        Reads a bounded sample of the text (see `language_text.divided`).
        """
        sentences = divided(text)
        scripts = self._by_script(sentences)
        letters = {script: count(parts) for script, parts in scripts.items()}
        total = sum(letters.values())
        if total < _MIN_LETTERS:
            return LanguageGuess(code=None)
        main = max(letters, key=lambda script: letters[script] * _preference(script))
        first, *others = voices(main, scripts.pop(main), letters=total)
        others += [voices(script, parts, letters=total)[0] for script, parts in scripts.items()]
        stranger = self._unprofiled.of(sentences, first.code) if main in SHARED_SCRIPTS else None
        if stranger:
            return LanguageGuess(code=stranger, certainty=_BY_WORDS_ALONE)
        also = (voice.code for voice in others if is_substantial(voice.letters, of=total))
        return LanguageGuess(
            code=first.code,
            certainty=round(first.certainty, 3),
            also=tuple(code for code in dict.fromkeys(also) if code != first.code),
        )

    def _by_script(self, sentences: Iterable[list[str]]) -> dict[Script, list[Part]]:
        found: defaultdict[Script, list[Part]] = defaultdict(list)
        for words in sentences:
            for script, written in _written(words).items():
                found[script].append(self._part(script, written))
        return _with_kana(found)

    def _part(self, script: Script, words: list[str]) -> Part:
        letters = sum(map(len, words)) * weight(script)
        if script in SOLE_LANGUAGES:
            return Part(letters=letters)
        return Part(
            letters=letters,
            evidence=sum(self._words.evidence(script, word) for word in words),
            strangers=sum(map(tables()[script].strangers, words)),
        )


def _preference(script: Script) -> float:
    return 1.0 if script is Script.LATIN else _AGAINST_LATIN


def _written(words: Iterable[str]) -> dict[Script, list[str]]:
    """By script, the words that are written in it, or what letters of words without blanks between them."""
    written: defaultdict[Script, list[str]] = defaultdict(list)
    for word in words:
        script = script_of(word[0])
        if script in SHARED_SCRIPTS:
            written[script].append(word)
        else:
            for letter in word:
                written[script_of(letter)].append(letter)
    written.pop(Script.OTHER, None)
    return written


def _with_kana(found: dict[Script, list[Part]]) -> dict[Script, list[Part]]:
    kana = [part for script in KANA for part in found.pop(script, ())]
    if kana and count(kana) >= _KANA_SHARE * count(found.get(Script.CJK, ())):
        kana += found.pop(Script.CJK, ())
    return {**found, Script.HIRAGANA: kana} if kana else found
