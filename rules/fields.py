"""The conditions on facts with few values, and on the sender: one small model for each key of a `when`."""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, StrictBool, StringConstraints, model_validator
from typing_extensions import override

from config.organisations import CountryCode, Domain
from config.yaml_file import text_like
from parsers.facts import Harm, Kind, RelationType, SenderClass, Urgency, Verification
from rules.case import Case
from rules.condition import Condition, Facets, OneOf, OneOrMore, as_list
from rules.formula import Among, Formula, Has, Number
from rules.names import FlagName, LanguageCode, MailboxName, OrganisationName, RegimeName


class MailboxIs(OneOf):
    """The mailbox in which the message arrived."""

    subject = "mailbox"
    one_of: OneOrMore[MailboxName]

    @staticmethod
    @override
    def _actual(case: Case) -> str:
        return case.mailbox


class KindIs(OneOf):
    """What sort of mail it is."""

    subject = "kind"
    domain = Kind
    one_of: OneOrMore[Kind]

    @staticmethod
    @override
    def _actual(case: Case) -> str:
        return case.report.kind


class LanguageIs(Facets):
    """The language of the author's own words: a code, a list of codes, or a group of keys."""

    one_of: OneOrMore[LanguageCode] | None = None
    certainty_below: Annotated[float, Field(gt=0, le=1)] | None = None
    """Holds where it may well be another language, or none was recognised."""

    @override
    def _parts(self) -> Iterator[Formula]:
        if self.one_of:
            yield Among(fact="language", of=lambda case: case.report.language.code, values=self.one_of)
        if self.certainty_below is not None:
            fact = "certainty of the language"
            yield Number(fact=fact, of=_certainty, said=_said_certainty, below=self.certainty_below)

    @model_validator(mode="before")
    @classmethod
    def _spelt_out(cls, value: object) -> object:
        return value if isinstance(value, dict | cls) else {"one_of": value}


class HarmIs(OneOf):
    """The subject of the report."""

    subject = "harm"
    domain = Harm
    one_of: OneOrMore[Harm]

    @staticmethod
    @override
    def _actual(case: Case) -> str:
        return case.report.harm


class RelationIs(OneOf):
    """How the report stands to what is known."""

    subject = "relation"
    domain = RelationType
    one_of: OneOrMore[RelationType]

    @staticmethod
    @override
    def _actual(case: Case) -> str:
        return case.relation


class UrgencyIs(Condition):
    """The urgency of the matter: a level, a list of levels, or `{at_least: LEVEL}`."""

    one_of: Annotated[tuple[Urgency, ...], BeforeValidator(as_list)] = ()
    at_least: Urgency | None = None

    @override
    @cached_property
    def formula(self) -> Formula:
        floor = self.at_least
        levels = tuple(level for level in Urgency if level.rank >= floor.rank) if floor else self.one_of
        return Among(fact="urgency", of=lambda case: case.urgency, values=levels, domain=tuple(Urgency))

    @model_validator(mode="before")
    @classmethod
    def _spelt_out(cls, value: object) -> object:
        return value if isinstance(value, dict | cls) else {"one_of": value}

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if bool(self.one_of) == bool(self.at_least):
            raise ValueError("needs a level, a list of levels, or at_least")
        return self


class FlagsAre(Condition):
    """One of the flags that reading the mail raised."""

    one_of: OneOrMore[FlagName]

    @override
    @cached_property
    def formula(self) -> Formula:
        return Has(
            fact="flag",
            has=_flagged,
            values=self.one_of,
            found="flag is {}",
            missing=f"flag is {{}}, not {' or '.join(self.one_of)}",
            actual=lambda case: case.report.flags,
        )

    @model_validator(mode="before")
    @classmethod
    def _spelt_out(cls, value: object) -> object:
        return value if isinstance(value, cls) else {"one_of": value}


class MissingElements(Condition):
    """Whether an order or request lacks something that its law asks for; or under which laws it does."""

    lacking: StrictBool = True
    one_of: Annotated[tuple[RegimeName, ...], BeforeValidator(as_list)] = ()

    @override
    @cached_property
    def formula(self) -> Formula:
        if not self.one_of:
            return yes_or_no("order lacks an element", _lacks_any, wanted=self.lacking)
        found, missing = (
            "order under {} lacks an element",
            f"no order under {' or '.join(self.one_of)} lacks an element",
        )
        return Has(fact="incomplete order", has=_lacks, values=self.one_of, found=found, missing=missing)

    @model_validator(mode="before")
    @classmethod
    def _spelt_out(cls, value: object) -> object:
        if isinstance(value, cls):
            return value
        return {"lacking": value} if isinstance(value, bool) else {"one_of": value}


def _lacks_any(case: Case) -> bool:
    return bool(case.missing_elements)


def _lacks(case: Case, regime: str) -> bool:
    return regime in case.missing_elements


def _flagged(case: Case, flag: str) -> bool:
    return flag in case.report.flags


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

    @override
    def _parts(self) -> Iterator[Formula]:
        if self.sender_class:
            classes = tuple(SenderClass)
            yield Among(fact="sender class", of=_class, values=self.sender_class, domain=classes)
        if self.organisation:
            yield Among(fact="organisation", of=_organisation, values=self.organisation)
        if self.country:
            yield Among(fact="country", of=_country, values=self.country)
        if self.address:
            yield Among(fact="address", of=_address, values=self.address)
        if self.domain:
            yield Has(
                fact="domain",
                has=_is_below,
                values=self.domain,
                found="domain is {}",
                missing=f"domain is {{}}, not {' or '.join(self.domain)}",
                actual=lambda case: (case.report.sender.domain or "",),
            )
        if self.verified is not None:
            yield _trust("sender verified", Verification.VERIFIED, wanted=self.verified)
        if self.suspected_forgery is not None:
            forged = Verification.SUSPECTED_FORGERY
            yield _trust("suspected forgery", forged, wanted=self.suspected_forgery)


def yes_or_no(question: str, of: Callable[[Case], bool], *, wanted: bool) -> Among:
    """Whether a yes-or-no fact is as wanted."""
    return Among(
        fact=question,
        of=lambda case: "yes" if of(case) else "no",
        values=("yes" if wanted else "no",),
        domain=("yes", "no"),
        question=question,
        yes=("yes",),
    )


def _trust(question: str, verdict: Verification, *, wanted: bool) -> Among:
    values = tuple(each for each in Verification if (each is verdict) is wanted)
    domain = tuple(Verification)
    return Among(fact="verdict", of=_verdict, values=values, domain=domain, question=question, yes=(verdict,))


def _certainty(case: Case) -> float:
    language = case.report.language
    return language.certainty if language.code else 0.0


def _said_certainty(case: Case) -> str:
    return f"certainty of the language: {_certainty(case):.2f}"


def _class(case: Case) -> str:
    return case.report.sender.sender_class


def _organisation(case: Case) -> str | None:
    return case.report.sender.organisation


def _country(case: Case) -> str | None:
    return case.report.sender.country


def _address(case: Case) -> str:
    return (case.report.sender.address or "").lower()


def _is_below(case: Case, domain: str) -> bool:
    """Whether the sender's domain is this or stands below it."""
    return domain in case.domains


def _verdict(case: Case) -> str:
    return case.report.authenticity.verdict
