"""Mirror: shows people on the mail server which mails are stored. Late, best effort, and never the truth.

It has a connection of its own, since collecting selects its folder read-only and must not wait for this.
"""

from collections.abc import Callable, Sequence
from threading import Event as Signal

import structlog
from sqlalchemy import and_, func, or_, select, update

from connectors.errors import Unavailable
from connectors.mail import BATCH_MESSAGES, MailSource
from daemon.store.database import Database
from daemon.store.models import Mailbox, Message, Sighting
from daemon.store.states import Mirror
from daemon.watched import Watch

REST_SECONDS = 30.0

log = structlog.get_logger()


class Mirrorer:
    """The mirror step for one mailbox. A crash between server and database only makes it do a mail again."""

    def __init__(
        self,
        *,
        watch: Watch,
        database: Database,
        holds: Callable[[], bool],
    ) -> None:
        """`holds` tells whether it is this daemon that watches the mailbox."""
        self.name = f"mirror {watch.mailbox}"
        self._mailbox = watch.mailbox
        self._showing = watch.showing
        self._open_source = watch.open_source
        self._database = database
        self._holds = holds
        self._source: MailSource | None = None
        self._interrupted = Signal()

    def work(self) -> bool:
        """Mark or move some stored mails."""
        due = self._due() if self._holds() else {}
        if not due:
            self.close()
            return False
        done = self._apply(self._source or self._open(), tuple(due.values()))
        with self._database.write("mirror") as session:
            session.execute(update(Message).where(Message.id.in_(due)).values(mirror=done))
        log.info("mirrored", mailbox=self._mailbox, how=done, count=len(due))
        return True

    def failed(self, error: Exception) -> None:  # noqa: ARG002  (whatever it was)
        """Drop the connection: after an error its state is unknown."""
        self.close()

    def rest(self) -> None:
        """Wait for a while: there is no hurry."""
        self._interrupted.wait(REST_SECONDS)

    def interrupt(self) -> None:
        """End the wait."""
        self._interrupted.set()

    def close(self) -> None:
        """Close the connection, if there is one."""
        source, self._source = self._source, None
        if source is not None:
            source.close()

    def _open(self) -> MailSource:
        source = self._source = self._open_source()
        epoch = source.open(writable=True)
        with self._database.read() as session:
            known = session.get_one(Mailbox, self._mailbox).uidvalidity
        if epoch.uidvalidity != known:
            raise Unavailable(
                f"mailbox {self._mailbox}: mirror: a new epoch is not collected yet; waits for it"
            )
        return source

    def _due(self) -> dict[int, int]:
        """Messages that wait for it, with their UIDs in the present epoch."""
        sighted = and_(Sighting.message_id == Message.id, Sighting.uidvalidity == Mailbox.uidvalidity)
        waiting = (
            select(Message.id, func.coalesce(Sighting.uid, Message.uid))
            .join(Mailbox, Mailbox.name == Message.mailbox)
            .outerjoin(Sighting, sighted)
            .where(
                Message.mirror == Mirror.DUE,
                Message.mailbox == self._mailbox,
                or_(Message.uidvalidity == Mailbox.uidvalidity, Sighting.uid.is_not(None)),
            )
            .order_by(Message.id)
            .limit(BATCH_MESSAGES)
        )
        with self._database.read() as session:
            return dict(session.execute(waiting).all())

    def _apply(self, source: MailSource, uids: Sequence[int]) -> Mirror:
        if self._showing.move_to:
            source.move(uids, self._showing.move_to)
            return Mirror.MOVED
        if self._showing.keyword:
            source.mark(uids, self._showing.keyword)
        return Mirror.MARKED
