"""The main job: mail lies in a real mailbox, and the right tickets exist, also when the daemon is killed."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from connectors.jira.sandbox.server import Sandbox
from sqlalchemy import func, select
from tests.contract.jira_judge import Judge

from daemon.store.models import Action, Matter, Message, Relation
from daemon.store.states import ActionState, Disposition, MessageState
from tests.support.daemon import Daemon
from tests.support.dovecot import Dovecot
from tests.support.waiting import eventually

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
FILES = [json.loads(line)["file"] for line in (CORPUS / "labels.jsonl").read_text().splitlines()]
HANDLED_WITHIN = 90.0
KILLS = 5
SEED = 20261103

Partition = frozenset[frozenset[str]]


class Run:
    """One run of the daemon over the whole corpus."""

    def __init__(self, daemon: Daemon, sandbox: Sandbox) -> None:
        self.daemon = daemon
        self.sandbox = sandbox
        self.database = daemon.database()

    def is_done(self) -> bool:
        """Every mail is decided and every action is done."""
        if self.database.revision() is None:
            return False
        with self.database.read() as session:
            decided = session.scalar(
                select(func.count()).select_from(Message).where(Message.state == MessageState.DECIDED),
            )
            unfinished = session.scalar(
                select(func.count()).select_from(Action).where(Action.state != ActionState.DONE),
            )
        return decided == len(FILES) and unfinished == 0

    def partition(self) -> Partition:
        """The corpus files that share a ticket, by what the ticket system holds."""
        return frozenset(
            frozenset(name for name, sha256 in self._hashes().items() if sha256 in text)
            for text in self._ticket_texts().values()
        )

    def files(self, disposition: Disposition) -> list[str]:
        """The corpus files that ended up so."""
        with self.database.read() as session:
            found = session.scalars(select(Message.uid).where(Message.disposition == disposition))
            return sorted(FILES[uid - 1] for uid in found)

    def tickets_by_matter(self) -> dict[int, str | None]:
        with self.database.read() as session:
            return dict(session.execute(select(Matter.id, Matter.ticket_key)).all())

    def files_without_matter(self) -> list[str]:
        with self.database.read() as session:
            found = session.scalars(
                select(Message.uid)
                .join(Relation, Relation.message_id == Message.id)
                .where(Relation.matter_id.is_(None)),
            )
            return sorted(FILES[uid - 1] for uid in found)

    def _hashes(self) -> dict[str, str]:
        """One mailbox and one delivery after the other: UIDs count the corpus through."""
        with self.database.read() as session:
            return {
                FILES[uid - 1]: sha256 for uid, sha256 in session.execute(select(Message.uid, Message.sha256))
            }

    def _ticket_texts(self) -> dict[str, str]:
        """Everything that stands on each ticket, as JSON text."""
        return {
            ticket.key: json.dumps(
                [ticket.fields["description"], [comment.body for comment in ticket.comments]]
            )
            for ticket in self.sandbox.tickets()
        }


@pytest.fixture
def judge() -> Iterator[Judge]:
    """Fails the test that sent a request which Atlassian's description does not allow."""
    judging = Judge.cloud()
    yield judging
    assert judging.objections == []


@pytest.fixture
def run(dovecot: Dovecot, mail_user: str, tmp_path: Path, judge: Judge) -> Iterator[Run]:
    for file in FILES:
        dovecot.deliver(mail_user, (CORPUS / "messages" / file).read_bytes())
    with Sandbox(projects=("INC",), judge=judge) as sandbox:
        daemon = Daemon.on(tmp_path / "site", imap_port=dovecot.port, user=mail_user, jira_url=sandbox.url)
        running = Run(daemon, sandbox)
        yield running
        daemon.end()
        running.database.close()


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, Partition]:
    """What the undisturbed run came to, for the disturbed one to be compared with."""
    return {}


def test_every_mail_is_accounted_for(run: Run, undisturbed: dict[str, Partition]) -> None:
    run.daemon.start()
    eventually(run.is_done, within=HANDLED_WITHIN)
    assert run.daemon.stop() == 0

    expected = yaml.safe_load((CORPUS / "expected.yaml").read_text())
    assert run.files(Disposition.HELD) == expected["held"]
    assert run.files(Disposition.SET_ASIDE) == expected["set_aside"] == run.files_without_matter()

    partition = run.partition()
    placed = [name for files in partition for name in files]
    assert sorted(placed) == sorted(set(FILES) - set(expected["set_aside"]))
    assert len(partition) == len(run.tickets_by_matter())
    assert len(set(run.tickets_by_matter().values())) == len(run.sandbox.tickets())
    undisturbed["partition"] = partition


def test_five_kills_change_nothing(run: Run, undisturbed: dict[str, Partition]) -> None:
    moments = random.Random(SEED)
    for _ in range(KILLS):
        run.daemon.start()
        run.daemon.kill(after=moments.uniform(1.0, 4.0))
    run.daemon.start()
    eventually(run.is_done, within=HANDLED_WITHIN)
    assert run.daemon.stop() == 0
    assert run.partition() == undisturbed["partition"]
    assert len(run.sandbox.tickets()) == len(run.tickets_by_matter())
