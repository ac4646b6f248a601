"""What a ticket says of the files that the ticket system would not take."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from connectors.tickets import FactTable, Heading, Paragraph, TicketText
from daemon.payloads import ATTACHMENTS
from daemon.plan import COMMENTS, CommentPayload, append, audience_of, last_recovery
from daemon.store.models import Action, Matter, Message
from daemon.store.states import FINISHED, ActionKind, ActionState
from daemon.tokens import action_token

NOTE = "files not attached"
"""What tells the note's token from that of the comment that the same message may be."""


def tell_of_missing_files(session: Session, finished: Action) -> None:
    """Once the last file of a message is done with, plan one comment about those that were refused."""
    message = session.get_one(Message, finished.message_id)
    token = action_token(ActionKind.COMMENT, message, NOTE)
    of_message = Action.matter_id == finished.matter_id, Action.message_id == message.id
    files = session.scalars(
        select(Action).where(*of_message, Action.kind == ActionKind.ATTACH).order_by(Action.position)
    ).all()
    missing = [action for action in files if action.state is ActionState.FAILED]
    pending = any(action.state not in FINISHED for action in files)
    if pending or not missing or session.scalar(select(exists().where(Action.token == token))):
        return
    matter = session.get_one(Matter, finished.matter_id)
    comment = CommentPayload(text=_note(missing), seen_by=audience_of(session, matter))
    note = COMMENTS.dump_python(comment, mode="json")
    append(session, matter, message, [(ActionKind.COMMENT, token, note)], last_recovery(session))


def _note(missing: list[Action]) -> TicketText:
    count = "1 file is" if len(missing) == 1 else f"{len(missing)} files are"
    return (
        Heading(text="Not attached"),
        Paragraph(text=f"{count} not attached. Mailwarden keeps the mail with all of its files."),
        FactTable(rows=tuple(_row(action) for action in missing)),
    )


def _row(action: Action) -> tuple[str, str]:
    file = ATTACHMENTS.validate_python(action.payload)
    return "Attachment", f"{file.name}, SHA-256 {file.sha256}: {action.trouble or 'refused'}"
