"""How a mail stands to what its writer sent before, by what it says itself."""

from config.lexicon import Lexicon
from parsers.facts import Stance
from parsers.phrase_index import PhraseIndex, search_form

MAX_CHARACTERS = 5_000
"""Whoever refers to an earlier mail does so soon."""


class Stances:
    """The words of one language by which a mail refers to an earlier one, ready for searching."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = lexicon.relations
        self._index: PhraseIndex[Stance] = PhraseIndex(
            {Stance.REMINDS: words.reminds, Stance.ADDS: words.adds, Stance.ELSEWHERE: words.elsewhere}
        )

    def of(self, text: str) -> frozenset[Stance]:
        """What the text says of its relation to earlier mail; empty where it says nothing."""
        return frozenset(hit.tag for hit in self._index.find(search_form(text[:MAX_CHARACTERS])))
