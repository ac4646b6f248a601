"""What machines report about mail: delivery (RFC 3464), reading (RFC 8098), complaints (RFC 5965)."""

import re
from collections.abc import Iterator

from parsers.facts import MailOutcome, OutcomeKind
from parsers.headers import message_ids
from parsers.part import Fields, Part

_DELIVERY = frozenset({"message/delivery-status", "message/global-delivery-status"})
_READING = frozenset({"message/disposition-notification", "message/global-disposition-notification"})
_COMPLAINT = "message/feedback-report"
_RETURNED_HEADERS = frozenset({"text/rfc822-headers", "message/global-headers"})
_TYPED_ADDRESS = re.compile(r"^[a-z0-9-]{1,20}\s{0,9};\s{0,9}", re.IGNORECASE)
_ENHANCED_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_QUOTED_ID = re.compile(r"^[> \t]{0,10}message-id:\s{0,9}<([^<>\s]{1,900})>", re.IGNORECASE | re.MULTILINE)
_SCANNED_CHARACTERS = 100_000
_MAX_OUTCOMES = 50


def read_outcomes(root: Part) -> tuple[MailOutcome, ...]:
    """What a machine reports about mail of ours, one value a recipient, at most 50."""
    original = next(iter(returned_ids(root)), None)
    outcomes = [outcome for part in root.own_parts() for outcome in _outcomes(part, original)]
    return tuple(outcomes[:_MAX_OUTCOMES])


def is_delivery_report(root: Part) -> bool:
    """Whether a machine reports what became of a mail on its way."""
    return any(part.content_type in _DELIVERY for part in root.own_parts())


def is_receipt(root: Part) -> bool:
    """Whether a mail program tells that a mail was read, or deleted unread."""
    return any(part.content_type in _READING for part in root.own_parts())


def is_complaint(root: Part) -> bool:
    """Whether a mailbox provider passes on what a reader called unwanted."""
    return any(part.content_type == _COMPLAINT for part in root.own_parts())


def returned_ids(root: Part, body_text: str = "") -> tuple[str, ...]:
    """The Message-ID of the mail that is reported on: stated, given back whole, as headers, or quoted."""
    stated = [
        identifier
        for part in root.own_parts()
        for block in part.blocks
        for identifier in message_ids(_value(block, "original-message-id"))
    ]
    attached = [
        identifier
        for message in root.attached_messages()
        for identifier in message_ids(message.field("message-id"))
    ]
    headers = [part.text for part in root.own_parts() if part.content_type in _RETURNED_HEADERS]
    quoted = [
        identifier
        for text in (*headers, body_text)
        for identifier in _QUOTED_ID.findall(text[:_SCANNED_CHARACTERS])
    ]
    return tuple(dict.fromkeys([*stated, *attached, *quoted]))


def _outcomes(part: Part, original: str | None) -> Iterator[MailOutcome]:
    if part.content_type in _DELIVERY:
        for block in part.blocks:
            if _value(block, "final-recipient") or _value(block, "original-recipient"):
                yield _delivery(block, original)
    elif part.content_type in _READING:
        for block in part.blocks[:1]:
            yield MailOutcome(
                kind=OutcomeKind.READING,
                message_id=original,
                recipient=_recipient(block),
                status=_value(block, "disposition"),
            )
    elif part.content_type == _COMPLAINT:
        for block in part.blocks[:1]:
            yield MailOutcome(
                kind=OutcomeKind.COMPLAINT,
                message_id=original,
                recipient=_value(block, "original-rcpt-to").strip("<>") or None,
                status=_value(block, "feedback-type"),
            )


def _delivery(block: Fields, original: str | None) -> MailOutcome:
    stated = _ENHANCED_STATUS.search(f"{_value(block, 'status')} {_value(block, 'diagnostic-code')[:400]}")
    return MailOutcome(
        kind=OutcomeKind.DELIVERY,
        message_id=original,
        recipient=_recipient(block),
        status=f"{_value(block, 'action').lower()} {stated[1] if stated else ''}".strip(),
    )


def _recipient(block: Fields) -> str | None:
    typed = _value(block, "final-recipient") or _value(block, "original-recipient")
    return _TYPED_ADDRESS.sub("", typed).strip("<> ") or None


def _value(block: Fields, name: str) -> str:
    return next((value for key, value in block if key == name), "")
