"""The corpus taken through collect, assess and decide in this process, undisturbed."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import select

from connectors.mail import MailSource
from daemon.assess import Assessor
from daemon.bell import Bell
from daemon.collect import Collector
from daemon.decide import Decider
from daemon.step import Step
from daemon.store.database import Database
from daemon.store.models import Message, Relation
from daemon.watched import Watch
from parsers.report import read
from rules.site import SHIPPED, load
from tests.support.corpus_run import CORPUS, FILES, LABELS, Partition
from tests.support.daemon import MAILBOXES
from tests.support.mail import MemoryMailbox


def decide_corpus(path: Path, labels: Sequence[dict[str, Any]] = LABELS) -> None:
    """Fill a new SQLite file with these mails."""
    site = load(SHIPPED, with_secrets=False)
    bell = Bell()  # nobody waits for it
    mailboxes = {name: MemoryMailbox() for name in MAILBOXES}
    with closing(Database(f"sqlite:///{path}")) as database:
        database.upgrade()
        collectors = {name: _collector(name, box, database) for name, box in mailboxes.items()}
        for collector in collectors.values():
            collector.work()
        for label in labels:
            mailboxes[label["mailbox"]].deliver((CORPUS / "messages" / label["file"]).read_bytes())
            collectors[label["mailbox"]].work()
        _work_off(
            Assessor(
                database=database,
                read=lambda raw, at: read(raw, received_at=at, knowledge=site.knowledge),
                collected=bell,
                assessed=bell,
            )
        )
        _work_off(Decider(database=database, site=lambda: site, assessed=bell, planned=bell))


def partition_by_matter(path: Path) -> Partition:
    """The corpus files that share a matter; those without one are left out."""
    matters: dict[int, set[str]] = {}
    with closing(Database(f"sqlite:///{path}")) as database, database.read() as session:
        placed = select(Relation.matter_id, Message.mailbox, Message.uid).join(
            Message, Message.id == Relation.message_id
        )
        for matter, mailbox, uid in session.execute(placed.where(Relation.matter_id.is_not(None))):
            matters.setdefault(matter or 0, set()).add(FILES[mailbox, uid])
    return frozenset(map(frozenset, matters.values()))


def _collector(name: str, box: MemoryMailbox, database: Database) -> Collector:
    def opened() -> MailSource:
        return box

    watch = Watch(mailbox=name, open_source=opened, poll_seconds=1, since=None)
    return Collector(watch=watch, database=database, collected=Bell())


def _work_off(step: Step) -> None:
    while step.work():
        pass
