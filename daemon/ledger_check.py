"""Verify: whether the ledger is whole, and if not, what was done to it and where.

One walk along the chain, in constant memory. What does not follow is looked at more closely at the end:
an entry that fits another place was moved there; one that stands in the place of a moved one was put in.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from daemon.chain import Place, Sealed, belongs
from daemon.heads import Head
from daemon.ledger_export import exported_rows
from daemon.ledger_rows import last_sequence, sealed_rows
from daemon.store.database import Database
from daemon.vitals import unsealed_tail

MAX_SUSPECTS = 16  # whose right places are sought among each other's
MAX_FINDINGS = 1000
FIRST = Place(sequence=1, previous=None)

Watched = Callable[[Iterable[Sealed], int], Iterable[Sealed]]
"""Passes the entries on, so that somebody can see how far it has come; gets their number too."""


class Kind(StrEnum):
    """What is wrong with entries of the ledger."""

    ALTERED = "altered"  # not what was sealed at this place, or its digest was changed
    INSERTED = "inserted"  # never sealed here: the entry of this place stands elsewhere
    REORDERED = "reordered"  # sealed, but at another place
    MISSING = "missing"
    TRUNCATED = "truncated"  # a head names entries behind the last one
    REWRITTEN = "rewritten"  # sealed with the key, but not what a head says was there
    UNCONFIRMED = "unconfirmed"  # does not follow either; to be looked at when the others are mended


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something wrong with one entry, or with several in a row."""

    kind: Kind
    first: int  # sequence
    last: int  # sequence
    entry: int | None = None  # of the first: its id in the table, where there is one
    event: str | None = None
    at: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was verified, and what was found."""

    entries: int
    last: int  # the sequence of the last entry; 0 when nothing is sealed
    heads: int  # how many heads lay within and were compared; without any, a cut-off end can't be seen
    findings: tuple[Finding, ...]  # in their sequence
    more: int  # findings that are not listed
    unsealed: int  # entries that wait to be sealed; nothing can be said about them
    unsealed_since: datetime | None  # when the oldest of them was made

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


def verify(database: Database, key: bytes, heads: Sequence[Head], watched: Watched) -> Verdict:
    """Verify the ledger of a database; `heads` must have been read before."""
    end = last_sequence(database)
    walk = _Walk(key, FIRST, heads)
    for entry in watched(sealed_rows(database, last=end), end):
        walk.step(entry)
    walk.require_heads()
    with database.read() as session:
        count, since = unsealed_tail(session)
    return replace(walk.verdict(), unsealed=count, unsealed_since=since)


def verify_export(file: Path, key: bytes, heads: Sequence[Head]) -> Verdict:
    """Verify an exported piece of the ledger by itself; raises `ExportUnreadable`."""
    walk = _Walk(key, FIRST, heads)
    for number, (entry, place) in enumerate(exported_rows(file)):
        if number == 0:
            walk = _Walk(key, place, heads)
        walk.step(entry)
    return walk.verdict()


@dataclass(frozen=True, kw_only=True)
class _Suspect:
    """An entry that does not follow on the one before it."""

    entry: Sealed
    place: Place


class _Walk:
    """Follows the chain entry by entry."""

    def __init__(self, key: bytes, start: Place, heads: Sequence[Head]) -> None:
        self._key = key
        self._place = start  # of the next entry
        self._heads = heads
        self._by_sequence = {head.sequence: head for head in heads}
        self._gaps: list[Place] = []
        self._suspects: list[_Suspect] = []
        self._findings = _Findings()
        self._entries = self._compared = 0

    def step(self, entry: Sealed) -> None:
        """Look at the next entry."""
        wanted = self._place
        if entry.sequence > wanted.sequence:
            self._miss(wanted, entry)
        elif entry.sequence < wanted.sequence:
            self._findings.add(_finding(Kind.INSERTED, entry, "there is no such place"))
            return
        elif not belongs(self._key, entry, wanted):
            self._suspect(entry, wanted)
        else:
            self._compare(entry)
        self._entries += 1
        self._place = Place(sequence=entry.sequence + 1, previous=entry.digest)

    def require_heads(self) -> None:
        """A head behind the end names what was cut off."""
        end = self._place.sequence
        beyond = [head for head in self._heads if head.sequence >= end]
        if beyond:
            last = max(head.sequence for head in beyond)
            detail = f"the head of {beyond[0].at.isoformat(timespec='seconds')} names entry {last}"
            self._findings.add(Finding(kind=Kind.TRUNCATED, first=end, last=last, detail=detail))

    def verdict(self) -> Verdict:
        """What was found, once all entries were looked at."""
        for finding in _judged(self._key, self._suspects, self._gaps):
            self._findings.add(finding)
        return Verdict(
            entries=self._entries,
            last=self._place.sequence - 1,
            heads=self._compared,
            findings=self._findings.listed(),
            more=self._findings.more,
            unsealed=0,
            unsealed_since=None,
        )

    def _miss(self, wanted: Place, entry: Sealed) -> None:
        """What follows on a gap can't be checked by itself: the digest before it is missing too."""
        last = entry.sequence - 1
        detail = f"entry {entry.sequence} behind it can't be checked"
        self._findings.add(Finding(kind=Kind.MISSING, first=wanted.sequence, last=last, detail=detail))
        if len(self._gaps) < MAX_SUSPECTS:
            self._gaps.append(wanted)

    def _suspect(self, entry: Sealed, place: Place) -> None:
        if len(self._suspects) < MAX_SUSPECTS:
            self._suspects.append(_Suspect(entry=entry, place=place))
        else:
            self._findings.add(_finding(Kind.UNCONFIRMED, entry))

    def _compare(self, entry: Sealed) -> None:
        head = self._by_sequence.get(entry.sequence)
        if head is None:
            return
        self._compared += 1
        if head.digest != entry.digest:
            detail = f"the head of {head.at.isoformat(timespec='seconds')} says otherwise"
            self._findings.add(_finding(Kind.REWRITTEN, entry, detail))


