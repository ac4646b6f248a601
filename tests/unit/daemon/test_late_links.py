"""Two parties' matters about one content are linked once, also when neither decision saw the other."""

from sqlalchemy import select, update

from daemon.late_links import link_unseen
from daemon.store.models import Action, LookupKey, Matter, Relation
from daemon.store.states import ActionKind
from parsers.facts import RelationType
from tests.support.reports import BOB, report, video
from tests.unit.daemon.conftest import Desk


def decided_at_once(desk: Desk) -> tuple[int, int]:
    """Two messages about one content, whose deciders saw nothing of each other."""
    first = desk.decide(report(references=(video("1"),)))
    second = desk.decide(report(references=(video("2"),), sender=BOB, content_digest="b"))
    with desk.database.write("test") as session:
        session.execute(update(LookupKey).where(LookupKey.value == "video:2").values(value="video:1"))
    return first.message_id, second.message_id


def links(desk: Desk) -> list[Action]:
    with desk.database.read() as session:
        return list(session.scalars(select(Action).where(Action.kind == ActionKind.LINK)))


def test_whoever_looks_first_plans_the_one_link(desk: Desk) -> None:
    first, second = decided_at_once(desk)
    assert link_unseen(desk.database, second)
    assert not link_unseen(desk.database, first)
    assert len(links(desk)) == 1


def test_it_does_not_matter_who_looks_first(desk: Desk) -> None:
    first, second = decided_at_once(desk)
    assert link_unseen(desk.database, first)
    assert not link_unseen(desk.database, second)
    with desk.database.read() as session:
        relation = session.get_one(Relation, first)
        other = session.scalar(select(Matter.id).where(Matter.opened_by == second))
    assert (relation.type, relation.related_to) == (RelationType.RELATED, other)


def test_what_was_linked_when_it_was_decided_gets_no_second_link(desk: Desk) -> None:
    first = desk.decide(report(references=(video("1"),)))
    second = desk.decide(report(references=(video("1"),), sender=BOB, content_digest="b"))
    assert not link_unseen(desk.database, first.message_id)
    assert not link_unseen(desk.database, second.message_id)
    assert len(links(desk)) == 1
