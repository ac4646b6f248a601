"""Deliver: planned actions -> Jira, each effectively once.

The intent is committed before a call and the outcome after it. A call whose outcome is not known is
never repeated: its token is looked for first, after a wait that outlasts the call itself. The commit of
one outcome holds the claim of the next action, so that an action costs one commit.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import ColumnElement, Select, String, Update, bindparam, case, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from config.instant import utcnow
from connectors.errors import CredentialsRefused, OutsideError, Refused, Unavailable
from connectors.outbox import Outbox
from connectors.tickets import TicketSystem
from daemon.bell import Bell
from daemon.effects import effect_of
from daemon.lease import Alone, Hold, LeaseLost
from daemon.ledger import Event, record
from daemon.missing_files import tell_of_missing_files
from daemon.payloads import RAISES
from daemon.plan import BEHIND_ALL, lock_matter
from daemon.raising import tell_of_kept
from daemon.settlement import (
    Settlement,
    deferred,
    found,
    not_done,
    refused,
    succeeded,
    unknown,
    untouched,
)
from daemon.store.database import Database, rows_changed
from daemon.store.models import Action, Matter
from daemon.store.states import FINISHED, ActionKind, ActionState

IDLE_SECONDS = 30.0
TROUBLE_LENGTH = 300
NOT_READY = not_done("the other ticket does not exist yet", timedelta(seconds=0.5))
ELSEWHERE = untouched("the matter goes on with an older ticket", looking=True)
IN_TURN = (ActionState.UNKNOWN, ActionState.PLANNED)
IN_FLIGHT = (ActionState.UNKNOWN, ActionState.SENDING)

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Claim:
    """An action that this thread, and no other, is carrying out."""

    action: Action
    ticket: str | None  # of its matter
    looking: bool  # its last call may have been carried out
    claimed_by: str


class Floors:
    """The highest key number known of each project, for all that deliver; a stale one is only lower."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def of(self, project: str) -> int | None:
        """None before one is known."""
        return self._numbers.get(project)

    def note(self, project: str, number: int) -> None:
        """A ticket with this number exists."""
        self._numbers[project] = max(self._numbers.get(project, 0), number)


