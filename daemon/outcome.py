"""What a replay says of each mail. The keys and their meaning are a contract: docs/replay.md."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from pydantic import PlainSerializer, TypeAdapter
from sqlalchemy.orm import Session

from config.regimes import Regimes
from daemon.case_facts import CASE_FACTS
from daemon.store.models import Matter, Message, Relation, Routing, StoredReport
from parsers.facts import (
    REPORTS,
    Harm,
    Instant,
    Kind,
    RelationType,
    Report,
    SenderClass,
    Urgency,
    Verification,
)
from rules.clocks import Clock, governing, stated_clocks, statutory_clocks, urgency_of_matter
from rules.routing import ROUTES

OffsetInstant = Annotated[Instant, PlainSerializer(datetime.isoformat, return_type=str)]
"""Written with a numeric offset, which every reader of ISO 8601 understands."""


@dataclass(frozen=True, kw_only=True)
class DeadlineFound:
    """The clock of this mail that governs."""

    at: OffsetInstant
    binding: bool
    phrase: str
    source: str


@dataclass(frozen=True, kw_only=True)
class RelationFound:
    """How the mail stands to the earlier ones; `of` is the file of the other matter's first message."""

    type: RelationType | None = None
    of: str | None = None


@dataclass(frozen=True, kw_only=True)
class AttachmentFound:
    """A file that came with the mail."""

    name: str | None
    type: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One line of a replay. A mail of which nothing is known has only `file` and `error` set."""

    file: str
    language: str | None = None
    kind: Kind | None = None
    sender_class: SenderClass | None = None
    verified: bool | None = None
    urgency: Urgency | None = None
    deadline: DeadlineFound | None = None
    harm: Harm | None = None
    refs: tuple[str, ...] = ()
    authority_ref: str | None = None
    relation: RelationFound = RelationFound()
    own_text: str = ""
    attachments: tuple[AttachmentFound, ...] = ()
    acknowledge: bool | None = None
    ticket: str | None = None
    route: str | None = None
    reasons: tuple[str, ...] = ()
    error: str | None = None

    def json_line(self) -> bytes:
        """The line with its end; the key `error` is there only when there was one."""
        unsaid = None if self.error else {"error"}
        return OUTCOMES.dump_json(self, exclude=unsaid) + b"\n"


OUTCOMES: TypeAdapter[Outcome] = TypeAdapter(Outcome)


def outcome_of(
    session: Session, message: Message, *, files: Sequence[str], regimes: Regimes, error: str | None
) -> Outcome:
    """What became of a decided message, whose UID counts the files from 1."""
    report: Report = REPORTS.validate_python(session.get_one(StoredReport, message.id).document)
    relation = session.get_one(Relation, message.id)
    routing = session.get_one(Routing, message.id)
    route = ROUTES.validate_python(routing.route)
    facts = CASE_FACTS.validate_python(routing.facts)
    matter = session.get(Matter, relation.matter_id) if relation.matter_id else None
    return replace(
        _stated(report, regimes, file=files[message.uid - 1]),
        relation=RelationFound(type=relation.type, of=_first_file(session, relation, files)),
        harm=facts.harm,
        ticket=matter.ticket_key if matter else None,
        route=route.name,
        reasons=(relation.reason, *report.urgency.sentences, *route.reasons),
        error=error,
    )


def _stated(report: Report, regimes: Regimes, *, file: str) -> Outcome:
    """What the mail alone says, whatever its matter had before."""
    clocks = (*stated_clocks(report), *statutory_clocks(report, regimes))
    return Outcome(
        file=file,
        language=report.language.code,
        kind=report.kind,
        sender_class=report.sender.sender_class,
        verified=report.authenticity.verdict is Verification.VERIFIED,
        urgency=urgency_of_matter(report, clocks, report.received_at),
        deadline=_deadline(governing(clocks)),
        harm=report.harm,
        refs=tuple(map(str, report.references)),
        authority_ref=report.authority_ref,
        own_text=report.own_text,
        attachments=tuple(AttachmentFound(name=a.name, type=a.content_type) for a in report.attachments),
        acknowledge=report.acknowledgement.allowed,
    )


def _deadline(clock: Clock | None) -> DeadlineFound | None:
    if clock is None:
        return None
    return DeadlineFound(at=clock.due_at, binding=clock.binding, phrase=clock.phrase, source=clock.source)


def _first_file(session: Session, relation: Relation, files: Sequence[str]) -> str | None:
    """The file of the first message of the matter that was joined or linked; None for a new one."""
    if relation.type is RelationType.NEW:
        return None
    related = relation.type is RelationType.RELATED
    matter_id = relation.related_to if related else relation.matter_id
    if matter_id is None:
        return None
    first = session.get_one(Message, session.get_one(Matter, matter_id).opened_by)
    return files[first.uid - 1]
