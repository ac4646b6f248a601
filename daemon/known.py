"""What the store knows that a report could belong to, found by indexed look-ups."""

import hashlib
from collections.abc import Iterable
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from daemon.store.models import LookupKey, Matter, Relation, StoredReport
from daemon.store.states import KeyKind
from parsers.case_match import is_same_case
from parsers.facts import REPORTS, Reference, ReferenceKind, Report

RECENT_REPORTS = 50
WEAK_KINDS = frozenset({ReferenceKind.HASHTAG})  # thousands may use one; alone it identifies nothing


class Known:
    """Look-ups for one report, all in the caller's transaction."""

    def __init__(self, session: Session, report: Report) -> None:
        self._session = session
        self.report = report

    @cached_property
    def party(self) -> str:
        """Whose report this is."""
        return self.report.sender.party

    @cached_property
    def content(self) -> frozenset[str]:
        """The content that the report is about, as lookup values."""
        return content_of(self.report)

    @cached_property
    def strong_content(self) -> frozenset[str]:
        """The content that identifies a matter by itself."""
        return frozenset(
            str(reference) for reference in _references(self.report) if reference.kind not in WEAK_KINDS
        )

    def matters(self, kind: KeyKind, values: Iterable[str]) -> list[Matter]:
        """The matters that have one of these keys, the oldest first."""
        wanted = [value for value in values if value]
        if not wanted:
            return []
        keyed = select(LookupKey.matter_id).where(LookupKey.kind == kind, LookupKey.value.in_(wanted))
        return list(self._session.scalars(select(Matter).where(Matter.id.in_(keyed)).order_by(Matter.id)))

    def own_matters(self, kind: KeyKind, values: Iterable[str]) -> list[Matter]:
        """The matters of the same party that have one of these keys, the oldest first."""
        return [matter for matter in self.matters(kind, values) if matter.party == self.party]

    def tickets(self, keys: Iterable[str]) -> list[Matter]:
        """The matters with these ticket keys."""
        return list(
            self._session.scalars(select(Matter).where(Matter.ticket_key.in_(list(keys))).order_by(Matter.id))
        )

    def values(self, matter: Matter, kind: KeyKind) -> frozenset[str]:
        """The keys of one kind that a matter has."""
        found = select(LookupKey.value).where(LookupKey.matter_id == matter.id, LookupKey.kind == kind)
        return frozenset(self._session.scalars(found))

    def recent(self) -> list[tuple[Matter, Report]]:
        """The party's latest reports with their matters, the newest first."""
        found = (
            select(Matter, StoredReport.document)
            .join(Relation, Relation.matter_id == Matter.id)
            .join(StoredReport, StoredReport.message_id == Relation.message_id)
            .where(StoredReport.party == self.party)
            .order_by(StoredReport.message_id.desc())
            .limit(RECENT_REPORTS)
        )
        return [
            (matter, REPORTS.validate_python(document)) for matter, document in self._session.execute(found)
        ]

    def is_another_case(self, matter: Matter) -> bool:
        """Whether both have case numbers of the sender's, and none in common."""
        known = self.values(matter, KeyKind.CASE)
        return self.report.authority_ref is not None and bool(known) and not self.has_same_case(matter)

    def has_same_case(self, matter: Matter) -> bool:
        """Whether one of the matter's case numbers is this report's, however it is written."""
        ours = self.report.authority_ref
        return ours is not None and any(is_same_case(ours, one) for one in self.values(matter, KeyKind.CASE))

    def is_other_content(self, matter: Matter) -> bool:
        """Whether both name content, and nothing in common."""
        known = self.values(matter, KeyKind.REFERENCE)
        return bool(self.content) and bool(known) and not (self.content & known)


def content_of(report: Report) -> frozenset[str]:
    """The content that a report is about, as lookup values."""
    return frozenset(str(reference) for reference in _references(report))


def documents_value(report: Report) -> str | None:
    """All attached documents as one lookup value; pictures, which signatures bring along, do not count."""
    hashes = sorted(one.sha256 for one in report.attachments if one.content_type.startswith("application/"))
    return hashlib.sha256("".join(hashes).encode()).hexdigest() if hashes else None


def _references(report: Report) -> tuple[Reference, ...]:
    # An order that only forwards or attaches something is about what it forwards or attaches.
    return report.references or report.references_elsewhere
