"""Status: what the daemon is doing, read from the database, so it can be told while no daemon runs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from daemon.governing import GoverningSet, RulesFileNow, governing_set
from daemon.readiness import DATABASE
from daemon.store.database import Database
from daemon.store.models import Action, Mailbox, Matter, MatterClock, Message
from daemon.store.states import CARRIED_OUT, ActionKind, ActionState, Disposition, MessageState, Ruling
from daemon.store.trouble import database_trouble, hindrance
from daemon.vitals import WATCHED, Living, Vitals, read_vitals

SHOWN = 20
UNHEARD_OF = "not heard of any more: it has ended, hangs, or can't store anything"


@dataclass(frozen=True, kw_only=True)
class MailboxStatus:
    """How far one mailbox has been collected."""

    name: str
    messages: int
    uidvalidity: int | None  # another one means that the server has numbered its mail anew
    last_good_poll: datetime | None
    lag_seconds: float | None  # since the last good poll
    reconciled_at: datetime | None  # when server and store were last compared
    missing: int  # found on the server then, and not stored: they are fetched
    gone: int  # stored, and not found on the server then: a person moved or deleted them


@dataclass(frozen=True, kw_only=True)
class DaemonStatus:
    """A running daemon."""

    instance: str
    lease_seconds: float  # what is left of its lease; negative when it is not heard of any more
    loops: int
    in_trouble: int  # how many of them
    restarts: int  # loops that died and were started again


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
class PausedClock:
    """A clock that stands still until a person lets it go on."""

    ticket: str | None
    clock: int  # its number
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Status:
    """A snapshot."""

    daemons: tuple[DaemonStatus, ...]
    mailboxes: tuple[MailboxStatus, ...]
    queue: dict[str, int]  # messages or actions by what they wait for
    dispositions: dict[str, int]  # decided messages by where they ended up
    unsealed: int  # ledger entries that are not chained yet
    unsealed_since: datetime | None  # when the oldest of them was made
    held: tuple[int, ...]  # the numbers of the messages that wait for a person
    due: tuple[DueMatter, ...]  # the next clocks to run out
    paused: tuple[PausedClock, ...]  # those that stand still the longest
    rules: GoverningSet | None  # None before the first start
    troubles: tuple[Trouble, ...]


def gather(
    database: Database, now: datetime, *, faults: Sequence[str] = (), file: RulesFileNow | None = None
) -> Status:
    """Read a snapshot in one transaction. `faults` are what a daemon says of itself (`daemon.readiness`).

    Of those only what is wrong with the database counts, since all else stands there. `file` is the site's
    rules file, to be compared with the rules that govern.
    """
    said = [fault.removeprefix(DATABASE) for fault in faults if fault.startswith(DATABASE)]
    try:
        return _snapshot(database, now, said, file)
    except DBAPIError as error:
        return _without_database(database_trouble(error) or type(error).__name__)


def _snapshot(database: Database, now: datetime, said: Sequence[str], file: RulesFileNow | None) -> Status:
    database.require_current()
    with database.read() as session:
        vitals = read_vitals(session, database, now)
        return Status(
            daemons=tuple(_daemon(living, vitals) for living in vitals.daemons),
            mailboxes=tuple(_mailboxes(session, vitals, now)),
            queue=_queue(vitals),
            dispositions=_dispositions(session),
            unsealed=vitals.unsealed,
            unsealed_since=vitals.unsealed_since,
            held=tuple(session.scalars(_held())),
            due=tuple(_due(session, now)),
            paused=tuple(_paused(session)),
            rules=governing_set(session, file),
            troubles=(
                *_database_troubles(hindrance(session, database), said),
                *_daemon_troubles(vitals, now),
                *_loop_troubles(vitals),
                *_action_troubles(session),
                *_doubles_left(session),
            ),
        )


def _without_database(what: str) -> Status:
    return Status(
        daemons=(),
        mailboxes=(),
        queue={},
        dispositions={},
        unsealed=0,
        unsealed_since=None,
        held=(),
        due=(),
        paused=(),
        rules=None,
        troubles=tuple(_database_troubles(what)),
    )


def _database_troubles(seen: str | None, said: Sequence[str] = ()) -> Iterator[Trouble]:
    """What we see ourselves, and what a daemon says that can't note it there."""
    for what in dict.fromkeys((*filter(None, (seen,)), *said)):
        yield Trouble(where="database", what=what, since=None)


def _daemon(living: Living, vitals: Vitals) -> DaemonStatus:
    loops = [loop for loop in vitals.loops if loop.instance == living.instance]
    return DaemonStatus(
        instance=living.instance,
        lease_seconds=living.lease_seconds,
        loops=len(loops),
        in_trouble=sum(loop.trouble is not None for loop in loops),
        restarts=sum(loop.restarts for loop in loops),
    )


def _held() -> Select[int]:
    return select(Message.id).where(Message.disposition == Disposition.HELD).order_by(Message.id).limit(SHOWN)


