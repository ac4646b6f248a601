"""What is done about a second ticket for one matter, by the calls of any ticket system."""

from dataclasses import dataclass

from connectors.errors import Gone, Refused
from connectors.tickets import StatusTarget, TicketSystem, TicketText
from rules.ticket_keys import Audience

DUPLICATE = "Duplicate"
"""The type of link, and the resolution; both are there unless somebody took them away."""
RELATED = "Relates"


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """The comment that says why a twin is closed."""

    text: TicketText
    token: str
    seen_by: Audience | None = None  # None for everybody who sees the ticket


def close_twin(tickets: TicketSystem, twin: str, *, kept: str, why: Explanation) -> None:
    """Link a twin to the ticket that is kept, close it, and say why in a comment that carries the token.

    It may be repeated as long as it fails. The comment comes last and ends it: where it stands nothing
    is done any more, so that a twin stays open that a person has opened again. A twin that can't be
    closed gets the comment all the same.

    Raises:
        Gone: the twin or the kept ticket is not there; nothing else is left to be done.
        Refused: the twin is linked and explained, but was not closed.
    """
    if tickets.find_comment(twin, token=why.token) is not None:
        return
    link_duplicate(tickets, twin, kept)
    try:
        tickets.transition(twin, StatusTarget.done(), resolution=DUPLICATE)
    except Refused:
        tickets.comment(twin, why.text, token=why.token, seen_by=why.seen_by)
        raise
    tickets.comment(twin, why.text, token=why.token, seen_by=why.seen_by)


def link_duplicate(tickets: TicketSystem, duplicate: str, kept: str) -> None:
    """Link a ticket to the one that is kept, as its duplicate where the site has that type of link."""
    try:
        tickets.link(duplicate, kept, link_type=DUPLICATE)
    except Gone:
        raise
    except Refused:
        tickets.link(duplicate, kept, link_type=RELATED)
