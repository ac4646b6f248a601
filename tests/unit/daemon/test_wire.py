"""The daemons on one PostgreSQL hear each other's bells."""

from collections.abc import Iterator

import pytest

from daemon.bell import Bell
from daemon.store.database import Database
from daemon.wire import Wire, ring_planned
from tests.support.postgres import Postgres
from tests.support.waiting import eventually


@pytest.fixture
def shared(postgres: Postgres) -> Iterator[Database]:
    database = Database(postgres.emptied())
    yield database
    database.close()


@pytest.fixture
def ends(shared: Database) -> Iterator[tuple[Wire, Bell, Wire, Bell]]:
    """The wires and the bells of two daemons, both listening."""
    here, there = Bell(), Bell()
    wires = [Wire(database=shared, bells={"planned": bell}) for bell in (here, there)]
    for wire in wires:
        wire.work()
    yield wires[0], here, wires[1], there
    for wire in wires:
        wire.close()


def test_a_ring_is_heard_by_the_others(ends: tuple[Wire, Bell, Wire, Bell]) -> None:
    _, here, other, there = ends
    here.ring()
    eventually(lambda: other.work() and there.rings == 1, within=10)


def test_a_ring_is_not_heard_twice_by_who_rang(ends: tuple[Wire, Bell, Wire, Bell]) -> None:
    wire, here, other, there = ends
    here.ring()
    eventually(lambda: other.work() and there.rings == 1, within=10)
    wire.work()
    assert here.rings == 1


def test_rings_that_come_close_together_are_told_at_least_once_more(
    ends: tuple[Wire, Bell, Wire, Bell],
) -> None:
    wire, here, other, there = ends
    here.ring()
    eventually(lambda: other.work() and there.rings == 1, within=10)
    here.ring()
    here.ring()
    wire.work()
    eventually(lambda: other.work() and there.rings >= 2, within=10)


def test_a_broken_line_is_laid_again(ends: tuple[Wire, Bell, Wire, Bell]) -> None:
    _, here, other, there = ends
    other.failed(ConnectionError())
    other.work()
    before = there.rings
    here.ring()
    eventually(lambda: other.work() and there.rings > before, within=10)


def test_a_ring_missed_while_the_line_was_broken_is_made_up_for(ends: tuple[Wire, Bell, Wire, Bell]) -> None:
    _, here, other, there = ends
    other.failed(ConnectionError())
    here.ring()
    assert there.rings == 0
    other.work()
    assert there.rings > 0


def test_a_command_rings_once_what_it_planned_is_committed(
    shared: Database, ends: tuple[Wire, Bell, Wire, Bell]
) -> None:
    _, _, other, there = ends
    with shared.write("test") as session:
        ring_planned(session)
        other.work()
        assert there.rings == 0
    eventually(lambda: other.work() and there.rings == 1, within=10)
