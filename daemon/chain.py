"""The chain: how a ledger entry is bound to the one before it, by a key that is not in the database.

The digest of an entry is the HMAC-SHA-256 (RFC 2104) of one JSON object in its canonical form (JSON
Canonicalization Scheme, RFC 8785) with these members:

    sequence    its place in the chain, from 1
    previous    the digest of the entry before it, in hexadecimal digits; null for the first
    at          UTC, to the microsecond: 2026-11-03T09:30:00.000000+00:00
    event, message_id, matter_id, action_id, facts    as in the table

Whoever has no key can neither change an entry nor make one; whoever has the key but not the heads that
lie outside the database can't be told from us.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import rfc8785


@dataclass(frozen=True, kw_only=True)
class Content:
    """What an entry says: all of it is sealed."""

    at: datetime
    event: str
    message_id: int | None
    matter_id: int | None
    action_id: int | None
    facts: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """An entry that claims to be sealed, as it was found."""

    number: int  # its id in the table
    sequence: int
    digest: str
    content: Content | None  # None when what was found is not an entry at all


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an entry stands in the chain."""

    sequence: int
    previous: str | None  # the digest of the entry before it


def document(content: Content, place: Place) -> dict[str, object]:
    """The object that is sealed."""
    return {
        "sequence": place.sequence,
        "previous": place.previous,
        "at": content.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "event": content.event,
        "message_id": content.message_id,
        "matter_id": content.matter_id,
        "action_id": content.action_id,
        "facts": content.facts,
    }


def digest(key: bytes, content: Content, place: Place) -> str:
    """The digest of an entry at a place.

    Raises:
        rfc8785.CanonicalizationError: the facts hold what JSON can't say.
    """
    canonical = rfc8785.dumps(document(content, place))  # type: ignore[arg-type]  # facts are JSON
    return hmac.digest(key, canonical, "sha256").hex()


def belongs(key: bytes, entry: Sealed, place: Place) -> bool:
    """Whether the entry was sealed with this key at this place, and says the same still."""
    if entry.content is None:
        return False
    try:
        wanted = digest(key, entry.content, place)
    except rfc8785.CanonicalizationError:
        return False
    return hmac.compare_digest(wanted, entry.digest)
