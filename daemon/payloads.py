"""What those actions carry that raise a ticket, copy files, add watchers, move a ticket or send mail."""

from dataclasses import dataclass, field
from datetime import date, datetime

from pydantic import TypeAdapter

from connectors.acknowledgement import AckDraft


@dataclass(frozen=True, kw_only=True)
class RaisePayload:
    """What the matter's ticket is raised to; None leaves a field as it is."""

    priority: str | None = None
    due: date | None = None
    clear_due: bool = False
    by_person: bool = False  # then it is written whatever the ticket shows


@dataclass(frozen=True, kw_only=True)
class AttachPayload:
    """A file of the message that is copied to the matter's ticket; its octets stay in the stored mail."""

    sha256: str  # by which it is found in the mail again
    name: str  # made safe
    content_type: str
    size: int  # octets


@dataclass(frozen=True, kw_only=True)
class ReopenPayload:
    """Where the matter's ticket goes if it is closed."""

    status: str


@dataclass(frozen=True, kw_only=True)
class ClosePayload:
    """The matter's ticket is closed."""

    resolution: str  # set where the way there takes it


@dataclass(frozen=True, kw_only=True)
class WatchPayload:
    """Who is told of every change of the matter's ticket."""

    accounts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AckPayload:
    """An acknowledgement, complete but for the ticket's key, which stands as `{ticket}` until it is known."""

    sender: str = field(repr=False)
    sender_name: str
    recipient: str = field(repr=False)
    answers: str | None = field(repr=False)  # the Message-ID of the mail, with its angle brackets
    heading: str
    their_subject: str = field(repr=False)  # put in last, so that nothing in it is replaced
    text: str
    language: str

    def draft(self, *, token: str, ticket: str, at: datetime) -> AckDraft:
        """The mail as it is to be sent at this instant."""
        heading = self.heading.replace("{ticket}", ticket)
        return AckDraft(
            token=token,
            sender=self.sender,
            sender_name=self.sender_name,
            recipient=self.recipient,
            answers=self.answers,
            subject=heading.replace("{subject}", self.their_subject),
            text=self.text.replace("{ticket}", ticket),
            language=self.language,
            at=at,
        )


RAISES: TypeAdapter[RaisePayload] = TypeAdapter(RaisePayload)
ATTACHMENTS: TypeAdapter[AttachPayload] = TypeAdapter(AttachPayload)
TRANSITIONS: TypeAdapter[ReopenPayload | ClosePayload] = TypeAdapter(ReopenPayload | ClosePayload)
WATCHES: TypeAdapter[WatchPayload] = TypeAdapter(WatchPayload)
ACKNOWLEDGEMENTS: TypeAdapter[AckPayload] = TypeAdapter(AckPayload)
