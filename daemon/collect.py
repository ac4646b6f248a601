"""Collect: mailbox -> Message. The raw bytes are committed before anything else happens to a mail.

The position is (UIDVALIDITY, highest stored UID), never a flag on the server, which any other
client could change.
"""

import hashlib
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.instant import utcnow
from connectors.mail import Epoch, FetchedMail, MailSource
from daemon.bell import Bell
from daemon.ledger import Event, record
from daemon.store.database import Database
from daemon.store.models import Mailbox, Message, RawMail

FAST_COMPRESSION = 1  # mail is mostly text or already compressed; more effort gains little


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What is watched, and how."""

    mailbox: str
    open_source: Callable[[], MailSource]
    poll_seconds: float
    since: date | None  # a mailbox seen for the first time starts here, or at "now"


class Collector:
    """The collect step for one mailbox."""

    def __init__(self, *, watch: Watch, database: Database, collected: Bell) -> None:
        self.name = f"collect {watch.mailbox}"
        self._watch = watch
        self._database = database
        self._collected = collected
        self._source: MailSource | None = None

    def work(self) -> bool:
        """Fetch and commit what is new; always False, since one call takes all there is."""
        source = self._source or self._open()
        for mails in source.fetch(self._new_uids(source)):
            self._store(mails)
        self._note_good_poll()
        return False

    def failed(self, error: Exception) -> None:  # noqa: ARG002  (whatever it was)
        """Drop the connection: after an error its state is unknown."""
        self.close()

    def rest(self) -> None:
        """Wait for the server's word, at most until the next poll is due."""
        if self._source is not None:
            self._source.wait(self._watch.poll_seconds)

    def interrupt(self) -> None:
        """End the wait."""
        source = self._source
        if source is not None:
            source.wake()

    def close(self) -> None:
        """Close the connection, if there is one."""
        source, self._source = self._source, None
        if source is not None:
            source.close()

    def _open(self) -> MailSource:
        source = self._watch.open_source()
        self._source = source
        epoch = source.open()
        with self._database.read() as session:
            known = session.get(Mailbox, self._watch.mailbox)
        if known is None:
            self._begin_epoch(epoch, start=self._start(source, epoch), rescan_below=0)
        elif known.uidvalidity != epoch.uidvalidity:
            self._begin_epoch(epoch, start=0, rescan_below=epoch.uidnext)
        return source

    def _start(self, source: MailSource, epoch: Epoch) -> int:
        """The high-water mark of a mailbox that was never watched before."""
        if self._watch.since is None:
            return epoch.uidnext - 1
        wanted = source.uids_since(self._watch.since)
        return (wanted[0] if wanted else epoch.uidnext) - 1

    def _begin_epoch(self, epoch: Epoch, *, start: int, rescan_below: int) -> None:
        with self._database.write("open epoch") as session:
            mailbox = session.merge(Mailbox(name=self._watch.mailbox))
            mailbox.uidvalidity = epoch.uidvalidity
            mailbox.high_water = start
            mailbox.rescan_below = rescan_below
            record(session, Event.EPOCH_OPENED, utcnow(), mailbox=mailbox.name, uidvalidity=epoch.uidvalidity)

    def _new_uids(self, source: MailSource) -> list[int]:
        with self._database.read() as session:
            return source.uids_above(session.get_one(Mailbox, self._watch.mailbox).high_water)

    def _store(self, mails: Sequence[FetchedMail]) -> None:
        """Commit a batch: raw bytes, message rows, ledger and high-water mark together."""
        packed = [_pack(mail) for mail in mails]
        with self._database.write("collect") as session:
            mailbox = session.get_one(Mailbox, self._watch.mailbox)
            unknown = [one for one in packed if not _recognised(session, mailbox, one)]
            session.add_all(_new_raw_mails(session, unknown))
            session.flush()
            messages = [_message(mailbox, one) for one in unknown]
            session.add_all(messages)
            session.flush()
            for message in messages:
                record(session, Event.COLLECTED, utcnow(), message_id=message.id, sha256=message.sha256)
            mailbox.high_water = max((mailbox.high_water, *(mail.uid for mail in mails)))
        self._collected.ring()

    def _note_good_poll(self) -> None:
        with self._database.write("note poll") as session:
            session.get_one(Mailbox, self._watch.mailbox).last_good_poll = utcnow()


def raw_bytes(raw: RawMail) -> bytes:
    """The octets of a stored mail."""
    return zlib.decompress(raw.compressed)


@dataclass(frozen=True, kw_only=True)
class _Packed:
    """A fetched mail made ready to be stored, before the transaction begins."""

    mail: FetchedMail
    sha256: str
    compressed: bytes


def _pack(mail: FetchedMail) -> _Packed:
    return _Packed(
        mail=mail,
        sha256=hashlib.sha256(mail.raw).hexdigest(),
        compressed=zlib.compress(mail.raw, FAST_COMPRESSION),
    )


def _recognised(session: Session, mailbox: Mailbox, packed: _Packed) -> bool:
    """Whether a re-scan of a new epoch meets mail that this mailbox is known to have held before."""
    if packed.mail.uid >= mailbox.rescan_below:
        return False
    same = select(Message.id).where(Message.mailbox == mailbox.name, Message.sha256 == packed.sha256).limit(1)
    known = session.scalar(same) is not None
    if known:
        uid = packed.mail.uid
        record(session, Event.RECOGNISED, utcnow(), mailbox=mailbox.name, uid=uid, sha256=packed.sha256)
    return known


def _new_raw_mails(session: Session, packed: Sequence[_Packed]) -> list[RawMail]:
    """The raw mails that are not stored yet; the same octets are stored once."""
    by_hash = {one.sha256: one for one in packed}
    stored = set(session.scalars(select(RawMail.sha256).where(RawMail.sha256.in_(by_hash))))
    return [
        RawMail(sha256=sha256, size=len(one.mail.raw), compressed=one.compressed)
        for sha256, one in by_hash.items()
        if sha256 not in stored
    ]


def _message(mailbox: Mailbox, packed: _Packed) -> Message:
    now = utcnow()
    return Message(
        mailbox=mailbox.name,
        uidvalidity=mailbox.uidvalidity,
        uid=packed.mail.uid,
        sha256=packed.sha256,
        received_at=packed.mail.received_at,
        collected_at=now,
        next_try_at=now,
    )
