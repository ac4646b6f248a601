"""The conditions on texts."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, StrictBool, model_validator
from typing_extensions import override

from rules.case import Case, Searchable
from rules.condition import Condition, OneOrMore, Text
from rules.fields import yes_or_no
from rules.formula import Formula, Has, Some
from rules.patterns import compiled
from rules.spelling import comparable, one_i


def _compiles(pattern: str) -> str:
    compiled(pattern)
    return pattern


Pattern = Annotated[Text, AfterValidator(_compiles)]


class TextHas(Condition):
    """One of the phrases or patterns is in the text; letter case, accents and the Turkish i do not matter."""

    subject: ClassVar[str]
    contains: OneOrMore[Text] | None = None
    matches: OneOrMore[Pattern] | None = None
    """Tried on the text with its accents, then without them."""

    @override
    @cached_property
    def formula(self) -> Formula:
        parts = tuple(self._parts())
        return parts[0] if len(parts) == 1 else Some(parts)

    def _parts(self) -> Iterator[Formula]:
        if self.contains:
            yield self._has("contains", "phrases", self.contains, self._containing(self.contains))
        if self.matches:
            yield self._has("matches", "patterns", self.matches, self._matching(self.matches))

    def _has(self, verb: str, what: str, values: Sequence[str], has: Callable[[Case, str], bool]) -> Formula:
        return Has(
            fact=f"{self.subject} {verb}",
            has=has,
            values=tuple(values),
            found=f'{self.subject} {verb} "{{}}"',
            missing=f"{self.subject} {verb} none of the {what}",
            decidable=False,
        )

    def _containing(self, phrases: Sequence[str]) -> Callable[[Case, str], bool]:
        plain, text = {phrase: comparable(phrase) for phrase in phrases}, self._text
        return lambda case, phrase: plain[phrase] in text(case).plain

    def _matching(self, patterns: Sequence[str]) -> Callable[[Case, str], bool]:
        searches, text = {pattern: compiled(one_i(pattern)) for pattern in patterns}, self._text

        def matches(case: Case, pattern: str) -> bool:
            search = searches[pattern]
            first, *others = text(case).forms
            return search(first) or any(search(form) for form in others)

        return matches

    @staticmethod
    @abstractmethod
    def _text(case: Case) -> Searchable:
        """What is searched."""

    @model_validator(mode="after")
    def _something_set(self) -> Self:
        if not self.contains and not self.matches:
            raise ValueError("needs contains or matches")
        return self


class SubjectHas(TextHas):
    """A phrase in the subject."""

    subject = "subject"

    @staticmethod
    @override
    def _text(case: Case) -> Searchable:
        return case.subject


class OwnTextHas(TextHas):
    """A phrase in the author's own words."""

    subject = "own text"

    @staticmethod
    @override
    def _text(case: Case) -> Searchable:
        return case.own_text


class AuthorityRefIs(TextHas):
    """Whether the mail carries the sender's own case number; or a phrase or pattern in that."""

    subject = "authority's case number"
    present: StrictBool = True

    @override
    @cached_property
    def formula(self) -> Formula:
        if self.contains or self.matches:
            return super().formula
        return yes_or_no(self.subject, _has_case_number, wanted=self.present)

    @staticmethod
    @override
    def _text(case: Case) -> Searchable:
        return case.authority_ref

    @model_validator(mode="before")
    @classmethod
    def _spelt_out(cls, value: object) -> object:
        return {"present": value} if isinstance(value, bool) else value

    @model_validator(mode="after")
    @override
    def _something_set(self) -> Self:
        if (self.contains or self.matches) and not self.present:
            raise ValueError("can't hold: a number that is not there holds no words")
        return self


def _has_case_number(case: Case) -> bool:
    return case.report.authority_ref is not None
