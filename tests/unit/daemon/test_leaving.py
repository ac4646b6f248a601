"""A person has seen to what failed: it counts as trouble no more, and says who decided so."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from config.instant import utcnow
from daemon.fates import Traced
from daemon.plan import Wanted, append
from daemon.retry import NothingFailed, NothingToLeave, UnusableReason, leave_failed, retry_failed
from daemon.status import gather
from daemon.store.models import Action, LedgerEntry, Matter, Message
from daemon.store.states import ActionKind, ActionState
from tests.support.reports import PLAIN
from tests.unit.daemon.conftest import Desk

FILE = {"sha256": "a", "name": "a.pdf", "content_type": "application/pdf", "size": 1}


@pytest.fixture
def failed(desk: Desk) -> Desk:
    """Ticket INC-1, on which a file and the comment after it have failed."""
    relation = desk.decide(PLAIN)
    desk.name_ticket(relation.matter_id, "INC-1")
    with desk.database.write("test") as session:
        matter = session.get_one(Matter, relation.matter_id)
        message = session.get_one(Message, relation.message_id)
        wanted: list[Wanted] = [
            (ActionKind.ATTACH, "file", FILE),
            (ActionKind.COMMENT, "comment", {"text": []}),
        ]
        append(session, matter, message, wanted, None)
        session.flush()
        session.execute(update(Action).values(state=ActionState.FAILED, trouble="too large"))
        session.execute(update(Action).where(Action.kind == ActionKind.CREATE).values(state=ActionState.DONE))
    return desk


def action(desk: Desk, kind: ActionKind) -> Action:
    with desk.database.read() as session:
        return session.scalars(select(Action).where(Action.kind == kind)).one()


def troubles(desk: Desk) -> list[str]:
    return [
        trouble.where for trouble in gather(desk.database, utcnow()).troubles if "action" in trouble.where
    ]


def test_what_a_ticket_can_do_without_may_be_left(failed: Desk) -> None:
    assert len(troubles(failed)) == 2
    assert leave_failed(failed.database, "INC-1", reason="sent by hand", by="ann") == 1
    left = action(failed, ActionKind.ATTACH)
    assert (left.state, left.trouble) == (ActionState.LEFT, "too large; left by ann: sent by hand")
    assert [where for where in troubles(failed) if "attach" in where] == []
    with failed.database.read() as session:
        told = session.scalars(select(LedgerEntry).where(LedgerEntry.event == "left")).one()
    assert (told.action_id, told.facts) == (left.id, {})


def test_what_people_must_read_may_not_be_left(failed: Desk) -> None:
    leave_failed(failed.database, "INC-1", reason="sent by hand", by="ann")
    assert action(failed, ActionKind.COMMENT).state is ActionState.FAILED
    with pytest.raises(NothingToLeave, match="must be mended"):
        leave_failed(failed.database, "INC-1", reason="sent by hand", by="ann")


def test_what_is_left_is_not_tried_again(failed: Desk) -> None:
    leave_failed(failed.database, "INC-1", reason="sent by hand", by="ann")
    retry_failed(failed.database, "INC-1")
    assert action(failed, ActionKind.ATTACH).state is ActionState.LEFT


def test_what_is_left_is_accounted_for(failed: Desk) -> None:
    leave_failed(failed.database, "INC-1", reason="sent by hand", by="ann")
    message, left = failed.message(1), action(failed, ActionKind.ATTACH)
    traced = Traced(message=message, matter=failed.matter(1), actions=[left], entries=[])
    assert [fault for fault in traced.faults() if "attach" in fault] == []


@pytest.mark.parametrize("reason", ["", " ", "x" * 300])
def test_a_reason_is_needed_and_never_cut(failed: Desk, reason: str) -> None:
    with pytest.raises(UnusableReason):
        leave_failed(failed.database, "INC-1", reason=reason, by="ann")
    assert action(failed, ActionKind.ATTACH).state is ActionState.FAILED


def test_where_nothing_failed_nothing_is_left(desk: Desk) -> None:
    relation = desk.decide(PLAIN)
    desk.name_ticket(relation.matter_id, "INC-1")
    with pytest.raises(NothingFailed):
        leave_failed(desk.database, "INC-1", reason="seen to", by="ann")


def test_the_matter_goes_on_behind_what_is_left(failed: Desk) -> None:
    leave_failed(failed.database, "INC-1", reason="sent by hand", by="ann")
    with failed.database.write("test") as session:
        session.execute(
            update(Action)
            .where(Action.kind == ActionKind.COMMENT)
            .values(state=ActionState.DONE, next_try_at=utcnow() - timedelta(seconds=1))
        )
    failed.decide(PLAIN)
    with failed.database.read() as session:
        last = session.scalars(select(Action).order_by(Action.id.desc())).first()
    assert last is not None
    assert (last.kind, last.state) == (ActionKind.COMMENT, ActionState.PLANNED)
