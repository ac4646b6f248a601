"""What each supervised loop says of itself, kept in the database so that `status` can always tell."""

from datetime import timedelta

from config.errors import MailwardenError
from config.instant import utcnow
from daemon.store.database import Database
from daemon.store.models import Worker

WELL_EVERY = timedelta(seconds=10)  # a loop that is well says so no more often than this


class Health:
    """The health of one loop."""

    def __init__(self, *, name: str, database: Database) -> None:
        self._name = name
        self._database = database
        self._troubled = True  # until the first good turn, whatever an earlier process left behind counts
        self._said_well_at = utcnow() - WELL_EVERY

    def well(self) -> None:
        """A turn ended well."""
        now = utcnow()
        if not self._troubled and now - self._said_well_at < WELL_EVERY:
            return
        with self._database.write() as session:
            worker = session.merge(Worker(name=self._name))
            worker.last_good_at, worker.trouble, worker.trouble_since = now, None, None
        self._troubled, self._said_well_at = False, now

    def troubled(self, error: Exception) -> None:
        """A turn failed. Only our own errors have texts that are safe to keep."""
        with self._database.write() as session:
            worker = session.merge(Worker(name=self._name))
            worker.trouble = str(error) if isinstance(error, MailwardenError) else type(error).__name__
            worker.trouble_since = worker.trouble_since or utcnow()
        self._troubled = True

    def restarted(self) -> None:
        """The loop's thread was found dead and was started again."""
        with self._database.write() as session:
            worker = session.merge(Worker(name=self._name))
            worker.restarts = (worker.restarts or 0) + 1