class _Findings:
    """Findings of one kind that follow on each other become one; a huge number is only counted."""

    def __init__(self) -> None:
        self.more = 0
        self._found: list[Finding] = []

    def add(self, finding: Finding) -> None:
        """Add one, or prolong the last one by it."""
        last = self._found[-1] if self._found else None
        if last and (last.kind, last.detail, last.last + 1) == (finding.kind, finding.detail, finding.first):
            self._found[-1] = replace(last, last=finding.last)
        elif len(self._found) < MAX_FINDINGS:
            self._found.append(finding)
        else:
            self.more += 1

    def listed(self) -> tuple[Finding, ...]:
        """All of them in their sequence."""
        return tuple(sorted(self._found, key=lambda finding: finding.first))


def _judged(key: bytes, suspects: Sequence[_Suspect], gaps: Sequence[Place]) -> Iterator[Finding]:
    places = tuple(_places(suspects, gaps))
    homes = [_home(key, suspect.entry, places) for suspect in suspects]
    for suspect, home in zip(suspects, homes, strict=True):
        entry = suspect.entry
        if home is None:
            kind = Kind.INSERTED if entry.sequence in set(homes) else Kind.ALTERED
            yield _finding(kind, entry)
        elif home != entry.sequence:  # else only the one before it is another
            yield _finding(Kind.REORDERED, entry, f"it was sealed as entry {home}")


def _places(suspects: Sequence[_Suspect], gaps: Sequence[Place]) -> Iterator[Place]:
    """Every place that one of the suspects could have had."""
    known = [*gaps, *(suspect.place for suspect in suspects)]
    sequences = sorted({place.sequence for place in known})
    digests = {place.previous for place in known} | {suspect.entry.digest for suspect in suspects}
    for sequence in sequences:
        for previous in digests:
            yield Place(sequence=sequence, previous=previous)


def _home(key: bytes, entry: Sealed, places: Iterable[Place]) -> int | None:
    return next((place.sequence for place in places if belongs(key, entry, place)), None)


def _finding(kind: Kind, entry: Sealed, detail: str = "") -> Finding:
    content = entry.content
    return Finding(
        kind=kind,
        first=entry.sequence,
        last=entry.sequence,
        entry=entry.number,
        event=content.event if content else None,
        at=content.at if content else None,
        detail=detail,
    )
