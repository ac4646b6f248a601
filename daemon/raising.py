"""Look before raising: what the daemon may write on a ticket, and what it leaves to the person who set it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.tickets import FactTable, Heading, Paragraph, Pressing, TicketText
from daemon.payloads import RAISES, RaisePayload
from daemon.plan import COMMENTS, CommentPayload, append, audience_of, last_recovery
from daemon.store.models import Action, Matter, Message
from daemon.store.states import CARRIED_OUT, ActionKind
from daemon.tokens import action_token
from rules.priority import Priority

PRIORITY, DUE = "priority", "due date"
NOTE = "left to a person"
"""What tells the note's token from that of the comment that the same message may be."""
WRITING = (ActionKind.CREATE, ActionKind.RAISE)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A field that stays as a person has set it, though a mail asks for more."""

    field: str
    shown: str
    asked: str


@dataclass(frozen=True, kw_only=True)
class Raising:
    """What is written, and what is left to people."""

    write: RaisePayload
    kept: tuple[Kept, ...] = ()


def raising(wanted: RaisePayload, shown: Pressing, last: Pressing) -> Raising:
    """Raise what is as we last set it, and never lower anything.

    A field that shows something else was set by a person: where that is less pressing than what is
    wanted, it stays, and is named.
    """
    priority = wanted.priority if _more_pressing(wanted.priority, shown.priority) else None
    due = wanted.due if wanted.due and (shown.due is None or wanted.due < shown.due) else None
    # A ticket without a priority is of a project that has none: there is nothing of a person's.
    is_ours = shown.priority in {None, last.priority}
    kept = (
        *([] if is_ours else _kept(PRIORITY, shown.priority, priority)),
        *([] if shown.due == last.due else _kept(DUE, shown.due, due)),
    )
    fields = {each.field for each in kept}
    write = RaisePayload(
        priority=None if PRIORITY in fields else priority, due=None if DUE in fields else due
    )
    return Raising(write=write, kept=kept)


def last_set(session: Session, matter_id: int, key: str) -> Pressing:
    """What our own calls last set on this ticket of the matter."""
    done = Action.matter_id == matter_id, Action.outcome == key, Action.state.in_(CARRIED_OUT)
    actions = session.scalars(
        select(Action).where(*done, Action.kind.in_(WRITING)).order_by(Action.position.desc())
    )
    written = [_written(action) for action in actions]
    return Pressing(
        priority=next((one.priority for one in written if one.priority), None),
        due=next((one.due for one in written if one.due or one.clear_due), None),
    )


def tell_of_kept(session: Session, raised: Action, kept: tuple[Kept, ...]) -> None:
    """Plan the comment about what was left to the person who set it."""
    message, matter = session.get_one(Message, raised.message_id), session.get_one(Matter, raised.matter_id)
    comment = CommentPayload(text=_note(message, kept), seen_by=audience_of(session, matter))
    note = COMMENTS.dump_python(comment, mode="json")
    token = action_token(ActionKind.COMMENT, message, NOTE, raised.token)
    append(session, matter, message, [(ActionKind.COMMENT, token, note)], last_recovery(session))


def _more_pressing(wanted: str | None, shown: str | None) -> bool:
    """A name that we do not know counts as less: whether it is, a person has to say."""
    if wanted is None:
        return False
    return shown not in set(Priority) or Priority(wanted).rank > Priority(shown).rank


def _kept(field: str, shown: object, asked: object) -> list[Kept]:
    return [Kept(field=field, shown=str(shown or "empty"), asked=str(asked))] if asked else []


def _written(action: Action) -> RaisePayload:
    """What the call set; where that was not noted, all that was planned."""
    if action.written is not None:
        return RAISES.validate_python(action.written)
    return RAISES.validate_python({name: action.payload.get(name) for name in ("priority", "due")})


def _note(message: Message, kept: tuple[Kept, ...]) -> TicketText:
    rows = tuple((one.field.capitalize(), f"{one.shown}; the mail asks for {one.asked}") for one in kept)
    return (
        Heading(text="Not raised"),
        Paragraph(
            text="A mail asks for more than this ticket shows. What a person has set is left as it is; "
            "change it yourself if the mail is right."
        ),
        FactTable(rows=(*rows, ("Message", f"number {message.id}"))),
    )
