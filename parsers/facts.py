"""The vocabulary of a Report: what reading one message can say.

Every value here is frozen and comparable, so that a report can be stored, read back and decided
again with the same outcome.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, PlainSerializer, TypeAdapter


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant


Instant = Annotated[datetime, AfterValidator(_aware)]
"""A point in time with its zone; the type refuses naive datetimes when a report is read back."""

Flags = Annotated[frozenset[str], PlainSerializer(sorted, return_type=list[str])]
"""Remarks in a few words each; written in a fixed order, so that equal reports are written alike."""


class Kind(StrEnum):
    """What sort of mail this is, judged by how it came about rather than by what it asks."""

    REPORT = "report"  # an order, request, notice: anything sent on the sender's own account
    REPLY = "reply"  # a person answering in an existing conversation
    AUTO_REPLY = "auto_reply"  # absence notes, receipts, ticket robots (RFC 3834)
    BOUNCE = "bounce"  # a delivery report (RFC 3464) or its look-alikes
    NEWSLETTER = "newsletter"
    SPAM = "spam"


NOBODY_ASKS = frozenset({Kind.AUTO_REPLY, Kind.BOUNCE, Kind.NEWSLETTER, Kind.SPAM})
"""The kinds of mail by which no person asks us for anything."""


class SenderClass(StrEnum):
    """What the organisations file says about the sender's domain; nothing about being genuine."""

    REGULATOR = "regulator"
    LAW_ENFORCEMENT = "law_enforcement"
    PARTNER = "partner"
    PUBLIC = "public"  # a mailbox provider: anybody
    UNKNOWN = "unknown"


class Verification(StrEnum):
    """Whether our own receiving server vouches for the From domain (RFC 8601)."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"  # no verdict, or one that proves nothing
    SUSPECTED_FORGERY = (
        "suspected_forgery"  # our server saw the check fail, or the name shows another's address
    )


class Urgency(StrEnum):
    """How soon somebody has to act. Ordered: see `rank`."""

    LOW = "low"  # nothing to do
    NORMAL = "normal"
    HIGH = "high"  # a binding limit of up to 24 hours, or serious harm that goes on
    CRITICAL = "critical"  # a life or a known child in danger now, or a binding limit of 4 hours or less

    @property
    def rank(self) -> int:
        """0 for low up to 3 for critical."""
        return list(Urgency).index(self)


class Harm(StrEnum):
    """The subject of a report in one word."""

    TERRORISM = "terrorism"
    CHILD_SAFETY = "child_safety"
    SELF_HARM = "self_harm"
    VIOLENCE = "violence"
    HATE = "hate"
    HARASSMENT = "harassment"
    PRIVACY = "privacy"
    FRAUD = "fraud"
    ILLEGAL_GOODS = "illegal_goods"
    ELECTION = "election"
    DANGEROUS_CHALLENGE = "dangerous_challenge"
    IP = "ip"
    OTHER = "other"
    NONE = "none"  # thanks, information, automatic mail, spam


UNTOLD_HARMS = frozenset({Harm.OTHER, Harm.NONE})
"""Those that do not say what a mail is about."""


class RelationType(StrEnum):
    """How a report stands to what is already known."""

    NEW = "new"
    DUPLICATE = "duplicate"  # the same organisation, the same matter, nothing new
    FOLLOWUP = "followup"  # the same matter with new facts, an answer, an automatic reply
    RELATED = "related"  # somebody else on the same content: a ticket of its own, linked


class ReferenceKind(StrEnum):
    """What kind of thing on the platform a reference names."""

    VIDEO = "video"
    LIVE = "live"
    SOUND = "sound"
    SHORT = "short"  # a shortened link; its code is case-sensitive
    USER = "user"
    HASHTAG = "hashtag"


@dataclass(frozen=True, kw_only=True, order=True)
class Reference:
    """A thing reported, normalised: users and hashtags in lower case, codes as written."""

    kind: ReferenceKind
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


@dataclass(frozen=True, kw_only=True)
class Elapsed:
    """A limit of so many hours of elapsed time, counted from receipt."""

    hours: float
    form: Literal["elapsed"] = "elapsed"


@dataclass(frozen=True, kw_only=True)
class WorkingDays:
    """A limit of so many working days after the day of receipt."""

    days: int
    form: Literal["working_days"] = "working_days"


@dataclass(frozen=True, kw_only=True)
class Until:
    """A limit at a named instant."""

    at: Instant
    zone_assumed: bool = False  # the mail named no zone; the organisation's was taken
    form: Literal["until"] = "until"


Limit = Elapsed | WorkingDays | Until


@dataclass(frozen=True, kw_only=True)
class StatedClock:
    """A time limit in the mail's own words."""

    limit: Limit
    phrase: str  # the words that state it, as written
    position: int  # where the phrase starts in the text that it was read from, in characters
    binding: bool = True  # False: a wish
    source: str = "own text"  # or the name of the attachment
    extends: bool = False  # the sender moves an earlier limit to this one


