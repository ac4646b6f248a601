"""Collect: mailbox -> Message. The raw bytes are committed before anything else happens to a mail.

The position is (UIDVALIDITY, highest stored UID), never a flag on the server, which any other
client could change.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterable
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
        with self._database.write() as session:
            mailbox = session.merge(Mailbox(name=self._watch.mailbox))
            mailbox.uidvalidity = epoch.uidvalidity
            mailbox.high_water = start
            mailbox.rescan_below = rescan_below
            record(session, Event.EPOCH_OPENED, utcnow(), mailbox=mailbox.name, uidvalidity=epoch.uidvalidity)

    def _new_uids(self, source: MailSource) -> list[int]:
        with self._database.read() as session:
            return source.uids_above(session.get_one(Mailbox, self._watch.mailbox).high_water)

    def _store(self, mails: Iterable[FetchedMail]) -> None:
        """Commit a batch: raw bytes, message rows, ledger and high-water mark together."""
        packed = [(mail, hashlib.sha256(mail.raw).hexdigest(), _compress(mail.raw)) for mail in mails]
        with self._database.write() as session:
            mailbox = session.get_one(Mailbox, self._watch.mailbox)
            for mail, sha256, compressed in packed:
                self._store_one(
                    session, mailbox, mail, RawMail(sha256=sha256, size=len(mail.raw), compressed=compressed)
                )
                mailbox.high_water = max(mailbox.high_water, mail.uid)
        self._collected.ring()

    def _store_one(self, session: Session, mailbox: Mailbox, mail: FetchedMail, raw: RawMail) -> None:
        now = utcnow()
        if mail.uid < mailbox.rescan_below and _known(session, mailbox.name, raw.sha256):
            record(session, Event.RECOGNISED, now, mailbox=mailbox.name, uid=mail.uid, sha256=raw.sha256)
            return
        if session.get(RawMail, raw.sha256) is None:
            session.add(raw)
            session.flush()
        message = Message(
            mailbox=mailbox.name,
            uidvalidity=mailbox.uidvalidity,
            uid=mail.uid,
            sha256=raw.sha256,
            received_at=mail.received_at,
            collected_at=now,
            next_try_at=now,
        )
        session.add(message)
        session.flush()
        record(session, Event.COLLECTED, now, message_id=message.id, sha256=raw.sha256)

    def _note_good_poll(self) -> None:
        with self._database.write() as session:
            session.get_one(Mailbox, self._watch.mailbox).last_good_poll = utcnow()


def raw_bytes(raw: RawMail) -> bytes:
    """The octets of a stored mail."""
    return zlib.decompress(raw.compressed)


def _compress(raw: bytes) -> bytes:
    return zlib.compress(raw, FAST_COMPRESSION)


def _known(session: Session, mailbox: str, sha256: str) -> bool:
    stored = select(Message.id).where(Message.mailbox == mailbox, Message.sha256 == sha256).limit(1)
    return session.scalar(stored) is not None
