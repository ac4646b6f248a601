"""Finds the signs of urgency and harm in a text, each with its sentence, and drops what is denied."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from config.lexicon import Lexicon, UrgencyWords
from config.notions import NotionWords
from config.topics import Topic
from config.words import divided
from parsers.denials import present, undenied
from parsers.facts import Harm
from parsers.notions import composed
from parsers.phrase_index import Hit, PhraseIndex, search_form
from parsers.sentences import Sentences
from parsers.signs import Notion, Sign, Tag
from parsers.vietnamese import accented_form, has_accents

# What an address or an account is called says nothing.
_NAMES = re.compile(r"(?:https?://|hxxps?://|www\.)\S+|(?<!\w)@[\w.]+|(?<![\w.+-])[\w.+-]{1,64}@[\w.-]+")
_VIETNAMESE = "vi"
# They join nothing to the front of a word, although their scripts are not divided like Latin.
_WORDS_APART = frozenset({"bn", "hi", "ur"})
_ONE_MATTER = 700  # characters
_AROUND = 1  # sentences before and after, in a longer text
_TELLING_ABROAD = 6  # letters of a single English word that no other language has by chance


_Found = Hit[Tag]


class Signals:
    """The words about urgency and harm of one language, ready for searching."""

    def __init__(self, lexicon: Lexicon, *, abroad: bool = False) -> None:
        """Prepare the words; abroad, only those that mean the same amid another language.

        "Die" is an article in German. Topics are not sought abroad: each language has the loans that it uses.
        """
        self._lexicon = lexicon
        self._abroad = abroad

    @cached_property
    def index(self) -> PhraseIndex[Tag]:
        """All its phrases."""
        if not self._abroad:
            within_words = self._lexicon.language not in _WORDS_APART
            return PhraseIndex(dict(self._tagged()), within_words=within_words)
        named = ((tag, phrases) for tag, phrases in self._tagged() if not isinstance(tag, Topic))
        return PhraseIndex({tag: tuple(filter(_is_telling, phrases)) for tag, phrases in named})

    @cached_property
    def _accented(self) -> PhraseIndex[Tag]:
        return PhraseIndex(dict(self._tagged()), form=accented_form)

    def find(self, text: str, searched: str) -> Iterator[_Found]:
        """Its phrases in a text.

        Args:
            text: as written.
            searched: in its search form, without what only names something.
        """
        if self._lexicon.language == _VIETNAMESE and has_accents(text):
            return self._accented.find(_NAMES.sub(_blank, accented_form(text)))
        return self.index.find(searched)

    def _tagged(self) -> Iterator[tuple[Tag, Sequence[str]]]:
        for name in UrgencyWords.model_fields:
            yield Sign(name), getattr(self._lexicon.urgency, name)
        yield Sign.NEGATION, self._lexicon.negations
        yield Sign.CONJUNCTION, self._lexicon.conjunctions
        yield Sign.DOUBT, self._lexicon.doubts
        for name in NotionWords.model_fields:
            yield Notion(name), getattr(self._lexicon.notions, name)
        for harm, phrases in self._lexicon.harms.items():
            yield Harm(harm), phrases
        for topic, text in self._lexicon.topics.items():
            yield topic, divided(text)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _is_telling(phrase: str) -> bool:
    return " " in phrase or len(phrase.rstrip("*")) >= _TELLING_ABROAD


@dataclass(frozen=True)
class Findings:
    """One text with the signs in it, none of them denied in its clause."""

    text: str
    sentences: Sentences
    hits: tuple[_Found, ...]

    @classmethod
    def of(cls, text: str, signals: Sequence[Signals], *, year: int) -> Self:
        """Search a text of this year in all these languages."""
        folded = _NAMES.sub(_blank, search_form(text))
        found = [hit for each in signals for hit in each.find(text, folded)]
        sentences = Sentences.of(text)
        standing = [*undenied(_fullest(found), folded)]
        standing += _fullest(composed(standing, sentences))
        happening = present(standing, folded, sentences, year=year)
        return cls(text, sentences, tuple(sorted(happening, key=lambda hit: hit.start)))

    def having(self, *signs: Sign | Notion) -> list[_Found]:
        """The hits of these signs and notions."""
        return [hit for hit in self.hits if hit.tag in signs]

    def has(self, sign: Sign) -> bool:
        """Whether there is such a sign."""
        return any(hit.tag is sign for hit in self.hits)

    def sentence_of(self, hit: _Found) -> int:
        """The number of the sentence in which it stands."""
        return bisect_right(self.sentences.bounds, hit.start) - 1

    @property
    def is_one_matter(self) -> bool:
        """Whether the text is so short that all its sentences are about the same thing."""
        return len(self.text) <= _ONE_MATTER

    def stretches(
        self, hits: Sequence[_Found], *, core: Callable[[_Found], bool]
    ) -> Iterator[Sequence[_Found]]:
        """What stands together: all hits of a short text, else those in some sentences around each core.

        Args:
            hits: some of the text's, by place.
            core: tells what others are weighed around.
        """
        if self.is_one_matter:
            yield hits
            return
        numbers = [self.sentence_of(hit) for hit in hits]
        for middle in dict.fromkeys(number for number, hit in zip(numbers, hits, strict=True) if core(hit)):
            first, last = bisect_left(numbers, middle - _AROUND), bisect_right(numbers, middle + _AROUND)
            yield hits[first:last]

    def quoted(self, hits: Iterable[_Found], *, most: int) -> tuple[str, ...]:
        """The sentences of these hits as written, in the order of the hits."""
        around = (self.sentences.around(hit.start) for hit in hits)
        written = (" ".join(self.text[start:end].split()) for start, end in around)
        return tuple(dict.fromkeys(written))[:most]


def _fullest(found: Iterable[_Found]) -> list[_Found]:
    """The hits that are not part of a longer one of the same sign, by place."""
    kept: list[_Found] = []
    ends: dict[Tag, int] = {}
    for hit in sorted(found, key=lambda each: (each.start, -each.end)):
        if hit.end > ends.get(hit.tag, 0):
            ends[hit.tag] = hit.end
            kept.append(hit)
    return kept
