"""Receipts: which report is acknowledged, to whom and in which words.

One receipt a matter, and none where anybody might be deceived, flooded or answered twice.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Acknowledge
from connectors.acknowledgement import acknowledgement, message_id
from connectors.errors import Refused
from connectors.jira.text import one_line, shortened
from daemon.decision import Decision
from daemon.payloads import AckPayload
from daemon.store.models import Action, LookupKey, Matter, Recovery
from daemon.store.states import ActionKind, KeyKind
from daemon.tokens import action_token
from rules.clocks import governing
from rules.site import Site

SUBJECT_LENGTH = 150
CERTAIN = 0.8  # of the language; below it the sender is addressed in the fallback language
ONE_DAY = timedelta(days=1)
RECENT_MATTERS = 200
"""Of a party, among which the acknowledgements of a day are counted."""


def receipt_of(
    session: Session, decision: Decision, site: Site, recovery: Recovery | None
) -> AckPayload | None:
    """What the sender is told about the matter that the message opens; None for nothing.

    `recovery` is the last one there was.
    """
    settings = site.settings.acknowledge
    if settings is None or not _is_due(decision) or _may_repeat(session, decision, recovery):
        return None
    payload = _payload(decision, settings, site)
    if payload is None or not _is_sendable(payload, decision.message.received_at):
        return None
    is_flooded = _sent_lately(session, decision, payload.recipient) >= settings.most_a_day
    return None if is_flooded else payload


def key_of(receipt: AckPayload, decision: Decision) -> LookupKey:
    """By which an answer to the receipt leads to the matter."""
    token = action_token(ActionKind.ACKNOWLEDGE, decision.message)
    draft = receipt.draft(token=token, ticket="", at=decision.message.received_at)
    return LookupKey(
        kind=KeyKind.MESSAGE_ID,
        value=message_id(draft).strip("<>"),
        party=decision.matter.party,
        matter_id=decision.matter.id,
        message_id=decision.message.id,
    )


def _is_due(decision: Decision) -> bool:
    return (
        decision.route.acknowledgement is not None
        and decision.standing.joins is None
        and decision.held is None
        and not decision.message.backfilled
        and decision.report.acknowledgement.allowed
    )


def _may_repeat(session: Session, decision: Decision, recovery: Recovery | None) -> bool:
    """Whether the message may have been acknowledged before the database was restored."""
    if recovery is None:
        return False
    allowed = select(Recovery.acknowledging).where(Recovery.at == recovery.at)
    return recovery.at > decision.message.received_at or not session.scalar(allowed)


def _payload(decision: Decision, settings: Acknowledge, site: Site) -> AckPayload | None:
    report = decision.report
    wanted = report.language.code if report.language.certainty >= CERTAIN else None
    found = site.acknowledgements.of(decision.route.acknowledgement or "", wanted)
    if found is None or report.sender.address is None:
        return None
    language, words = found
    identifier = report.thread.message_id
    return AckPayload(
        sender=settings.sender,
        sender_name=settings.sender_name,
        recipient=report.sender.address,
        answers=f"<{identifier}>" if identifier else None,
        heading=words.subject,
        their_subject=shortened(one_line(report.subject), SUBJECT_LENGTH),
        text=words.filled_text(received=_told(report.received_at), due_at=_limit(decision)),
        language=language,
    )


def _limit(decision: Decision) -> str | None:
    """The binding limit in the sender's own words; one that we computed is for a person to confirm first."""
    clock = governing(decision.clocks)
    is_theirs = clock is not None and clock.binding and not clock.confirm
    return _told(clock.due_at) if clock and is_theirs else None


def _told(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def _is_sendable(payload: AckPayload, at: datetime) -> bool:
    """Whether the recipient has an address that every mail server takes."""
    try:
        acknowledgement(payload.draft(token="", ticket="", at=at))
    except Refused:
        return False
    return True


def _sent_lately(session: Session, decision: Decision, recipient: str) -> int:
    """How many acknowledgements to this address the last day's mail has led to."""
    since = decision.message.received_at - ONE_DAY
    recent = select(Matter.id).where(Matter.party == decision.matter.party, Matter.opened_at > since)
    planned = select(Action.payload).where(
        Action.kind == ActionKind.ACKNOWLEDGE,
        Action.matter_id.in_(recent.order_by(Matter.id.desc()).limit(RECENT_MATTERS)),
    )
    return sum(payload["recipient"] == recipient for payload in session.scalars(planned))
