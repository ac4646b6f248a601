"""The octets of stored mail, of which often no more than the header is wanted."""

from dataclasses import dataclass

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from connectors.packing import HEAD_OCTETS, unpacked, unpacked_beginning
from daemon.store.models import RawMail

_ENOUGH = 2 * HEAD_OCTETS  # packed; what does not get smaller by packing gets hardly larger
_WHOLE = RawMail.size <= bindparam("most")
_BEGINNING = func.substr(RawMail.compressed, 1, _ENOUGH, type_=RawMail.compressed.type)
_CONTENT = select(RawMail.size, case((_WHOLE, RawMail.compressed), else_=_BEGINNING)).where(
    RawMail.sha256 == bindparam("sha256")
)


@dataclass(frozen=True, kw_only=True)
class StoredMail:
    """What was asked for of a stored mail."""

    size: int  # of the whole mail
    octets: bytes  # all of them, or the first with all of an honest mail's header


def stored_mail(session: Session, sha256: str, *, most: int) -> StoredMail:
    """A mail, whole if it has no more than `most` octets; of a larger one only the beginning is fetched."""
    size, compressed = session.execute(_CONTENT, {"sha256": sha256, "most": most}).one()
    read = unpacked(compressed) if size <= most else unpacked_beginning(compressed, HEAD_OCTETS)
    return StoredMail(size=size, octets=read)


def head_of(session: Session, sha256: str) -> StoredMail:
    """The beginning of a mail of any size."""
    return stored_mail(session, sha256, most=0)
