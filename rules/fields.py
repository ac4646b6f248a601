"""The conditions on facts with few values, and on the sender: one small model for each key of a `when`."""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, StrictBool, StringConstraints, model_validator
from typing_extensions import override

from config.organisations import CountryCode, Domain
from config.yaml_file import text_like
from parsers.facts import Harm, Kind, RelationType, SenderClass, Urgency, Verification
from rules.case import Case
from rules.condition import Condition, Facets, OneOf, OneOrMore, Text, Verdict, agreed, as_list, listed
from rules.names import LanguageCode, MailboxName, OrganisationName


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


class LanguageIs(Facets):
    """The language of the author's own words: a code, a list of codes, or a group of keys."""

    one_of: OneOrMore[LanguageCode] | None = None
    certainty_below: Annotated[float, Field(gt=0, le=1)] | None = None
    """Holds where it may well be another language, or none was recognised."""

    def _verdicts(self, case: Case) -> Iterator[Verdict]:
        language = case.report.language
        if self.one_of:
            yield listed("language", language.code, self.one_of)
        if self.certainty_below is not None:
            certainty = language.certainty if language.code else 0.0
            why = f"certainty of the language: {certainty:.2f}"
            yield Verdict(matched=certainty < self.certainty_below, why=why)

    @model_validator(mode="before")
    @classmethod
    def _spelt_out(cls, value: object) -> object:
        return value if isinstance(value, dict | cls) else {"one_of": value}


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


Address = Annotated[
    str,
    StringConstraints(to_lower=True),
    text_like(r"[^@\s]+@[^@\s]+\.[^@\s]+", "a mail address such as desk@regulator.example"),
]


class SenderIs(Facets):
    """Who speaks. Only `verified: true` says that the sender is genuine."""

    sender_class: OneOrMore[SenderClass] | None = Field(None, alias="class")
    organisation: OneOrMore[OrganisationName] | None = None
    address: OneOrMore[Address] | None = None
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
        if self.address:
            yield listed("address", (sender.address or "").lower() or None, self.address)
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
