"""What people have said about matters, honoured when a later mail is related: merged, and told apart.

Matters that a person has split belong to one sender and look alike, or they would not have been one.
So a mail that matches one of them is compared with all of them, and joins the one that it is nearest to.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, select, union_all
from sqlalchemy.orm import Session

from daemon.known import LEAST_ALIKE, Known, documents_value, numbers_of
from daemon.store.models import Correction, LookupKey, Matter, Relation, ReportWords, table_of
from daemon.store.states import CorrectionKind, KeyKind
from parsers.facts import Report
from parsers.similarity import jaccard, unpacked

MOST_REPORTS = 20
"""The latest of a matter, whose words are compared."""


_CORRECTIONS = table_of(Correction).c
_IS_SPLIT = _CORRECTIONS.kind == CorrectionKind.SPLIT
_TOLD_APART = union_all(
    select(_CORRECTIONS.other_id).where(_IS_SPLIT, _CORRECTIONS.matter_id == bindparam("matter")),
    select(_CORRECTIONS.matter_id).where(_IS_SPLIT, _CORRECTIONS.other_id == bindparam("matter")),
)


@dataclass(frozen=True, kw_only=True, order=True)
class Nearness:
    """How near a matter is to a report: what proves most comes first."""

    is_no_other_case: bool
    has_same_mail: bool
    has_same_case: bool
    numbers: int  # of the subject, that it has too
    answered: int  # 0 where the report answers none of its mails, most for the one that it answers directly
    has_same_documents: bool
    content: float  # 0 to 1
    words: float  # 0 to 1; 0 where they are hardly alike, as those of any two letters are


def where_it_goes_on(session: Session, matter: Matter) -> Matter:
    """The matter, or the one that a person has merged it into."""
    return matter if matter.merged_into is None else session.get_one(Matter, matter.merged_into)


def nearest(known: Known, matter: Matter) -> Matter:
    """Of this matter and those that people have told apart from it, the one nearest to the report.

    Where nothing tells, this one.
    """
    others = _told_apart_from(known.session, matter)
    if not others:
        return matter
    return max((matter, *others), key=lambda each: _nearness(known, each))


def _told_apart_from(session: Session, matter: Matter) -> list[Matter]:
    """Those that split off from it, and the one that it split off from."""
    found = session.scalars(_TOLD_APART, {"matter": matter.id}).all()
    if not found:  # as nearly always
        return []
    others = select(Matter).where(Matter.id.in_(found), Matter.merged_into.is_(None))
    return list(session.scalars(others.order_by(Matter.id)))


def _nearness(known: Known, matter: Matter) -> Nearness:
    report, session = known.report, known.session
    return Nearness(
        is_no_other_case=not known.is_another_case(matter.id),
        has_same_mail=bool(_keys(session, matter, KeyKind.DIGEST, [report.content_digest])),
        has_same_case=known.has_same_case(matter.id),
        numbers=len(_keys(session, matter, KeyKind.NUMBER, numbers_of(report))),
        answered=_answered(session, report, matter),
        has_same_documents=bool(_keys(session, matter, KeyKind.DOCUMENTS, [documents_value(report) or ""])),
        content=jaccard(known.content, known.values(matter.id, KeyKind.REFERENCE)),
        words=_alike(known, matter),
    )


def _answered(session: Session, report: Report, matter: Matter) -> int:
    """The mail that is answered directly comes first among those that it points to."""
    pointed_to = report.thread.points_to
    known = _keys(session, matter, KeyKind.MESSAGE_ID, pointed_to)
    places = (place for place, identifier in enumerate(pointed_to) if identifier in known)
    return len(pointed_to) - next(places, len(pointed_to))


def _alike(known: Known, matter: Matter) -> float:
    said = (
        select(ReportWords.sketch)
        .join(Relation, Relation.message_id == ReportWords.message_id)
        .where(Relation.matter_id == matter.id)
        .order_by(ReportWords.message_id.desc())
        .limit(MOST_REPORTS)
    )
    ours, stored = known.sketch.words, known.session.scalars(said)
    most = max((jaccard(ours, unpacked(words).words) for words in stored), default=0.0)
    return most if most >= LEAST_ALIKE else 0.0


def _keys(session: Session, matter: Matter, kind: KeyKind, sought: Iterable[str]) -> frozenset[str]:
    """Those of the sought values that the matter has."""
    found = select(LookupKey.value).where(
        LookupKey.kind == kind, LookupKey.value.in_(list(sought)), LookupKey.matter_id == matter.id
    )
    return frozenset(session.scalars(found))
