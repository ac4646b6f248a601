"""What the store knows that a report could belong to, found by indexed look-ups.

Whatever is looked up is bounded: by the values that the report names, and by how many candidates are
compared. So a decision costs the same however much is stored. Matters go by their numbers here: only the
one that is found is read.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from daemon.look_ups import OLDEST_MATTERS, LookUps, look_ups
from daemon.store.models import LookupKey, Matter
from daemon.store.states import KeyKind
from parsers.case_match import case_keys, is_same_case, spelled_plainly
from parsers.case_numbers import in_subject, mentioned
from parsers.facts import AttachmentRole, Reference, ReferenceKind, Report
from parsers.similarity import Forms, Likeness, Sketch, jaccard, likeness, rough, sketch, unpacked

MAX_CANDIDATES = 60  # matters with a key in common; those that share most
LEAST_ALIKE = 0.4  # share of common words, below which reports are not compared more closely
FEWEST_WORDS = 8  # anybody writes "Is there any news?" again
Keys = Mapping[KeyKind, frozenset[str]]
Key = tuple[KeyKind, str]
Hit = tuple[KeyKind, str, int]
"""A key and a matter that has it."""
WEAK_KINDS = frozenset({ReferenceKind.HASHTAG})  # thousands may use one; alone it identifies nothing


_POINTED_TO = (
    select(Matter)
    .where(
        Matter.id.in_(
            select(LookupKey.matter_id).where(
                LookupKey.kind == KeyKind.MESSAGE_ID,
                LookupKey.value.in_(bindparam("identifiers", expanding=True)),
            )
        )
    )
    .order_by(Matter.id)
)
_TICKETS = select(Matter).where(Matter.ticket_key.in_(bindparam("keys", expanding=True))).order_by(Matter.id)


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

    def own_matters(self, kind: KeyKind) -> list[int]:
        """The party's matters that have a key of this kind in common: most in common first, then oldest."""
        return [number for found, number in self._own_hits if found is kind]

    def matter(self, number: int) -> Matter:
        """The matter with this number."""
        return self._session.get_one(Matter, number)

    def pointed_to(self) -> list[Matter]:
        """The matters of any party that the thread headers point to, the oldest first."""
        identifiers = self.report.thread.points_to
        return list(self._session.scalars(_POINTED_TO, {"identifiers": identifiers})) if identifiers else []

    def tickets(self) -> list[Matter]:
        """The matters whose ticket keys the report names."""
        keys = self.report.thread.ticket_keys
        return list(self._session.scalars(_TICKETS, {"keys": keys})) if keys else []

    def most_in_common(self) -> Matter | None:
        """The matter, whoever's it is, that shares most of the report's content; the oldest on a tie."""
        if not self.strong_content:
            return None
        sought = [(KeyKind.REFERENCE, value) for value in sorted(self.strong_content)]
        found = by_most_in_common(self._hits(self._look_ups.anybodys, sought))
        return self.matter(found[0][1]) if found else None

    def values(self, matter: int, kind: KeyKind) -> frozenset[str]:
        """The keys of one kind that a matter has."""
        if matter not in self._keys:  # mostly the first is the one; else all are read at once
            candidates = (found for _, found in self._own_hits) if self._keys else ()
            self._read_keys({matter, *candidates})
        return self._keys[matter].get(kind, frozenset())

    @cached_property
    def alike(self) -> list[Alike]:
        """The party's latest reports that are alike, the most alike first.

        Sentences of the party's forms do not count.
        """
        found = self._alike(self._earlier)
        return sorted(found, key=lambda each: -each.likeness.share)  # stable: the latest among equals

    def repeats(self, matter: int, share: float) -> bool:
        """Whether a report of this matter says the same in nearly the same words."""
        found = self._alike(each for each in self._earlier if each.matter_id == matter)
        return any(one.likeness.share >= share and not one.likeness.replaced for one in found)

    def _alike(self, earlier: Iterable[Earlier]) -> Iterator[Alike]:
        """Those of earlier reports that are alike."""
        if len(self.sketch.words) < FEWEST_WORDS:
            return
        ours = rough(self.sketch.packed())
        for each in earlier:
            if jaccard(ours, rough(each.stored)) >= LEAST_ALIKE:
                yield Alike(earlier=each, likeness=self._likeness(each))

    def is_another(self, matter: int) -> bool:
        """Whether the matter has another case number, or is about other content."""
        return self.is_another_case(matter) or self.is_other_content(matter)

    def is_another_case(self, matter: int) -> bool:
        """Whether both have case numbers of the sender's, and none in common."""
        known = self.values(matter, KeyKind.CASE)
        return self.report.authority_ref is not None and bool(known) and not self.has_same_case(matter)

    def has_same_case(self, matter: int) -> bool:
        """Whether one of the matter's case numbers is this report's, however it is written."""
        ours = self.report.authority_ref
        return ours is not None and any(is_same_case(ours, one) for one in self.values(matter, KeyKind.CASE))

    def mentions_case(self, matter: int) -> bool:
        """Whether the report mentions one of the matter's case numbers."""
        known = self.values(matter, KeyKind.CASE)
        return any(is_same_case(ours, one) for ours in self.mentioned_cases for one in known)

    def is_other_content(self, matter: int) -> bool:
        """Whether both name content, and nothing in common."""
        known = self.values(matter, KeyKind.REFERENCE)
        return bool(self.content) and bool(known) and not (self.content & known)

    @cached_property
    def _own_hits(self) -> list[tuple[KeyKind, int]]:
        """The party's matters with a key in common, with the kind of key."""
        sought = [(kind, value) for kind, values in self._sought().items() for value in values]
        return by_most_in_common(self._hits(self._look_ups.own, sought))[:MAX_CANDIDATES]

    def _hits(self, statement: Select[Any], sought: Sequence[Key]) -> set[Hit]:
        """Which matters have what is sought.

        Of what leads to more than are looked at, those count as well that something rarer leads to.
        """
        asked = {"party": self.party, "sought": sought}
        found = self._session.execute(statement, asked).all()
        hits = {(kind, value, matter) for kind, value, matter in found}
        often = {
            key for key, matters in Counter(hit[:2] for hit in hits).items() if matters == OLDEST_MATTERS
        }
        if often:
            rarer = by_most_in_common({hit for hit in hits if hit[:2] not in often})
            self._read_keys({matter for _, matter in rarer[:MAX_CANDIDATES]})
            hits |= {(*key, matter) for key in often for _, matter in rarer if self._has(matter, *key)}
        return hits

    def _has(self, matter: int, kind: KeyKind, value: str) -> bool:
        return value in self._keys.get(matter, {}).get(kind, frozenset())

    @property
    def _look_ups(self) -> LookUps:
        return look_ups(self._session.get_bind().dialect.name)

    def _sought(self) -> dict[KeyKind, list[str]]:
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

    def _read_keys(self, matters: Iterable[int]) -> None:
        """Read what these are vetoed and compared by, unless it was read before."""
        unread = set(matters) - self._keys.keys()
        gathered = {matter: defaultdict[KeyKind, set[str]](set) for matter in unread}
        if gathered:
            found = self._session.execute(self._look_ups.compared_by, {"matters": sorted(unread)})
            for matter, kind, value in found.all():
                gathered[matter][kind].add(value)
        for matter, keys in gathered.items():
            self._keys[matter] = {kind: frozenset(values) for kind, values in keys.items()}

    @cached_property
    def _earlier(self) -> list[Earlier]:
        """The party's latest reports, the newest first."""
        found = self._session.execute(self._look_ups.latest, {"party": self.party}).all()
        return [
            Earlier(matter_id=number, is_bare=bare, stored=stored) for number, bare, stored in found if number
        ]

    @cached_property
    def _forms(self) -> Forms:
        return Forms((each.matter_id, each.sketch) for each in self._earlier)

    def _likeness(self, earlier: Earlier) -> Likeness:
        return likeness(self.sketch, earlier.sketch, standard=self._forms.beside(earlier.matter_id))


def by_most_in_common(hits: Collection[Hit]) -> list[tuple[KeyKind, int]]:
    """Kinds of key and matters: what points to them before what they are about, then the oldest."""
    shared = Counter((kind, matter) for kind, _, matter in hits)
    return sorted(shared, key=lambda one: (one[0] is KeyKind.REFERENCE, -shared[one], one[1]))


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
