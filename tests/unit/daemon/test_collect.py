import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from config.instant import standing_at
from connectors.errors import Unavailable
from daemon import epochs
from daemon.collect import raw_bytes
from daemon.reconcile import EVERY_SECONDS
from daemon.store.database import Database
from daemon.store.models import LedgerEntry, Message, RawMail
from daemon.store.states import Mirror
from daemon.watched import Showing
from tests.support.collecting import (
    NOW,
    collector,
    events,
    settle,
    sighted,
    stored,
    the_mailbox,
    uids,
)
from tests.support.mail import MemoryMailbox
from tests.support.reports import RECEIVED


def test_mail_is_stored_byte_for_byte(database: Database) -> None:
    mailbox = MemoryMailbox()
    mailbox.deliver(b"Subject: \xff\x00raw\r\n\r\nbody")
    collector(database, mailbox).work()
    with database.read() as session:
        assert raw_bytes(session.scalars(select(RawMail)).one()) == b"Subject: \xff\x00raw\r\n\r\nbody"


def test_nothing_is_stored_twice(database: Database) -> None:
    mailbox = MemoryMailbox()
    mailbox.deliver(b"one")
    step = collector(database, mailbox)
    step.work()
    step.work()
    collector(database, mailbox).work()
    assert stored(database) == [(1, 1)]


def test_a_mailbox_seen_for_the_first_time_starts_at_now(database: Database) -> None:
    mailbox = MemoryMailbox()
    mailbox.deliver(b"old")
    step = collector(database, mailbox, since=None)
    step.work()
    mailbox.deliver(b"new")
    step.work()
    assert stored(database) == [(1, 2)]


def test_mail_that_lay_there_before_is_marked_as_backfilled(database: Database) -> None:
    mailbox = MemoryMailbox()
    mailbox.deliver(b"old", at=NOW - timedelta(days=1))
    with standing_at(NOW):
        step = collector(database, mailbox)
        step.work()
        mailbox.deliver(b"of a server whose clock is slow", at=NOW - timedelta(minutes=5))
        step.work()
    with database.read() as session:
        assert session.scalars(select(Message.backfilled).order_by(Message.id)).all() == [True, False]


def test_mail_from_before_the_first_day_is_left_alone_wherever_it_lies(database: Database) -> None:
    mailbox = MemoryMailbox()
    mailbox.deliver(b"wanted", at=datetime(2026, 1, 2, tzinfo=UTC))
    mailbox.deliver(b"dragged in", at=datetime(2025, 6, 1, tzinfo=UTC))
    mailbox.deliver(b"wanted too", at=datetime(2026, 1, 3, tzinfo=UTC))
    collector(database, mailbox).work()
    assert uids(database) == [1, 3]
    assert the_mailbox(database).high_water == 3


def test_the_same_octets_sent_twice_are_two_messages_and_one_raw_mail(database: Database) -> None:
    mailbox = MemoryMailbox()
    mailbox.deliver(b"same")
    mailbox.deliver(b"same")
    collector(database, mailbox).work()
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(RawMail)) == 1
    assert stored(database) == [(1, 1), (1, 2)]


def test_after_a_broken_fetch_collecting_goes_on_where_it_was(database: Database) -> None:
    mailbox = MemoryMailbox()
    mailbox.deliver(b"one")
    mailbox.deliver(b"two")
    mailbox.failing = [Unavailable("cut")]
    step = collector(database, mailbox)
    with pytest.raises(Unavailable):
        step.work()
    step.failed(Unavailable("cut"))
    step.work()
    assert stored(database) == [(1, 1), (1, 2)]


def test_the_position_moves_past_mail_that_has_gone(database: Database) -> None:
    mailbox = MemoryMailbox(vanishing={1, 3})
    for name in (b"one", b"two", b"three"):
        mailbox.deliver(name)
    collector(database, mailbox).work()
    assert uids(database) == [2]
    assert the_mailbox(database).high_water == 3


def test_a_good_poll_is_noted_even_when_there_is_no_mail(database: Database) -> None:
    collector(database, MemoryMailbox()).work()
    assert the_mailbox(database).last_good_poll is not None


def test_a_header_without_its_mail_is_held_with_the_reason(database: Database) -> None:
    mailbox = MemoryMailbox(cut={1})
    mailbox.deliver(b"Subject: more than we keep\r\n\r\n")
    collector(database, mailbox).work()
    with database.read() as session:
        reason = session.scalars(select(Message.held_reason)).one()
    assert reason is not None
    assert "only its header is stored" in reason


