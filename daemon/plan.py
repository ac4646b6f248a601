"""Plan: what a decision does to the outside, as rows that the deliver step carries out later, once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from connectors.tickets import TicketDraft, TicketText
from daemon.compose import describe, summarise, update_note
from daemon.decision import Decision, due_by
from daemon.payloads import (
    ACKNOWLEDGEMENTS,
    ATTACHMENTS,
    RAISES,
    TRANSITIONS,
    WATCHES,
    AttachPayload,
    RaisePayload,
    ReopenPayload,
    WatchPayload,
)
from daemon.receipts import key_of, receipt_of
from daemon.relate import AUTOMATIC
from daemon.store.models import DUE_AT_ONCE, Action, Matter, Message, Recovery, Routing, table_of
from daemon.store.rows import NewRows, Row
from daemon.store.states import FINISHED, ActionKind, ActionState
from daemon.store.types import Document
from daemon.tokens import action_token, create_token
from parsers.facts import Attachment, Urgency, Verification
from rules.routing import ROUTES, Route
from rules.site import Site
from rules.ticket_keys import Audience

FAR_FUTURE = datetime(9999, 12, 31, tzinfo=UTC)
BEHIND_ALL = datetime(9999, 12, 31, 12, tzinfo=UTC)
"""By when acknowledgements are due: never, and by an instant of their own, under which the index has them."""
LINK_TYPE = "Relates"
NEW = NewRows(
    Action,
    "matter_id",
    "message_id",
    "kind",
    "position",
    "token",
    "payload",
    "deliver_by",
    "urgency_order",
    "state",
    "next_try_at",
    "look_first",
    "key_floor",
    "tries",
)
_ROUTING = table_of(Routing).c
VISIBILITY = select(_ROUTING.route["comment_visibility"]).where(_ROUTING.message_id == bindparam("message"))

Wanted = tuple[ActionKind, str, Document]
"""An action to be planned: its kind, token and payload."""


@dataclass(frozen=True, kw_only=True)
class CommentPayload:
    """A comment to be added to the matter's ticket."""

    text: TicketText
    seen_by: Audience | None = None  # None for everybody who sees the ticket


@dataclass(frozen=True, kw_only=True)
class LinkPayload:
    """A link from the matter's ticket to that of another matter."""

    other_matter: int
    link_type: str = LINK_TYPE


DRAFTS: TypeAdapter[TicketDraft] = TypeAdapter(TicketDraft)
AUDIENCES: TypeAdapter[Audience | None] = TypeAdapter(Audience | None)
COMMENTS: TypeAdapter[CommentPayload] = TypeAdapter(CommentPayload)
LINKS: TypeAdapter[LinkPayload] = TypeAdapter(LinkPayload)


def plan(session: Session, decision: Decision, site: Site, recovery: Recovery | None) -> None:
    """Add the actions of a decision to the transaction under way; `recovery` is the last one there was."""
    if decision.raised or decision.stops:
        hasten(session, decision.matter)
    wanted = list(_wanted(session, decision, site, recovery))
    if decision.standing.joins is None:
        start = _Start(position=0, unfinished=0, recovery=_if_after(decision.message, recovery))
        NEW.insert(session, _sequence(decision.matter, decision.message, wanted, start))
    else:
        append(session, decision.matter, decision.message, wanted, recovery)
    if decision.asked is not None:  # the ticket stays as it is, and hears of it as soon as if it did not
        session.flush()
        hasten(session, decision.matter, decision.asked)


def _wanted(session: Session, decision: Decision, site: Site, recovery: Recovery | None) -> Iterator[Wanted]:
    """Kind, token and payload of each action, in the order in which they happen."""
    yield from _on_ticket(session, decision, site)
    yield from files_and_receipt(session, decision, site, recovery)


def files_and_receipt(
    session: Session, decision: Decision, site: Site, recovery: Recovery | None
) -> Iterator[Wanted]:
    """What no held mail leads to: copies of its files, and word to its sender."""
    yield from attachments(session, decision)
    receipt = receipt_of(session, decision, site, recovery)
    if receipt is not None:
        session.add(key_of(receipt, decision))
        token = action_token(ActionKind.ACKNOWLEDGE, decision.message)
        yield ActionKind.ACKNOWLEDGE, token, ACKNOWLEDGEMENTS.dump_python(receipt, mode="json")


def _on_ticket(session: Session, decision: Decision, site: Site) -> Iterator[Wanted]:
    """What tells people of the message."""
    message, standing = decision.message, decision.standing
    if standing.joins is None:
        opened = draft(decision, site)
        yield ActionKind.CREATE, create_token(message), DRAFTS.dump_python(opened, mode="json")
        yield from watching(decision)
    else:
        yield from _update(session, decision, site)
    if standing.related_to is not None:
        link = LinkPayload(other_matter=standing.related_to.id)
        yield ActionKind.LINK, action_token(ActionKind.LINK, message), LINKS.dump_python(link, mode="json")


