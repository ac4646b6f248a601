"""The one place where identifiers are made: derived, never random.

A restored backup that plans the same action again arrives at the same token, and so finds what it
did before.
"""

import hashlib

from daemon.store.models import Message
from daemon.store.states import ActionKind

TOKEN_LENGTH = 32


def create_token(message: Message) -> str:
    """The token of the ticket that this message opens: one for one content, whichever mailbox it came to."""
    return _derive(ActionKind.CREATE, message.sha256)


def action_token(kind: ActionKind, message: Message, *details: str) -> str:
    """The token of another action that this message leads to."""
    place = (message.mailbox, str(message.uidvalidity), str(message.uid))
    return _derive(kind, message.sha256, *place, *details)


def pair_token(kind: ActionKind, one: Message, other: Message) -> str:
    """The token of an action that two messages lead to, whichever of them is looked at."""
    return _derive(kind, *sorted((one.sha256, other.sha256)))


def twin_token(create_token: str, twin: str) -> str:
    """The token of the comment that says why a twin is closed."""
    return _derive(ActionKind.COMMENT, create_token, twin)


def repeated_token(kind: ActionKind, token: str, kept: str) -> str:
    """The token of what was done under another token on another ticket, and is done again on this one."""
    return _derive(kind, token, kept)


def _derive(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(("mailwarden", *parts)).encode()).hexdigest()[:TOKEN_LENGTH]
