"""Replay: mails of any day through the real steps, on a database and a Jira sandbox of their own.

The steps are the daemon's, worked one after another without threads; the clock stands at the instant
at which each mail was received.
"""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.progress import track
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from config.errors import MailwardenError
from config.faults import ConfigurationError, Fault
from config.instant import standing_at
from connectors.jira.client import JiraCloud
from connectors.jira.sandbox.server import ISSUE_TYPES, Sandbox
from connectors.mail import FetchedMail
from connectors.packing import packed
from connectors.tickets import TicketDraft, TicketSystem
from daemon.assess import MAX_TRIES, Assessor
from daemon.bell import Bell
from daemon.collect import Collector
from daemon.decide import Decider
from daemon.deliver import Courier
from daemon.manifest import ManifestLine, read_manifest, read_senders
from daemon.outcome import Outcome, outcome_of
from daemon.step import Step
from daemon.store.database import Database
from daemon.store.models import Action, LookupKey, Matter, Message, Relation
from daemon.store.states import CARRIED_OUT, KeyKind, MessageState
from daemon.tokens import create_token
from daemon.tray import UIDVALIDITY, Tray
from daemon.watched import Watch
from parsers.facts import Report
from parsers.report import read
from rules.schema import Outcome as Fate
from rules.schema import Rules
from rules.site import Site, load

FIRST_KEY_NUMBER = 900_001  # far from the keys that a manifest foresees
PAUSE = timedelta(minutes=2)  # longer than a failed step asks to be left alone


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is to be replayed."""

    site: Site
    folder: Path  # where the manifest lies
    lines: Sequence[ManifestLine]


def read_job(manifest: Path, *, organisations: Path, config: Path) -> Job:
    """Read the site, its stand-in organisations and the manifest.

    Raises:
        ConfigurationError: with every fault of the first of these that has any.
    """
    site = site_for(config, organisations=organisations)
    return Job(site=site, folder=manifest.parent, lines=read_manifest(manifest, ManifestLine))


def site_for(config: Path, *, organisations: Path) -> Site:
    """The site in that folder, with these organisations instead of its own; it acknowledges nothing."""
    site = load(config, with_secrets=False)
    silent = site.settings.model_copy(update={"acknowledge": None})
    return replace(site, directory=read_senders(organisations), settings=silent)


def run(job: Job, *, out: Path, console: Console) -> bool:
    """Replay and write one JSON object a line; whether no mail failed. Remarks go to the console.

    Raises:
        ConfigurationError: the file cannot be written.
    """
    clean = True
    with _opened(out) as file:
        for line, outcome in zip(job.lines, shown(job, console), strict=True):
            file.write(outcome.json_line())
            clean = clean and outcome.error is None
            for remark in remarks(line, outcome):
                console.print(remark, markup=False, highlight=False, soft_wrap=True)
    return clean


def remarks(line: ManifestLine, outcome: Outcome) -> Iterator[str]:
    """What a person should know who wrote this line of the manifest."""
    if outcome.error is not None:
        yield f"{line.file}: {outcome.error}"
    elif line.ticket is not None and outcome.ticket != line.ticket:
        yield f"{line.file}: opened no ticket, so {line.ticket} was not given to any"


def shown(job: Job, console: Console) -> Iterable[Outcome]:
    """The outcomes, with a progress bar where the console is a terminal."""
    return track(
        replayed(job),
        description="Replaying",
        total=len(job.lines),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def replayed(job: Job) -> Iterator[Outcome]:
    """What becomes of each mail, in the order of the manifest; every mail is dealt with before the next."""
    with (
        tempfile.TemporaryDirectory(prefix="mailwarden-replay-") as folder,
        closing(Database(f"sqlite:///{folder}/mailwarden.db")) as database,
        _sandbox(job) as sandbox,
        closing(JiraCloud(url=sandbox.url, user="replay", token="replay")) as tickets,  # noqa: S106  (asks for none)
    ):
        database.upgrade()
        _begin_numbering(tickets, job.site.rules)
        replay = _Replay(job=job, database=database, tickets=tickets)
        for number, line in enumerate(job.lines, start=1):
            yield replay.handle(number, line)


class _Replay:
    """The steps on one database. A message's UID is the number of its line."""

    def __init__(self, *, job: Job, database: Database, tickets: TicketSystem) -> None:
        self._job = job
        self._database = database
        self._files = [line.file for line in job.lines]
        self._trays: dict[str, Tray] = {}
        self._collectors: dict[str, Collector] = {}
        self._bell = Bell()  # nobody waits for it
        self._later_steps: tuple[Step, ...] = (
            Assessor(database=database, read=self._read, collected=self._bell, assessed=self._bell),
            Decider(database=database, site=lambda: job.site, assessed=self._bell, planned=self._bell),
            Courier(
                number=1,
                database=database,
                tickets=tickets,
                planned=self._bell,
                unknown_wait=job.site.settings.jira.unknown_wait,
            ),
        )

    def handle(self, number: int, line: ManifestLine) -> Outcome:
        """Take one mail through every step, and say what became of it."""
        try:
            raw = line.path(self._job.folder).read_bytes()
        except OSError as error:
            return Outcome(file=line.file, error=f"the file cannot be read: {error.strerror}")
        mail = FetchedMail(uid=number, packed=packed(raw), received_at=line.received_at)
        trouble = self._work_through(mail, line.mailbox)
        with self._database.write("pass over") as session:
            message = session.scalar(_found(number, line.mailbox))
            if message is None or session.get(Relation, message.id) is None:
                _pass_over(message)
                return Outcome(file=line.file, error=trouble or "was not decided")
            if line.ack_message_id is not None:
                _note_acknowledgement(session, message, line.ack_message_id)
            return outcome_of(
                session,
                message,
                files=self._files,
                regimes=self._job.site.regimes,
                error=message.held_reason or _undelivered(session, message, trouble),
            )

    def _work_through(self, mail: FetchedMail, mailbox: str) -> str | None:
        """Work every step in turn; the trouble of the first one that was stopped ends it.

        The second round is for a mail that could not be decided, and goes the same way again as a held one.
        """
        steps = (self._collector_with(mail, mailbox), *self._later_steps, *self._later_steps)
        troubles = (_work_off(step, mail.received_at) for step in steps)
        return next((trouble for trouble in troubles if trouble), None)

    def _collector_with(self, mail: FetchedMail, mailbox: str) -> Collector:
        """The mailbox's collector, for which the mail lies ready."""
        if mailbox not in self._collectors:
            tray = self._trays[mailbox] = Tray()
            watch = Watch(mailbox=mailbox, open_source=lambda: tray, poll_seconds=1, since=None)
            self._collectors[mailbox] = Collector(watch=watch, database=self._database, collected=self._bell)
        self._trays[mailbox].put(mail)
        return self._collectors[mailbox]

    def _read(self, raw: bytes, received_at: datetime) -> Report:
        return read(raw, received_at=received_at, knowledge=self._job.site.knowledge)


