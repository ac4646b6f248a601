"""Makes signs of plain words that stand together.

Most danger is told without a word of alarm: "she has emptied the whole packet of tablets", "they found
out where my sister lives and are in the car". Each language names the notions; which of them say
something together is the same for all.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from parsers.phrase_index import Hit
from parsers.sentences import Sentences
from parsers.signs import Notion, Sign, Tag

REACH = 80  # characters from the first notion to each of the others


@dataclass(frozen=True, kw_only=True)
class Together:
    """Notions, or signs, that make a sign when they stand in one sentence; the first is the rarest."""

    make: Sign
    of: tuple[Sign | Notion, ...]


def _together(make: Sign, *of: Sign | Notion) -> Together:
    return Together(make=make, of=of)


TOGETHER = (
    _together(Sign.DECISIVE, Notion.MEDICINE, Notion.TAKEN, Notion.PLENTY),
    _together(Sign.FAREWELL, Notion.MEDICINE, Notion.TAKEN),
    _together(Sign.FAREWELL, Notion.GAS, Notion.OPENED),
    _together(Sign.PARTING, Notion.GRIEVE, Notion.NOBODY),
    _together(Sign.PARTING, Notion.DEAD, Notion.RATHER),
    _together(Sign.PARTING, Notion.BELONGINGS, Notion.GIVEN),
    _together(Sign.PARTING, Notion.EMBRACED, Notion.LEFT),
    _together(Sign.UNREACHABLE, Notion.PHONE, Notion.SILENT),
    _together(Sign.PERIL, Notion.FUEL, Notion.POURED),
    _together(Sign.DECISIVE, Notion.BAG, Notion.EXPLODES),
    _together(Sign.PERIL, Notion.EXPLODES, Sign.TARGET),
    _together(Sign.PERIL, Sign.ARMED, Notion.BRINGS),
    _together(Sign.PERIL, Notion.HITS, Notion.VICTIM),
    _together(Sign.PERIL, Notion.HITS, Sign.CHILD),
    _together(Sign.PERIL, Notion.BEGS, Notion.VICTIM),
    _together(Sign.PERIL, Notion.BEGS, Notion.HITS),
    _together(Sign.PERIL, Notion.KEPT, Notion.ROOM),
    _together(Sign.PERIL, Sign.ARMED, Notion.KEPT),
    _together(Sign.PERIL, Sign.ARMED, Notion.COMING, Notion.VICTIM),
    _together(Sign.IMMINENT, Sign.ARMED, Notion.COMING, Notion.VICTIM),
    _together(Sign.PERIL, Sign.ARMED, Notion.EXPLODES, Sign.INTENDED),
    _together(Sign.PERIL, Notion.CLIENTS, Notion.FORCED),
    _together(Sign.PERIL, Notion.PASSPORT, Notion.SEIZED),
    _together(Sign.PERIL, Notion.CUSTODY, Notion.ESCAPED),
    _together(Sign.PERIL, Notion.COMING, Notion.HOME, Notion.REVEALED),
    _together(Sign.IMMINENT, Notion.COMING, Notion.HOME, Notion.REVEALED),
    _together(Sign.LURED, Notion.ENTICED, Notion.OUTSIDE),
    _together(Sign.PREYING, Notion.PICTURES, Notion.MONEY),
    _together(Sign.CALMED, Notion.FOUND, Notion.UNHARMED),
    _together(Sign.OVERDUE, Notion.PERIOD, Notion.RAN_OUT, Notion.STILL_UP),
    _together(Sign.SPREADING, Notion.HARMED, Notion.PEOPLE, Notion.GOING_ON),
    _together(Sign.PERSISTING, Notion.THREATS, Notion.GOING_ON),
    _together(Sign.DISTRESS, Notion.THREATS, Notion.GOING_ON),
    _together(Sign.SPREADING, Notion.DRUGS, Notion.SELLS, Notion.PUPILS),
    _together(Sign.NOTHING_TO_DO, Notion.NOTHING_MORE, Notion.NEEDED),
)


def composed(found: Iterable[Hit[Tag]], sentences: Sentences) -> Iterator[Hit[Tag]]:
    """The signs that the notions among these hits make, each from its first word to its last."""
    places: dict[Tag, list[Hit[Tag]]] = {}
    for hit in sorted(found, key=lambda each: each.start):
        places.setdefault(hit.tag, []).append(hit)
    for rule in TOGETHER:
        if all(tag in places for tag in rule.of):
            yield from _made(rule, places, sentences)


def _made(
    rule: Together, places: Mapping[Tag, Sequence[Hit[Tag]]], sentences: Sentences
) -> Iterator[Hit[Tag]]:
    for first in places[rule.of[0]]:
        start, end = sentences.around(first.start)
        start, end = max(start, first.start - REACH), min(end, first.end + REACH)
        parts = [first]
        for tag in rule.of[1:]:
            beside = _beside(places[tag], parts, start, end)
            if beside is None:
                break
            parts.append(beside)
        else:
            yield Hit(
                tag=rule.make,
                start=min(part.start for part in parts),
                end=max(part.end for part in parts),
                words=len(parts),
            )


def _beside(hits: Sequence[Hit[Tag]], parts: Sequence[Hit[Tag]], start: int, end: int) -> Hit[Tag] | None:
    """The first of the hits between these places that shares no letter with the parts."""
    for hit in hits[bisect_left(hits, start, key=lambda each: each.start) :]:
        if hit.start >= end:
            return None
        if all(hit.end <= part.start or part.end <= hit.start for part in parts):
            return hit
    return None
