"""Collect: mailbox -> Message. The raw bytes are committed before anything else happens to a mail.

The position is (UIDVALIDITY, highest stored UID), never a flag on the server, which any other
client could change.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from threading import Event as Signal
from types import MappingProxyType

import structlog
from sqlalchemy.orm import Session

from config.instant import utcnow
from connectors.errors import Unavailable
from connectors.mail import FetchedMail, MailSource
from connectors.packing import unpacked
from daemon.backlog import MANY, Progress, in_commits, in_time, made_ahead, urgent_first
from daemon.bell import Bell
from daemon.epochs import enter_epoch
from daemon.intake import Incoming, Terms, take_in
from daemon.reconcile import EVERY_SECONDS, compare, note
from daemon.store.database import Database
from daemon.store.models import Mailbox, RawMail
from daemon.uids import stored_uids
from daemon.watched import Watch
from parsers.glance import Glance

LOOK_FOR_DUTY_SECONDS = 5.0
HEAD_START_SECONDS = 2.0  # most backlogs are fetched within it, sooner than they are looked through
LOOK_THROUGH = 500  # subjects at once
NO_GLANCES: Mapping[int, Glance] = MappingProxyType({})

Looker = Callable[[bytes, Glance | None], Glance]
"""Looks at a header, of which the From and Subject may have been looked at before."""

log = structlog.get_logger()


def nothing_seen(_head: bytes, _earlier: Glance | None) -> Glance:
    """For whoever collects without knowledge of senders and languages."""
    return Glance(party=None, urgent=False)


def always() -> bool:
    """For whoever is alone."""
    return True


def never() -> bool:
    """For whoever goes on to the end."""
    return False


class Collector:
    """The collect step for one mailbox."""

    def __init__(
        self,
        *,
        watch: Watch,
        database: Database,
        collected: Bell,
        glance: Looker = nothing_seen,
        holds: Callable[[], bool] = always,
        head_start: float = HEAD_START_SECONDS,
    ) -> None:
        """Make the step.

        Args:
            watch: the mailbox.
            database: where its mail is stored.
            collected: is rung when the next step has something to begin with.
            glance: looks at headers.
            holds: whether it is this daemon that watches the mailbox.
            head_start: seconds for which a backlog is fetched as it comes, before it is looked through.
        """
        self.name = f"collect {watch.mailbox}"
        self.duty = watch.duty
        self._watch = watch
        self._terms = Terms(since=watch.since, mirror=watch.showing.asked)
        self._database = database
        self._collected = collected
        self._glance = glance
        self._holds = holds
        self._head_start = head_start
        self._source: MailSource | None = None
        self._uidvalidity = 0  # of the epoch that the source has opened
        self._interrupted = Signal()
        self._reconcile_at = 0.0

    def work(self) -> bool:
        """Fetch and commit what is new; always False, since one call takes all there is."""
        if not self._holds():
            self.close()
            return False
        source = self._source or self._open()
        progress = self._collect_new(source)
        self._note_good_poll(progress)
        if time.monotonic() >= self._reconcile_at:
            self._reconcile(source)
        return False

    def failed(self, error: Exception) -> None:  # noqa: ARG002  (whatever it was)
        """Drop the connection: after an error its state is unknown."""
        self.close()

    def rest(self) -> None:
        """Wait for the server's word, at most until the next poll is due."""
        if self._source is not None:
            self._source.wait(self._watch.poll_seconds)
        else:
            self._interrupted.wait(min(self._watch.poll_seconds, LOOK_FOR_DUTY_SECONDS))
            self._interrupted.clear()

    def interrupt(self) -> None:
        """End the wait."""
        self._interrupted.set()
        source = self._source
        if source is not None:
            source.wake()

    def close(self) -> None:
        """Close the connection, if there is one."""
        source, self._source = self._source, None
        if source is not None:
            source.close()

    def _open(self) -> MailSource:
        source = self._source = self._watch.open_source()
        self._uidvalidity = enter_epoch(self._database, self._watch.mailbox, source, since=self._watch.since)
        self._reconcile_at = 0.0
        return source

    def _collect_new(self, source: MailSource) -> Progress:
        progress, uids = self._new(source)
        rest = self._take_at_once(source, uids, progress) if uids else uids
        first: list[int] = []
        glances: dict[int, Glance] = {}
        if len(rest) > MANY:
            glances = self._looked_through(source, rest)
            first, rest = urgent_first(rest, glances)
        for group in (first, rest):
            self._take(source, group, progress, glances)
        return progress

    def _looked_through(self, source: MailSource, uids: Sequence[int]) -> dict[int, Glance]:
        """What the subjects tell; the next ones are fetched while some are looked at."""
        groups = (uids[start : start + LOOK_THROUGH] for start in range(0, len(uids), LOOK_THROUGH))
        with closing(made_ahead(map(source.heads, groups))) as fetched:
            return {uid: self._glance(head, None) for heads in fetched for uid, head in heads.items()}

    def _new(self, source: MailSource) -> tuple[Progress, list[int]]:
        """The UIDs above the high-water mark that are wanted and not stored."""
        with self._database.read() as session:
            mailbox = self._mailbox(session)
        listed = uids = source.uids_above(mailbox.high_water)
        if mailbox.rescan_since is not None and mailbox.high_water + 1 < mailbox.rescan_below:
            recent = frozenset(source.uids_since(mailbox.rescan_since))
            uids = [uid for uid in listed if uid >= mailbox.rescan_below or uid in recent]
        with self._database.read() as session:
            stored = stored_uids(session, mailbox, uids)
        wanted = [uid for uid in uids if uid not in stored]
        progress = Progress(mailbox.high_water, listed)
        progress.done(frozenset(listed).difference(wanted))
        return progress, wanted

    def _take_at_once(self, source: MailSource, uids: Sequence[int], progress: Progress) -> Sequence[int]:
        """Take as it comes what can be had soon; returns the rest.

        The next steps only begin when all this is there, or something urgent, so that they begin with that.
        """
        ends_at = time.monotonic() + self._head_start
        try:
            return self._take(source, uids, progress, until=lambda: time.monotonic() >= ends_at)
        finally:
            self._collected.ring()

    def _take(
        self,
        source: MailSource,
        uids: Sequence[int],
        progress: Progress | None = None,
        glances: Mapping[int, Glance] = NO_GLANCES,
        until: Callable[[], bool] = never,
    ) -> Sequence[int]:
        """Fetch and store these; returns what is left when `until` has come true.

        What comes before the last mail of a batch and is not in it has gone.
        """
        ended = 0
        with closing(made_ahead(in_commits(in_time(source.fetch(uids), until)))) as batches:
            for mails in batches if uids else ():
                begun, ended = ended, uids.index(mails[-1].uid, ended) + 1
                batch = [self._seen(mail, glances.get(mail.uid)) for mail in mails]
                self._store(batch, progress.done(uids[begun:ended]) if progress else None)
                if until is never or any(one.glance.urgent for one in batch):
                    self._collected.ring()
        if until():
            return uids[ended:]
        if progress is not None:
            progress.done(uids[ended:])
        return ()

    def _seen(self, mail: FetchedMail, earlier: Glance | None) -> Incoming:
        return Incoming(mail=mail, glance=self._glance(mail.packed.head, earlier))

    def _store(self, batch: Sequence[Incoming], high_water: int | None) -> None:
        """Commit a batch: raw bytes, message rows, ledger and high-water mark together."""
        with self._database.write("collect") as session:
            mailbox = self._mailbox(session)
            count = take_in(session, mailbox, batch, self._terms)
            if high_water is not None:
                mailbox.high_water = high_water
        log.info("collected", mailbox=self._watch.mailbox, count=count, fetched=len(batch))

    def _note_good_poll(self, progress: Progress) -> None:
        with self._database.write("note poll") as session:
            mailbox = self._mailbox(session)
            mailbox.high_water = max(mailbox.high_water, progress.high_water)
            mailbox.last_good_poll = utcnow()

    def _mailbox(self, session: Session) -> Mailbox:
        """Its row, locked; another daemon that took over may have opened a later epoch meanwhile."""
        mailbox = session.get_one(Mailbox, self._watch.mailbox, with_for_update=True)
        if mailbox.uidvalidity != self._uidvalidity:
            raise Unavailable(f"mailbox {mailbox.name}: collect: its epoch has ended; it is opened again")
        return mailbox

    def _reconcile(self, source: MailSource) -> None:
        name = self._watch.mailbox
        difference = compare(self._database, name, source, since=self._watch.since)
        self._take(source, difference.missing)
        with self._database.write("reconcile") as session:
            note(session, name, difference)
        self._reconcile_at = time.monotonic() + EVERY_SECONDS
        missing, gone = len(difference.missing), len(difference.gone)
        log.info("reconciled", mailbox=name, missing=missing, gone=gone)


def raw_bytes(raw: RawMail) -> bytes:
    """The octets of a stored mail."""
    return unpacked(raw.compressed)
