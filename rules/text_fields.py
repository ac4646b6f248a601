"""The conditions on texts."""

import unicodedata
from abc import abstractmethod
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import AfterValidator, model_validator
from typing_extensions import override

from parsers.folding import fold
from rules.case import Case
from rules.condition import Condition, OneOrMore, Text, Verdict
from rules.patterns import compiled


def _compiles(pattern: str) -> str:
    compiled(pattern)
    return pattern


Pattern = Annotated[Text, AfterValidator(_compiles)]


class TextHas(Condition):
    """One of the phrases or patterns is in the text; letter case, accents and the Turkish i do not matter."""

    contains: OneOrMore[Text] | None = None
    matches: OneOrMore[Pattern] | None = None
    """Tried on the text with its accents, then without them."""

    @override
    def judge(self, case: Case) -> Verdict:
        name, text = self._source(case)
        written = _one_i(unicodedata.normalize("NFKC", text))
        plain = comparable(text)
        for phrase, searched in self._phrases:
            if searched in plain:
                return Verdict(matched=True, why=f'{name} contains "{phrase}"')
        for pattern, search in self._patterns:
            if search(written) or search(plain):
                return Verdict(matched=True, why=f'{name} matches "{pattern}"')
        return Verdict(matched=False, why=f"{name} contains none of the phrases")

    @cached_property
    def _phrases(self) -> tuple[tuple[str, str], ...]:
        return tuple((phrase, comparable(phrase)) for phrase in self.contains or ())

    @cached_property
    def _patterns(self) -> tuple[tuple[str, Any], ...]:
        return tuple((pattern, compiled(_one_i(pattern))) for pattern in self.matches or ())

    @abstractmethod
    def _source(self, case: Case) -> tuple[str, str]:
        """The name of the text, and the text."""

    @model_validator(mode="after")
    def _something_set(self) -> Self:
        if not self.contains and not self.matches:
            raise ValueError("needs contains or matches")
        return self


class SubjectHas(TextHas):
    """A phrase in the subject."""

    def _source(self, case: Case) -> tuple[str, str]:
        return "subject", case.report.subject


class OwnTextHas(TextHas):
    """A phrase in the author's own words."""

    def _source(self, case: Case) -> tuple[str, str]:
        return "own text", case.report.own_text


def _one_i(text: str) -> str:
    """The dotted capital and the dotless small i of Turkish as i, which patterns can ignore the case of."""
    return text.replace("\u0130", "i").replace("\u0131", "i")


def comparable(text: str) -> str:
    """The text for comparison: NFKC, then neither letter case nor accents, one letter i for all of them."""
    # Lower-casing a capital dotted I leaves its dot behind as a mark that NFKC cannot compose.
    return fold(unicodedata.normalize("NFKC", text)).replace("\u0307", "")
