"""One run of the daemon over the whole corpus, and what it came to."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import product
from pathlib import Path

from sqlalchemy import func, select

from config.instant import utcnow
from config.settings import JiraEdition
from connectors.jira.fields import PROPERTY
from connectors.jira.sandbox.server import Sandbox
from connectors.jira.sandbox.ticket import Ticket
from daemon.store.database import Database
from daemon.store.models import Action, Matter, Message, Relation, Worker
from daemon.store.states import CARRIED_OUT, Disposition, MessageState
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
SAMPLE_MAILS = 20
"""So many of the first mails hold every relation, and a ticket with a link."""
HANDLED_WITHIN = 90.0
LOG_CHARACTERS = 2_000
MOST_SHOWN = 20
COURIERS = 2  # as the settings have it where a site does not say

PLACES = list(product(("sqlite", "postgresql"), JiraEdition))
"""Every kind of database with every edition of Jira."""
Partition = frozenset[frozenset[str]]


class Run:
    """One run of the daemon over the whole corpus; `database` is a way to its database for the test alone."""

    def __init__(self, daemon: Daemon, sandbox: Sandbox, *, database: Database | None = None) -> None:
        self.daemon = daemon
        self.sandbox = sandbox
        self.database = database or daemon.database()
        self._has_tables = False

    def has_tables(self) -> bool:
        """Whether the daemon has made its tables; they stay."""
        self._has_tables = self._has_tables or self.database.revision() is not None
        return self._has_tables

    def is_up(self) -> bool:
        """The loop that is started last has had a good turn."""
        if not self.has_tables():
            return False
        last = select(Worker.last_good_at).where(Worker.name == f"deliver {COURIERS}")
        with self.database.read() as session:
            return session.scalar(last) is not None

    def is_done(self, mails: int = len(FILES)) -> bool:
        """So many mails are decided and every action is done."""
        if not self.has_tables():
            return False
        with self.database.read() as session:
            decided = session.scalar(
                select(func.count()).select_from(Message).where(Message.state == MessageState.DECIDED),
            )
            unfinished = session.scalar(
                select(func.count()).select_from(Action).where(Action.state.not_in(CARRIED_OUT)),
            )
        return decided == mails and unfinished == 0

    def await_done(self, mails: int = len(FILES), *, within: float = HANDLED_WITHIN) -> None:
        """Wait for that; fails at once when the daemon has ended."""
        with suppress(AssertionError):  # said below, with what is left
            eventually(lambda: self.is_done(mails) or not self.daemon.is_running, within=within)
        assert self.is_done(mails), self.unfinished()

    def unfinished(self) -> str:
        """What keeps the run from being done, for whoever has to find out why."""
        with self.database.read() as session:
            messages = session.execute(
                select(Message.mailbox, Message.state, func.count()).group_by(Message.mailbox, Message.state),
            ).all()
            actions = session.execute(
                select(Action.kind, Action.state, Action.tries, Action.next_try_at, Action.trouble)
                .where(Action.state.not_in(CARRIED_OUT))
                .limit(MOST_SHOWN),
            ).all()
            loops = session.execute(select(Worker.name, Worker.last_good_at, Worker.trouble)).all()
        rows = [("now", utcnow()), *map(tuple, (*messages, *actions, *loops))]
        return "\n".join([*(", ".join(map(str, row)) for row in rows), self.daemon.log[-LOG_CHARACTERS:]])

    def partition(self) -> Partition:
        """The corpus files that share a ticket, by what the ticket system holds."""
        return partition(self.sandbox.tickets(), hashes(self.database))

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

    def assert_nothing_doubled(self) -> None:
        """One ticket a matter, and each comment, file and link once."""
        tickets = self.sandbox.tickets()
        assert doubled(tickets) == []
        assert sorted(ticket.key for ticket in tickets) == sorted(map(str, self.tickets_by_matter().values()))


def deliver(dovecot: Dovecot, mail_user: str, labels: Iterable[dict[str, str]] = LABELS) -> None:
    """Hand in corpus mails, each to its mailbox."""
    for label in labels:
        raw = (CORPUS / "messages" / label["file"]).read_bytes()
        dovecot.deliver(account(mail_user, label["mailbox"]), raw)


def hashes(database: Database) -> dict[str, str]:
    """The SHA-256 of each corpus file that was collected."""
    with database.read() as session:
        found = session.execute(select(Message.mailbox, Message.uid, Message.sha256))
        return {FILES[mailbox, uid]: sha256 for mailbox, uid, sha256 in found}


def partition(tickets: Iterable[Ticket], hashes: dict[str, str]) -> Partition:
    """The files that share a ticket: a ticket and its comments name the hashes of their mails."""
    texts = (
        json.dumps([ticket.fields["description"], [comment.body for comment in ticket.comments]])
        for ticket in tickets
    )
    return frozenset(frozenset(name for name, sha256 in hashes.items() if sha256 in text) for text in texts)


def first_of(whole: Partition, mails: int) -> Partition:
    """What the first mails alone come to: relations look only back."""
    names = {label["file"] for label in LABELS[:mails]}
    return frozenset(part & names for part in whole if part & names)


def doubled(tickets: Iterable[Ticket]) -> list[str]:
    """What the ticket system holds more than once; links count from both of their ends."""
    found = Counter(mark for ticket in tickets for mark in _marks(ticket))
    return sorted(mark for mark, times in found.items() if times > 1)


def _marks(ticket: Ticket) -> Iterator[str]:
    yield f"ticket {ticket.properties[PROPERTY]['token']}"
    for comment in ticket.comments:
        yield f"comment {comment.properties[PROPERTY]['token']}"
    for attachment in ticket.attachments:
        yield f"{ticket.key}: file {attachment.name}"
    for link in ticket.links:
        kind = link.type
        way = "both" if kind.inward == kind.outward else link.outward
        yield f"{ticket.key}: link {kind.name} {way} {link.other}"