def watching(decision: Decision, *details: str) -> Iterator[Wanted]:
    """Who is to watch a new ticket; `details` tell its token from that of another ticket of the mail."""
    if decision.route.watchers:
        watch = WatchPayload(accounts=decision.route.watchers)
        token = action_token(ActionKind.WATCH, decision.message, *details)
        yield ActionKind.WATCH, token, WATCHES.dump_python(watch, mode="json")


def _update(session: Session, decision: Decision, site: Site) -> Iterator[Wanted]:
    message, status = decision.message, site.settings.jira.reopen_to
    comment = update_comment(session, decision, site)
    token = action_token(ActionKind.COMMENT, message)
    yield ActionKind.COMMENT, token, COMMENTS.dump_python(comment, mode="json")
    if status is not None and _asks_for_something(decision):
        reopening = ReopenPayload(status=status)
        token = action_token(ActionKind.TRANSITION, message)
        yield ActionKind.TRANSITION, token, TRANSITIONS.dump_python(reopening, mode="json")
    if decision.raised or _is_due_sooner(session, decision):
        by_mail = decision.raised and not decision.matter.urgency_by_person
        priority = decision.route.priority if by_mail else None
        raised = RaisePayload(priority=priority, due=_day(decision.due))
        token = action_token(ActionKind.RAISE, message)
        yield ActionKind.RAISE, token, RAISES.dump_python(raised, mode="json")


def update_comment(session: Session, decision: Decision, site: Site) -> CommentPayload:
    """The comment that a message on a known matter becomes."""
    seen_by = decision.route.comment_visibility or audience_of(session, decision.matter)
    return CommentPayload(text=update_note(decision, site.settings), seen_by=seen_by)


def audience_of(session: Session, matter: Matter) -> Audience | None:
    """Who sees the matter's comments, by the rules that decided about the mail which opened it."""
    return AUDIENCES.validate_python(session.scalar(VISIBILITY, {"message": matter.opened_by}))


def _is_due_sooner(session: Session, decision: Decision) -> bool:
    """Whether a rule's span ends before what the ticket has been due by so far."""
    matter, opening = decision.matter, _opening_route(session, decision.matter)
    if decision.route.due_within is None or decision.due is None:
        return False
    before = due_by(matter.opened_at, matter.due_at, opening.due_within if opening else None)
    return before is None or decision.due < before


def _opening_route(session: Session, matter: Matter) -> Route | None:
    routing = session.get(Routing, matter.opened_by)
    return ROUTES.validate_python(routing.route) if routing else None


def _asks_for_something(decision: Decision) -> bool:
    """Whether a closed ticket has to be opened again for it; thanks and automatic mail leave it closed."""
    report = decision.report
    verified = report.authenticity.verdict is Verification.VERIFIED
    presses = decision.raised or decision.superseded or report.urgency.level is not Urgency.LOW
    return verified and bool(presses) and report.kind not in AUTOMATIC


def attachments(session: Session, decision: Decision, *details: str) -> Iterator[Wanted]:
    """One action a file; what a matter's mails bring again is on its ticket already.

    `details` tell its token from that of the same file on another ticket.
    """
    files: dict[str, Attachment] = {}
    for judged in decision.files:
        if judged.kept_back is None:
            files.setdefault(judged.attachment.sha256, judged.attachment)
    known = _copied(session, decision.matter) if files and decision.standing.joins else frozenset[str]()
    for sha256, file in files.items():
        if sha256 not in known:
            token = action_token(ActionKind.ATTACH, decision.message, sha256, *details)
            yield ActionKind.ATTACH, token, ATTACHMENTS.dump_python(_attach(file), mode="json")


def _attach(file: Attachment) -> AttachPayload:
    return AttachPayload(
        sha256=file.sha256, name=file.safe_name, content_type=file.content_type, size=file.size
    )


def _copied(session: Session, matter: Matter) -> frozenset[str]:
    planned = select(Action.payload).where(Action.matter_id == matter.id, Action.kind == ActionKind.ATTACH)
    return frozenset(payload["sha256"] for payload in session.scalars(planned))