class TestNewEpoch:
    """A new UIDVALIDITY makes every UID that we know meaningless."""

    def test_known_mail_is_recognised_and_other_mail_is_stored(self, database: Database) -> None:
        mailbox = MemoryMailbox()
        mailbox.deliver(b"known")
        collector(database, mailbox).work()
        mailbox.renumber(2)
        mailbox.deliver(b"unknown")
        collector(database, mailbox).work()
        assert stored(database) == [(1, 1), (2, 102)]
        assert sighted(database) == [(2, 101, 1)]
        assert events(database) == [
            "epoch opened",
            "collected",
            "epoch opened",
            "recognised",
            "collected",
        ]

    def test_two_identical_mails_are_recognised_as_two(self, database: Database) -> None:
        mailbox = MemoryMailbox()
        mailbox.deliver(b"same")
        mailbox.deliver(b"same")
        collector(database, mailbox).work()
        mailbox.renumber(2)
        mailbox.deliver(b"same")
        collector(database, mailbox).work()
        assert [message_id for _, _, message_id in sighted(database)] == [1, 2]
        assert stored(database)[2:] == [(2, 103)]

    def test_the_servers_own_name_counts_before_the_octets(self, database: Database) -> None:
        mailbox = MemoryMailbox()
        mailbox.deliver(b"same", server_id="M1")
        mailbox.deliver(b"same", server_id="M2")
        collector(database, mailbox).work()
        mailbox.renumber(2)
        del mailbox.mails[101]
        collector(database, mailbox).work()
        assert sighted(database) == [(2, 102, 2)]

    def test_mail_of_an_earlier_epoch_is_known_in_every_later_one(self, database: Database) -> None:
        mailbox = MemoryMailbox()
        mailbox.deliver(b"known")
        for uidvalidity in (1, 2, 3):
            mailbox.renumber(uidvalidity)
            collector(database, mailbox).work()
            collector(database, mailbox).work()
        assert len(stored(database)) == 1
        assert [uidvalidity for uidvalidity, _, _ in sighted(database)] == [2, 3]

    def test_a_crash_amid_the_rescan_neither_loses_nor_doubles(self, database: Database) -> None:
        mailbox = MemoryMailbox()
        for name in (b"one", b"two", b"two"):
            mailbox.deliver(name)
        collector(database, mailbox).work()
        mailbox.renumber(2)
        mailbox.failing = [Unavailable("cut")]
        step = collector(database, mailbox)
        with pytest.raises(Unavailable):
            step.work()
        collector(database, mailbox).work()
        assert len(stored(database)) == 3
        assert len(sighted(database)) == 3

    def test_no_more_than_thirty_days_are_looked_through(self, database: Database) -> None:
        mailbox = MemoryMailbox()
        with standing_at(NOW - timedelta(days=60)):
            mailbox.deliver(b"old", at=NOW - timedelta(days=59))
            collector(database, mailbox).work()
        settle(database)
        mailbox.renumber(2)
        mailbox.deliver(b"recent", at=NOW - timedelta(days=2))
        mailbox.fetched.clear()
        with standing_at(NOW):
            collector(database, mailbox).work()
        assert mailbox.fetched == [102]

    def test_what_is_still_undecided_is_looked_for_however_old(self, database: Database) -> None:
        mailbox = MemoryMailbox()
        with standing_at(NOW - timedelta(days=60)):
            mailbox.deliver(b"old", at=NOW - timedelta(days=59))
            collector(database, mailbox).work()
        mailbox.renumber(2)
        with standing_at(NOW):
            collector(database, mailbox).work()
        assert sighted(database) == [(2, 101, 1)]

    def test_mail_from_before_the_first_opening_is_not_taken_in(self, database: Database) -> None:
        mailbox = MemoryMailbox()
        mailbox.deliver(b"lay there before", at=NOW - timedelta(minutes=10))
        with standing_at(NOW):
            collector(database, mailbox, since=None).work()
            mailbox.renumber(2)
            step = collector(database, mailbox, since=None)
            step.work()
        assert stored(database) == []
        assert the_mailbox(database).missing == 0

    def test_the_bound_is_the_start_of_the_mailbox(self, database: Database) -> None:
        assert timedelta(days=30) == epochs.RESCAN
        mailbox = MemoryMailbox()
        collector(database, mailbox, since=RECEIVED.date()).work()
        mailbox.renumber(2)
        with standing_at(NOW + timedelta(days=1)):
            collector(database, mailbox, since=RECEIVED.date()).work()
        assert the_mailbox(database).rescan_since == RECEIVED.date()


