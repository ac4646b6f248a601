"""What becomes of an action once a call for it has ended, as a decision; deliver acts on it."""

from dataclasses import dataclass
from datetime import timedelta

from config.errors import MailwardenError
from connectors.errors import Gone, OutsideError, Refused
from daemon.effects import Outcome
from daemon.ledger import Event
from daemon.store.models import Action
from daemon.store.states import ActionKind, ActionState

AT_ONCE = timedelta(0)
REFUSED_WAITS = tuple(timedelta(seconds=each) for each in (5, 30, 120, 600, 900, 1800, 3600))
"""Waits after a refusal, whose cause a person may mend; after the last one the action has failed."""
SPARED = frozenset({ActionKind.WATCH, ActionKind.ATTACH, ActionKind.TRANSITION, ActionKind.ACKNOWLEDGE})
"""What a ticket can do without: refused once, it has failed, so that the matter's next action goes on."""
MOST_DEFERRALS = 30
"""An acknowledgement that no server takes within a day is of no more use."""
MOST_LOOKS = 100
"""An outcome that can't be found out in so many tries is left to a person."""


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """The state in which the action is left, and why."""

    state: ActionState
    event: Event
    wait: timedelta = AT_ONCE
    trouble: str | None = None
    outcome: Outcome | None = None
    in_doubt: bool = False  # it may have been done and can't be looked for: it must not be repeated


def succeeded(outcome: Outcome) -> Settlement:
    """The call was answered."""
    return Settlement(state=ActionState.DONE, event=Event.DONE, outcome=outcome, trouble=_left_out(outcome))


def found(action: Action, outcome: Outcome | None) -> Settlement:
    """An earlier call was looked for: adopt what it did; only what is nowhere to be found is sent again."""
    if outcome is None and action.kind is ActionKind.ACKNOWLEDGE:
        return _in_doubt("it may have been sent before; see to it that the sender knows")
    if outcome is None:
        return not_done("looked for and not found")
    return Settlement(state=ActionState.ADOPTED, event=Event.ADOPTED, outcome=outcome)


def not_done(trouble: str, wait: timedelta = AT_ONCE) -> Settlement:
    """It is certain that nothing was done."""
    return Settlement(state=ActionState.PLANNED, event=Event.NOT_DONE, trouble=trouble, wait=wait)


def deferred(action: Action, error: OutsideError) -> Settlement:
    """The other side can't be reached, or won't let us in; nothing was done.

    Of acknowledgements each has a wait of its own, since a mail server may put off one recipient alone.
    """
    if action.kind is not ActionKind.ACKNOWLEDGE:
        return not_done(str(error))
    if action.tries >= MOST_DEFERRALS:
        return failed(str(error))
    return not_done(str(error), REFUSED_WAITS[min(action.tries, len(REFUSED_WAITS) - 1)])


def refused(action: Action, error: Refused) -> Settlement:
    """The other side said no: again after a while, in which a person may mend the cause, or never."""
    if action.kind in SPARED or isinstance(error, Gone) or action.tries >= len(REFUSED_WAITS):
        return failed(str(error))
    return not_done(str(error), REFUSED_WAITS[action.tries])


def unknown(action: Action, error: Exception, wait: timedelta) -> Settlement:
    """It may have been done, or may be done yet: it is looked for after the wait, if it can be."""
    trouble = str(error) if isinstance(error, MailwardenError) else type(error).__name__
    if action.kind is ActionKind.ACKNOWLEDGE:
        return _in_doubt(trouble)
    if isinstance(error, Gone) or action.tries >= MOST_LOOKS:
        return failed(trouble)
    return Settlement(state=ActionState.UNKNOWN, event=Event.UNKNOWN, trouble=trouble, wait=wait)


def untouched(trouble: str, *, looking: bool) -> Settlement:
    """It was claimed and not begun: it is as it was before."""
    if not looking:
        return not_done(trouble)
    return Settlement(state=ActionState.UNKNOWN, event=Event.UNKNOWN, trouble=trouble)


def failed(trouble: str) -> Settlement:
    """Nothing more is tried unless a person says so."""
    return Settlement(state=ActionState.FAILED, event=Event.FAILED, trouble=trouble)


def _in_doubt(trouble: str) -> Settlement:
    return Settlement(state=ActionState.FAILED, event=Event.FAILED, trouble=trouble, in_doubt=True)


def _left_out(outcome: Outcome) -> str | None:
    return f"left out, because Jira did not take it: {outcome.left_out}" if outcome.left_out else None
