"""Deliver: planned actions -> Jira, each effectively once.

The intent is committed before a call and the outcome after it. A call whose outcome is not known is
never repeated: its token is looked for first, after a wait that outlasts the call itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Select, select, update
from sqlalchemy.orm import Session

from config.instant import utcnow
from connectors.errors import CredentialsRefused, OutsideError, Refused, Unavailable
from connectors.tickets import TicketSystem
from daemon.bell import Bell
from daemon.effects import Effect, Outcome, effect_of
from daemon.ledger import Event, record
from daemon.plan import lock_matter
from daemon.store.database import Database
from daemon.store.models import Action, Matter
from daemon.store.states import ActionKind, ActionState

IDLE_SECONDS = 30.0
LOOKING_SECONDS = 300  # an unknown action is looked for by one thread at a time
NOT_READY_SECONDS = 0.5
TROUBLE_LENGTH = 300
REFUSED_SECONDS = (5, 30, 120, 600, 900)  # waits after a refusal: a person may mend the cause


@dataclass(frozen=True, kw_only=True)
class Claim:
    """An action that this thread, and no other, is carrying out."""

    action: Action
    looking: bool  # its last call may have been carried out


class Courier:
    """The deliver step on one thread, with a ticket system connection of its own."""

    def __init__(
        self,
        *,
        number: int,
        database: Database,
        tickets: TicketSystem,
        planned: Bell,
        unknown_wait: timedelta,
    ) -> None:
        self.name = f"deliver {number}"
        self._database = database
        self._tickets = tickets
        self._planned = planned
        self._unknown_wait = unknown_wait
        self._floors: dict[str, int] = {}  # by project; a stale one is only lower, which is safe
        self._rings = 0
        self._current: Claim | None = None

    def work(self) -> bool:
        """Carry out, or look for, the most pressing action that is due."""
        self._rings = self._planned.rings
        claim = self._claim()
        if claim is None:
            return False
        self._current = claim
        effect = effect_of(claim.action, self._database)
        if effect is None:
            self._put_back(claim, "the other ticket does not exist yet", NOT_READY_SECONDS)
        elif claim.looking:
            self._look(claim, effect)
        else:
            self._send(claim, effect)
        self._current = None
        return True

    def failed(self, error: Exception) -> None:
        """A call ended without a clear answer: it may have been carried out, so it will be looked for."""
        claim, self._current = self._current, None
        if claim is not None:
            trouble = str(error) if isinstance(error, OutsideError) else type(error).__name__
            self._set(claim, ActionState.UNKNOWN, trouble, self._unknown_wait, Event.UNKNOWN)

    def rest(self) -> None:
        """Wait for something planned, or until a postponed action is due."""
        with self._database.read() as session:
            next_due = session.scalar(
                select(Action.next_try_at)
                .where(Action.state.in_((ActionState.PLANNED, ActionState.UNKNOWN)))
                .order_by(Action.next_try_at)
                .limit(1),
            )
        seconds = IDLE_SECONDS if next_due is None else (next_due - utcnow()).total_seconds()
        self._planned.wait(since=self._rings, seconds=max(0.02, min(seconds, IDLE_SECONDS)))

    def interrupt(self) -> None:
        """End the wait."""
        self._planned.ring()

    def close(self) -> None:
        """The connection's sockets close with the process."""

    def _claim(self) -> Claim | None:
        """Take the most pressing action by a conditional update; None when there is none or it was lost."""
        with self._database.read() as session:
            due = (
                session.scalar(_due(state, utcnow())) for state in (ActionState.UNKNOWN, ActionState.PLANNED)
            )
            action = next((found for found in due if found is not None), None)
        if action is None:
            return None
        looking = action.state is ActionState.UNKNOWN
        floor = self._floor(action) if action.kind is ActionKind.CREATE and not looking else action.key_floor
        with self._database.write() as session:
            if not _take(session, action, looking=looking, floor=floor):
                return None
            if not looking:
                record(session, Event.SENDING, utcnow(), matter_id=action.matter_id, action_id=action.id)
        action.key_floor = floor
        return Claim(action=action, looking=looking)

    def _floor(self, action: Action) -> int:
        project = action.payload["project"]
        if project not in self._floors:
            self._floors[project] = self._tickets.highest_number(project)
        return self._floors[project]

    def _send(self, claim: Claim, effect: Effect) -> None:
        """Make the call. Only answers that prove that nothing was done put the action back."""
        try:
            outcome = effect.send(self._tickets)
        except Refused as error:
            self._put_back(
                claim, str(error), REFUSED_SECONDS[min(claim.action.tries, len(REFUSED_SECONDS) - 1)]
            )
        except (Unavailable, CredentialsRefused) as error:
            self._put_back(claim, str(error), 0)
            self._current = None
            raise  # the whole connection is in trouble: the loop pauses, and says so
        else:
            self._finish(claim, outcome, Event.DONE)

    def _look(self, claim: Claim, effect: Effect) -> None:
        """Adopt what an earlier call did; plan the action again only when it is nowhere to be found."""
        outcome = effect.find(self._tickets)
        if outcome is None:
            self._put_back(claim, "looked for and not found", 0)
        else:
            self._finish(claim, outcome, Event.ADOPTED)

    def _put_back(self, claim: Claim, trouble: str, seconds: float) -> None:
        self._set(claim, ActionState.PLANNED, trouble, timedelta(seconds=seconds), Event.NOT_DONE)

    def _set(self, claim: Claim, state: ActionState, trouble: str, wait: timedelta, event: Event) -> None:
        now = utcnow()
        with self._database.write() as session:
            action = session.get_one(Action, claim.action.id)
            action.state = state
            action.trouble = trouble[:TROUBLE_LENGTH]
            action.tries += 1
            action.next_try_at = now + wait
            record(session, event, now, matter_id=action.matter_id, action_id=action.id, tries=action.tries)

    def _finish(self, claim: Claim, outcome: Outcome, event: Event) -> None:
        """Commit the outcome and let the matter's next action start."""
        now = utcnow()
        with self._database.write() as session:
            matter = lock_matter(session, claim.action.matter_id)
            action = claim.action
            left_out = (
                f"left out, because Jira did not take it: {outcome.left_out}" if outcome.left_out else None
            )
            done = {"state": ActionState.DONE, "outcome": outcome.value, "trouble": left_out}
            session.execute(update(Action).where(Action.id == action.id).values(**done))
            if action.kind is ActionKind.CREATE:
                self._name_ticket(matter, outcome.value)
            _start_next(session, action)
            record(
                session,
                event,
                now,
                message_id=action.message_id,
                matter_id=action.matter_id,
                action_id=action.id,
                kind=action.kind.value,
                outcome=outcome.value,
            )
        self._planned.ring()

    def _name_ticket(self, matter: Matter, key: str) -> None:
        matter.ticket_key = key
        project, _, number = key.rpartition("-")
        self._floors[project] = max(self._floors.get(project, 0), int(number))


