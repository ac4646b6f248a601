from collections.abc import Sequence
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


def mail(uid: int, octets: bytes | None = None) -> Incoming:
    fetched = FetchedMail(
        uid=uid,
        packed=packed(octets or b"%d" % uid),
        received_at=datetime(2026, 3, 1, tzinfo=UTC),
        server_id=f"name {uid}",
    )
    return Incoming(mail=fetched, glance=Glance(party=f"party {uid}" if uid % 2 else None, urgent=True))


def take(database: Database, batch: Sequence[Incoming], *, uidvalidity: int = 1) -> list[tuple[str, Any]]:
    """Take the mails in; returns what is asked and told meanwhile."""
    seen: list[tuple[str, Any]] = []

    def see(_connection: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        seen.append((statement, parameters))

    with database.write("test") as session:
        mailbox = session.merge(Mailbox(name="regulators", uidvalidity=uidvalidity, rescan_below=0))
        session.flush()
        event.listen(session.get_bind(), "before_cursor_execute", see)
        take_in(session, mailbox, batch, TERMS)
        event.remove(session.get_bind(), "before_cursor_execute", see)
    return seen


def looks_through(plan: str) -> bool:
    """All that the mailbox holds, or all that is not hastened."""
    return plan.endswith(("(mailbox=?)", "(state=? AND haste>?)")) or plan.startswith("SCAN message")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL decides by its statistics
@pytest.mark.parametrize("earlier", [(), (7,)], ids=["the first epoch", "a later epoch"])
def test_nothing_asks_for_all_that_a_mailbox_holds(database: Database, earlier: Sequence[int]) -> None:
    """Else each new mail would cost the more, the more there are."""
    for uidvalidity in earlier:
        take(database, [mail(1)], uidvalidity=uidvalidity)
    told = take(database, [mail(uid) for uid in range(11, 15)])
    with database.read() as session:
        connection = session.connection()
        plans = [
            row.detail
            for statement, parameters in told
            if statement.startswith(("SELECT", "UPDATE"))
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    assert plans
    assert [plan for plan in plans if looks_through(plan)] == []


def test_the_same_octets_again_cost_no_more_the_oftener_they_came(database: Database) -> None:
    take(database, [mail(uid, b"the same") for uid in range(1, 9)])
    told = take(database, [mail(9, b"the same")])
    with database.read() as session:
        connection = session.connection()
        rows = [
            len(connection.exec_driver_sql(statement, parameters).all())
            for statement, parameters in told
            if statement.startswith("SELECT")
        ]
    assert rows
    assert max(rows) <= 1
