"""What the store knows that a report could belong to, found by indexed look-ups.

Whatever is looked up is bounded: by the values that the report names, and by how many candidates are
compared. So a decision costs the same however much is stored.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from daemon.store.models import LookupKey, Matter, Relation, ReportWords, table_of
from daemon.store.states import KeyKind
from parsers.case_match import case_keys, is_same_case, spelled_plainly
from parsers.case_numbers import in_subject, mentioned
from parsers.facts import AttachmentRole, Reference, ReferenceKind, Report
from parsers.similarity import Forms, Likeness, Sketch, jaccard, likeness, rough, sketch, unpacked

RECENT_REPORTS = 50
MAX_CANDIDATES = 60  # matters with a key in common; those that share most
LEAST_ALIKE = 0.4  # share of common words, below which reports are not compared more closely
FEWEST_WORDS = 8  # anybody writes "Is there any news?" again
Keys = Mapping[KeyKind, frozenset[str]]
WEAK_KINDS = frozenset({ReferenceKind.HASHTAG})  # thousands may use one; alone it identifies nothing


# Made once: to put a statement together takes as long as to carry it out.
_KEYS = table_of(LookupKey).c
_SOUGHT = (
    KeyKind.DIGEST,
    KeyKind.MESSAGE_ID,
    KeyKind.AWAITED,
    KeyKind.CASE_PART,
    KeyKind.NUMBER,
    KeyKind.DOCUMENTS,
    KeyKind.REFERENCE,
)


def _with(kind: KeyKind) -> ColumnElement[bool]:
    """That a key is one of the values that the kind's parameter names."""
    return and_(_KEYS.kind == kind, _KEYS.value.in_(bindparam(kind.value, expanding=True)))


# What points to a matter goes before what it is about.
_OWN_HITS = (
    select(_KEYS.kind, _KEYS.matter_id)
    .where(_KEYS.party == bindparam("party"), or_(*map(_with, _SOUGHT)))
    .group_by(_KEYS.kind, _KEYS.matter_id)
    .order_by(_KEYS.kind == KeyKind.REFERENCE, func.count(_KEYS.value.distinct()).desc(), _KEYS.matter_id)
    .limit(MAX_CANDIDATES)
)
_MOST_IN_COMMON = (
    select(_KEYS.matter_id)
    .where(_with(KeyKind.REFERENCE))
    .group_by(_KEYS.matter_id)
    .order_by(func.count(_KEYS.value.distinct()).desc(), _KEYS.matter_id)
    .limit(1)
)
_POINTED_TO = select(_KEYS.matter_id).where(_with(KeyKind.MESSAGE_ID)).distinct().order_by(_KEYS.matter_id)
_COMPARED_BY = (
    select(_KEYS.matter_id, _KEYS.kind, _KEYS.value)
    .where(
        _KEYS.matter_id.in_(bindparam("matters", expanding=True)),
        _KEYS.kind.in_((KeyKind.CASE, KeyKind.REFERENCE)),
    )
    .distinct()
)
_MATTERS = select(Matter).where(Matter.id.in_(bindparam("matters", expanding=True)))
_LATEST = (
    select(table_of(Relation).c.matter_id, table_of(ReportWords).c.is_bare, table_of(ReportWords).c.sketch)
    .join_from(
        table_of(ReportWords),
        table_of(Relation),
        table_of(Relation).c.message_id == table_of(ReportWords).c.message_id,
    )
    .where(table_of(ReportWords).c.party == bindparam("party"))
    .order_by(table_of(ReportWords).c.message_id.desc())
    .limit(RECENT_REPORTS)
)


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """An earlier report of the same party, as far as its words are compared."""

    matter_id: int
    is_bare: bool  # it names neither content nor a case
    stored: bytes  # the sketch of its words

    @cached_property
    def sketch(self) -> Sketch:
        """Its words."""
        return unpacked(self.stored)


@dataclass(frozen=True, kw_only=True)
class Alike:
    """An earlier report, and how much this one is like it."""

    earlier: Earlier
    likeness: Likeness


