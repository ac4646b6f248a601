"""The conditions on the facts of a case: one small model for each key of a `when`."""

import unicodedata
from abc import abstractmethod
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, StrictBool, model_validator
from typing_extensions import override

from config.durations import Duration, duration_text
from config.organisations import CountryCode, Domain
from parsers.facts import Harm, Kind, ReferenceKind, RelationType, SenderClass, Urgency, Verification
from parsers.folding import fold
from rules.case import Case
from rules.condition import Condition, Facets, OneOf, OneOrMore, Text, Verdict, agreed, as_list, listed
from rules.names import LanguageCode, MailboxName, OrganisationName, ReferenceText


class MailboxIs(OneOf):
    """The mailbox in which the message arrived."""

    subject = "mailbox"
    one_of: OneOrMore[MailboxName]

    def _actual(self, case: Case) -> str:
        return case.mailbox


class KindIs(OneOf):
    """What sort of mail it is."""

    subject = "kind"
    one_of: OneOrMore[Kind]

    def _actual(self, case: Case) -> str:
        return case.report.kind


class LanguageIs(OneOf):
    """The language of the author's own words."""

    subject = "language"
    one_of: OneOrMore[LanguageCode]

    def _actual(self, case: Case) -> str | None:
        return case.report.language.code


class HarmIs(OneOf):
    """The subject of the report."""

    subject = "harm"
    one_of: OneOrMore[Harm]

    def _actual(self, case: Case) -> str:
        return case.report.harm


class RelationIs(OneOf):
    """How the report stands to what is known."""

    subject = "relation"
    one_of: OneOrMore[RelationType]

    def _actual(self, case: Case) -> str:
        return case.relation


class UrgencyIs(Condition):
    """The urgency of the matter: a level, a list of levels, or `{at_least: LEVEL}`."""

    one_of: Annotated[tuple[Urgency, ...], BeforeValidator(as_list)] = ()
    at_least: Urgency | None = None

    @override
    def judge(self, case: Case) -> Verdict:
        floor = self.at_least
        levels = [level for level in Urgency if level.rank >= floor.rank] if floor else self.one_of
        return listed("urgency", case.urgency, levels)

    @model_validator(mode="before")
    @classmethod
    def _spelt_out(cls, value: object) -> object:
        return value if isinstance(value, dict | cls) else {"one_of": value}

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if bool(self.one_of) == bool(self.at_least):
            raise ValueError("needs a level, a list of levels, or at_least")
        return self


class FlagsAre(OneOf):
    """One of the flags that reading the mail raised."""

    subject = "flag"
    one_of: OneOrMore[Text]

    def _actual(self, case: Case) -> str | None:
        return next((flag for flag in self.one_of if flag in case.report.flags), None)


class SenderIs(Facets):
    """Who speaks. Only `verified: true` says that the sender is genuine."""

    sender_class: OneOrMore[SenderClass] | None = Field(None, alias="class")
    organisation: OneOrMore[OrganisationName] | None = None
    domain: OneOrMore[Domain] | None = None
    """The domain itself or one below it."""
    country: OneOrMore[CountryCode] | None = None
    verified: StrictBool | None = None
    suspected_forgery: StrictBool | None = None

    def _verdicts(self, case: Case) -> Iterator[Verdict]:
        sender = case.report.sender
        if self.sender_class:
            yield listed("sender class", sender.sender_class, self.sender_class)
        if self.organisation:
            yield listed("organisation", sender.organisation, self.organisation)
        if self.domain:
            yield listed("domain", _owner(sender.domain, self.domain), self.domain)
        if self.country:
            yield listed("country", sender.country, self.country)
        yield from self._verdicts_on_trust(case.report.authenticity.verdict)

    def _verdicts_on_trust(self, verdict: Verification) -> Iterator[Verdict]:
        if self.verified is not None:
            yield agreed("sender verified", actual=verdict is Verification.VERIFIED, wanted=self.verified)
        if self.suspected_forgery is not None:
            forged = verdict is Verification.SUSPECTED_FORGERY
            yield agreed("suspected forgery", actual=forged, wanted=self.suspected_forgery)


def _owner(domain: str | None, candidates: tuple[str, ...]) -> str | None:
    """The candidate that is the domain or stands above it, else the domain."""
    return next((name for name in candidates if f".{domain or ''}".endswith(f".{name}")), domain)


class ClockIs(Condition):
    """The governing clock runs out within this time from now, or has run out."""

    within: Duration

    @override
    def judge(self, case: Case) -> Verdict:
        if case.due is None:
            return Verdict(matched=False, why="no clock runs")
        left = case.due - case.now
        said = duration_text(left) if left > timedelta(0) else "nothing"
        return Verdict(matched=left <= self.within, why=f"time left on the clock: {said}")


class ReferencesAre(Facets):
    """What the report names on the platform."""

    any_of: OneOrMore[ReferenceText] | None = Field(None, alias="any")
    kinds: OneOrMore[ReferenceKind] | None = None
    at_least: Annotated[int, Field(ge=1)] | None = None
    """How many references, of the kinds listed if any are."""

    def _verdicts(self, case: Case) -> Iterator[Verdict]:
        references = case.report.references
        if self.any_of:
            shared = [str(each) for each in references if str(each) in self.any_of]
            yield Verdict(matched=bool(shared), why=f"names {', '.join(shared) or 'none of the references'}")
        if self.kinds or self.at_least:
            counted = [each for each in references if not self.kinds or each.kind in self.kinds]
            what = f"references of kind {' or '.join(self.kinds)}" if self.kinds else "references"
            yield Verdict(matched=len(counted) >= (self.at_least or 1), why=f"{what}: {len(counted)}")


class TextHas(Condition):
    """One of the phrases stands in the text; letter case, accents and the Turkish i do not matter."""

    contains: OneOrMore[Text]

    @override
    def judge(self, case: Case) -> Verdict:
        name, text = self._source(case)
        searched = comparable(text)
        hit = next((phrase for phrase in self.contains if comparable(phrase) in searched), None)
        why = f'{name} contains "{hit}"' if hit else f"{name} contains none of the phrases"
        return Verdict(matched=hit is not None, why=why)

    @abstractmethod
    def _source(self, case: Case) -> tuple[str, str]:
        """The name of the text, and the text."""


class SubjectHas(TextHas):
    """A phrase in the subject."""

    def _source(self, case: Case) -> tuple[str, str]:
        return "subject", case.report.subject


class OwnTextHas(TextHas):
    """A phrase in the author's own words."""

    def _source(self, case: Case) -> tuple[str, str]:
        return "own text", case.report.own_text


def comparable(text: str) -> str:
    """The text for comparison: NFKC, then neither letter case nor accents, one letter i for all of them."""
    # Lower-casing a capital dotted I leaves its dot behind as a mark that NFKC cannot compose.
    return fold(unicodedata.normalize("NFKC", text)).replace("\u0307", "")