class TestReconciliation:
    """What the server holds compared with what is stored."""

    @pytest.fixture(autouse=True)
    def _today(self) -> object:
        with standing_at(NOW):
            yield

    def test_mail_that_the_server_shows_late_is_collected(self, database: Database) -> None:
        mailbox = MemoryMailbox()
        late = mailbox.deliver(b"late")
        mailbox.deliver(b"two")
        mailbox.hidden.add(late)
        step = collector(database, mailbox)
        step.work()
        assert uids(database) == [2]
        mailbox.hidden.clear()
        step.failed(Unavailable("cut"))  # the next connection compares at once
        step.work()
        assert sorted(uids(database)) == [1, 2]
        assert the_mailbox(database).missing == 1

    def test_the_difference_is_recorded_by_uids(self, database: Database) -> None:
        mailbox = MemoryMailbox()
        late = mailbox.deliver(b"late")
        mailbox.deliver(b"two")
        mailbox.hidden.add(late)
        collector(database, mailbox).work()
        mailbox.hidden.clear()
        collector(database, mailbox).work()
        with database.read() as session:
            entry = session.scalars(select(LedgerEntry).where(LedgerEntry.event == "reconciled")).one()
        assert (entry.facts["missing"], entry.facts["missing_uids"], entry.facts["gone"]) == (1, "1", 0)

    def test_mail_that_a_person_has_taken_away_is_counted_and_no_trouble(self, database: Database) -> None:
        mailbox = MemoryMailbox()
        mailbox.deliver(b"one")
        mailbox.deliver(b"two")
        collector(database, mailbox).work()
        del mailbox.mails[1]
        collector(database, mailbox).work()
        found = the_mailbox(database)
        assert (found.missing, found.gone) == (0, 1)
        assert found.reconciled_at == NOW

    def test_the_same_difference_is_recorded_once(self, database: Database) -> None:
        mailbox = MemoryMailbox()
        mailbox.deliver(b"one")
        collector(database, mailbox).work()
        del mailbox.mails[1]
        for _ in range(3):
            collector(database, mailbox).work()
        assert events(database).count("reconciled") == 1

    def test_what_we_moved_ourselves_is_not_gone(self, database: Database) -> None:
        mailbox = MemoryMailbox()
        mailbox.deliver(b"one")
        collector(database, mailbox, showing=Showing(move_to="Done")).work()
        with database.write("test") as session:
            session.execute(update(Message).values(mirror=Mirror.MOVED))
        del mailbox.mails[1]
        collector(database, mailbox).work()
        assert the_mailbox(database).gone == 0

    def test_mail_that_was_there_before_watching_is_not_missing(self, database: Database) -> None:
        mailbox = MemoryMailbox()
        mailbox.deliver(b"old")
        collector(database, mailbox, since=None).work()
        assert the_mailbox(database).missing == 0
        assert stored(database) == []

    def test_it_is_compared_again_only_after_an_hour(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mailbox = MemoryMailbox()
        mailbox.deliver(b"one")
        step = collector(database, mailbox)
        step.work()
        del mailbox.mails[1]
        step.work()
        assert the_mailbox(database).gone == 0
        later = time.monotonic() + EVERY_SECONDS + 1
        monkeypatch.setattr(time, "monotonic", lambda: later)
        step.work()
        assert the_mailbox(database).gone == 1


class TestDuty:
    """Of several daemons only one watches a mailbox."""

    def test_without_the_duty_nothing_is_opened(self, database: Database) -> None:
        mailbox = MemoryMailbox()
        mailbox.deliver(b"one")
        step = collector(database, mailbox, holds=lambda: False)
        assert step.work() is False
        step.rest()
        assert mailbox.kept_open == 0
        assert stored(database) == []

    def test_a_daemon_that_loses_the_duty_lets_go_of_its_connection(self, database: Database) -> None:
        mailbox = MemoryMailbox()
        duty = [True]
        step = collector(database, mailbox, holds=lambda: duty[0])
        step.work()
        assert mailbox.kept_open == 1
        duty[0] = False
        step.work()
        assert mailbox.kept_open == 0

    def test_who_was_overtaken_by_a_new_epoch_stores_nothing_in_it(self, database: Database) -> None:
        old, new = MemoryMailbox(), MemoryMailbox(uidvalidity=2)
        overtaken = collector(database, old)
        overtaken.work()
        collector(database, new).work()
        old.deliver(b"of the old epoch")
        with pytest.raises(Unavailable, match="epoch has ended"):
            overtaken.work()
        assert stored(database) == []

    def test_two_that_both_think_they_watch_store_nothing_twice(self, database: Database) -> None:
        mailbox = MemoryMailbox()
        one, other = collector(database, mailbox), collector(database, mailbox)
        one.work()
        mailbox.deliver(b"mail")
        other.work()
        one.work()
        assert stored(database) == [(1, 1)]
