"""Intake: a batch of fetched mails becomes messages, in one transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    bindparam,
    exists,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from config.instant import utcnow
from connectors.mail import FetchedMail
from daemon.epochs import first_instant
from daemon.ledger import Event, record_each
from daemon.store.models import DUE_AT_ONCE, NORMAL_HASTE, Mailbox, Message, RawMail, Sighting, table_of
from daemon.store.rows import NewRows, Row
from daemon.store.states import MessageState, Mirror
from daemon.uids import message_ids, stored_uids
from parsers.glance import Glance

HASTENED = 0
TOO_LARGE = "the mail has more than 150 MB; only its header is stored, the rest is on the mail server"

# The same mail may come to two mailboxes at the same time; its octets are stored once.
NEW_RAW_MAIL = NewRows(RawMail, "sha256", "size", "compressed", unless_known=True)
NEW_MESSAGES = NewRows(
    Message,
    *("mailbox", "uidvalidity", "uid", "sha256", "received_at", "collected_at", "server_id", "backfilled"),
    *("party", "haste", "mirror", "held_reason", "awaits_all", "state", "tries", "next_try_at"),
)
_SEEN = exists().where(
    Sighting.message_id == Message.id,
    Sighting.mailbox == bindparam("mailbox"),
    Sighting.uidvalidity == bindparam("uidvalidity"),
)
_BY_HASH = Message.sha256.in_(bindparam("hashes", expanding=True))
_BY_NAME = Message.server_id.in_(bindparam("names", expanding=True))
# Of whatever mailbox: else SQLite looks through all that the mailbox holds, not for what is alike.
_CANDIDATES = select(
    Message.id,
    Message.server_id,
    Message.sha256,
    or_(Message.uidvalidity == bindparam("uidvalidity"), _SEEN),
    Message.mailbox,
).order_by(Message.id)
ALIKE = _CANDIDATES.where(or_(_BY_HASH, _BY_NAME))
OF_A_NAME = _CANDIDATES.where(_BY_NAME)
_HERE = Message.mailbox == bindparam("mailbox")
HAS_OTHER_EPOCHS = select(
    or_(
        exists().where(_HERE, Message.uidvalidity < bindparam("uidvalidity")),
        exists().where(_HERE, Message.uidvalidity > bindparam("uidvalidity")),
    )
)


_TABLE = table_of(Message)
_UNDECIDED = select(_TABLE.c.id).where(
    _TABLE.c.state.in_((MessageState.COLLECTED, MessageState.ASSESSED)), _TABLE.c.id < bindparam("last")
)
_OF_PARTIES = _UNDECIDED.where(_TABLE.c.party.in_(bindparam("parties", expanding=True)))
_OF_NOBODY = _UNDECIDED.where(_TABLE.c.party.is_(None))
# Chosen by the party first, which is an index: else SQLite looks through all that is not hastened yet.
HASTEN = tuple(
    update(_TABLE).where(_TABLE.c.haste > HASTENED, _TABLE.c.id.in_(older)).values(haste=HASTENED)
    for older in (_OF_PARTIES, _OF_NOBODY)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Incoming:
    """A fetched mail and what its header told."""

    mail: FetchedMail
    glance: Glance


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What the settings say about a mailbox's mail."""

    since: date | None
    mirror: bool  # whether the server is told that a mail is stored


def take_in(session: Session, mailbox: Mailbox, batch: Sequence[Incoming], terms: Terms) -> int:
    """Store what is new of the batch, in its order; returns how many messages that makes.

    Mail that this mailbox is known to have held in an earlier epoch is recognised, as often as it was
    there, and so is mail that a person moved away and back; mail that lay there before we were to watch is
    left alone.
    """
    stored = stored_uids(session, mailbox, [one.mail.uid for one in batch])
    unknown = [one for one in batch if one.mail.uid not in stored]
    recognised = _recognised(session, mailbox, unknown)
    start = first_instant(mailbox, since=terms.since)
    new = [
        one
        for one in unknown
        if one.mail.uid not in recognised
        and not (start and _was_there(mailbox, one) and one.mail.received_at < start)
    ]
    if new:
        _add(session, mailbox, new, terms)
    return len(new)


def _was_there(mailbox: Mailbox, one: Incoming) -> bool:
    """Whether the mail lay in the mailbox when the epoch was opened."""
    return one.mail.uid < mailbox.rescan_below


def _recognised(session: Session, mailbox: Mailbox, batch: Sequence[Incoming]) -> dict[int, int]:
    """The messages that mails of the batch are known as, by UID."""
    candidates = _candidates(session, mailbox, batch) if batch else ()
    if not candidates:
        return {}
    known = _Known(candidates)
    found = {one.mail.uid: known.take(one.mail, was_there=_was_there(mailbox, one)) for one in batch}
    sightings = {uid: message_id for uid, message_id in found.items() if message_id is not None}
    if sightings:
        place = {"mailbox": mailbox.name, "uidvalidity": mailbox.uidvalidity}
        session.execute(
            insert(table_of(Sighting)),
            [{**place, "uid": uid, "message_id": message_id} for uid, message_id in sightings.items()],
        )
        facts = {message_id: {**place, "uid": uid} for uid, message_id in sightings.items()}
        record_each(session, Event.RECOGNISED, utcnow(), facts)
    return sightings


