"""The facts of a test beside the rules, written in the words of the conditions."""

from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, model_validator

from config.durations import Duration
from config.organisations import CountryCode, Domain
from config.yaml_file import Problem, found
from parsers.facts import (
    Acknowledgement,
    Attachment,
    Authenticity,
    Harm,
    Kind,
    LanguageGuess,
    Reference,
    ReferenceKind,
    RelationType,
    Report,
    Sender,
    SenderClass,
    StatedUrgency,
    Thread,
    Urgency,
    Verification,
)
from rules.case import Case
from rules.condition import Several, Text
from rules.content_fields import ContentType, Size
from rules.fields import Address
from rules.names import FlagName, LanguageCode, MailboxName, OrganisationName, ReferenceText, RegimeName

BESIDE_A_MAIL = frozenset({"mail", "mailbox", "at"})
_NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


class GivenAttachment(BaseModel):
    """One attached file of a test."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: Text = "file"
    content_type: ContentType = Field("application/octet-stream", alias="type")
    encrypted: StrictBool = False

    def attachment(self) -> Attachment:
        """The attachment of a report."""
        flags = frozenset({"encrypted"}) if self.encrypted else frozenset[str]()
        return Attachment(name=self.name, content_type=self.content_type, size=0, sha256="", flags=flags)


class GivenSender(BaseModel):
    """Who speaks in a test; nobody in particular unless it says so."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    sender_class: SenderClass = Field(SenderClass.UNKNOWN, alias="class")
    organisation: OrganisationName | None = None
    address: Address | None = None
    domain: Domain | None = None
    country: CountryCode | None = None
    verified: StrictBool = False
    suspected_forgery: StrictBool = False

    def authenticity(self) -> Authenticity:
        """The verdict that the two yes-or-no facts describe."""
        if self.suspected_forgery:
            return Authenticity(verdict=Verification.SUSPECTED_FORGERY)
        return Authenticity(verdict=Verification.VERIFIED if self.verified else Verification.UNVERIFIED)

    def sender(self) -> Sender:
        """The sender of a report."""
        return Sender(
            address=self.address or (f"desk@{self.domain}" if self.domain else None),
            domain=self.domain or (self.address.partition("@")[2] if self.address else None),
            organisation=self.organisation,
            sender_class=self.sender_class,
            country=self.country,
        )


class Given(BaseModel):
    """The case of a test: a new, readable report of normal urgency unless it says otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    mail: Text | None = None
    """A mail file, read instead of the facts; a relative path begins at the site's folder."""
    mailbox: MailboxName = "mailbox"
    kind: Kind = Kind.REPORT
    language: LanguageCode | None = None
    urgency: Urgency = Urgency.NORMAL
    harm: Harm = Harm.OTHER
    relation: RelationType = RelationType.NEW
    sender: GivenSender = Field(default_factory=lambda: GivenSender.model_validate({}))
    language_certainty: Annotated[float, Field(ge=0, le=1)] = 1.0
    at: AwareDatetime = _NOW
    """The instant of the decision, with its offset, such as 2026-11-06T23:30+03:00."""
    due_in: Duration | None = None
    """The time left on the governing clock."""
    regimes: Several[RegimeName] = ()
    """The laws that set its clocks."""
    missing_elements: Several[RegimeName] = ()
    """The laws under which the order lacks an element."""
    size: Size = 10_000
    attachments: Several[GivenAttachment] = ()
    references: Several[ReferenceText] = ()
    authority_ref: Text | None = None
    subject: str = ""
    own_text: str = ""
    flags: Several[FlagName] = ()
    held: Text | None = None
    """Why the message needs a person."""

    @model_validator(mode="after")
    def _mail_or_facts(self) -> Self:
        beside = sorted(self.model_fields_set - BESIDE_A_MAIL) if self.mail else []
        if beside:
            hint = "a mail brings its own facts; only mailbox and at may stand beside it"
            raise found([Problem((name,), "stands beside mail", hint) for name in beside])
        return self

    def case(self) -> Case:
        """The case of the facts, to be decided at a fixed instant."""
        return Case(
            report=self._report(),
            mailbox=self.mailbox,
            relation=self.relation,
            urgency=self.urgency,
            now=self.at,
            due=None if self.due_in is None else self.at + self.due_in,
            held=self.held,
            regimes=frozenset(self.regimes),
            missing_elements=frozenset(self.missing_elements),
            size=self.size,
        )

    def _report(self) -> Report:
        return Report(
            received_at=self.at,
            subject=self.subject,
            sender=self.sender.sender(),
            authenticity=self.sender.authenticity(),
            kind=self.kind,
            language=LanguageGuess(code=self.language, certainty=self.language_certainty),
            own_text=self.own_text,
            urgency=StatedUrgency(level=self.urgency),
            harm=self.harm,
            thread=Thread(),
            content_digest="",
            acknowledgement=Acknowledgement(allowed=False, reason="a test"),
            references=tuple(_reference(text) for text in self.references),
            authority_ref=self.authority_ref,
            flags=frozenset(self.flags),
            attachments=tuple(each.attachment() for each in self.attachments),
        )


def _reference(text: str) -> Reference:
    kind, _, value = text.partition(":")
    return Reference(kind=ReferenceKind(kind), value=value)
