"""Reports and messages for tests, all alike but for what a test names."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from parsers.facts import (
    Acknowledgement,
    Authenticity,
    Harm,
    Kind,
    LanguageGuess,
    Reference,
    ReferenceKind,
    Report,
    Sender,
    SenderClass,
    StatedUrgency,
    Thread,
    Urgency,
    Verification,
)

RECEIVED = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)

ALICE = Sender(
    address="alice@regulator.example",
    domain="regulator.example",
    organisation="regulator",
    sender_class=SenderClass.REGULATOR,
    country="TR",
)
BOB = Sender(
    address="bob@partner.example",
    domain="partner.example",
    organisation="partner",
    sender_class=SenderClass.PARTNER,
)
CHARLIE = Sender(address="charlie@mail.example", domain="mail.example", sender_class=SenderClass.PUBLIC)

VERIFIED = Authenticity(verdict=Verification.VERIFIED, reasons=("DMARC passed",))
UNVERIFIED = Authenticity(verdict=Verification.UNVERIFIED, reasons=("no verdict",))

PLAIN = Report(
    received_at=RECEIVED,
    subject="A report",
    sender=ALICE,
    authenticity=VERIFIED,
    kind=Kind.REPORT,
    language=LanguageGuess(code="en", certainty=0.99),
    own_text="Please remove the video that we describe in this letter.",
    urgency=StatedUrgency(level=Urgency.NORMAL),
    harm=Harm.FRAUD,
    thread=Thread(message_id="one@regulator.example"),
    content_digest="digest of one",
    acknowledgement=Acknowledgement(allowed=True, reason="a person wrote"),
)


def report(**changes: Any) -> Report:  # noqa: ANN401  (any field of a report)
    """The plain report with some fields changed."""
    return replace(PLAIN, **changes)


def video(number: str) -> Reference:
    """A reference to a video."""
    return Reference(kind=ReferenceKind.VIDEO, value=number)