class Courier:
    """The deliver step on one thread, with a ticket system connection of its own.

    With an outbox it carries out acknowledgements, and nothing else; without one all that is not.
    """

    def __init__(
        self,
        *,
        number: int,
        database: Database,
        tickets: TicketSystem,
        planned: Bell,
        unknown_wait: timedelta,
        hold: Hold | None = None,
        floors: Floors | None = None,
        outbox: Outbox | None = None,
    ) -> None:
        """`hold` is asked by `tickets` and `outbox` before each write; all that deliver share `floors`."""
        self.name = f"deliver {number}" if outbox is None else f"acknowledge {number}"
        self._database = database
        self._tickets = tickets
        self._outbox = outbox
        self._planned = planned
        self._unknown_wait = unknown_wait
        self._hold = hold or Hold(Alone())
        self._floors = floors or Floors()
        # Built once: to build a statement costs more than to run it.
        self._mine = Action.deliver_by < BEHIND_ALL if outbox is None else Action.deliver_by == BEHIND_ALL
        self._due = {state: _due(database, state, self._mine) for state in IN_TURN}
        self._taking = {state: _taking(due, state) for state, due in self._due.items()}
        self._rings = 0
        self._claim: Claim | None = None
        self._settlement: Settlement | None = None  # what became of the claim, until that is committed

    def work(self) -> bool:
        """Carry out, or look for, the most pressing action that is due; claim the next with the outcome."""
        self._rings = self._planned.rings
        if self._claim is None:
            self._claim = self._claimed()
        claim, trouble = self._claim, None
        if claim is None:
            return False
        if self._settlement is None:
            self._settlement, trouble = self._carried_out(claim)
        self._claim = self._settled(claim, self._settlement, go_on=trouble is None)
        self._settlement = None
        if trouble is not None:
            raise trouble  # the whole connection is in trouble: the loop pauses, and says so
        return True

    def failed(self, error: Exception) -> None:
        """A call that ended without a clear answer may have been carried out, so it will be looked for.

        Nothing is committed here: the next turn begins with that. Where the answer to a commit was lost,
        the next action may be claimed by it.
        """
        if isinstance(error, DBAPIError):
            self._hold.claimant.doubt()
        claim = self._claim
        if claim is not None and self._settlement is None:
            if isinstance(error, LeaseLost):
                self._settlement = untouched(str(error), looking=claim.looking)
            else:
                self._settlement = unknown(claim.action, error, self._unknown_wait)

    def rest(self) -> None:
        """Wait for something planned, or until a postponed action is due."""
        waiting = Action.state.in_(IN_TURN), Action.claimed_by.is_(None), self._mine
        next_due = select(Action.next_try_at).where(*waiting).order_by(Action.next_try_at).limit(1)
        with self._database.read() as session:
            due = session.scalar(next_due)
        seconds = IDLE_SECONDS if due is None else (due - utcnow()).total_seconds()
        self._planned.wait(since=self._rings, seconds=max(0.02, min(seconds, IDLE_SECONDS)))

    def interrupt(self) -> None:
        """End the wait."""
        self._planned.ring()

    def close(self) -> None:
        """Commit what became of the last call and free what was not begun; sockets close with the process."""
        if self._claim is not None:
            left = untouched("the daemon was stopped", looking=self._claim.looking)
            self._settled(self._claim, self._settlement or left, go_on=False)
            self._claim = self._settlement = None

    def _claimed(self) -> Claim | None:
        with self._database.read() as session:
            # A look that needs no lock; on an idle daemon it is all that happens.
            due = (session.scalar(first) for first in self._due.values())
            action = next((session.get_one(Action, found) for found in due if found is not None), None)
        if action is None:
            return None
        if action.kind is ActionKind.CREATE:
            with suppress(Refused):  # that is for the claimed action to find out
                self._learn_floor(action)
        with self._database.write("claim action") as session:
            return self._taken(session)

    def _taken(self, session: Session) -> Claim | None:
        """Claim by a conditional update: whoever changes the row first has the action."""
        mine = self._hold.claimant.id
        for state, taking in self._taking.items():
            action = session.scalar(taking, {"claimant": mine})
            if action is None:
                continue
            looking = state is ActionState.UNKNOWN
            if not looking:
                self._set_floor(action)
                record(session, Event.SENDING, utcnow(), matter_id=action.matter_id, action_id=action.id)
            ticket = session.get_one(Matter, action.matter_id).ticket_key
            return Claim(action=action, ticket=ticket, looking=looking, claimed_by=mine)
        return None

    def _set_floor(self, action: Action) -> None:
        """From which key number on a ticket would have to be looked for; the first one holds for ever."""
        if action.kind is ActionKind.CREATE and action.key_floor is None:
            action.key_floor = self._floors.of(action.payload["project"])

    def _carried_out(self, claim: Claim) -> tuple[Settlement, OutsideError | None]:
        """What becomes of the action, and what is wrong with the whole connection, if something is.

        Raises:
            OutsideError: or another one, which leaves it open what was done.
        """
        self._hold.take(claim.claimed_by)
        if claim.action.kind is ActionKind.CREATE and claim.action.key_floor is None:
            return self._floor_found(claim)
        effect = effect_of(claim.action, claim.ticket, self._database, self._outbox)
        if effect is None:
            return NOT_READY, None
        if claim.looking:
            return found(claim.action, effect.find(self._tickets)), None
        try:
            return succeeded(effect.send(self._tickets)), None
        except Refused as error:
            return refused(claim.action, error), None
        except (Unavailable, CredentialsRefused) as error:
            return deferred(claim.action, error), error

    def _floor_found(self, claim: Claim) -> tuple[Settlement, OutsideError | None]:
        """Without a floor a create is not sent, nor was it ever: ask, and the next claim commits one."""
        try:
            self._learn_floor(claim.action)
        except Refused as error:
            return refused(claim.action, error), None
        except (Unavailable, CredentialsRefused) as error:
            return not_done(str(error)), error
        return not_done("its project's key numbers were not known yet"), None

    def _learn_floor(self, action: Action) -> None:
        project = action.payload["project"]
        if self._floors.of(project) is None:
            self._floors.note(project, self._tickets.highest_number(project))

    def _settled(self, claim: Claim, settlement: Settlement, *, go_on: bool = True) -> Claim | None:
        """Commit what became of the action, unless others have it now; returns what is claimed next."""
        with self._database.write("settle action") as session:
            if settlement.state in FINISHED:
                matter = lock_matter(session, claim.action.matter_id)  # before the action, as plan does
                if _is_elsewhere(claim, matter):
                    settlement = ELSEWHERE
            held = bool(rows_changed(session.execute(self._settling(claim, settlement))))
            if held:
                self._follow_up(session, claim.action, settlement)
            following = self._taken(session) if go_on else None
        log.info(f"action {settlement.event}" if held else "claim lost", **_told(claim.action, settlement))
        if settlement.state in FINISHED:
            self._planned.ring()
        return following

    def _settling(self, claim: Claim, settlement: Settlement) -> Update:
        """Meets the action only while the claim holds."""
        action, trouble = claim.action, settlement.trouble
        values: dict[str, object] = {
            "state": settlement.state,
            "claimed_by": None,
            "trouble": trouble[:TROUBLE_LENGTH] if trouble else None,
            "next_try_at": self._database.from_now(settlement.wait),
        }
        if settlement.outcome is None:
            values["tries"] = action.tries + 1
        else:
            values["outcome"] = settlement.outcome.value
            if settlement.outcome.written is not None:
                values["written"] = RAISES.dump_python(settlement.outcome.written, mode="json")
        if settlement.in_doubt:
            values["look_first"] = True
        if action.kind is ActionKind.CREATE:
            values |= self._sweeping(action, settlement)
        mine = Action.id == action.id, Action.claimed_by == claim.claimed_by
        return update(Action).where(*mine, Action.state.in_(IN_FLIGHT)).values(**values)

    def _sweeping(self, action: Action, settlement: Settlement) -> dict[str, object]:
        """A create whose outcome was ever unknown may have a twin, which is looked for once it is done."""
        if settlement.state is ActionState.UNKNOWN:
            return {"sweeps": 0}
        if settlement.outcome is not None and action.sweeps is not None:
            return {"sweep_at": self._database.from_now(self._unknown_wait)}
        return {}

    def _follow_up(self, session: Session, action: Action, settlement: Settlement) -> None:
        """Name the ticket, let the matter's next action start, and record it."""
        outcome = settlement.outcome.value if settlement.outcome else None
        if action.kind is ActionKind.CREATE and outcome is not None:
            self._name_ticket(session, action.matter_id, outcome)
        if settlement.state in FINISHED and (outcome is not None or action.kind is not ActionKind.CREATE):
            _start_next(session, action)
        if settlement.state in FINISHED and action.kind is ActionKind.ATTACH:
            tell_of_missing_files(session, action)
        if settlement.outcome is not None and settlement.outcome.kept:
            tell_of_kept(session, action, settlement.outcome.kept)
        record(
            session,
            settlement.event,
            utcnow(),
            message_id=action.message_id,
            matter_id=action.matter_id,
            action_id=action.id,
            kind=action.kind.value,
            outcome=outcome,
        )

    def _name_ticket(self, session: Session, matter_id: int, key: str) -> None:
        lock_matter(session, matter_id).ticket_key = key
        project, _, number = key.rpartition("-")
        self._floors.note(project, int(number))


