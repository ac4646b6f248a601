"""The daemon handles the whole corpus undisturbed.

Replay comes to the same relations for the same mail in the same order, and what the daemon logs tells ids
and codes, and no word of anybody.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import aliased

from connectors.jira.sandbox.server import Sandbox
from daemon.ledger import Event
from daemon.manifest import ManifestLine
from daemon.replay import Job, replayed
from daemon.store.database import Database
from daemon.store.models import LedgerEntry, Matter, Message, Relation, StoredReport
from parsers.facts import REPORTS, RelationType, Report
from rules.site import SHIPPED, load
from tests.support.corpus_run import CORPUS, LABELS, Run
from tests.support.daemon import JIRA_TOKEN, Daemon, account
from tests.support.dovecot import Dovecot
from tests.support.imap_server import PASSWORD

MAIL_USER = "undisturbed"
# Without the tickets and acknowledgements that the labels foresee: this daemon has sent none.
PLAIN_KEYS = ("file", "mailbox", "received_at")
LINES = [ManifestLine.model_validate({key: label[key] for key in PLAIN_KEYS}) for label in LABELS]
ADDRESS = re.compile(rb"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
WINDOW = 6  # so many words in a row are somebody's own
SHORTEST = 4  # a shorter name is no telling one

Relations = dict[str, tuple[RelationType | None, str | None]]


@pytest.fixture(scope="module")
def run(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A daemon has handled the corpus. All mail lay in one mailbox, so UIDs count the corpus through."""
    for label in LABELS:
        dovecot.deliver(account(MAIL_USER, "regulators"), (CORPUS / "messages" / label["file"]).read_bytes())
    with Sandbox(projects=("INC",)) as sandbox:
        daemon = Daemon.on(
            tmp_path_factory.mktemp("undisturbed") / "site",
            imap_port=dovecot.port,
            mail_user=MAIL_USER,
            jira_url=sandbox.url,
        )
        done = Run(daemon, sandbox)
        try:
            daemon.start_and_await()
            done.await_done(len(LINES))
            assert daemon.stop() == 0
            yield done
        finally:
            daemon.end()
            done.database.close()


def by_replay(lines: list[ManifestLine]) -> Relations:
    job = Job(site=load(SHIPPED, with_secrets=False), folder=CORPUS, lines=lines)
    return {outcome.file: (outcome.relation.type, outcome.relation.of) for outcome in replayed(job)}


def by_daemon(database: Database) -> Relations:
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


def test_replay_and_daemon_agree_on_every_relation(run: Run) -> None:
    found = by_daemon(run.database)
    assert len(found) == len(LINES)
    assert found == by_replay(in_order_of_decision(run.database))


def test_the_log_of_a_whole_run_holds_ids_and_codes_only(run: Run) -> None:
    log = run.daemon.log
    said = Counter(json.loads(line)["event"] for line in log.splitlines())
    assert said["assessed"] + said["held"] == said["decided"] == len(LINES)
    assert said["action done"] > len(run.sandbox.tickets()) > 0

    words = set(_telling_words(run.database))
    assert len(words) > 10 * len(LINES)
    haystack = _normal("\n".join(map(_decoded, log.splitlines())))
    assert sorted(word for word in words if word in haystack) == []


def _telling_words(database: Database) -> Iterator[str]:
    yield from (PASSWORD, JIRA_TOKEN)
    for label in LABELS:
        for address in ADDRESS.findall((CORPUS / "messages" / label["file"]).read_bytes()):
            yield _normal(address.decode())
    with database.read() as session:
        documents = session.scalars(select(StoredReport.document)).all()
    for document in documents:
        found = map(_normal, _words_of(REPORTS.validate_python(document)))
        yield from (text for text in found if len(text) >= SHORTEST)


def _words_of(report: Report) -> Iterator[str]:
    """Name, subject, the names of attachments, and every window of the own text."""
    yield report.sender.display_name or ""
    yield report.subject
    yield from (attachment.name or "" for attachment in report.attachments)
    words = report.own_text.split()
    yield from (" ".join(words[start : start + WINDOW]) for start in range(max(1, len(words) - WINDOW + 1)))


def _decoded(line: str) -> str:
    return json.dumps(json.loads(line), ensure_ascii=False)


def _normal(text: str) -> str:
    return " ".join(text.casefold().split())
