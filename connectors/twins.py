"""What is done about a second ticket for one matter, by the calls of any ticket system."""

from connectors.errors import Gone, Refused
from connectors.tickets import StatusTarget, TicketSystem, TicketText

DUPLICATE = "Duplicate"
"""The type of link, and the resolution; both are there unless somebody took them away."""
RELATED = "Relates"


def close_twin(tickets: TicketSystem, twin: str, *, kept: str, text: TicketText, token: str) -> None:
    """Link a twin to the ticket that is kept, close it, and say why in a comment that carries the token.

    It may be repeated as long as it fails. The comment comes last and ends it: where it stands nothing
    is done any more, so that a twin stays open that a person has opened again. A twin that can't be
    closed gets the comment all the same.

    Raises:
        Gone: the twin or the kept ticket is not there; nothing else is left to be done.
        Refused: the twin is linked and explained, but was not closed.
    """
    if tickets.find_comment(twin, token=token) is not None:
        return
    link_duplicate(tickets, twin, kept)
    try:
        tickets.transition(twin, StatusTarget.done(), resolution=DUPLICATE)
    except Refused:
        tickets.comment(twin, text, token=token)
        raise
    tickets.comment(twin, text, token=token)


def link_duplicate(tickets: TicketSystem, duplicate: str, kept: str) -> None:
    """Link a ticket to the one that is kept, as its duplicate where the site has that type of link."""
    try:
        tickets.link(duplicate, kept, link_type=DUPLICATE)
    except Gone:
        raise
    except Refused:
        tickets.link(duplicate, kept, link_type=RELATED)
