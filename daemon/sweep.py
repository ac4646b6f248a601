"""Sweep: look for what an action with an unknown outcome may have left a second time, and put it right.

A second ticket is closed; a second comment, file or link is deleted.

See docs/decisions/015-the-window-for-a-twin.md.
"""

from collections.abc import Callable
from datetime import timedelta
from threading import Event as Signal

import structlog
from sqlalchemy import Select, Update, select, update
from sqlalchemy.orm import Session

from config.instant import utcnow
from connectors.errors import Gone, OutsideError, Refused
from connectors.tickets import FactTable, Heading, Paragraph, TicketSystem, TicketText
from connectors.twins import Explanation, close_twin
from daemon.carry_over import carry_over
from daemon.claims import TROUBLE_LENGTH
from daemon.effects import repeatable
from daemon.lease import Alone, Hold
from daemon.ledger import Event, record
from daemon.plan import audience_of
from daemon.store.database import Database
from daemon.store.models import Action, Matter
from daemon.store.states import CARRIED_OUT, ActionKind
from daemon.tokens import twin_token

DUTY = "sweep"
LOOK_EVERY_SECONDS = 5.0
WAITS = (1, 10, 60, 360, 1440)
"""How many of Jira's unknown-waits after the settlement it is looked for; with the usual 60 s for a day."""

TWICE = "it may stand twice on its ticket; look there, and delete one ({why})"

log = structlog.get_logger()


class Sweeper:
    """The step that ends doubles, on a ticket system connection of its own."""

    name = "sweep"

    def __init__(
        self,
        *,
        database: Database,
        tickets: TicketSystem,
        unknown_wait: timedelta,
        hold: Hold | None = None,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """`hold` is asked by `tickets` before each write; `wake` is called when something was planned."""
        self._database = database
        self._tickets = tickets
        self._unknown_wait = unknown_wait
        self._hold = hold or Hold(Alone())
        self._wake = wake
        self._stopping = Signal()

    def work(self) -> bool:
        """Look for the double of one action; False when none is due."""
        if not self._hold.claimant.holds(DUTY):
            return False
        self._hold.take(self._hold.claimant.id)
        with self._database.read() as session:
            action = session.scalar(self._due())
        if action is None:
            return False
        try:
            if action.kind is ActionKind.CREATE:
                self._merge(action)
            else:
                self._single(action)
        except OutsideError:  # one that always fails must not keep the others waiting
            self._postpone(action)
            raise
        return True

    def failed(self, error: Exception) -> None:
        """The same ticket is looked at again; every part of the work may be repeated."""

    def rest(self) -> None:
        """Wait a while: nobody rings for it."""
        self._stopping.wait(LOOK_EVERY_SECONDS)

    def interrupt(self) -> None:
        """End the wait."""
        self._stopping.set()

    def close(self) -> None:
        """The connection's sockets close with the process."""

    def _due(self) -> Select[Action]:
        due = Action.sweep_at <= self._database.from_now(), Action.state.in_(CARRIED_OUT)
        return select(Action).where(*due).order_by(Action.sweep_at).limit(1)

    def _merge(self, action: Action) -> None:
        keys = self._tickets.twins(action.token)
        for twin in keys[1:]:
            self._close(action, twin, kept=keys[0])
        with self._database.write("swept") as session:
            self._note(session, action)
            if keys and keys[0] != action.outcome:  # from now on the matter's ticket is the older one
                session.execute(_row(action).values(outcome=keys[0]))
                carry_over(session, action.matter_id, kept=keys[0])
        self._wake()

    def _single(self, action: Action) -> None:
        """Delete what the action has left a second time, or let `status` say that it may be there."""
        number, trouble = 0, None
        try:
            number = self._deleted(action)
        except Gone:
            log.info("swept ticket is gone", action_id=action.id)
        except Refused as error:
            log.warning("double not deleted", action_id=action.id, error=str(error))
            trouble = TWICE.format(why=error)[:TROUBLE_LENGTH]
        with self._database.write("swept") as session:
            self._note(session, action)
            session.execute(_row(action).values(trouble=trouble))
            ids = {"matter_id": action.matter_id, "action_id": action.id}
            if number:
                record(session, Event.DOUBLE_REMOVED, utcnow(), **ids, kind=action.kind.value, number=number)
            elif trouble and action.trouble is None:  # once, however often it is looked at
                record(session, Event.DOUBLE_LEFT, utcnow(), **ids, kind=action.kind.value)

    def _deleted(self, action: Action) -> int:
        with self._database.read() as session:
            key = session.get_one(Matter, action.matter_id).ticket_key
        effect = repeatable(action, key, self._database)
        return effect.single(self._tickets, kept=action.outcome or "") if effect else 0

    def _close(self, action: Action, twin: str, *, kept: str) -> None:
        with self._database.read() as session:
            seen_by = audience_of(session, session.get_one(Matter, action.matter_id))
        why = Explanation(text=_text(kept), token=twin_token(action.token, twin), seen_by=seen_by)
        try:
            close_twin(self._tickets, twin, kept=kept, why=why)
        except Gone:
            return
        except Refused as error:  # it is linked and explained; to close it is left to a person
            log.warning("twin not closed", ticket=twin, kept=kept, error=str(error))
        with self._database.write("twin closed") as session:
            ids = {"matter_id": action.matter_id, "action_id": action.id}
            record(session, Event.TWIN_CLOSED, utcnow(), **ids, twin=twin, kept=kept)

    def _postpone(self, action: Action) -> None:
        with self._database.write("sweep put off") as session:
            session.execute(_row(action).values(sweep_at=self._database.from_now(self._unknown_wait)))

    def _note(self, session: Session, action: Action) -> None:
        sweeps = (action.sweeps or 0) + 1
        wait = WAITS[sweeps] * self._unknown_wait if sweeps < len(WAITS) else None
        following = self._database.from_now(wait) if wait is not None else None
        session.execute(_row(action).values(sweeps=sweeps, sweep_at=following))


def _row(action: Action) -> Update:
    return update(Action).where(Action.id == action.id)


def _text(kept: str) -> TicketText:
    return (
        Heading(text="Opened twice"),
        Paragraph(
            text="This ticket and the one below were opened for the same mail, because an answer of Jira's "
            "was lost. The older one is worked on; this one is closed."
        ),
        FactTable(rows=(("Go on with", kept),)),
    )
