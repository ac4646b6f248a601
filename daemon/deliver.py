"""Deliver: planned actions -> Jira, each effectively once.

The intent is committed before a call and the outcome after it. A call whose outcome is not known is
never repeated: its token is looked for first, after a wait that outlasts the call itself. The commit of
one outcome holds the claim of the next action, so that an action costs one commit; while calls are quick,
a few actions share one.
"""

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import zip_longest

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from config.instant import utcnow
from connectors.errors import CredentialsRefused, OutsideError, Refused, Unavailable
from connectors.outbox import Outbox
from connectors.tickets import TicketSystem
from daemon.bell import Bell
from daemon.claims import IN_TURN, NAME_TICKET, TICKET, Claim, Claims, Due, start_next
from daemon.effects import effect_of
from daemon.lease import Alone, Hold, LeaseLost
from daemon.ledger import Event, record
from daemon.missing_files import tell_of_missing_files
from daemon.plan import BEHIND_ALL
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
from daemon.store.database import Database
from daemon.store.models import Action
from daemon.store.states import FINISHED, ActionKind

IDLE_SECONDS = 30.0
MOST_CLAIMS = 4
"""Actions that one thread of a daemon has at a time, and commits together, while Jira answers quickly."""
QUICK_SECONDS = 0.2
"""That an outcome may wait for its commit, and an action in the hands of one thread for its turn."""
NOT_READY = not_done("the other ticket does not exist yet", timedelta(seconds=0.5))
ELSEWHERE = untouched("the matter goes on with an older ticket", looking=True)

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Left:
    """What a commit has left behind of one action."""

    claim: Claim
    settlement: Settlement  # as it was stored
    held: bool  # False: others have the action now, and nothing was stored
    started: list[int]  # actions that wait no longer


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
        most: int = 1,
    ) -> None:
        """`hold` is asked by `tickets` and `outbox` before each write; all that deliver share `floors`.

        `most` is how many actions may share a commit; none of them may be an acknowledgement, which can't be
        looked for.
        """
        self.name = f"deliver {number}" if outbox is None else f"acknowledge {number}"
        self._database = database
        self._tickets = tickets
        self._outbox = outbox
        self._planned = planned
        self._unknown_wait = unknown_wait
        self._hold = hold or Hold(Alone())
        self._floors = floors or Floors()
        self._mine = Action.deliver_by < BEHIND_ALL if outbox is None else Action.deliver_by == BEHIND_ALL
        self._claims = Claims(database, self._mine, unknown_wait)
        waiting = Action.state.in_(IN_TURN), Action.claimed_by.is_(None), self._mine
        self._next_due = select(Action.next_try_at).where(*waiting).order_by(Action.next_try_at).limit(1)
        self._rings = 0
        self._most = most
        self._seconds = QUICK_SECONDS  # that an action takes
        self._claimed: list[Claim] = []
        self._settled: list[Settlement] = []  # what became of the first of them, until that is committed

    def work(self) -> bool:
        """Carry out, or look for, the most pressing action that is due; claim the next with the outcome."""
        self._rings, trouble = self._planned.rings, None
        self._claimed = self._claimed or self._claim()
        if not self._claimed:
            return False
        if not self._settled:
            trouble = self._carry_out()
        self._claimed = self._commit(go_on=trouble is None)
        self._settled = []
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
        self._seconds = QUICK_SECONDS
        for claim in self._claimed[len(self._settled) :][:1]:
            if isinstance(error, LeaseLost):
                self._settled.append(untouched(str(error), looking=claim.looking))
            else:
                self._settled.append(unknown(claim.action, error, self._unknown_wait))

    def rest(self) -> None:
        """Wait for something planned, or until a postponed action is due."""
        with self._database.read() as session:
            due = session.scalar(self._next_due)
        seconds = IDLE_SECONDS if due is None else (due - utcnow()).total_seconds()
        self._planned.wait(since=self._rings, seconds=max(0.02, min(seconds, IDLE_SECONDS)))

    def interrupt(self) -> None:
        """End the wait."""
        self._planned.ring()

    def close(self) -> None:
        """Commit what became of the last call and free what was not begun; sockets close with the process."""
        if self._claimed:
            self._commit(go_on=False)
            self._claimed, self._settled = [], []

    def _claim(self) -> list[Claim]:
        with self._database.read() as session:
            # A look that needs no lock; on an idle daemon it is all that happens.
            action = self._claims.due(session)
        if action is None:
            return []
        if action.kind is ActionKind.CREATE:
            with suppress(Refused):  # that is for the claimed action to find out
                self._learn_floor(action)
        return self._database.together("claim action", self._take)

    def _take(self, session: Session) -> list[Claim]:
        """Claim the next action, or as many as are quick together, and say that they are being sent."""
        number = max(1, min(self._most, int(QUICK_SECONDS / self._seconds)))
        claims = self._claims.take(session, self._hold.claimant.id, most=number)
        for claim in claims:
            if not claim.looking:
                action = claim.action
                self._set_floor(action)
                record(session, Event.SENDING, utcnow(), matter_id=action.matter_id, action_id=action.id)
        return claims

    def _set_floor(self, action: Action) -> None:
        """From which key number on a ticket would have to be looked for; the first one holds for ever."""
        if action.kind is ActionKind.CREATE and action.key_floor is None:
            action.key_floor = self._floors.of(action.payload["project"])

    def _carry_out(self) -> OutsideError | None:
        """One after another, until something is wrong with the whole connection; returns what that is."""
        began = time.monotonic()
        for claim in self._claimed:
            settlement, trouble = self._carried_out(claim)
            self._settled.append(settlement)
            if trouble is not None:
                self._seconds = QUICK_SECONDS
                return trouble
        self._seconds = max((time.monotonic() - began) / len(self._claimed), 0.001)
        return None

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

    def _learn_floor(self, action: Action | Due) -> None:
        project = action.payload["project"]
        if self._floors.of(project) is None:
            self._floors.note(project, self._tickets.highest_number(project))

    def _commit(self, *, go_on: bool) -> list[Claim]:
        """Commit what became of the actions, unless others have them now; returns what is claimed next."""
        lefts, following = self._database.together("settle action", partial(self._settle, go_on=go_on))
        for left in lefts:
            event = f"action {left.settlement.event}" if left.held else "claim lost"
            log.info(event, **_told(left.claim.action, left.settlement))
        started = {number for left in lefts for number in left.started}
        has_notes = any(_may_have_led_to_a_note(left) for left in lefts)
        if has_notes or started - {claim.action.id for claim in following}:
            self._planned.ring()
        return following

    def _settle(self, session: Session, *, go_on: bool) -> tuple[list[Left], list[Claim]]:
        """All in the order of their matters, so that no two daemons wait for each other's."""
        settled = list(zip_longest(self._claimed, self._settled))
        settled.sort(key=lambda pair: (pair[0].action.matter_id, pair[0].action.position))
        lefts = [self._left(session, claim, settlement or _unbegun(claim)) for claim, settlement in settled]
        return lefts, self._take(session) if go_on else []

    def _left(self, session: Session, claim: Claim, settlement: Settlement) -> Left:
        if settlement.state in FINISHED:
            # The matter before the action, as plan does.
            ticket = session.scalar(TICKET, {"matter": claim.action.matter_id})
            if _is_elsewhere(claim, ticket):
                settlement = ELSEWHERE
        held = self._claims.settle(session, claim, settlement)
        started = self._follow_up(session, claim.action, settlement) if held else []
        return Left(claim=claim, settlement=settlement, held=held, started=started)

    def _follow_up(self, session: Session, action: Action, settlement: Settlement) -> list[int]:
        """Name the ticket, let the matter's next action start, and record it; returns what has started."""
        outcome = settlement.outcome.value if settlement.outcome else None
        is_create, is_finished = action.kind is ActionKind.CREATE, settlement.state in FINISHED
        if is_create and outcome is not None:
            self._name_ticket(session, action.matter_id, outcome)
        may_start = is_finished and (outcome is not None or not is_create)
        started = start_next(session, action) if may_start else []
        if is_finished and action.kind is ActionKind.ATTACH:
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
        return started

    def _name_ticket(self, session: Session, matter_id: int, key: str) -> None:
        session.execute(NAME_TICKET, {"matter": matter_id, "key": key})
        project, _, number = key.rpartition("-")
        self._floors.note(project, int(number))


def _may_have_led_to_a_note(left: Left) -> bool:
    """On files that were refused, or on what stays as a person has set it."""
    outcome = left.settlement.outcome
    return left.claim.action.kind is ActionKind.ATTACH or (outcome is not None and bool(outcome.kept))


def _unbegun(claim: Claim) -> Settlement:
    return untouched("it was claimed and not begun", looking=claim.looking)


def _is_elsewhere(claim: Claim, ticket: str | None) -> bool:
    """Whether what was written on is no longer the matter's ticket. A mail is sent, whatever it names."""
    is_written = claim.action.kind is not ActionKind.ACKNOWLEDGE
    return is_written and claim.ticket not in {None, ticket}


def _told(action: Action, settlement: Settlement) -> dict[str, int | str | None]:
    """What can be told of it in a log."""
    return {
        "message_id": action.message_id,
        "matter_id": action.matter_id,
        "action_id": action.id,
        "kind": action.kind,
        "outcome": settlement.outcome.value if settlement.outcome else None,
    }
