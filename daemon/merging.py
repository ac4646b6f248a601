"""A person merges two matters: the one joins the other, which goes on with the ticket that is kept."""

from collections.abc import Iterator

from sqlalchemy import select, update

from config.errors import MailwardenError
from connectors.twins import DUPLICATE
from daemon.bearing import earliest
from daemon.corrections import Corrected, Correcting, Note, listed
from daemon.payloads import TRANSITIONS, ClosePayload, RaisePayload
from daemon.plan import LINKS, LinkPayload, due_date, hasten
from daemon.store.models import LookupKey, Matter, MatterClock, Relation
from daemon.store.states import ActionKind, CorrectionKind
from daemon.urgency_correction import priority_at


class NotMerged(MailwardenError):
    """These two can't become one matter."""


def merge(correcting: Correcting, one: str, other: str) -> Corrected:
    """The matter with the lower key is kept, with all messages, the earliest clock and the higher urgency.

    Later mail on either goes to the one that is kept. The other's ticket is linked to it and closed.

    Raises:
        NoSuchMatter: nothing has one of the names.
        NotMerged: they are one matter, of two parties, or one is part of a third.
    """
    kept, gone = _kept_first(*correcting.lock(one, other))
    if kept.id == gone.id:
        raise NotMerged(f"{one} and {other} are one and the same matter")
    for part, whole in ((kept, gone), (gone, kept)):
        if part.merged_into == whole.id:
            said = f"{part.name} was merged into {whole.name} before. Nothing is to be done."
            return Corrected(matter=whole.name, other=part.name, changed=False, steps=(said,))
    _require_mergeable(correcting, kept, gone)
    messages = _move_rows(correcting, kept, gone)
    _plan_kept(correcting, kept, gone, messages)
    _plan_gone(correcting, kept, gone)
    correcting.record(CorrectionKind.MERGE, kept, {"kept": kept.id, "merged": gone.id}, gone)
    return Corrected(matter=kept.name, other=gone.name, steps=tuple(_steps(kept, gone, messages)))


def _kept_first(one: Matter, other: Matter) -> tuple[Matter, Matter]:
    """The lower key of a project is kept; where that does not tell, the older matter."""
    keys = [(matter.ticket_key or "").rpartition("-") for matter in (one, other)]
    is_by_key = keys[0][0] == keys[1][0] and all(number for _, _, number in keys)
    places = [int(number) for _, _, number in keys] if is_by_key else [one.id, other.id]
    return (one, other) if places[0] <= places[1] else (other, one)


def _require_mergeable(correcting: Correcting, kept: Matter, gone: Matter) -> None:
    for matter in (kept, gone):
        if matter.merged_into is not None:
            whole = correcting.session.get_one(Matter, matter.merged_into)
            raise NotMerged(f"{matter.name} was merged into {whole.name}; name {whole.name}")
    if kept.party != gone.party:
        raise NotMerged(
            f"{kept.name} and {gone.name} are of two parties, and each has its own clock; link them in Jira"
        )


def _move_rows(correcting: Correcting, kept: Matter, gone: Matter) -> list[int]:
    """All that is known of the one is known of the other; returns the messages that moved."""
    session = correcting.session
    of_gone = select(Relation.message_id).where(Relation.matter_id == gone.id)
    messages = sorted(session.scalars(of_gone))
    told = Relation.reason + f"; a person merged {gone.name} into {kept.name}"
    session.execute(update(Relation).where(Relation.matter_id == gone.id).values(reason=told))
    for table in (Relation, LookupKey, MatterClock):
        session.execute(update(table).where(table.matter_id == gone.id).values(matter_id=kept.id))
    session.execute(update(Relation).where(Relation.related_to == gone.id).values(related_to=kept.id))
    session.execute(update(Matter).where(Matter.merged_into == gone.id).values(merged_into=kept.id))
    gone.merged_into, gone.due_at = kept.id, None
    kept.verified = kept.verified or gone.verified
    return messages


def _plan_kept(correcting: Correcting, kept: Matter, gone: Matter, messages: list[int]) -> None:
    before = kept.urgency, due_date(kept)
    kept.due_at = earliest(correcting.session, kept)
    if not kept.urgency_by_person:
        kept.urgency = max(kept.urgency, gone.urgency, key=lambda urgency: urgency.rank)
    note = Note(
        heading="Merged by a person",
        sentence="Another ticket on the same matter was merged into this one. Later mail on it comes here.",
        rows=(("Merged", gone.name), ("Mail", listed(messages))),
    )
    correcting.tell(kept, note)
    if before != (kept.urgency, due_date(kept)):
        hasten(correcting.session, kept)
        priority = None if kept.urgency_by_person else priority_at(correcting, kept)
        correcting.raise_to(kept, RaisePayload(priority=priority, due=due_date(kept)))


def _plan_gone(correcting: Correcting, kept: Matter, gone: Matter) -> None:
    note = Note(
        heading="Merged by a person",
        sentence="This ticket is about the same matter as the one below, which goes on. This one is closed.",
        rows=(("Go on with", kept.name),),
    )
    correcting.tell(gone, note)
    link = LinkPayload(other_matter=kept.id, link_type=DUPLICATE)
    correcting.plan_one(gone, ActionKind.LINK, LINKS.dump_python(link, mode="json"))
    close = TRANSITIONS.dump_python(ClosePayload(resolution=DUPLICATE), mode="json")
    correcting.plan_one(gone, ActionKind.TRANSITION, close)


def _steps(kept: Matter, gone: Matter, messages: list[int]) -> Iterator[str]:
    yield f"{gone.name} joins {kept.name}, with {listed(messages)} and its clocks; the earliest governs."
    yield f"{gone.name} is linked to {kept.name} as its duplicate, and closed."
    yield "Both get a comment with who and why. Later mail on either goes to the one that is kept."
