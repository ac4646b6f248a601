"""What the store knows that a report could belong to, found by indexed look-ups."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from daemon.store.models import LookupKey, Matter, Relation, StoredReport
from daemon.store.states import KeyKind
from parsers.case_match import case_keys, is_same_case
from parsers.facts import AttachmentRole, Reference, ReferenceKind, Report

RECENT_REPORTS = 50
Keys = Mapping[KeyKind, frozenset[str]]
WEAK_KINDS = frozenset({ReferenceKind.HASHTAG})  # thousands may use one; alone it identifies nothing


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """An earlier report of the same party, as far as its words are compared."""

    matter: Matter
    own_text: str
    is_bare: bool  # it names neither content nor a case


class Known:
    """Look-ups for one report, all in the caller's transaction and each made once."""

    def __init__(self, session: Session, report: Report) -> None:
        self._session = session
        self._keys: dict[int, Keys] = {}
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

    @cached_property
    def is_bare(self) -> bool:
        """Whether the report names neither content nor a case."""
        return not (self.report.references or self.report.authority_ref)

    def matters(self, kind: KeyKind) -> list[Matter]:
        """The matters that have a key of this kind in common with the report, the oldest first."""
        return list(dict.fromkeys(matter for found, matter in self._hits if found is kind))

    def own_matters(self, kind: KeyKind) -> list[Matter]:
        """Those of them that are the same party's."""
        return [matter for matter in self.matters(kind) if matter.party == self.party]

    def tickets(self) -> list[Matter]:
        """The matters whose ticket keys the report names."""
        keys = self.report.thread.ticket_keys
        if not keys:
            return []
        return list(
            self._session.scalars(select(Matter).where(Matter.ticket_key.in_(keys)).order_by(Matter.id))
        )

    def values(self, matter: Matter, kind: KeyKind) -> frozenset[str]:
        """The keys of one kind that a matter has."""
        if matter.id not in self._keys:
            self._keys.update(self._read_keys([matter.id]))
        return self._keys[matter.id].get(kind, frozenset())

    def recent(self) -> Iterator[Earlier]:
        """The party's latest reports that could be the same one again, the newest first."""
        found = self._session.execute(
            select(Matter, StoredReport.message_id)
            .join(Relation, Relation.matter_id == Matter.id)
            .join(StoredReport, StoredReport.message_id == Relation.message_id)
            .where(StoredReport.party == self.party)
            .order_by(StoredReport.message_id.desc())
            .limit(RECENT_REPORTS),
        ).all()
        self._keys.update(self._read_keys([matter.id for matter, _ in found]))
        for matter, message_id in found:
            if not (self.is_another_case(matter) or self.is_other_content(matter)):
                yield self._earlier(matter, message_id)

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

    @cached_property
    def _hits(self) -> list[tuple[KeyKind, Matter]]:
        """Every matter with a key in common, with the kind of key, in one query."""
        sought = {kind: values for kind, values in self._sought().items() if values}
        if not sought:
            return []
        keyed = or_(
            *(and_(LookupKey.kind == kind, LookupKey.value.in_(values)) for kind, values in sought.items()),
        )
        joined = select(LookupKey.kind, Matter).join(Matter, Matter.id == LookupKey.matter_id)
        return [
            (kind, matter) for kind, matter in self._session.execute(joined.where(keyed).order_by(Matter.id))
        ]

    def _sought(self) -> dict[KeyKind, list[str]]:
        """By kind, the key values that name a matter of this report's."""
        thread, documents = self.report.thread, documents_value(self.report)
        return {
            KeyKind.DIGEST: [self.report.content_digest],
            KeyKind.MESSAGE_ID: list(thread.points_to),
            KeyKind.AWAITED: [thread.message_id] if thread.message_id else [],
            KeyKind.CASE_PART: list(case_keys(self.report.authority_ref or "")),
            KeyKind.REFERENCE: sorted(self.strong_content),
            KeyKind.DOCUMENTS: [documents] if documents else [],
        }

    def _read_keys(self, matter_ids: list[int]) -> dict[int, Keys]:
        """What the matters are vetoed and compared by."""
        gathered: dict[int, dict[KeyKind, set[str]]] = {matter_id: {} for matter_id in matter_ids}
        compared = LookupKey.kind.in_((KeyKind.CASE, KeyKind.REFERENCE))
        rows = select(LookupKey.matter_id, LookupKey.kind, LookupKey.value)
        for matter_id, kind, value in self._session.execute(
            rows.where(LookupKey.matter_id.in_(matter_ids), compared),
        ):
            gathered[matter_id].setdefault(kind, set()).add(value)
        return {
            matter_id: {kind: frozenset(values) for kind, values in keys.items()}
            for matter_id, keys in gathered.items()
        }

    def _earlier(self, matter: Matter, message_id: int) -> Earlier:
        document = self._session.get_one(StoredReport, message_id).document
        return Earlier(
            matter=matter,
            own_text=document["own_text"],
            is_bare=not (document["references"] or document["authority_ref"]),
        )


def content_of(report: Report) -> frozenset[str]:
    """The content that a report is about, as lookup values."""
    return frozenset(str(reference) for reference in _references(report))


def documents_value(report: Report) -> str | None:
    """All attached documents as one lookup value; pictures and what signs the mail do not count."""
    hashes = sorted(
        one.sha256
        for one in report.attachments
        if one.role is AttachmentRole.ATTACHMENT and one.content_type.startswith("application/")
    )
    return hashlib.sha256("".join(hashes).encode()).hexdigest() if hashes else None


def _references(report: Report) -> tuple[Reference, ...]:
    # An order that only forwards or attaches something is about what it forwards or attaches.
    return report.references or report.references_elsewhere