@dataclass(frozen=True, kw_only=True)
class Withdrawal:
    """The sender takes an earlier order or request back."""

    phrase: str  # the words that say so, as written
    position: int  # where they begin, in characters


@dataclass(frozen=True, kw_only=True)
class FoundElement:
    """Something that a law asks an order or request to contain, and that is there."""

    element: str  # its id in clocks.yaml
    words: str  # by which it was found, as written


@dataclass(frozen=True, kw_only=True)
class OrderElements:
    """What a mail contains of that which a law, of which it speaks, asks for."""

    regime: str  # the id of the law's row in clocks.yaml
    found: tuple[FoundElement, ...] = ()
    missing: tuple[str, ...] = ()  # ids of elements
    unjudged: tuple[str, ...] = ()  # ids of elements for which there are no words of the mail's language


@dataclass(frozen=True, kw_only=True)
class StatedUrgency:
    """The urgency that the mail states, with the sentences that decided."""

    level: Urgency
    sentences: tuple[str, ...] = ()
    score: float = 0.0  # how much spoke for danger or lasting harm; 5 makes critical, 3 makes high


@dataclass(frozen=True, kw_only=True)
class LanguageGuess:
    """The language of the author's own words."""

    code: str | None  # ISO 639-1; None when the author wrote nothing readable
    certainty: float = 0.0  # 0 to 1
    also: tuple[str, ...] = ()  # further languages in which substantial parts are written


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who speaks, as written in From, and what the organisations file knows about that domain."""

    address: str | None  # the first From address, domain in lower case; None when there is none
    display_name: str = ""
    domain: str | None = None
    organisation: str | None = None  # its id in the organisations file
    sender_class: SenderClass = SenderClass.UNKNOWN
    country: str | None = None  # ISO 3166-1 alpha-2

    @property
    def party(self) -> str:
        """Whose concern a matter is: the organisation's id, else the address, else nobody's."""
        if self.organisation and self.sender_class is not SenderClass.PUBLIC:
            return self.organisation
        return self.address or "nobody"


class AttachmentRole(StrEnum):
    """What a file does in its mail."""

    ATTACHMENT = "attachment"
    INLINE = "inline"  # a picture shown in the text
    SIGNATURE = "signature"  # a cryptographic one (RFC 1847)
    CONTAINER = "container"  # holds the mail or its files: winmail.dat, ciphertext, a returned mail
    CALENDAR = "calendar"  # an invitation (RFC 6047)


@dataclass(frozen=True, kw_only=True)
class ArchiveMember:
    """A file that an archive lists."""

    path: str  # made safe: stays below where it is unpacked
    size: int  # bytes unpacked, as the archive states it
    encrypted: bool = False


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that came with the mail. Its bytes stay in the raw message."""

    name: str | None  # decoded, not made safe
    content_type: str  # of the content, whatever the mail claims
    size: int  # bytes after transfer decoding
    sha256: str  # of these bytes; of an attached message: of the message as it was sent
    safe_name: str = ""  # without path and control characters; unique within the mail, never empty
    declared_type: str = ""  # what the mail claims
    role: AttachmentRole = AttachmentRole.ATTACHMENT
    container: str | None = None  # the name of the attachment in which it was found
    members: tuple[ArchiveMember, ...] = ()  # of an archive, within bounds
    flags: Flags = field(default_factory=frozenset)  # such as "encrypted", "macro", "unreadable"