def forget_interrupted(database: Database, unknown_wait: timedelta) -> int:
    """At start: what was being sent when the last process ended may have been carried out.

    Only one process delivers from an embedded database, so whatever is `sending` now was left behind.
    Returns how many actions will be looked for.
    """
    due = utcnow() + unknown_wait
    with database.write() as session:
        interrupted = session.scalars(
            select(Action).where(Action.state.in_((ActionState.SENDING, ActionState.UNKNOWN))),
        ).all()
        for action in interrupted:
            action.state, action.next_try_at = ActionState.UNKNOWN, due
            record(
                session,
                Event.UNKNOWN,
                utcnow(),
                matter_id=action.matter_id,
                action_id=action.id,
                why="restart",
            )
        return len(interrupted)


def _due(state: ActionState, now: datetime) -> Select[Action]:
    """The most pressing action in a state: the earliest clock first, then urgency, then age."""
    return (
        select(Action)
        .where(Action.state == state, Action.next_try_at <= now)
        .order_by(Action.deliver_by, Action.urgency_order, Action.id)
        .limit(1)
    )


def _take(session: Session, seen: Action, *, looking: bool, floor: int | None) -> bool:
    """Claim by conditional update: whoever changes the row first has it."""
    claimed = (
        {"next_try_at": utcnow() + timedelta(seconds=LOOKING_SECONDS)}
        if looking
        else {"state": ActionState.SENDING, "key_floor": floor}
    )
    result = session.execute(
        update(Action)
        .where(Action.id == seen.id, Action.state == seen.state, Action.next_try_at == seen.next_try_at)
        .values(**claimed),
    )
    return cast("CursorResult[Any]", result).rowcount == 1


def _start_next(session: Session, finished: Action) -> None:
    """Positions count on without gaps, so the matter's next action is the one after this."""
    session.execute(
        update(Action)
        .where(
            Action.matter_id == finished.matter_id,
            Action.position == finished.position + 1,
            Action.state == ActionState.WAITING,
        )
        .values(state=ActionState.PLANNED),
    )
