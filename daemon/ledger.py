"""The record of what happened, when, and why.

Entries are written in the transaction of the step that they speak of. They hold ids, codes and
digests; words that could be personal live in rows that can be erased.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from daemon.store.models import LedgerEntry
from daemon.store.rows import NewRows

Facts = Mapping[str, str | int | bool | None]
ENTRY = NewRows(LedgerEntry, "at", "event", "message_id", "matter_id", "action_id", "facts")
ENTRIES = NewRows(LedgerEntry, "at", "event", "message_id", "facts")


class Event(StrEnum):
    """What a ledger entry can say."""

    EPOCH_OPENED = "epoch opened"  # a mailbox was seen for the first time, or its UIDVALIDITY changed
    COLLECTED = "collected"
    RECOGNISED = "recognised"  # known mail met again under a new UIDVALIDITY
    RECONCILED = "reconciled"  # the mailbox and what is stored of it differ otherwise than before
    ASSESSED = "assessed"
    ASSESS_FAILED = "assess failed"
    HELD = "held"
    DECIDED = "decided"
    DECIDE_FAILED = "decide failed"
    RELEASED = "released"  # a person has looked at a held message: it is handled on its ticket
    SET_ASIDE = "set aside"  # a person has looked at a held message: nothing is to be done
    HANDED_OUT = "handed out"  # the octets of a message were given to a person
    SENDING = "sending"
    DONE = "done"
    ADOPTED = "adopted"  # found by its token: an earlier try had been carried out
    NOT_DONE = "not done"  # definitely not carried out; it will be tried again
    FAILED = "failed"  # given up; a person has to see to it
    RETRIED = "retried"  # a person lets a failed action be tried again
    LEFT = "left"  # a person lets a failed action be: it was seen to otherwise
    TWIN_CLOSED = "twin closed"  # a second ticket of one matter was found, linked and closed
    DOUBLE_REMOVED = "double removed"  # what a late call had written a second time was deleted
    DOUBLE_LEFT = "double left"  # it could not be looked for or deleted: a person has to see to it
    RECOVERED = "recovered"  # a restored backup was taken into use
    ACKNOWLEDGING = "acknowledging"  # after that, a person lets acknowledgements go out again
    CORRECTED = "corrected"  # a person has put a matter right
    CLOCK_STOPPED = "clock stopped"  # a later mail of the matter extended it or took the order back
    RULES_ACTIVATED = "rules activated"  # from here on this rule set governs
    UNKNOWN = "unknown"  # may have been carried out; it will be looked for


def record(
    session: Session,
    event: Event,
    at: datetime,
    *,
    message_id: int | None = None,
    matter_id: int | None = None,
    action_id: int | None = None,
    **facts: str | int | bool | None,
) -> None:
    """Add an entry to the transaction under way."""
    session.flush()  # it may speak of rows that are still to be written
    ENTRY.insert(session, [(at, event.value, message_id, matter_id, action_id, facts)])


def record_each(session: Session, event: Event, at: datetime, facts_of: Mapping[int, Facts]) -> None:
    """Add an entry for each of many messages, which are given by their ids."""
    if facts_of:
        ENTRIES.insert(session, ((at, event.value, *each) for each in facts_of.items()))
