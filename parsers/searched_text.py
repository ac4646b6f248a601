"""A text in the form in which limits are searched; each place in it leads back to what was written."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

from parsers.folding import lowered
from parsers.phrase_index import Shortened, search_form
from parsers.sentences import MAX_CHARACTERS, Sentences


@dataclass(frozen=True)
class SearchedText:
    """The beginning of a text, folded and without what people may leave out."""

    folded: str
    _written: str
    _plain: Shortened

    @classmethod
    def of(cls, written: str) -> Self:
        """Only the beginning is looked at."""
        plain = Shortened(written[:MAX_CHARACTERS])
        return cls(search_form(plain.text), written, plain)

    @cached_property
    def lowered(self) -> str:
        """The same with its accents."""
        return lowered(self._plain.text)

    @cached_property
    def sentences(self) -> Sentences:
        """Its sentences, by the same places."""
        return Sentences.of(self._plain.text)

    def written_at(self, place: int) -> int:
        """Where this place is in the text as written."""
        return self._plain.written_at(place)

    def phrase(self, start: int, end: int) -> str:
        """What stands there, as written, on one line."""
        return " ".join(self._written[self.written_at(start) : self.written_at(end)].split())
