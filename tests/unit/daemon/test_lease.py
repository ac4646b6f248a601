"""A daemon works only while its lease holds, and what it had claimed is free afterwards."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from config.instant import utcnow
from daemon import lease as leases
from daemon.lease import Hold, Lease, LeaseLost
from daemon.reap import Heartbeat, forget_instance, reap
from daemon.store.database import Database
from daemon.store.models import Action, Duty, Message, Running
from daemon.store.states import ActionState, MessageState
from tests.support.reports import PLAIN
from tests.unit.daemon.conftest import Desk

LENGTH = timedelta(seconds=30)
NO_WAIT = timedelta(0)


@pytest.fixture
def sleep(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets the machine sleep for so many seconds, as far as a lease can tell."""
    slept = [0.0]
    awake = leases.boot_seconds
    monkeypatch.setattr(leases, "boot_seconds", lambda: awake() + slept[0])

    def sleep_for(seconds: float) -> None:
        slept[0] += seconds

    return sleep_for


def begun(
    database: Database,
    instance: str,
    *duties: str,
    gained: Callable[[frozenset[str]], None] = lambda _: None,
) -> Lease:
    lease = Lease(database=database, instance=instance, length=LENGTH, gained=gained)
    for duty in duties:
        lease.want(duty)
    lease.begin()
    return lease


def heartbeat(database: Database, lease: Lease, wake: Callable[[], None] = lambda: None) -> Heartbeat:
    return Heartbeat(lease=lease, database=database, unknown_wait=NO_WAIT, wake=wake)


def expire(database: Database, lease: Lease) -> None:
    """As if nothing had been heard of the daemon for longer than its lease."""
    with database.write("test") as session:
        mine = update(Running).where(Running.id == lease.id)
        session.execute(mine.values(expires_at=utcnow() - LENGTH))


def test_a_lease_holds_from_its_beginning(database: Database) -> None:
    lease = begun(database, "one")
    lease.check(lease.id)


def test_a_lease_is_not_trusted_after_a_sleep_that_outlasts_it(
    database: Database, sleep: Callable[[float], None]
) -> None:
    lease = begun(database, "one", "seal")
    sleep(31)
    with pytest.raises(LeaseLost):
        lease.check(lease.id)
    assert not lease.holds("seal")


def test_a_renewal_makes_a_slept_out_lease_good_again_if_nobody_took_anything(
    database: Database, sleep: Callable[[float], None]
) -> None:
    lease = begun(database, "one")
    before = lease.id
    sleep(31)
    lease.renew()
    lease.check(before)


def test_a_lost_lease_begins_again_and_its_old_claims_hold_no_more(database: Database) -> None:
    lease = begun(database, "one")
    before = lease.id
    expire(database, lease)
    reap(database, NO_WAIT)
    with pytest.raises(LeaseLost):
        lease.renew()
    lease.check(lease.id)
    with pytest.raises(LeaseLost):
        lease.check(before)


def test_a_hold_is_lost_with_the_lease_that_it_was_taken_under(
    database: Database, sleep: Callable[[float], None]
) -> None:
    hold = Hold(lease := begun(database, "one"))
    hold.take(lease.id)
    sleep(31)
    with pytest.raises(LeaseLost):
        hold.check()


def test_a_duty_has_one_holder(database: Database) -> None:
    first, second = begun(database, "one", "seal"), begun(database, "two", "seal")
    assert (first.holds("seal"), second.holds("seal")) == (True, False)


def test_a_duty_passes_on_when_its_holder_is_no_longer_heard_of(database: Database) -> None:
    first, second = begun(database, "one", "seal"), begun(database, "two", "seal")
    expire(database, first)
    reap(database, NO_WAIT)
    second.renew()
    assert second.holds("seal")


def test_a_duty_passes_on_when_its_holder_stops(database: Database) -> None:
    first, second = begun(database, "one", "seal"), begun(database, "two", "seal")
    first.end()
    second.renew()
    assert (first.holds("seal"), second.holds("seal")) == (False, True)