def _candidates(session: Session, mailbox: Mailbox, batch: Sequence[Incoming]) -> Sequence[Any]:
    """Messages of this mailbox that could be those of the batch, and whether this epoch has met them."""
    names = {one.mail.server_id for one in batch if one.mail.server_id}
    here = {"mailbox": mailbox.name, "uidvalidity": mailbox.uidvalidity, "names": list(names)}
    # What this epoch has met is known again by its name: its octets may be those of any number of others.
    if session.scalar(HAS_OTHER_EPOCHS, here):
        found = session.execute(ALIKE, {**here, "hashes": [one.mail.packed.sha256 for one in batch]})
    else:
        found = session.execute(OF_A_NAME, here)
    return [facts for *facts, place in found if place == mailbox.name]


class _Known:
    """Messages by what they can be recognised by.

    One that this epoch has not met yet stands for one mail, since two that are alike may both have lain
    there. One that was met is known again only by name and octets together: it was moved away and back.
    """

    def __init__(self, rows: Iterable[Any]) -> None:
        self._free: dict[int, None] = {}
        self._named: dict[str, list[int]] = {}
        self._met: dict[tuple[str, str], int] = {}
        for message_id, server_id, sha256, is_met in rows:
            if is_met:
                self._met[server_id, sha256] = message_id
                continue
            self._free[message_id] = None
            for name in (server_id, sha256):
                if name is not None:
                    self._named.setdefault(name, []).append(message_id)

    def take(self, mail: FetchedMail, *, was_there: bool) -> int | None:
        """The message that this mail is.

        The server's name alone is believed only of mail that lay there when the epoch was opened: a server
        that starts afresh may give its names to other mail.
        """
        names = (mail.server_id, mail.packed.sha256) if was_there else (mail.packed.sha256,)
        for name in names:
            for message_id in self._named.get(name or "", ()):
                if message_id in self._free:
                    del self._free[message_id]
                    return message_id
        return self._met.get((mail.server_id, mail.packed.sha256)) if mail.server_id else None


def _add(session: Session, mailbox: Mailbox, new: Sequence[Incoming], terms: Terms) -> None:
    now = utcnow()
    NEW_RAW_MAIL.insert(session, _raw_mails(new))
    NEW_MESSAGES.insert(session, _messages(mailbox, new, terms, now))
    place = {"mailbox": mailbox.name, "uidvalidity": mailbox.uidvalidity}
    ids = message_ids(session, mailbox, [one.mail.uid for one in new])
    record_each(
        session, Event.COLLECTED, now, {ids[one.mail.uid]: {**place, "uid": one.mail.uid} for one in new}
    )
    _hasten(session, {ids[one.mail.uid]: one.glance.party for one in new if one.glance.urgent})


def _raw_mails(new: Sequence[Incoming]) -> Iterator[Row]:
    """In the order of their hashes, so that two transactions that store the same ones never deadlock."""
    contents = {one.mail.packed.sha256: one.mail.packed for one in new}
    for sha256, packed in sorted(contents.items()):
        yield sha256, packed.size, packed.compressed


def _messages(mailbox: Mailbox, new: Sequence[Incoming], terms: Terms, now: datetime) -> Iterator[Row]:
    """The columns of `NEW_MESSAGES`."""
    place = mailbox.name, mailbox.uidvalidity
    opened_at, was_there_below = mailbox.opened_at, mailbox.rescan_below
    mirror = Mirror.DUE if terms.mirror else None
    for one in new:
        mail, packed, glance = one.mail, one.mail.packed, one.glance
        before = mail.uid < was_there_below and opened_at is not None and mail.received_at < opened_at
        haste = HASTENED if glance.urgent else NORMAL_HASTE
        held_reason = None if packed.whole else TOO_LARGE
        yield (
            *(*place, mail.uid, packed.sha256, mail.received_at, now, mail.server_id, before),
            *(glance.party, haste, mirror, held_reason, False, MessageState.COLLECTED, 0, DUE_AT_ONCE),
        )


def _hasten(session: Session, urgent: Mapping[int, str | None]) -> None:
    """What came before from the same party goes first as well, since its order must hold.

    So does mail of nobody knows whom: until it is read, it may be of that party.
    """
    if not urgent:
        return
    parties = {party for party in urgent.values() if party is not None}
    for statement in HASTEN:
        session.execute(statement, {"last": max(urgent), "parties": list(parties)})