def _mailboxes(session: Session, vitals: Vitals, now: datetime) -> Iterator[MailboxStatus]:
    counted = select(Message.mailbox, func.count()).group_by(Message.mailbox)
    counts = dict(session.execute(counted).all())
    for mailbox in vitals.mailboxes:
        yield MailboxStatus(
            name=mailbox.name,
            messages=counts.get(mailbox.name, 0),
            uidvalidity=mailbox.uidvalidity,
            last_good_poll=mailbox.last_good_poll,
            lag_seconds=_seconds_since(mailbox, now),
            reconciled_at=mailbox.reconciled_at,
            missing=mailbox.missing,
            gone=mailbox.gone,
        )


def _seconds_since(mailbox: Mailbox, now: datetime) -> float | None:
    return (now - mailbox.last_good_poll).total_seconds() if mailbox.last_good_poll else None


def _queue(vitals: Vitals) -> dict[str, int]:
    return {
        "to assess": vitals.count(MessageState.COLLECTED),
        "to decide": vitals.count(MessageState.ASSESSED),
        "to deliver": vitals.count(ActionState.PLANNED, ActionState.WAITING),
        "being sent": vitals.count(ActionState.SENDING),
        "outcome unknown": vitals.count(ActionState.UNKNOWN),
        "failed": vitals.count(ActionState.FAILED),
    }


def _dispositions(session: Session) -> dict[str, int]:
    counted = select(Message.disposition, func.count()).where(Message.disposition.is_not(None))
    counts = dict(session.execute(counted.group_by(Message.disposition)).all())
    return {disposition.value: counts.get(disposition, 0) for disposition in Disposition}


def _due(session: Session, now: datetime) -> Iterator[DueMatter]:
    coming = select(Matter).where(Matter.due_at > now).order_by(Matter.due_at).limit(SHOWN)
    for matter in session.scalars(coming):
        if matter.due_at is not None:
            yield DueMatter(ticket=matter.ticket_key, urgency=matter.urgency, due_at=matter.due_at)


def _paused(session: Session) -> Iterator[PausedClock]:
    still = (
        select(Matter.ticket_key, MatterClock.id, MatterClock.paused_at)
        .join(Matter, Matter.id == MatterClock.matter_id)
        .where(MatterClock.ruling == Ruling.PAUSED)
        .order_by(MatterClock.paused_at)
        .limit(SHOWN)
    )
    for ticket, clock, since in session.execute(still):
        if since is not None:
            yield PausedClock(ticket=ticket, clock=clock, since=since)


def _daemon_troubles(vitals: Vitals, now: datetime) -> Iterator[Trouble]:
    """That a daemon is not heard of, or that none runs where one has run."""
    for daemon in vitals.daemons:
        if daemon.lease_seconds <= 0:
            expired_at = now + timedelta(seconds=daemon.lease_seconds)
            yield Trouble(where=f"daemon {daemon.instance}", what=UNHEARD_OF, since=expired_at)
    if vitals.mailboxes and not vitals.daemons:
        polls = (mailbox.last_good_poll for mailbox in vitals.mailboxes)
        last = max((poll for poll in polls if poll), default=None)
        yield Trouble(where="daemon", what="none is running: start one with `run.py start`", since=last)


def _loop_troubles(vitals: Vitals) -> Iterator[Trouble]:
    """What the loops of living daemons say; that of a daemon which is gone is of no more use."""
    several = len(vitals.daemons) > 1
    for loop in vitals.loops:
        if loop.trouble is not None:
            where = f"{loop.name} on {loop.instance}" if several else loop.name
            yield Trouble(where=where, what=loop.trouble, since=loop.trouble_since)


def _action_troubles(session: Session) -> Iterator[Trouble]:
    """Actions whose last try did not end well; those first that are given up."""
    troubled = select(Action).where(Action.state.in_(WATCHED), Action.trouble.is_not(None))
    given_up = (Action.state == ActionState.FAILED).desc()
    for action in session.scalars(troubled.order_by(given_up, Action.id).limit(SHOWN)):
        state = "given up after" if action.state is ActionState.FAILED else "try"
        where = f"action {action.id} of matter #{action.matter_id} ({action.kind}, {state} {action.tries})"
        yield Trouble(where=where, what=action.trouble or "", since=None)


def _doubles_left(session: Session) -> Iterator[Trouble]:
    """What a late call had written a second time and we may not delete, as long as it is looked at."""
    swept = Action.sweep_at.is_not(None), Action.kind != ActionKind.CREATE, Action.trouble.is_not(None)
    left = select(Action).where(Action.state.in_(CARRIED_OUT), *swept).order_by(Action.id).limit(SHOWN)
    for action in session.scalars(left):
        where = f"action {action.id} of matter #{action.matter_id} ({action.kind})"
        yield Trouble(where=where, what=action.trouble or "", since=None)
