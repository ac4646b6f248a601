"""What people put right about matters: what every correction has in common.

A correction is one transaction: the rows that it changes, the actions that carry it to the tickets, the
ledger entry, and the row that says who decided so and why. Nothing computed ever takes its place.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from config.errors import MailwardenError
from config.instant import utcnow
from connectors.tickets import FactTable, Heading, Paragraph
from daemon.held import UnusableReason
from daemon.ledger import Event, record
from daemon.matter import find_matter
from daemon.payloads import RAISES, RaisePayload
from daemon.plan import COMMENTS, CommentPayload, Wanted, append, audience_of, last_recovery, lock_matter
from daemon.queue import lock_party
from daemon.rule_sets import GoverningRules
from daemon.store.database import Database
from daemon.store.models import Correction, Matter, Message
from daemon.store.states import ActionKind, CorrectionKind
from daemon.store.types import Document
from daemon.tokens import action_token
from daemon.wire import ring_planned
from rules.site import Site

REASON_CHARACTERS, BY_CHARACTERS = 300, 100  # as the columns take


class MergedAway(MailwardenError):
    """The matter was merged into another one and has nothing of its own any more; name that one."""


@dataclass(frozen=True, kw_only=True)
class Word:
    """Who decides so, why and when."""

    by: str
    reason: str
    at: datetime = field(default_factory=utcnow)

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise UnusableReason("the reason is empty; say in a sentence why")
        if len(self.reason) > REASON_CHARACTERS:
            raise UnusableReason(f"the reason is longer than {REASON_CHARACTERS} characters; say it shorter")
        if not 0 < len(self.by.strip()) <= BY_CHARACTERS:
            raise UnusableReason(f"who decides so is named in 1 to {BY_CHARACTERS} characters")


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """What a correction does, or would do, in the order in which it happens."""

    matter: str  # its ticket, or its number as `#12`
    other: str | None = None  # the matter that split off, or the one that was merged
    changed: bool = True  # False: it was so already
    steps: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Note:
    """What a ticket is told of a correction, beside who decided so and why."""

    heading: str
    sentence: str
    rows: tuple[tuple[str, str], ...] = ()


class Correcting:
    """A correction under way, in one transaction."""

    def __init__(self, session: Session, site: Site, word: Word) -> None:
        self.session = session
        self.site = GoverningRules().applied_to(site, session)
        self.word = word

    def lock(self, *names: str) -> list[Matter]:
        """The matters with these names; nobody else decides about them until the end of the transaction.

        Raises:
            NoSuchMatter: nothing has this name.
        """
        found = [find_matter(self.session, name) for name in names]
        for party in sorted({matter.party for matter in found}):
            lock_party(self.session, party)
        for number in sorted({matter.id for matter in found}):
            lock_matter(self.session, number)
        return found

    def lock_standing(self, name: str) -> Matter:
        """As `lock`, for one matter.

        Raises:
            NoSuchMatter: nothing has this name.
            MergedAway: it is part of another one.
        """
        [matter] = self.lock(name)
        if matter.merged_into is not None:
            kept = self.session.get_one(Matter, matter.merged_into)
            raise MergedAway(f"{name} was merged into {kept.name} and goes on there; name {kept.name}")
        return matter

    def opener(self, matter: Matter) -> Message:
        """The message that opened the matter; what is done about the matter as a whole hangs on it."""
        return self.session.get_one(Message, matter.opened_by)

    def plan(self, matter: Matter, message: Message, wanted: Iterable[Wanted]) -> None:
        """Add actions behind those that the matter has."""
        self.session.flush()
        append(self.session, matter, message, wanted, last_recovery(self.session))

    def tell(self, matter: Matter, note: Note) -> None:
        """Plan a comment that says what was put right, by whom and why."""
        rows = (*note.rows, ("By", self.word.by), ("Reason", self.word.reason))
        text = (Heading(text=note.heading), Paragraph(text=note.sentence), FactTable(rows=rows))
        payload = COMMENTS.dump_python(
            CommentPayload(text=text, seen_by=audience_of(self.session, matter)), mode="json"
        )
        self.plan_one(matter, ActionKind.COMMENT, payload)

    def raise_to(self, matter: Matter, to: RaisePayload) -> None:
        """Plan that the ticket shows what holds now."""
        self.plan_one(matter, ActionKind.RAISE, RAISES.dump_python(to, mode="json"))

    def plan_one(self, matter: Matter, kind: ActionKind, payload: Document) -> None:
        """Plan an action about the matter as a whole; one of a kind for each correction."""
        message = self.opener(matter)
        self.plan(matter, message, [(kind, self.token(kind, message), payload)])

    def token(self, kind: ActionKind, message: Message) -> str:
        """Derived from the instant of the correction: the next one about the message has another."""
        return action_token(kind, message, "correction", self.word.at.isoformat())

    def record(
        self, kind: CorrectionKind, matter: Matter, change: Document, other: Matter | None = None
    ) -> None:
        """Keep the correction; the ledger gets its id and codes, and nobody's name or words."""
        row = Correction(
            at=self.word.at,
            by=self.word.by,
            reason=self.word.reason,
            kind=kind,
            matter_id=matter.id,
            other_id=other.id if other else None,
            change=change,
        )
        self.session.add(row)
        self.session.flush()
        facts: Document = {"correction": row.id, "kind": kind.value, **change}
        record(self.session, Event.CORRECTED, self.word.at, matter_id=matter.id, **facts)
        if other is not None:
            record(self.session, Event.CORRECTED, self.word.at, matter_id=other.id, **facts)


def listed(numbers: Sequence[int]) -> str:
    """Messages by their numbers."""
    word = "message" if len(numbers) == 1 else "messages"
    return f"{word} {', '.join(map(str, numbers))}"


Correct = Callable[[Correcting], Corrected]


def correct(
    database: Database, site: Site, word: Word, correction: Correct, *, dry_run: bool = False
) -> Corrected:
    """Carry a correction out, or only see what it would do.

    Raises:
        MailwardenError: it can't be done; nothing was changed.
    """
    with database.write("correct") as session:
        corrected = correction(Correcting(session, site, word))
        ring_planned(session)
        if dry_run or not corrected.changed:
            session.rollback()
    return corrected
