"""Replay and the running daemon come to the same relations for the same mail in the same order."""

import json
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import aliased

from connectors.jira.sandbox.server import Sandbox
from daemon.ledger import Event
from daemon.manifest import ManifestLine
from daemon.replay import Job, replayed
from daemon.store.database import Database
from daemon.store.models import LedgerEntry, Matter, Message, Relation
from parsers.facts import RelationType
from rules.site import SHIPPED, load
from tests.support.daemon import ROOT, Daemon, account
from tests.support.dovecot import Dovecot
from tests.support.waiting import eventually

CORPUS = ROOT / "tests" / "corpus"
# Without the tickets and acknowledgements that the labels foresee: this daemon has sent none.
PLAIN_KEYS = ("file", "mailbox", "received_at")
LINES = [
    ManifestLine.model_validate({key: json.loads(line)[key] for key in PLAIN_KEYS})
    for line in (CORPUS / "labels.jsonl").read_text().splitlines()
]
HANDLED_WITHIN = 90.0

Relations = dict[str, tuple[RelationType | None, str | None]]


def by_replay(lines: list[ManifestLine]) -> Relations:
    job = Job(site=load(SHIPPED, with_secrets=False), folder=CORPUS, lines=lines)
    return {outcome.file: (outcome.relation.type, outcome.relation.of) for outcome in replayed(job)}


def by_daemon(database: Database) -> Relations:
    """All mail lay in one mailbox, so UIDs count the corpus through."""
    opener, linked = aliased(Matter), aliased(Matter)
    with database.read() as session:
        rows = session.execute(
            select(Message.uid, Message.id, Relation.type, opener.opened_by, linked.opened_by)
            .join(Relation, Relation.message_id == Message.id)
            .outerjoin(opener, opener.id == Relation.matter_id)
            .outerjoin(linked, linked.id == Relation.related_to),
        ).all()
    files = {message_id: LINES[uid - 1].file for uid, message_id, *_ in rows}
    return {
        files[message_id]: (kind, _other_than(message_id, related or opened, files))
        for _, message_id, kind, opened, related in rows
    }


def _other_than(message_id: int, first: int | None, files: dict[int, str]) -> str | None:
    return None if first is None or first == message_id else files[first]


def in_order_of_decision(database: Database) -> list[ManifestLine]:
    """Urgent mail has overtaken other mail; the replay is to take it in the same order."""
    decided = select(Message.uid).join(LedgerEntry, LedgerEntry.message_id == Message.id)
    with database.read() as session:
        uids = session.scalars(
            decided.where(LedgerEntry.event == Event.DECIDED.value).order_by(LedgerEntry.id)
        )
        return [LINES[uid - 1] for uid in uids]


def test_replay_and_daemon_agree_on_every_relation(
    dovecot: Dovecot,
    mail_user: str,
    tmp_path: Path,
) -> None:
    for line in LINES:
        raw = (CORPUS / "messages" / line.file).read_bytes()
        dovecot.deliver(account(mail_user, "regulators"), raw)
    with Sandbox(projects=("INC",)) as sandbox:
        daemon = Daemon.on(
            tmp_path / "site",
            imap_port=dovecot.port,
            mail_user=mail_user,
            jira_url=sandbox.url,
        )
        daemon.start_and_await()
        database = daemon.database()
        eventually(lambda: len(by_daemon(database)) == len(LINES), within=HANDLED_WITHIN)
        assert daemon.stop() == 0
    found, lines = by_daemon(database), in_order_of_decision(database)
    database.close()
    assert found == by_replay(lines)
