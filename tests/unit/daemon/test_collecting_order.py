import pytest
from sqlalchemy import select

from connectors.errors import Unavailable
from connectors.mail import BATCH_MESSAGES
from daemon.backlog import COMMIT_MESSAGES, MANY, in_time
from daemon.bell import Bell
from daemon.store.database import Database
from daemon.store.models import Message
from tests.support.collecting import (
    collector,
    settle,
    the_mailbox,
    uids,
)
from tests.support.mail import MemoryMailbox


class TestHaste:
    """Who has something urgent goes first, and what came before from the same party with it."""

    def haste(self, database: Database) -> list[int]:
        with database.read() as session:
            return list(session.scalars(select(Message.haste).order_by(Message.uid)))

    def test_the_party_is_stored(self, database: Database) -> None:
        mailbox = MemoryMailbox()
        mailbox.deliver(b"acme hello")
        mailbox.deliver(b"? hello")
        collector(database, mailbox, seeing=True).work()
        with database.read() as session:
            assert session.scalars(select(Message.party).order_by(Message.uid)).all() == ["acme", None]

    def test_an_urgent_mail_hastens_what_its_party_wrote_before(self, database: Database) -> None:
        mailbox = MemoryMailbox()
        step = collector(database, mailbox, seeing=True)
        for raw in (b"acme hello", b"other hello", b"acme urgent", b"acme later"):
            mailbox.deliver(raw)
            step.work()
        assert self.haste(database) == [0, 1, 0, 1]

    def test_mail_of_nobody_knows_whom_is_hastened_too(self, database: Database) -> None:
        mailbox = MemoryMailbox()
        mailbox.deliver(b"? hello")
        mailbox.deliver(b"acme urgent")
        collector(database, mailbox, seeing=True).work()
        assert self.haste(database) == [0, 0]

    def test_what_is_decided_is_left_alone(self, database: Database) -> None:
        mailbox = MemoryMailbox()
        mailbox.deliver(b"acme hello")
        step = collector(database, mailbox, seeing=True)
        step.work()
        settle(database)
        mailbox.deliver(b"acme urgent")
        step.work()
        assert self.haste(database) == [1, 0]


class TestBacklog:
    """Much new mail at once, such as after an outage."""

    URGENT = MANY + 50

    def filled(self) -> MemoryMailbox:
        mailbox = MemoryMailbox(batch=BATCH_MESSAGES)
        for number in range(1, 2 * MANY + 1):
            party = "acme" if number in {7, self.URGENT} else f"p{number}"
            mailbox.deliver(f"{party} {'urgent' if number == self.URGENT else 'hello'}".encode())
        return mailbox

    def test_parties_with_something_urgent_come_first_in_their_order(self, database: Database) -> None:
        collector(database, self.filled(), seeing=True).work()
        others = [number for number in range(1, 2 * MANY + 1) if number not in {7, self.URGENT}]
        assert uids(database) == [7, self.URGENT, *others]

    def test_what_is_fetched_soon_is_not_looked_through(self, database: Database) -> None:
        collector(database, self.filled(), seeing=True, head_start=3600).work()
        assert uids(database) == list(range(1, 2 * MANY + 1))

    @pytest.mark.parametrize(("first", "rings"), [("hello", 1), ("urgent", 2)])
    def test_the_next_step_waits_for_all_of_it_or_for_what_is_urgent(
        self, database: Database, first: str, rings: int
    ) -> None:
        mailbox = MemoryMailbox(batch=BATCH_MESSAGES)
        mailbox.deliver(f"p0 {first}".encode())
        for number in range(1, 2 * COMMIT_MESSAGES):
            mailbox.deliver(f"p{number} hello".encode())
        bell = Bell()
        collector(database, mailbox, seeing=True, head_start=3600, collected=bell).work()
        assert bell.rings == rings

    def test_no_further_batch_is_begun_when_the_time_is_over(self) -> None:
        is_over = iter([False, False, True])
        assert list(in_time(["first", "second", "third"], until=lambda: next(is_over))) == ["first", "second"]

    def test_few_new_mails_are_taken_as_they_come(self, database: Database) -> None:
        mailbox = MemoryMailbox()
        mailbox.deliver(b"p1 hello")
        mailbox.deliver(b"p2 urgent")
        collector(database, mailbox, seeing=True).work()
        assert uids(database) == [1, 2]

    def test_the_position_moves_only_over_what_is_stored(self, database: Database) -> None:
        mailbox = self.filled()
        mailbox.fail_after = 1
        step = collector(database, mailbox, seeing=True)
        with pytest.raises(Unavailable):
            step.work()
        assert uids(database) == [7, self.URGENT]
        assert the_mailbox(database).high_water == 0

    def test_a_crash_in_between_neither_loses_nor_doubles(self, database: Database) -> None:
        mailbox = self.filled()
        mailbox.fail_after = 1
        with pytest.raises(Unavailable):
            collector(database, mailbox, seeing=True).work()
        mailbox.fetched.clear()
        collector(database, mailbox, seeing=True).work()
        assert sorted(uids(database)) == list(range(1, 2 * MANY + 1))
        assert not {7, self.URGENT} & set(mailbox.fetched)
        assert the_mailbox(database).high_water == 2 * MANY
