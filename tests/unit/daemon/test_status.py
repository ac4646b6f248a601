from datetime import timedelta

from config.instant import utcnow
from connectors.errors import Refused
from daemon.bell import Bell
from daemon.deliver import Courier
from daemon.health import Health
from daemon.status import gather
from parsers.facts import Elapsed, Kind, StatedClock
from tests.support.reports import PLAIN, RECEIVED, report
from tests.support.tickets import MemoryTickets
from tests.unit.daemon.conftest import Desk


def test_every_message_is_counted_where_it_is(desk: Desk) -> None:
    desk.decide(PLAIN)
    desk.decide(PLAIN)
    desk.decide(report(kind=Kind.SPAM, content_digest="spam"))
    desk.assess(report(content_digest="not yet decided"))
    status = gather(desk.database, utcnow())
    assert status.mailboxes[0].messages == 4
    assert (status.queue["to decide"], status.queue["to deliver"]) == (1, 2)
    assert status.dispositions == {"on_ticket": 2, "held": 0, "set_aside": 1}
    assert status.held == ()


def test_held_messages_are_named(desk: Desk) -> None:
    relation = desk.decide(PLAIN, held="could not be read in 3 tries")
    assert gather(desk.database, utcnow()).held == (relation.message_id,)


def test_the_next_clocks_are_named_and_past_ones_are_not(desk: Desk) -> None:
    clock = StatedClock(limit=Elapsed(hours=4), phrase="in time", position=0)
    desk.decide(report(clocks=(clock,)))
    assert len(gather(desk.database, RECEIVED).due) == 1
    assert gather(desk.database, RECEIVED + timedelta(hours=5)).due == ()


def test_a_refused_action_is_named_as_trouble_until_it_is_done(desk: Desk) -> None:
    desk.decide(PLAIN)
    tickets = MemoryTickets(before={"create": [Refused("unknown issue type")]})
    Courier(
        number=1,
        database=desk.database,
        tickets=tickets,
        planned=Bell(),
        unknown_wait=timedelta(0),
    ).work()
    [trouble] = gather(desk.database, utcnow()).troubles
    assert trouble.what == "unknown issue type"


def test_a_troubled_loop_is_named_with_since_when(desk: Desk) -> None:
    health = Health(instance="here", name="collect regulators", database=desk.database)
    health.begin()
    health.troubled(Refused("no"))
    [trouble] = gather(desk.database, utcnow()).troubles
    assert (trouble.where, trouble.what, trouble.since is not None) == ("collect regulators", "no", True)
