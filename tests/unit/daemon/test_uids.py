from collections.abc import Sequence

import pytest

from config.instant import utcnow
from daemon import uids as asked
from daemon.store.database import Database
from daemon.store.models import Mailbox, Message, RawMail, Sighting
from daemon.uids import message_ids, stored_uids

SCATTERED = [1, 50, 900]
DENSE = [1, 2, 3, 4]


@pytest.fixture
def mailbox(database: Database) -> Mailbox:
    """Holds messages 1 and 900 and a sighting 3; another epoch and another mailbox have the rest."""
    mine, other = Mailbox(name="mine", uidvalidity=7), Mailbox(name="other", uidvalidity=7)
    with database.write("test") as session:
        session.add_all([mine, other, RawMail(sha256="a", size=0, compressed=b"")])
        session.flush()
        placed = [("mine", 7, 1), ("mine", 7, 900), ("mine", 6, 2), ("other", 7, 50), ("other", 7, 4)]
        session.add_all(_message(*place) for place in placed)
        session.flush()
        session.add(Sighting(mailbox="mine", uidvalidity=7, uid=3, message_id=3))
    return mine


def _message(mailbox: str, uidvalidity: int, uid: int) -> Message:
    now = utcnow()
    return Message(
        mailbox=mailbox,
        uidvalidity=uidvalidity,
        uid=uid,
        sha256="a",
        received_at=now,
        collected_at=now,
        next_try_at=now,
    )


@pytest.mark.parametrize(
    ("wanted", "known"), [(SCATTERED, {1, 900}), (DENSE, {1, 3}), ([900], {900}), ([2], set()), ([], set())]
)
def test_messages_and_sightings_of_this_epoch_are_known(
    database: Database, mailbox: Mailbox, wanted: Sequence[int], known: set[int]
) -> None:
    with database.read() as session:
        assert stored_uids(session, mailbox, wanted) == known


def test_it_does_not_matter_how_they_are_asked_for(
    database: Database, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "FEW", 0)  # then scattered ones are asked for by what lies between them
    with database.read() as session:
        assert stored_uids(session, mailbox, SCATTERED) == {1, 900}


@pytest.mark.parametrize("wanted", [SCATTERED, [900, 1], [1]])
def test_messages_are_told_by_their_uids(database: Database, mailbox: Mailbox, wanted: Sequence[int]) -> None:
    with database.read() as session:
        ids = message_ids(session, mailbox, wanted)
        found = {uid: session.get_one(Message, ids[uid]).uid for uid in wanted if uid in ids}
    assert found == {uid: uid for uid in wanted if uid in {1, 900}}