def claim(desk: Desk, lease: Lease) -> None:
    """Let the daemon be reading one mail and sending one action."""
    desk.decide(PLAIN)
    unread = desk.assess(PLAIN)
    with desk.database.write("test") as session:
        message = session.get_one(Message, unread)
        message.state, message.claimed_by = MessageState.COLLECTED, lease.id
        action = session.get_one(Action, 1)
        action.state, action.claimed_by = ActionState.SENDING, lease.id


def claims(desk: Desk) -> tuple[str | None, str | None, ActionState]:
    with desk.database.read() as session:
        message, action = session.get_one(Message, 2), session.get_one(Action, 1)
        return message.claimed_by, action.claimed_by, action.state


def test_the_claims_of_a_living_daemon_are_left_alone(desk: Desk) -> None:
    lease = begun(desk.database, "one")
    claim(desk, lease)
    assert reap(desk.database, NO_WAIT) == 0
    assert claims(desk) == (lease.id, lease.id, ActionState.SENDING)


def test_the_claims_of_a_dead_daemon_are_freed_and_what_it_sent_is_unknown(desk: Desk) -> None:
    lease = begun(desk.database, "one")
    claim(desk, lease)
    expire(desk.database, lease)
    assert reap(desk.database, NO_WAIT) == 2
    assert claims(desk) == (None, None, ActionState.UNKNOWN)


def test_what_a_dead_daemon_sent_is_not_looked_for_before_the_wait_is_over(desk: Desk) -> None:
    lease = begun(desk.database, "one")
    claim(desk, lease)
    lease.end()
    reap(desk.database, timedelta(hours=1))
    with desk.database.read() as session:
        assert session.get_one(Action, 1).next_try_at > utcnow() + timedelta(minutes=59)


def test_a_claim_that_is_made_under_a_lost_lease_is_freed_as_well(desk: Desk) -> None:
    lease = begun(desk.database, "one")
    lease.end()
    claim(desk, lease)
    assert reap(desk.database, NO_WAIT) == 2


def test_a_daemon_that_starts_again_under_its_name_need_not_wait_for_its_old_lease(desk: Desk) -> None:
    lease = begun(desk.database, "one")
    claim(desk, lease)
    forget_instance(desk.database, "one")
    assert reap(desk.database, NO_WAIT) == 2


def test_the_heartbeat_wakes_the_others_when_it_has_freed_something(desk: Desk) -> None:
    dead, living = begun(desk.database, "one"), begun(desk.database, "two")
    claim(desk, dead)
    expire(desk.database, dead)
    woken: list[bool] = []
    heart = heartbeat(desk.database, living, wake=lambda: woken.append(True))
    heart.work()
    heart.work()
    assert woken == [True]


def test_one_heartbeat_takes_over_what_a_dead_daemon_was_to_do(database: Database) -> None:
    gains: list[frozenset[str]] = []
    dead = begun(database, "one", "seal")
    living = begun(database, "two", "seal", "sweep", gained=gains.append)
    expire(database, dead)
    heartbeat(database, living).work()
    assert living.holds("seal")
    assert gains == [{"sweep"}, {"seal"}]


def test_a_duty_that_could_not_be_done_for_a_while_counts_as_gained(
    database: Database, sleep: Callable[[float], None]
) -> None:
    gains: list[frozenset[str]] = []
    lease = begun(database, "one", "seal", gained=gains.append)
    lease.renew()
    sleep(31)
    lease.renew()
    assert gains == [{"seal"}, {"seal"}]


def test_a_heartbeat_that_comes_late_keeps_the_lease_if_nobody_took_it(database: Database) -> None:
    lease = begun(database, "one")
    before = lease.id
    expire(database, lease)
    assert not heartbeat(database, lease).work()
    assert lease.id == before


def test_a_lost_lease_is_followed_at_once_by_a_heartbeat_that_frees_what_it_had(desk: Desk) -> None:
    lease = begun(desk.database, "one")
    claim(desk, lease)
    lease.doubt()
    heart = heartbeat(desk.database, lease)
    assert heart.work()
    assert not heart.work()
    assert claims(desk) == (None, None, ActionState.UNKNOWN)


def test_all_duties_of_a_daemon_are_its_own_in_the_table(database: Database) -> None:
    lease = begun(database, "one", "seal", "sweep")
    with database.read() as session:
        assert set(session.scalars(select(Duty.name).where(Duty.held_by == lease.id))) == {"seal", "sweep"}
