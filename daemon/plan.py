"""Plan: what a decision does to the outside, as rows that the deliver step carries out later, once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from config.settings import Settings
from connectors.tickets import TicketDraft, TicketText
from daemon.compose import describe, summarise, update_note
from daemon.decision import Decision
from daemon.store.models import DUE_AT_ONCE, Action, Matter, Message, Recovery
from daemon.store.states import FINISHED, ActionKind, ActionState
from daemon.store.types import Document
from daemon.tokens import action_token, create_token
from parsers.facts import Urgency

FAR_FUTURE = datetime(9999, 12, 31, tzinfo=UTC)
LINK_TYPE = "Relates"

Wanted = tuple[ActionKind, str, Document]
"""An action to be planned: its kind, token and payload."""


@dataclass(frozen=True, kw_only=True)
class CommentPayload:
    """A comment to be added to the matter's ticket."""

    text: TicketText


@dataclass(frozen=True, kw_only=True)
class LinkPayload:
    """A link from the matter's ticket to that of another matter."""

    other_matter: int
    link_type: str = LINK_TYPE


@dataclass(frozen=True, kw_only=True)
class RaisePayload:
    """What the matter's ticket is raised to."""

    priority: str | None
    due: date | None


DRAFTS: TypeAdapter[TicketDraft] = TypeAdapter(TicketDraft)
COMMENTS: TypeAdapter[CommentPayload] = TypeAdapter(CommentPayload)
LINKS: TypeAdapter[LinkPayload] = TypeAdapter(LinkPayload)
RAISES: TypeAdapter[RaisePayload] = TypeAdapter(RaisePayload)


def plan(session: Session, decision: Decision, settings: Settings, recovery: Recovery | None) -> None:
    """Add the actions of a decision to the transaction under way; `recovery` is the last one there was."""
    if decision.raised:
        _hasten(session, decision.matter)
    wanted = _wanted(decision, settings)
    if decision.standing.joins is None:
        start = _Start(position=0, unfinished=0, recovery=_if_after(decision.message, recovery))
        session.add_all(_sequence(decision.matter, decision.message, wanted, start))
    else:
        append(session, decision.matter, decision.message, wanted, recovery)


def _wanted(decision: Decision, settings: Settings) -> Iterator[Wanted]:
    """Kind, token and payload of each action, in the order in which they happen."""
    message, matter, standing = decision.message, decision.matter, decision.standing
    if standing.joins is None:
        draft = _draft(decision, settings)
        yield ActionKind.CREATE, create_token(message), DRAFTS.dump_python(draft, mode="json")
    else:
        comment = CommentPayload(text=update_note(decision, settings))
        yield (
            ActionKind.COMMENT,
            action_token(ActionKind.COMMENT, message),
            COMMENTS.dump_python(comment, mode="json"),
        )
        if decision.raised:
            raised = RaisePayload(priority=decision.route.priority, due=_due_date(matter))
            yield (
                ActionKind.RAISE,
                action_token(ActionKind.RAISE, message),
                RAISES.dump_python(raised, mode="json"),
            )
    if standing.related_to is not None:
        link = LinkPayload(other_matter=standing.related_to.id)
        yield ActionKind.LINK, action_token(ActionKind.LINK, message), LINKS.dump_python(link, mode="json")


def append(
    session: Session, matter: Matter, message: Message, wanted: Iterable[Wanted], recovery: Recovery | None
) -> None:
    """Add actions behind those that the matter has; `recovery` is the last one there was.

    Only the matter's first unfinished action may start. The matter stays locked until the end of the
    transaction, so that an action that is finished meanwhile cannot leave a later one waiting for ever.
    """
    lock_matter(session, matter.id)
    last = session.execute(
        select(func.max(Action.position), func.count().filter(unfinished())).where(
            Action.matter_id == matter.id,
        ),
    ).one()
    start = _Start(
        position=0 if last[0] is None else last[0] + 1,
        unfinished=last[1],
        recovery=_if_after(message, recovery),
    )
    session.add_all(_sequence(matter, message, wanted, start))


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


def _sequence(matter: Matter, message: Message, wanted: Iterable[Wanted], start: _Start) -> Iterator[Action]:
    for place, (kind, token, payload) in enumerate(wanted):
        yield Action(
            matter_id=matter.id,
            message_id=message.id,
            kind=kind,
            position=start.position + place,
            token=token,
            payload=payload,
            **_pressure(matter),
            state=ActionState.WAITING if place else start.state,
            next_try_at=DUE_AT_ONCE,
            look_first=start.recovery is not None,
            key_floor=_recovered_floor(start.recovery, payload) if kind is ActionKind.CREATE else None,
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
    """What keeps a matter's later actions waiting: without its ticket nothing else can be done."""
    no_ticket = and_(Action.state == ActionState.FAILED, Action.kind == ActionKind.CREATE)
    return or_(Action.state.not_in(FINISHED), no_ticket)


def lock_matter(session: Session, matter_id: int) -> Matter:
    """Wait until no other transaction plans or finishes actions of this matter."""
    if session.get_bind().dialect.name == "sqlite":  # it has one writer at a time anyway
        return session.get_one(Matter, matter_id)
    return session.get_one(Matter, matter_id, with_for_update={"key_share": True})


def _hasten(session: Session, matter: Matter) -> None:
    """What still waits to be delivered for this matter has become more pressing."""
    session.execute(
        update(Action)
        .where(Action.matter_id == matter.id, Action.state.not_in(FINISHED))
        .values(**_pressure(matter)),
    )


def _pressure(matter: Matter) -> dict[str, datetime | int]:
    return {
        "deliver_by": matter.due_at or FAR_FUTURE,
        "urgency_order": Urgency.CRITICAL.rank - matter.urgency.rank,
    }


def _draft(decision: Decision, settings: Settings) -> TicketDraft:
    route = decision.route
    return TicketDraft(
        project=route.project,
        issue_type=route.issue_type,
        summary=summarise(decision),
        text=describe(decision, settings),
        priority=route.priority,
        labels=route.labels,
        components=route.components,
        assignee=route.assignee,
        due=_due_date(decision.matter),
    )


def _due_date(matter: Matter) -> date | None:
    return matter.due_at.astimezone(UTC).date() if matter.due_at else None