def _is_elsewhere(claim: Claim, matter: Matter) -> bool:
    """Whether what was written on is no longer the matter's ticket. A mail is sent, whatever it names."""
    is_written = claim.action.kind is not ActionKind.ACKNOWLEDGE
    return is_written and claim.ticket not in {None, matter.ticket_key}


def _told(action: Action, settlement: Settlement) -> dict[str, int | str | None]:
    """What can be told of it in a log."""
    return {
        "message_id": action.message_id,
        "matter_id": action.matter_id,
        "action_id": action.id,
        "kind": action.kind,
        "outcome": settlement.outcome.value if settlement.outcome else None,
    }


def _due(database: Database, state: ActionState, mine: ColumnElement[bool]) -> Select[int]:
    """The id of the most pressing action in a state: the earliest clock, then urgency, then age."""
    due = Action.next_try_at <= database.from_now()
    free = select(Action.id).where(Action.state == state, due, Action.claimed_by.is_(None), mine)
    return free.order_by(Action.deliver_by, Action.urgency_order, Action.id).limit(1)


def _taking(due: Select[int], state: ActionState) -> ReturningUpdate[Action]:
    """For the claimant that is named then: its id may change at any moment."""
    mine = bindparam("claimant", type_=String())
    first = due.with_for_update(skip_locked=True).scalar_subquery()
    free = update(Action).where(Action.id == first, Action.state == state, Action.claimed_by.is_(None))
    becomes = state if state is ActionState.UNKNOWN else ActionState.SENDING
    taken = free.values(claimed_by=mine, state=becomes).returning(Action)
    return taken.execution_options(synchronize_session=False)


def _start_next(session: Session, finished: Action) -> None:
    """Positions count on without gaps, so the matter's next action is the one after this.

    Nothing waits for an acknowledgement: what comes after one starts together with it.
    """
    position = finished.position + 1
    while _started(session, finished.matter_id, position) is ActionKind.ACKNOWLEDGE:
        position += 1


def _started(session: Session, matter_id: int, position: int) -> ActionKind | None:
    """The kind of the action that was waiting there, and now is not."""
    waiting = (
        Action.matter_id == matter_id,
        Action.position == position,
        Action.state == ActionState.WAITING,
    )
    started = case((Action.look_first, ActionState.UNKNOWN), else_=ActionState.PLANNED)
    return session.scalar(update(Action).where(*waiting).values(state=started).returning(Action.kind))
