import zlib
from datetime import datetime

import pytest
from sqlalchemy import select

from config.instant import utcnow
from daemon.assess import Assessor
from daemon.bell import Bell
from daemon.decide import Decider
from daemon.store.database import Database
from daemon.store.models import Mailbox, Matter, Message, RawMail, Relation, StoredReport
from daemon.store.states import MessageState
from parsers.facts import REPORTS, Report
from rules.site import Site
from tests.support.site import site as make_site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return make_site(tmp_path_factory.mktemp("site"))


class Desk:
    """Takes in reports as if they had been assessed, decides them, and tells what became of them."""

    def __init__(self, database: Database, site: Site) -> None:
        self.database = database
        self.site = site
        self.restart()
        with database.write("test") as session:
            session.add(Mailbox(name="regulators"))

    def restart(self) -> None:
        """As if the daemon had been started anew."""
        self._decider = Decider(
            database=self.database, site=lambda: self.site, assessed=Bell(), planned=Bell()
        )

    def assess(self, report: Report, *, held: str | None = None) -> int:
        """Store a message with its report."""
        with self.database.write("test") as session:
            number = len(session.scalars(select(Message.id)).all()) + 1
            session.add(RawMail(sha256=f"{number:064}", size=1, compressed=b""))
            session.flush()
            message = Message(
                mailbox="regulators",
                uidvalidity=1,
                uid=number,
                sha256=f"{number:064}",
                received_at=report.received_at,
                collected_at=utcnow(),
                next_try_at=utcnow(),
                state=MessageState.ASSESSED,
                party=report.sender.party,
                held_reason=held,
            )
            session.add(message)
            session.flush()
            document = REPORTS.dump_python(report, mode="json")
            session.add(StoredReport(message_id=message.id, party=report.sender.party, document=document))
            return message.id

    def decide(self, report: Report, *, held: str | None = None) -> Relation:
        """Store and decide; the relation that was found."""
        number = self.assess(report, held=held)
        assert self._decider.work()
        with self.database.read() as session:
            return session.get_one(Relation, number)

    def decide_next(self) -> bool:
        return self._decider.work()

    def decide_failed(self, error: Exception) -> None:
        """As the loop does after an error."""
        self._decider.failed(error)

    def assess_held(self, number: int) -> None:
        """Let the assess step take up a message that is held already; there is nothing to be read."""

        def nobody_reads(_raw: bytes, _received_at: datetime) -> Report:
            raise AssertionError

        with self.database.write("test") as session:
            message = session.get_one(Message, number)
            session.get_one(RawMail, message.sha256).compressed = zlib.compress(b"")
        step = Assessor(database=self.database, read=nobody_reads, collected=Bell(), assessed=Bell())
        assert step.work()

    def message(self, number: int) -> Message:
        with self.database.read() as session:
            return session.get_one(Message, number)

    def matter(self, number: int | None) -> Matter:
        assert number is not None
        with self.database.read() as session:
            return session.get_one(Matter, number)

    def name_ticket(self, matter_id: int | None, key: str) -> None:
        with self.database.write("test") as session:
            session.get_one(Matter, matter_id).ticket_key = key


@pytest.fixture
def desk(database: Database, site: Site) -> Desk:
    return Desk(database, site)