def append(
    session: Session, matter: Matter, message: Message, wanted: Iterable[Wanted], recovery: Recovery | None
) -> None:
    """Add actions behind those that the matter has; `recovery` is the last one there was.

    Only the matter's first unfinished action may start. The matter stays locked until the end of the
    transaction, so that an action that is finished meanwhile cannot leave a later one waiting for ever.
    """
    lock_matter(session, matter.id)
    last = session.execute(PLANNED_SO_FAR, {"matter": matter.id}).one()
    start = _Start(
        position=0 if last[0] is None else last[0] + 1,
        unfinished=last[1],
        recovery=_if_after(message, recovery),
    )
    NEW.insert(session, _sequence(matter, message, wanted, start))


@dataclass(frozen=True, kw_only=True)
class _Start:
    """Where new actions of a matter begin."""

    position: int
    unfinished: int  # actions before them
    recovery: Recovery | None  # then they may have been carried out before: they are looked for first

    @property
    def state(self) -> ActionState:
        """Of the first of them."""
        if self.unfinished:
            return ActionState.WAITING
        return ActionState.UNKNOWN if self.recovery else ActionState.PLANNED


def _sequence(matter: Matter, message: Message, wanted: Iterable[Wanted], start: _Start) -> Iterator[Row]:
    for place, (kind, token, payload) in enumerate(wanted):
        yield (
            matter.id,
            message.id,
            kind,
            start.position + place,
            token,
            payload,
            *(NO_PRESSURE if kind is ActionKind.ACKNOWLEDGE else _pressure(matter)).values(),
            ActionState.WAITING if place else start.state,
            DUE_AT_ONCE,
            start.recovery is not None,
            _recovered_floor(start.recovery, payload) if kind is ActionKind.CREATE else None,
            0,
        )


def last_recovery(session: Session) -> Recovery | None:
    """It can't change while a daemon runs."""
    return session.scalar(select(Recovery).order_by(Recovery.at.desc()).limit(1))


def _if_after(message: Message, recovery: Recovery | None) -> Recovery | None:
    """The recovery, if the message had been received before it: then it may have led to something before."""
    return recovery if recovery is not None and recovery.at > message.received_at else None


def _recovered_floor(recovery: Recovery | None, payload: Document) -> int | None:
    return int(recovery.floors.get(payload["project"], 0)) if recovery else None


def unfinished() -> ColumnElement[bool]:
    """What keeps a matter's later actions waiting: without its ticket nothing else can be done.

    Nothing waits for an acknowledgement: while a mail server is down, tickets go on.
    """
    no_ticket = and_(Action.state == ActionState.FAILED, Action.kind == ActionKind.CREATE)
    is_open = and_(Action.state.not_in(FINISHED), Action.kind != ActionKind.ACKNOWLEDGE)
    return or_(is_open, no_ticket)


PLANNED_SO_FAR = select(func.max(Action.position), func.count().filter(unfinished())).where(
    Action.matter_id == bindparam("matter")
)


def lock_matter(session: Session, matter_id: int) -> Matter:
    """Wait until no other transaction plans or finishes actions of this matter."""
    if session.get_bind().dialect.name == "sqlite":  # it has one writer at a time anyway
        return session.get_one(Matter, matter_id)
    return session.get_one(Matter, matter_id, with_for_update={"key_share": True})


def hasten(session: Session, matter: Matter, urgency: Urgency | None = None) -> None:
    """What still waits to be delivered for this matter is as pressing as the matter is now.

    Or as pressing as this level, where a person has set another one for the matter.
    """
    session.execute(
        update(Action)
        .where(
            Action.matter_id == matter.id,
            Action.state.not_in(FINISHED),
            Action.kind != ActionKind.ACKNOWLEDGE,
        )
        .values(**_pressure(matter, urgency)),
    )


NO_PRESSURE: dict[str, datetime | int] = {
    "deliver_by": BEHIND_ALL,
    "urgency_order": Urgency.CRITICAL.rank - Urgency.LOW.rank,
}


def _pressure(matter: Matter, urgency: Urgency | None = None) -> dict[str, datetime | int]:
    return {
        "deliver_by": matter.due_at or FAR_FUTURE,
        "urgency_order": Urgency.CRITICAL.rank - (urgency or matter.urgency).rank,
    }


def draft(decision: Decision, site: Site) -> TicketDraft:
    """The ticket that the message opens."""
    route = decision.route
    return TicketDraft(
        project=route.project,
        issue_type=route.issue_type,
        summary=summarise(decision),
        text=describe(decision, site.settings),
        priority=route.priority,
        labels=route.labels,
        components=route.components,
        assignee=route.assignee,
        due=_day(decision.due),
        security_level=route.security_level,
        fields=route.fields,
    )


def due_date(matter: Matter) -> date | None:
    """The day that Jira's own field holds, in UTC."""
    return _day(matter.due_at)


def _day(due: datetime | None) -> date | None:
    return due.astimezone(UTC).date() if due else None
