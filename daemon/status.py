"""Status: what the daemon is doing, read from the database, so it can be told while no daemon runs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from daemon.store.database import Database
from daemon.store.models import Action, Mailbox, Matter, Message, Worker
from daemon.store.states import ActionState, Disposition, MessageState

SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class MailboxStatus:
    """How far one mailbox has been collected."""

    name: str
    messages: int
    last_good_poll: datetime | None
    lag_seconds: float | None  # since the last good poll


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Something that does not go well, and since when."""

    where: str
    what: str
    since: datetime | None


@dataclass(frozen=True, kw_only=True)
class DueMatter:
    """An open clock."""

    ticket: str | None
    urgency: str
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class Status:
    """A snapshot."""

    mailboxes: tuple[MailboxStatus, ...]
    queue: dict[str, int]  # messages or actions by what they wait for
    dispositions: dict[str, int]  # decided messages by where they ended up
    held: tuple[int, ...]  # the numbers of the messages that wait for a person
    due: tuple[DueMatter, ...]  # the next clocks to run out
    restarts: int  # loops that died and were started again
    troubles: tuple[Trouble, ...]


def gather(database: Database, now: datetime) -> Status:
    """Read a snapshot in one transaction."""
    with database.read() as session:
        return Status(
            mailboxes=tuple(_mailboxes(session, now)),
            queue=_queue(session),
            dispositions=_dispositions(session),
            held=tuple(session.scalars(_held())),
            due=tuple(_due(session, now)),
            restarts=session.scalar(select(func.coalesce(func.sum(Worker.restarts), 0))) or 0,
            troubles=(*_worker_troubles(session), *_action_troubles(session)),
        )


def _held() -> Select[int]:
    return select(Message.id).where(Message.disposition == Disposition.HELD).order_by(Message.id).limit(SHOWN)


def _mailboxes(session: Session, now: datetime) -> list[MailboxStatus]:
    counted = select(Message.mailbox, func.count()).group_by(Message.mailbox)
    counts = dict(session.execute(counted).all())
    return [
        MailboxStatus(
            name=row.name,
            messages=counts.get(row.name, 0),
            last_good_poll=row.last_good_poll,
            lag_seconds=(now - row.last_good_poll).total_seconds() if row.last_good_poll else None,
        )
        for row in session.scalars(select(Mailbox).order_by(Mailbox.name))
    ]


def _queue(session: Session) -> dict[str, int]:
    messages = dict(session.execute(select(Message.state, func.count()).group_by(Message.state)).all())
    actions = dict(session.execute(select(Action.state, func.count()).group_by(Action.state)).all())
    return {
        "to assess": messages.get(MessageState.COLLECTED, 0),
        "to decide": messages.get(MessageState.ASSESSED, 0),
        "to deliver": actions.get(ActionState.PLANNED, 0) + actions.get(ActionState.WAITING, 0),
        "being sent": actions.get(ActionState.SENDING, 0),
        "outcome unknown": actions.get(ActionState.UNKNOWN, 0),
    }


def _dispositions(session: Session) -> dict[str, int]:
    counted = select(Message.disposition, func.count()).where(Message.disposition.is_not(None))
    counts = dict(session.execute(counted.group_by(Message.disposition)).all())
    return {disposition.value: counts.get(disposition, 0) for disposition in Disposition}


def _due(session: Session, now: datetime) -> list[DueMatter]:
    coming = select(Matter).where(Matter.due_at > now).order_by(Matter.due_at).limit(SHOWN)
    return [
        DueMatter(ticket=matter.ticket_key, urgency=matter.urgency, due_at=matter.due_at)
        for matter in session.scalars(coming)
        if matter.due_at is not None
    ]


def _worker_troubles(session: Session) -> list[Trouble]:
    troubled = select(Worker).where(Worker.trouble.is_not(None)).order_by(Worker.name)
    return [
        Trouble(where=worker.name, what=worker.trouble or "", since=worker.trouble_since)
        for worker in session.scalars(troubled)
    ]


def _action_troubles(session: Session) -> list[Trouble]:
    unfinished = Action.state != ActionState.DONE
    troubled = select(Action).where(unfinished, Action.trouble.is_not(None)).order_by(Action.id).limit(SHOWN)
    return [
        Trouble(
            where=f"action {action.id} ({action.kind}, try {action.tries})",
            what=action.trouble or "",
            since=None,
        )
        for action in session.scalars(troubled)
    ]
