"""What a daemon logs while it handles the whole corpus tells ids and codes, and no word of anybody."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from connectors.jira.sandbox.server import Sandbox
from daemon.store.database import Database
from daemon.store.models import StoredReport
from parsers.facts import REPORTS, Report
from tests.support.corpus_run import CORPUS, FILES, HANDLED_WITHIN, LABELS, Run, deliver
from tests.support.daemon import JIRA_TOKEN, Daemon
from tests.support.dovecot import Dovecot
from tests.support.imap_server import PASSWORD
from tests.support.waiting import eventually

ADDRESS = re.compile(rb"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
WINDOW = 6  # so many words in a row are somebody's own
SHORTEST = 4  # a shorter name is no telling one


@pytest.fixture
def run(dovecot: Dovecot, mail_user: str, tmp_path: Path) -> Iterator[Run]:
    """A daemon has handled the corpus."""
    deliver(dovecot, mail_user)
    with Sandbox(projects=("INC",)) as sandbox:
        site = tmp_path / "site"
        daemon = Daemon.on(site, imap_port=dovecot.port, mail_user=mail_user, jira_url=sandbox.url)
        done = Run(daemon, sandbox)
        try:
            daemon.start()
            eventually(done.is_done, within=HANDLED_WITHIN)
            assert daemon.stop() == 0
            yield done
        finally:
            daemon.end()
            done.database.close()


def test_the_log_of_a_whole_run_holds_ids_and_codes_only(run: Run) -> None:
    log = run.daemon.log
    said = Counter(json.loads(line)["event"] for line in log.splitlines())
    assert said["assessed"] + said["held"] == said["decided"] == len(FILES)
    assert said["action done"] > len(run.sandbox.tickets()) > 0

    words = set(_telling_words(run.database))
    assert len(words) > 10 * len(FILES)
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
