"""What each supervised loop says of itself, kept in the database so that `status` can always tell."""

from datetime import timedelta

from sqlalchemy import func, update

from config.errors import MailwardenError
from config.instant import utcnow
from daemon.store.database import Database
from daemon.store.models import Worker
from daemon.store.trouble import database_trouble

WELL_EVERY = timedelta(seconds=10)  # a loop that is well says so no more often than this


class Health:
    """The health of one loop. `begin` comes first; the others may be called by any thread."""

    def __init__(self, *, instance: str, name: str, database: Database) -> None:
        self._instance = instance
        self._name = name
        self._database = database
        self._troubled = True  # until the first good turn, whatever an earlier process left behind counts
        self._said_well_at = utcnow() - WELL_EVERY

    def begin(self) -> None:
        """Make sure that the loop has its row."""
        with self._database.write("begin health") as session:
            session.merge(Worker(instance=self._instance, name=self._name))

    def well(self) -> None:
        """A turn ended well."""
        now = utcnow()
        if not self._troubled and now - self._said_well_at < WELL_EVERY:
            return
        self._set(last_good_at=now, trouble=None, trouble_since=None)
        self._troubled, self._said_well_at = False, now

    def troubled(self, error: Exception) -> None:
        """A turn failed. Only our own errors have texts that are safe to keep."""
        safe = str(error) if isinstance(error, MailwardenError) else type(error).__name__
        text = database_trouble(error) or safe
        self._set(trouble=text, trouble_since=func.coalesce(Worker.trouble_since, utcnow()))
        self._troubled = True

    def restarted(self) -> None:
        """The loop's thread was found dead and was started again."""
        self._set(restarts=Worker.restarts + 1)

    def _set(self, **values: object) -> None:
        with self._database.write("health") as session:
            mine = Worker.instance == self._instance, Worker.name == self._name
            session.execute(update(Worker).where(*mine).values(**values))
