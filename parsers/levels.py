"""How urgent what a mail says is, all of it weighed together (`parsers.weights`).

Beside the rules of `parsers.urgency`, of which each knows one way to tell of a danger: here many signs, each
of which says little, may say enough.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from config.topics import Topic
from parsers.facts import StatedUrgency, Urgency
from parsers.features import feature_of, features
from parsers.harms import words_of_harms
from parsers.phrase_index import Hit
from parsers.signals import Findings
from parsers.signs import Notion, Sign, Tag
from parsers.weights import Features, weights

_CRITICAL = 0.4  # a danger that is missed costs more than one that is looked at in vain
_HIGH = 0.75  # of this and critical together
_MOST_SENTENCES = 2
_TELLING = 0.5  # a weight that a danger is not told without
# What only says when, how fast or how long: of a meeting as of an attack.
_WHEN: frozenset[Tag] = frozenset(
    {
        *(Sign.IMMINENT, Sign.RECENT, Sign.INTENDED, Sign.PERSISTING, Notion.GOING_ON, Notion.STILL_UP),
        *(Topic.NOW, Topic.MINUTES_AGO, Topic.PLANNED, Topic.COUNTDOWN, Topic.PRESSURE, Topic.ONGOING),
    }
)


def weighed_level(findings: Findings, said: Features) -> StatedUrgency:
    """The level that is most probable, at least normal, with the sentences that say most for it.

    Where help has arrived, or nothing has happened, it is at most high.
    """
    best = StatedUrgency(level=Urgency.NORMAL)
    if not any(map(_tells, findings.hits)):
        return best
    calmed = any(map(findings.has, (Sign.CALMED, Sign.UNREAL, Sign.INVENTED)))
    for stretch, told in _stretches(findings, said):
        level = _level(told, calmed=calmed)
        if level.rank > best.level.rank:
            best = StatedUrgency(level=level, sentences=_telling(stretch, level))
    return best


def _level(said: Features, *, calmed: bool) -> Urgency:
    shares = weights().levels.shares(said)
    if shares[Urgency.CRITICAL] >= _CRITICAL and not calmed:
        return Urgency.CRITICAL
    grave = shares[Urgency.CRITICAL] + shares[Urgency.HIGH]
    return Urgency.HIGH if grave >= _HIGH else Urgency.NORMAL


def _stretches(findings: Findings, said: Features) -> Iterator[tuple[Findings, Features]]:
    """What stands together: a short mail as a whole, else some sentences around each that tells."""
    if findings.is_one_matter:
        yield findings, said
        return
    nothing = replace(findings, hits=())
    for near in findings.stretches(findings.hits, core=_tells):
        stretch = replace(findings, hits=tuple(near))
        yield stretch, features(stretch, nothing, words_of_harms(stretch, nothing))


def _tells(hit: Hit[Tag]) -> bool:
    return hit.tag not in _WHEN and _is_telling(feature_of(hit.tag))


@cache
def _is_telling(feature: str) -> bool:
    weighing = weights().levels
    return max(weighing.weight(feature, level) for level in (Urgency.CRITICAL, Urgency.HIGH)) >= _TELLING


def _telling(findings: Findings, level: Urgency) -> tuple[str, ...]:
    weighing = weights().levels
    hits = sorted(findings.hits, key=lambda hit: -weighing.weight(feature_of(hit.tag), level))
    return findings.quoted(hits[:_MOST_SENTENCES], most=_MOST_SENTENCES)
