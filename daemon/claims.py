"""Actions in the hands of one thread: how one is claimed, and how what became of it is committed.

Every change meets the action only while the claim holds. The statements are built once, about tables: to
build one costs ten times what running it does, and to let the mapper see to it as much again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Boolean, ColumnElement, Select, String, Update, bindparam, case, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from daemon.payloads import RAISES
from daemon.settlement import Settlement
from daemon.store.database import Database, rows_changed
from daemon.store.models import Action, Matter, table_of
from daemon.store.states import MAY_BE_DOUBLED, ActionKind, ActionState
from daemon.store.types import Document

TROUBLE_LENGTH = 300
IN_TURN = (ActionState.UNKNOWN, ActionState.PLANNED)
IN_FLIGHT = (ActionState.UNKNOWN, ActionState.SENDING)
ACTION, MATTER = table_of(Action), table_of(Matter)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """An action that this thread, and no other, is carrying out."""

    action: Action
    ticket: str | None  # of its matter
    looking: bool  # its last call may have been carried out
    claimed_by: str


@dataclass(frozen=True, kw_only=True)
class Due:
    """What an action that waits is about."""

    kind: ActionKind
    payload: Document


class Claims:
    """The statements for one kind of actions, such as all that a ticket system takes."""

    def __init__(self, database: Database, mine: ColumnElement[bool], unknown_wait: timedelta) -> None:
        self._database = database
        self._due = {state: _due(database, state, mine) for state in IN_TURN}
        self._taking = {state: _taking(due, state) for state, due in self._due.items()}
        self._settling = _settling(database, unknown_wait)

    def due(self, session: Session) -> Due | None:
        """The most pressing action that is due."""
        found = (session.execute(first).first() for first in self._due.values())
        return next((Due(kind=kind, payload=payload) for _, kind, payload in filter(None, found)), None)

    def take(self, session: Session, claimant: str, *, most: int) -> list[Claim]:
        """Claim by conditional updates: whoever changes a row first has the action."""
        claims: list[Claim] = []
        for state, taking in self._taking.items():
            if len(claims) == most:
                break
            looking = state is ActionState.UNKNOWN
            taken = session.execute(taking, {"claimant": claimant, "most": most - len(claims)})
            claims += (
                Claim(action=action, ticket=ticket, looking=looking, claimed_by=claimant)
                for action, ticket in sorted(taken, key=lambda row: _pressing(row[0]))
            )
        return claims

    def settle(self, session: Session, claim: Claim, settlement: Settlement) -> bool:
        """Leave the action in its new state; False when others have it now."""
        action, outcome, trouble = claim.action, settlement.outcome, settlement.trouble
        sweeps = 0 if settlement.state is ActionState.UNKNOWN else action.sweeps
        may_be_doubled = action.kind in MAY_BE_DOUBLED
        written = outcome.written if outcome else None
        values = {
            "action": action.id,
            "claim": claim.claimed_by,
            "becomes": settlement.state,
            "why": trouble[:TROUBLE_LENGTH] if trouble else None,
            "wait": settlement.wait,
            "tried": action.tries + (outcome is None),
            "left": outcome.value if outcome else action.outcome,
            "set": RAISES.dump_python(written, mode="json") if written else action.written,
            "in_doubt": action.look_first or settlement.in_doubt,
            "looks": sweeps if may_be_doubled else action.sweeps,
            "is_swept": may_be_doubled and outcome is not None and sweeps is not None,
        }
        return bool(rows_changed(session.execute(self._settling, values)))


TICKET = select(MATTER.c.ticket_key).where(MATTER.c.id == bindparam("matter")).with_for_update(key_share=True)
"""Of a matter that stays locked until the end of the transaction, where there is more than one writer."""
NAME_TICKET = update(MATTER).where(MATTER.c.id == bindparam("matter")).values(ticket_key=bindparam("key"))
_STARTING = (
    update(ACTION)
    .where(
        ACTION.c.matter_id == bindparam("matter"),
        ACTION.c.position == bindparam("place"),
        ACTION.c.state == ActionState.WAITING,
    )
    .values(state=case((ACTION.c.look_first, ActionState.UNKNOWN), else_=ActionState.PLANNED))
    .returning(ACTION.c.id, ACTION.c.kind)
)


def start_next(session: Session, finished: Action) -> list[int]:
    """Let the matter's next action start; returns the ids of those that wait no longer.

    Positions count on without gaps, so it is the one after this. Nothing waits for an acknowledgement:
    what comes after one starts together with it.
    """
    started: list[int] = []
    position, kind = finished.position, ActionKind.ACKNOWLEDGE
    while kind is ActionKind.ACKNOWLEDGE:
        position += 1
        found = session.execute(_STARTING, {"matter": finished.matter_id, "place": position}).first()
        if found is None:
            break
        started.append(found.id)
        kind = found.kind
    return started


def _due(
    database: Database, state: ActionState, mine: ColumnElement[bool]
) -> Select[int, ActionKind, Document]:
    """The most pressing actions in a state: by the earliest clock, then urgency, then age."""
    due = Action.next_try_at <= database.from_now()
    free = select(Action.id, Action.kind, Action.payload).where(
        Action.state == state, due, Action.claimed_by.is_(None), mine
    )
    return free.order_by(Action.deliver_by, Action.urgency_order, Action.id).limit(bindparam("most", 1))


def _pressing(action: Action) -> tuple[datetime, int, int]:
    """The order of `_due`, in which an UPDATE need not return what it has changed."""
    return action.deliver_by, action.urgency_order, action.id


def _taking(
    due: Select[int, ActionKind, Document], state: ActionState
) -> ReturningUpdate[Action, str | None]:
    """For the claimant that is named then: its id may change at any moment."""
    mine = bindparam("claimant", type_=String())
    first = due.with_only_columns(Action.id).with_for_update(skip_locked=True).cte("due")
    # By a CTE, since PostgreSQL may run a subquery again for each row, and then claim more.
    free = update(Action).where(
        Action.id.in_(select(first.c.id)), Action.state == state, Action.claimed_by.is_(None)
    )
    becomes = state if state is ActionState.UNKNOWN else ActionState.SENDING
    ticket = select(Matter.ticket_key).where(Matter.id == Action.matter_id).scalar_subquery()
    taken = free.values(claimed_by=mine, state=becomes).returning(Action, ticket)
    return taken.execution_options(synchronize_session=False)


def _settling(database: Database, unknown_wait: timedelta) -> Update:
    """What was unknown at any moment may be there twice, which is looked for once it is done."""
    mine = ACTION.c.id == bindparam("action"), ACTION.c.claimed_by == bindparam("claim")
    looked_for = case(
        (bindparam("is_swept", type_=Boolean()), database.from_now(unknown_wait)), else_=ACTION.c.sweep_at
    )
    return (
        update(ACTION)
        .where(*mine, ACTION.c.state.in_(IN_FLIGHT))
        .values(
            state=bindparam("becomes"),
            claimed_by=None,
            trouble=bindparam("why"),
            next_try_at=database.from_now_by("wait"),
            tries=bindparam("tried"),
            outcome=bindparam("left"),
            written=bindparam("set"),
            look_first=bindparam("in_doubt"),
            sweeps=bindparam("looks"),
            sweep_at=looked_for,
        )
    )
