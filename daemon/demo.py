"""The demo: the whole way of the data on embedded parts, with real mail in and tickets out."""

import os
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from typing import Self

from rich.console import Console
from rich.live import Live
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.instant import utcnow
from connectors.embedded import LOOPBACK, PASSWORD, USER, EmbeddedImap, SmtpDoor
from connectors.jira.sandbox.server import Sandbox
from daemon.handled import Handled, HandledTable, handled_line
from daemon.ledger import Event
from daemon.service import Service
from daemon.store.database import Database
from daemon.store.models import Action, LedgerEntry, Mailbox, Matter, Message, Relation
from daemon.store.states import CARRIED_OUT, MessageState
from rules.site import load

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "tests" / "corpus" / "messages"
SHIPPED = ROOT / "config"
MAILBOXES = ("regulators", "partners", "le", "escalations")
PROJECT = "INC"
WATCH_SECONDS = 0.02
PATIENCE_SECONDS = 30.0
SECRET_VARIABLE = "MAILWARDEN_DEMO_SECRET"  # noqa: S105  (a variable's name)

MAILS = {
    "001": "regulators",
    "002": "le",
    "003": "regulators",
    "004": "regulators",
    "005": "regulators",
    "007": "regulators",
    "009": "le",
    "012": "le",
    "015": "partners",
    "016": "le",
    "017": "le",
    "024": "escalations",
    "025": "partners",
    "029": "partners",
    "030": "partners",
    "031": "partners",
    "032": "le",
    "043": "partners",
    "048": "partners",
    "060": "regulators",
    "070": "partners",
    "076": "regulators",
    "091": "partners",
    "119": "escalations",
    "138": "regulators",
}
"""Corpus mails that show each thing once: by number, with the mailbox that they come to."""

SEND_A_MAIL = """
  python3 -c "import smtplib; smtplib.SMTP('127.0.0.1', {port}).sendmail('you@mymail.example',
    'escalations@intake.clipora.example', 'From: you@mymail.example\\r\\nSubject: Please look\\r\\n\\r\\n'
    'Somebody threatens to kill me: https://clipora.example/@someone/video/7000000000000000001')"
"""

SITE = """\
database: sqlite:///{folder}/mailwarden.db
ledger: {{heads: {folder}/ledger}}
receiving_host: mx.clipora.example
own_domains: [intake.clipora.example]
mailboxes:
{mailboxes}
jira:
  url: {jira}
  user: mailwarden@clipora.example
  token: {{env: {secret}}}
"""
MAILBOX = """\
  - name: {name}
    folder: {name}
    host: {host}
    port: {port}
    tls: false
    user: {user}
    password: {{env: {secret}}}
"""