@dataclass(frozen=True, kw_only=True)
class DocumentFacts:
    """What the text of one attachment states: evidence beside the author's own words."""

    source: str  # the safe name of the attachment; for a file in an archive both, with "/" between
    language: LanguageGuess
    urgency: StatedUrgency
    harm: Harm
    harm_sentences: tuple[str, ...] = ()  # that said so
    clocks: tuple[StatedClock, ...] = ()
    references: tuple[Reference, ...] = ()
    authority_ref: str | None = None


class Stance(StrEnum):
    """How a mail says that it stands to what its writer sent before."""

    REMINDS = "reminds"  # it is sent again, or asks for an answer that is missing
    ADDS = "adds"  # something has changed, is added or is answered
    ELSEWHERE = "elsewhere"  # it is about another matter than the mail that it answers


Stances = Annotated[frozenset[Stance], PlainSerializer(sorted, return_type=list[str])]


class OutcomeKind(StrEnum):
    """What a machine reports about mail that was sent."""

    DELIVERY = "delivery"  # whether it arrived (RFC 3464)
    READING = "reading"  # that it was shown, or deleted unread (RFC 8098)
    COMPLAINT = "complaint"  # that its reader called it unwanted (RFC 5965)


@dataclass(frozen=True, kw_only=True)
class MailOutcome:
    """What became of one mail for one recipient, as a machine reports it."""

    kind: OutcomeKind
    message_id: str | None = None  # of the mail that is reported on, without brackets
    recipient: str | None = None
    status: str = ""  # such as "failed 5.1.1", "manual-action/MDN-sent-manually; displayed", "abuse"


@dataclass(frozen=True, kw_only=True)
class Thread:
    """The identifiers by which mails point to each other (RFC 5322, section 3.6.4), without brackets."""

    message_id: str | None = None
    points_to: tuple[str, ...] = ()  # In-Reply-To, References newest first, a bounce's original
    ticket_keys: tuple[str, ...] = ()  # what looks like a Jira key in the subject or the author's words


@dataclass(frozen=True, kw_only=True)
class Authenticity:
    """Whether the sender is who From says, and why we think so."""

    verdict: Verification
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Acknowledgement:
    """Whether an automatic receipt may be sent (RFC 3834)."""

    allowed: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """What reading a message yields. It says what the mail states, not what holds for its matter."""

    received_at: Instant
    subject: str
    sender: Sender
    authenticity: Authenticity
    kind: Kind
    language: LanguageGuess
    own_text: str
    urgency: StatedUrgency
    harm: Harm
    thread: Thread
    content_digest: str  # SHA-256 over what the sender sent, without the trace fields that transport adds
    acknowledgement: Acknowledgement
    harm_sentences: tuple[str, ...] = ()  # that said so
    clocks: tuple[StatedClock, ...] = ()
    withdrawal: Withdrawal | None = None
    orders: tuple[OrderElements, ...] = ()  # for each law that an order or request speaks of
    references: tuple[Reference, ...] = ()
    references_elsewhere: tuple[Reference, ...] = ()  # in forwarded parts, quotes and attachments
    references_forwarded: tuple[Reference, ...] = ()  # of these: in mail that is passed on
    references_quoted: tuple[Reference, ...] = ()  # in the mail that is answered
    references_attached: tuple[Reference, ...] = ()  # in attached mails; documents have theirs
    forwarded_sender: str | None = None  # the address of whoever wrote the mail that is passed on
    authority_ref: str | None = None  # the sender's own case number
    stances: Stances = field(default_factory=frozenset)  # in the author's own words
    attachments: tuple[Attachment, ...] = ()
    documents: tuple[DocumentFacts, ...] = ()  # what the attachments state, in their order
    outcomes: tuple[MailOutcome, ...] = ()  # of delivery reports, read receipts and complaints
    flags: Flags = field(default_factory=frozenset)  # such as "encrypted", "no sender"


REPORTS: TypeAdapter[Report] = TypeAdapter(Report)
"""Turns reports into JSON and back; what comes back is equal to what went in."""
