"""The main job: mail lies in a real mailbox, and the right tickets exist, also when the daemon is killed."""

import json
import random
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
import yaml
from sqlalchemy import func, select

from config.settings import JiraEdition
from connectors.jira.sandbox.server import Sandbox
from daemon.store.models import Action, Matter, Message, Relation
from daemon.store.states import CARRIED_OUT, Disposition, MessageState
from tests.contract.jira_judge import judged_sandbox
from tests.support.daemon import MAILBOXES, Daemon, account
from tests.support.dovecot import Dovecot
from tests.support.waiting import eventually

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
LABELS = [json.loads(line) for line in (CORPUS / "labels.jsonl").read_text().splitlines()]
FILES = {
    # Deliveries to a fresh mailbox are numbered from 1.
    (mailbox, uid): label["file"]
    for mailbox in MAILBOXES
    for uid, label in enumerate((one for one in LABELS if one["mailbox"] == mailbox), start=1)
}
HANDLED_WITHIN = 90.0
RUNS_FOR = (1.0, 3.5)  # seconds from start to kill: some die while starting, most in the middle of the work
SEED = 20261103

PLACES = list(product(("sqlite", "postgresql"), JiraEdition))
"""Every kind of database with every edition of Jira."""
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
                select(func.count()).select_from(Action).where(Action.state.not_in(CARRIED_OUT)),
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
            found = session.execute(
                select(Message.mailbox, Message.uid).where(Message.disposition == disposition),
            )
            return sorted(FILES[mailbox, uid] for mailbox, uid in found)

    def tickets_by_matter(self) -> dict[int, str | None]:
        with self.database.read() as session:
            return dict(session.execute(select(Matter.id, Matter.ticket_key)).all())

    def files_without_matter(self) -> list[str]:
        with self.database.read() as session:
            related = select(Message.mailbox, Message.uid).join(Relation, Relation.message_id == Message.id)
            found = session.execute(related.where(Relation.matter_id.is_(None)))
            return sorted(FILES[mailbox, uid] for mailbox, uid in found)

    def _hashes(self) -> dict[str, str]:
        with self.database.read() as session:
            found = session.execute(select(Message.mailbox, Message.uid, Message.sha256))
            return {FILES[mailbox, uid]: sha256 for mailbox, uid, sha256 in found}

    def _ticket_texts(self) -> dict[str, str]:
        """Everything that stands on each ticket, as JSON text."""
        return {
            ticket.key: json.dumps(
                [ticket.fields["description"], [comment.body for comment in ticket.comments]]
            )
            for ticket in self.sandbox.tickets()
        }


@pytest.fixture
def run(
    request: pytest.FixtureRequest,
    dovecot: Dovecot,
    mail_user: str,
    tmp_path: Path,
) -> Iterator[Run]:
    """The corpus lies in four mailboxes; a request that is not as Atlassian describes it fails the test."""
    kind, edition = request.param
    for label in LABELS:
        user = account(mail_user, label["mailbox"])
        dovecot.deliver(user, (CORPUS / "messages" / label["file"]).read_bytes())
    with judged_sandbox(edition=edition) as sandbox:
        daemon = Daemon.on(
            tmp_path / "site",
            imap_port=dovecot.port,
            mail_user=mail_user,
            jira_url=sandbox.url,
            database_url=_empty_postgres(request) if kind == "postgresql" else None,
            edition=edition,
        )
        running = Run(daemon, sandbox)
        yield running
        daemon.end()
        running.database.close()


def _empty_postgres(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue("postgres").emptied())


@pytest.fixture(scope="module")
def undisturbed() -> list[Partition]:
    """What the first undisturbed run came to; every other run must come to the same."""
    return []


@pytest.mark.parametrize("run", PLACES, indirect=True, ids="-".join)
def test_every_mail_is_accounted_for(run: Run, undisturbed: list[Partition]) -> None:
    run.daemon.start()
    eventually(run.is_done, within=HANDLED_WITHIN)
    assert run.daemon.stop() == 0

    expected = yaml.safe_load((CORPUS / "expected.yaml").read_text())
    assert run.files(Disposition.HELD) == expected["held"]
    assert run.files(Disposition.SET_ASIDE) == expected["set_aside"] == run.files_without_matter()

    partition = run.partition()
    placed = [name for files in partition for name in files]
    assert sorted(placed) == sorted(set(FILES.values()) - set(expected["set_aside"]))
    assert len(partition) == len(run.tickets_by_matter())
    assert len(set(run.tickets_by_matter().values())) == len(run.sandbox.tickets())
    undisturbed.append(partition)
    assert partition == undisturbed[0]


@pytest.mark.parametrize("run", [PLACES[0], PLACES[-1]], indirect=True, ids="-".join)
def test_five_kills_change_nothing(run: Run, undisturbed: list[Partition]) -> None:
    kill_and_compare(run, undisturbed, kills=5)


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("run", PLACES, indirect=True, ids="-".join)
def test_sixty_kills_change_nothing(run: Run, undisturbed: list[Partition]) -> None:
    kill_and_compare(run, undisturbed, kills=60)


def kill_and_compare(run: Run, undisturbed: list[Partition], *, kills: int) -> None:
    moments = random.Random(SEED)
    for _ in range(kills):
        run.daemon.start()
        run.daemon.kill(after=moments.uniform(*RUNS_FOR))
    run.daemon.start_and_await()
    eventually(run.is_done, within=HANDLED_WITHIN)
    assert run.daemon.stop() == 0
    undisturbed.append(run.partition())
    assert run.partition() == undisturbed[0]
    assert len(run.sandbox.tickets()) == len(run.tickets_by_matter())