class Demo:
    """The embedded parts, and what has become of the mails delivered so far."""

    def __init__(self) -> None:
        self._parts = ExitStack()
        self._delivered: dict[tuple[str, int], tuple[str, datetime]] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self.folder = Path(self._parts.enter_context(tempfile.TemporaryDirectory(prefix="mailwarden-demo-")))
        self.imap = self._parts.enter_context(EmbeddedImap(MAILBOXES))
        self.sandbox = self._parts.enter_context(Sandbox(projects=(PROJECT,)))
        self.smtp = self._parts.enter_context(SmtpDoor(host_name="mx.clipora.example", accept=self._accept))
        site = load(self._site_folder())
        self.database = Database(site.settings.database)
        self._parts.callback(self.database.close)
        self.database.upgrade()
        service = Service(site=site, database=self.database)
        service.start()
        self._parts.callback(service.stop)
        self._await_first_polls()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._parts.close()

    def deliver(self, number: str) -> None:
        """Put one corpus mail into its mailbox."""
        path = next(CORPUS.glob(f"{number}-*.eml"))
        self._put(MAILS[number], path.stem, path.read_bytes())

    def await_all(self) -> Iterator[Handled]:
        """What becomes of everything delivered so far; ends early when patience does."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._delivered and time.monotonic() < deadline:
            yield from self.handled()
            time.sleep(WATCH_SECONDS)

    def handled(self) -> Iterator[Handled]:
        """The mails that are done and were not told before."""
        with self._lock:
            waiting = list(self._delivered)
        with self.database.read() as session:
            for place in waiting:
                done = self._done(session, place)
                if done is not None:
                    self._delivered.pop(place)
                    yield done

    def _accept(self, recipient: str, raw: bytes) -> None:
        name = recipient.partition("@")[0]
        self._put(name if name in MAILBOXES else "escalations", "your mail", raw)

    def _put(self, mailbox: str, label: str, raw: bytes) -> None:
        with self._lock:
            began = utcnow()
            self._delivered[mailbox, self.imap.deliver(mailbox, raw)] = (label, began)

    def _done(self, session: Session, place: tuple[str, int]) -> Handled | None:
        found = select(Message).where(Message.mailbox == place[0], Message.uid == place[1])
        message = session.scalar(found.where(Message.state == MessageState.DECIDED))
        if message is None or _unfinished(session, message):
            return None
        label, began = self._delivered[place]
        relation = session.get_one(Relation, message.id)
        matter = session.get(Matter, relation.matter_id) if relation.matter_id else None
        return Handled(
            label=label,
            relation=relation.type if matter else "set aside",
            urgency=matter.urgency if matter else "",
            due=matter.due_at if matter else None,
            ticket=matter.ticket_key if matter else None,
            reason=message.disposition_reason or "",
            seconds=(_finished_at(session, message) - began).total_seconds(),
        )

    def _site_folder(self) -> Path:
        os.environ[SECRET_VARIABLE] = PASSWORD
        for name in ("routing.yaml", "organisations.yaml"):
            shutil.copy(SHIPPED / name, self.folder)
        places = {"host": LOOPBACK, "port": self.imap.port, "user": USER, "secret": SECRET_VARIABLE}
        mailboxes = "".join(MAILBOX.format(name=name, **places) for name in MAILBOXES)
        values = {"folder": self.folder, "jira": self.sandbox.url, "secret": SECRET_VARIABLE}
        (self.folder / "mailwarden.yaml").write_text(SITE.format(mailboxes=mailboxes.rstrip("\n"), **values))
        return self.folder

    def _await_first_polls(self) -> None:
        """A mailbox starts at "now", so nothing may be delivered before each has been looked at once."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            with self.database.read() as session:
                polled = session.scalar(
                    select(func.count()).select_from(Mailbox).where(Mailbox.last_good_poll.is_not(None))
                )
            if polled == len(MAILBOXES):
                return
            time.sleep(WATCH_SECONDS)


def run(console: Console, *, once: bool) -> bool:
    """Deliver the mails and show what becomes of them; whether all were handled.

    Unless `once`, stay up afterwards for mail that a person sends, until interrupted.
    """
    with Demo() as demo:
        console.print(f"The tickets are at {demo.sandbox.url}", soft_wrap=True)
        shown = _show_mails(console, demo)
        if shown:
            median = statistics.median(handled.seconds for handled in shown)
            console.print(
                f"{len(shown)} of {len(MAILS)} mails handled; median from delivery to ticket {median:.2f} s"
            )
        if not once:
            _stay_up(console, demo)
        return len(shown) == len(MAILS)


def _show_mails(console: Console, demo: Demo) -> list[Handled]:
    table = HandledTable(console)
    with Live(table, console=console, auto_refresh=False) as live:
        for number in MAILS:
            demo.deliver(number)
            for handled in demo.await_all():
                table.add(handled)
                live.refresh()
    return table.rows


def _stay_up(console: Console, demo: Demo) -> None:
    console.print("Now send a mail of your own from another terminal, and see its ticket appear:")
    console.print(SEND_A_MAIL.format(port=demo.smtp.port), markup=False, highlight=False, soft_wrap=True)
    console.print("End with Ctrl+C.")
    with suppress(KeyboardInterrupt):
        while True:
            for handled in demo.handled():
                console.print(handled_line(handled), markup=False, highlight=False, soft_wrap=True)
            time.sleep(WATCH_SECONDS)


def _unfinished(session: Session, message: Message) -> bool:
    open_actions = select(Action.id).where(Action.message_id == message.id, Action.state.not_in(CARRIED_OUT))
    return session.scalar(open_actions.limit(1)) is not None


def _finished_at(session: Session, message: Message) -> datetime:
    ended = (Event.DONE.value, Event.ADOPTED.value, Event.DECIDED.value)
    last = select(func.max(LedgerEntry.at)).where(
        LedgerEntry.message_id == message.id, LedgerEntry.event.in_(ended)
    )
    return session.scalars(last).one()
