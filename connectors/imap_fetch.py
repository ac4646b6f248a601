"""What an IMAP server answers about mails, read with distrust: wrong sizes, short pieces."""

from collections.abc import Callable
from datetime import datetime

from connectors.imap_answer import Item
from connectors.mail import BATCH_MESSAGES, BATCH_OCTETS, PIECE_OCTETS, SERVER_ID_CHARACTERS
from connectors.packing import Packed, Packer, packed

FIRST_PIECE_OCTETS = BATCH_OCTETS // BATCH_MESSAGES
"""So much of each mail of a batch is asked for at once: the batch is bounded whatever sizes are declared."""

FetchPiece = Callable[[int, int], bytes | None]
"""The octets of a mail from an offset on, at most `PIECE_OCTETS`; None when it has gone."""


def piece_at(item: Item, offset: int) -> bytes | None:
    """The octets that answer BODY[]<offset.length> (RFC 9051, section 6.4.5); None where the mail has gone.

    Dovecot then says NIL, and that the mail has no size; others may say NIL for the end of the mail.
    """
    piece: bytes | None = item.get(b"BODY[]<%d>" % offset)
    return b"" if piece is None and offset and item.get(b"RFC822.SIZE") else piece


def has_content(item: Item) -> bool:
    """Whether this is an answer to what was asked; a server may send flags that nobody asked for."""
    return piece_at(item, 0) is not None


def whole(uid: int, item: Item, fetch_piece: FetchPiece) -> Packed | None:
    """The mail whose first piece the item holds; None when it has gone meanwhile.

    The declared size only says whether a short piece may be the last: some servers declare too much
    (then one more piece is asked for, and is empty), some too little (then a full piece is not the last).
    """
    declared: int = item.get(b"RFC822.SIZE", 0)
    piece, asked = piece_at(item, 0), FIRST_PIECE_OCTETS
    if piece is not None and _is_last(piece, asked, len(piece), declared):
        return packed(piece)
    packer = Packer()
    while piece is not None:
        packer.add(piece)
        if packer.is_full or _is_last(piece, asked, packer.size, declared):
            return packer.packed()
        piece, asked = fetch_piece(uid, packer.size), PIECE_OCTETS
    return None


def _is_last(piece: bytes, asked: int, so_far: int, declared: int) -> bool:
    return not piece or (len(piece) < asked and so_far >= declared)


def received_at(item: Item) -> datetime:
    """The INTERNALDATE, aware."""
    received: datetime = item[b"INTERNALDATE"]
    if received.tzinfo is None:
        raise ValueError("INTERNALDATE without a zone")
    return received


def server_id(value: object) -> str | None:
    """EMAILID comes in parentheses, X-GM-MSGID as a number, X-GUID as a string; NIL as None."""
    if isinstance(value, tuple):
        value = value[0] if value else None
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")
    return text if 0 < len(text) <= SERVER_ID_CHARACTERS else None
