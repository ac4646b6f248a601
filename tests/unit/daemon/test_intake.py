from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event

from connectors.mail import FetchedMail
from connectors.packing import packed
from daemon.intake import Incoming, Terms, take_in
from daemon.store.database import Database
from daemon.store.models import Mailbox
from parsers.glance import Glance

TERMS = Terms(since=None, mirror=False)


def mail(uid: int) -> Incoming:
    fetched = FetchedMail(
        uid=uid,
        packed=packed(b"%d" % uid),
        received_at=datetime(2026, 3, 1, tzinfo=UTC),
        server_id=f"name {uid}",
    )
    return Incoming(mail=fetched, glance=Glance(party=None, urgent=False))


def statements_of(database: Database, uids: range) -> list[tuple[str, Any]]:
    """What is asked and told while these are taken in."""
    seen: list[tuple[str, Any]] = []

    def see(_connection: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        seen.append((statement, parameters))

    with database.write("test") as session:
        mailbox = session.get_one(Mailbox, "regulators")
        event.listen(database.engine, "before_cursor_execute", see)
        take_in(session, mailbox, [mail(uid) for uid in uids], TERMS)
        event.remove(database.engine, "before_cursor_execute", see)
    return seen


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL decides by its statistics
def test_nothing_asks_for_all_that_a_mailbox_holds(database: Database) -> None:
    """Else each new mail would cost the more, the more there are."""
    with database.write("test") as session:
        session.add(Mailbox(name="regulators", uidvalidity=1))
    asked = [each for each in statements_of(database, range(1, 4)) if each[0].startswith("SELECT")]
    assert asked
    with database.read() as session:
        connection = session.connection()
        plans = [
            row.detail
            for statement, parameters in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    looked_through = [
        plan for plan in plans if plan.endswith("(mailbox=?)") or plan.startswith("SCAN message")
    ]
    assert looked_through == []