class Known:
    """Look-ups for one report, all in the caller's transaction and each made once."""

    def __init__(self, session: Session, report: Report) -> None:
        self._session = session
        self._keys: dict[int, Keys] = {}
        self.report = report

    @property
    def session(self) -> Session:
        """The caller's transaction."""
        return self._session

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
    def mentioned_cases(self) -> tuple[str, ...]:
        """What in the report could be a case number, whether or not it is the report's own."""
        return mentioned(f"{self.report.subject}\n{self.report.own_text}")

    @cached_property
    def sketch(self) -> Sketch:
        """The report's own words."""
        return sketch(self.report.own_text)

    @cached_property
    def is_bare(self) -> bool:
        """Whether the report names neither content nor a case."""
        return is_bare(self.report)

    def own_matters(self, kind: KeyKind) -> list[Matter]:
        """The party's matters that have a key of this kind in common: most in common first, then oldest."""
        return self._matters([number for found, number in self._own_hits if found is kind])

    def matter(self, number: int) -> Matter:
        """The matter with this number."""
        return self._session.get_one(Matter, number)

    def pointed_to(self) -> list[Matter]:
        """The matters of any party that the thread headers point to, the oldest first."""
        identifiers = self.report.thread.points_to
        found = self._session.scalars(_POINTED_TO, {KeyKind.MESSAGE_ID: identifiers}) if identifiers else ()
        return self._matters(list(found))

    def tickets(self) -> list[Matter]:
        """The matters whose ticket keys the report names."""
        keys = self.report.thread.ticket_keys
        if not keys:
            return []
        return list(
            self._session.scalars(select(Matter).where(Matter.ticket_key.in_(keys)).order_by(Matter.id))
        )

    def most_in_common(self) -> Matter | None:
        """The matter, whoever's it is, that shares most of the report's content; the oldest on a tie."""
        if not self.strong_content:
            return None
        number = self._session.scalar(_MOST_IN_COMMON, {KeyKind.REFERENCE: sorted(self.strong_content)})
        return self.matter(number) if number is not None else None

    def values(self, matter: Matter, kind: KeyKind) -> frozenset[str]:
        """The keys of one kind that a matter has."""
        if matter.id not in self._keys:
            candidates = {found for _, found in self._own_hits} - self._keys.keys()
            self._keys.update(self._read_keys({matter.id, *candidates}))
        return self._keys[matter.id].get(kind, frozenset())

    @cached_property
    def alike(self) -> list[Alike]:
        """The party's latest reports that are alike, the most alike first.

        Sentences of the party's forms do not count.
        """
        if len(self.sketch.words) < FEWEST_WORDS:
            return []
        ours = rough(self.sketch.packed())
        worth_it = [each for each in self._earlier if jaccard(ours, rough(each.stored)) >= LEAST_ALIKE]
        found = [Alike(earlier=each, likeness=self._likeness(each)) for each in worth_it]
        return sorted(found, key=lambda each: -each.likeness.share)  # stable: the latest among equals

    def repeats(self, matter: Matter, share: float) -> bool:
        """Whether a report of this matter says the same in nearly the same words."""
        of_matter = (one.likeness for one in self.alike if one.earlier.matter_id == matter.id)
        return any(one.share >= share and not one.replaced for one in of_matter)

    def is_another(self, matter: Matter) -> bool:
        """Whether the matter has another case number, or is about other content."""
        return self.is_another_case(matter) or self.is_other_content(matter)

    def is_another_case(self, matter: Matter) -> bool:
        """Whether both have case numbers of the sender's, and none in common."""
        known = self.values(matter, KeyKind.CASE)
        return self.report.authority_ref is not None and bool(known) and not self.has_same_case(matter)

    def has_same_case(self, matter: Matter) -> bool:
        """Whether one of the matter's case numbers is this report's, however it is written."""
        ours = self.report.authority_ref
        return ours is not None and any(is_same_case(ours, one) for one in self.values(matter, KeyKind.CASE))

    def mentions_case(self, matter: Matter) -> bool:
        """Whether the report mentions one of the matter's case numbers."""
        known = self.values(matter, KeyKind.CASE)
        return any(is_same_case(ours, one) for ours in self.mentioned_cases for one in known)

    def is_other_content(self, matter: Matter) -> bool:
        """Whether both name content, and nothing in common."""
        known = self.values(matter, KeyKind.REFERENCE)
        return bool(self.content) and bool(known) and not (self.content & known)

    @cached_property
    def _own_hits(self) -> list[tuple[KeyKind, int]]:
        """The party's matters with a key in common, with the kind of key."""
        found = self._session.execute(_OWN_HITS, {"party": self.party, **self._sought()})
        return [(kind, matter_id) for kind, matter_id in found]

    def _sought(self) -> dict[str, list[str]]:
        """By kind, the key values that name a matter of this report's."""
        thread, documents = self.report.thread, documents_value(self.report)
        cases = (self.report.authority_ref or "", *self.mentioned_cases)
        return {
            KeyKind.DIGEST: [self.report.content_digest],
            KeyKind.MESSAGE_ID: list(thread.points_to),
            KeyKind.AWAITED: [thread.message_id] if thread.message_id else [],
            KeyKind.CASE_PART: sorted({part for case in cases for part in case_keys(case)}),
            KeyKind.NUMBER: sorted(numbers_of(self.report) | set(map(spelled_plainly, self.mentioned_cases))),
            KeyKind.DOCUMENTS: [documents] if documents else [],
            KeyKind.REFERENCE: sorted(self.strong_content),
        }

    def _matters(self, numbers: list[int]) -> list[Matter]:
        """The matters with these numbers, in this order."""
        if not numbers:
            return []
        found = self._session.scalars(_MATTERS, {"matters": numbers})
        by_number = {matter.id: matter for matter in found}
        return [by_number[number] for number in numbers]

    def _read_keys(self, matter_ids: set[int]) -> dict[int, Keys]:
        """What the matters are vetoed and compared by."""
        gathered: dict[int, dict[KeyKind, set[str]]] = {matter_id: {} for matter_id in matter_ids}
        for matter_id, kind, value in self._session.execute(_COMPARED_BY, {"matters": sorted(matter_ids)}):
            gathered[matter_id].setdefault(kind, set()).add(value)
        return {
            matter_id: {kind: frozenset(values) for kind, values in keys.items()}
            for matter_id, keys in gathered.items()
        }

    @cached_property
    def _earlier(self) -> list[Earlier]:
        """The party's latest reports, the newest first."""
        found = self._session.execute(_LATEST, {"party": self.party})
        return [
            Earlier(matter_id=number, is_bare=bare, stored=stored) for number, bare, stored in found if number
        ]

    @cached_property
    def _forms(self) -> Forms:
        return Forms((each.matter_id, each.sketch) for each in self._earlier)

    def _likeness(self, earlier: Earlier) -> Likeness:
        return likeness(self.sketch, earlier.sketch, standard=self._forms.beside(earlier.matter_id))


def content_of(report: Report) -> frozenset[str]:
    """The content that a report is about, as lookup values."""
    return frozenset(str(reference) for reference in _references(report))


def is_bare(report: Report) -> bool:
    """Whether a report names neither content nor a case."""
    return not (report.references or report.authority_ref)


def numbers_of(report: Report) -> frozenset[str]:
    """The numbers in the subject, as lookup values."""
    return frozenset(map(spelled_plainly, in_subject(report.subject)))


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
