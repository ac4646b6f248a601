"""Intake: a batch of fetched mails becomes messages, in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, or_, select, text, update
from sqlalchemy.orm import Session

from config.instant import utcnow
from connectors.mail import BATCH_MESSAGES, FetchedMail
from daemon.epochs import first_instant
from daemon.ledger import Event, record_each
from daemon.store.models import DUE_AT_ONCE, NORMAL_HASTE, Mailbox, Message, Sighting, table_of
from daemon.store.states import MessageState, Mirror
from parsers.glance import Glance

HASTENED = 0
TOO_LARGE = "the mail has more than 150 MB; only its header is stored, the rest is on the mail server"

# The same mail may come to two mailboxes at the same time; its octets are stored once.
NEW_RAW_MAIL = text(
    "INSERT INTO raw_mail (sha256, size, compressed) VALUES (:sha256, :size, :compressed) "
    "ON CONFLICT DO NOTHING"
)
NEW_MESSAGE = insert(table_of(Message)).returning(Message.id, Message.uid)


@dataclass(frozen=True, kw_only=True)
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


def stored_uids(session: Session, mailbox: Mailbox, uids: Sequence[int]) -> frozenset[int]:
    """Which of these UIDs of the present epoch we know, by a message or by a sighting of one."""
    if not uids:
        return frozenset()
    found: set[int] = set()
    for table in (Message, Sighting):
        few = len(uids) <= BATCH_MESSAGES
        among = table.uid.in_(uids) if few else table.uid.between(min(uids), max(uids))
        here = table.mailbox == mailbox.name, table.uidvalidity == mailbox.uidvalidity
        found.update(session.scalars(select(table.uid).where(*here, among)))
    return frozenset(found.intersection(uids))


def _was_there(mailbox: Mailbox, one: Incoming) -> bool:
    """Whether the mail lay in the mailbox when the epoch was opened."""
    return one.mail.uid < mailbox.rescan_below


def _recognised(session: Session, mailbox: Mailbox, batch: Sequence[Incoming]) -> dict[int, int]:
    """The messages that mails of the batch are known as, by UID."""
    if not batch:
        return {}
    known = _Known(_candidates(session, mailbox, batch))
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


def _candidates(session: Session, mailbox: Mailbox, batch: Sequence[Incoming]) -> Iterable[Any]:
    """Messages of this mailbox that could be those of the batch, and whether this epoch has met them."""
    hashes = {one.mail.packed.sha256 for one in batch}
    names = {one.mail.server_id for one in batch if one.mail.server_id}
    met = select(Sighting.message_id).where(
        Sighting.mailbox == mailbox.name, Sighting.uidvalidity == mailbox.uidvalidity
    )
    is_met = or_(Message.uidvalidity == mailbox.uidvalidity, Message.id.in_(met))
    alike = or_(Message.sha256.in_(hashes), Message.server_id.in_(names))
    return session.execute(
        select(Message.id, Message.server_id, Message.sha256, is_met)
        .where(Message.mailbox == mailbox.name, alike)
        .order_by(Message.id)
    )


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
    session.execute(NEW_RAW_MAIL, _raw_mails(new))
    rows = [_message(mailbox, one, terms) for one in new]
    ids = {uid: message_id for message_id, uid in session.execute(NEW_MESSAGE, rows)}
    place = {"mailbox": mailbox.name, "uidvalidity": mailbox.uidvalidity}
    record_each(
        session, Event.COLLECTED, utcnow(), {ids[one.mail.uid]: {**place, "uid": one.mail.uid} for one in new}
    )
    _hasten(session, {ids[one.mail.uid]: one.glance.party for one in new if one.glance.urgent})


def _raw_mails(new: Sequence[Incoming]) -> list[dict[str, object]]:
    """In the order of their hashes, so that two transactions that store the same ones never deadlock."""
    contents = {one.mail.packed.sha256: one.mail.packed for one in new}
    return [
        {"sha256": sha256, "size": packed.size, "compressed": packed.compressed}
        for sha256, packed in sorted(contents.items())
    ]


def _message(mailbox: Mailbox, one: Incoming, terms: Terms) -> dict[str, object]:
    mail = one.mail
    opened_at = mailbox.opened_at
    before = opened_at is not None and mail.received_at < opened_at
    return {
        "mailbox": mailbox.name,
        "uidvalidity": mailbox.uidvalidity,
        "uid": mail.uid,
        "sha256": mail.packed.sha256,
        "received_at": mail.received_at,
        "collected_at": utcnow(),
        "next_try_at": DUE_AT_ONCE,
        "server_id": mail.server_id,
        "backfilled": before and _was_there(mailbox, one),
        "party": one.glance.party,
        "haste": HASTENED if one.glance.urgent else NORMAL_HASTE,
        "mirror": Mirror.DUE if terms.mirror else None,
        "held_reason": None if mail.packed.whole else TOO_LARGE,
    }


def _hasten(session: Session, urgent: Mapping[int, str | None]) -> None:
    """What came before from the same party goes first as well, since its order must hold.

    So does mail of nobody knows whom: until it is read, it may be of that party.
    """
    if not urgent:
        return
    undecided = Message.state.in_((MessageState.COLLECTED, MessageState.ASSESSED))
    parties = {party for party in urgent.values() if party is not None}
    older = update(Message).where(undecided, Message.haste > HASTENED, Message.id < max(urgent))
    same = or_(Message.party.in_(parties), Message.party.is_(None))
    session.execute(
        older.where(same).values(haste=HASTENED), execution_options={"synchronize_session": False}
    )