def _opened(out: Path) -> BinaryIO:
    try:
        return out.open("wb")
    except OSError as error:
        fault = Fault(file=out.name, message=f"cannot be written: {error.strerror}")
        raise ConfigurationError([fault]) from error


def _work_off(step: Step, now: datetime) -> str | None:
    """Let a step do all that it has to do; what stopped it, if something did.

    As in the daemon's loop, an error is told to the step, which is then tried again a while later.
    """
    trouble = None
    for late in range(MAX_TRIES + 1):
        with standing_at(now + late * PAUSE):
            try:
                while step.work():
                    pass
            except Exception as error:  # noqa: BLE001  (the edge, as in the loop: one mail must not end the rest)
                step.failed(error)
                trouble = str(error) if isinstance(error, MailwardenError) else type(error).__name__
            else:
                return None
    return trouble


def _sandbox(job: Job) -> Sandbox:
    """A Jira site with every project and issue type that the rules name."""
    fates = _fates(job.site.rules)
    issue_types = sorted({*ISSUE_TYPES, *(fate.issue_type for fate in fates if fate.issue_type)})
    projects = _projects(job.site.rules)
    return Sandbox(projects=projects, issue_types=issue_types, next_keys=_foreseen_keys(job))


def _fates(rules: Rules) -> list[Fate]:
    return [rules.default.then, *(route.then for route in rules.routes)]


def _projects(rules: Rules) -> list[str]:
    return sorted({fate.project for fate in _fates(rules) if fate.project})


def _begin_numbering(tickets: TicketSystem, rules: Rules) -> None:
    """Open the ticket behind which a project's own keys begin."""
    for project in _projects(rules):
        issue_type = rules.default.then.issue_type or ISSUE_TYPES[0]
        draft = TicketDraft(project=project, issue_type=issue_type, summary="The keys begin here", text=())
        tickets.create(draft, token=project)


def _foreseen_keys(job: Job) -> dict[str, str]:
    """The keys that are known beforehand, by the token of the create that will ask for one."""
    foreseen = {project: f"{project}-{FIRST_KEY_NUMBER - 1}" for project in _projects(job.site.rules)}
    for line in job.lines:
        if line.ticket is not None:
            with suppress(OSError):  # a mail that can't be read is told about when its turn comes
                sha256 = hashlib.sha256(line.path(job.folder).read_bytes()).hexdigest()
                foreseen[create_token(Message(sha256=sha256))] = line.ticket
    return foreseen


def _found(number: int, mailbox: str) -> Select[Message]:
    return select(Message).where(
        Message.mailbox == mailbox, Message.uidvalidity == UIDVALIDITY, Message.uid == number
    )


def _pass_over(message: Message | None) -> None:
    """The daemon waits at a mail that it can't decide; a replay goes on without it."""
    if message is not None:
        message.state = MessageState.DECIDED


def _note_acknowledgement(session: Session, message: Message, identifier: str) -> None:
    """Later mails may answer the acknowledgement that was sent for this one."""
    matter_id = session.get_one(Relation, message.id).matter_id
    if matter_id is not None:
        key = LookupKey(
            kind=KeyKind.MESSAGE_ID,
            value=identifier.strip("<> "),
            party=session.get_one(Matter, matter_id).party,
            matter_id=matter_id,
            message_id=message.id,
        )
        session.add(key)


def _undelivered(session: Session, message: Message, trouble: str | None) -> str | None:
    """Why something that this message led to is not in Jira."""
    unfinished = select(Action).where(Action.message_id == message.id, Action.state.not_in(CARRIED_OUT))
    action = session.scalar(unfinished.order_by(Action.position).limit(1))
    if action is None:
        return None
    why = action.trouble or trouble or "an earlier action of its matter is not done"
    return f"{action.kind} is not delivered: {why}"
