"""How urgent what a mail says is, all of it weighed together (`parsers.weights`).

Beside the rules of `parsers.urgency`, of which each knows one way to tell of a danger: here many signs, each
of which says little, may say enough.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from parsers.facts import StatedUrgency, Urgency
from parsers.features import feature_of, features
from parsers.harms import words_of_harms
from parsers.signals import Findings
from parsers.signs import Sign
from parsers.weights import Features, weights

_CRITICAL = 0.5  # from which it is so probable that nobody would let it wait
_HIGH = 0.8  # of this and critical together
_MOST_SENTENCES = 2
_TELLING = 0.5  # a weight that a danger is not told without


def weighed_level(findings: Findings, said: Features) -> StatedUrgency:
    """The level that is most probable, at least normal, with the sentences that say most for it.

    Where help has arrived it is at most high.
    """
    best = StatedUrgency(level=Urgency.NORMAL)
    calmed = findings.has(Sign.CALMED)
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
    for near in findings.stretches(findings.hits, core=lambda hit: _tells(feature_of(hit.tag))):
        stretch = replace(findings, hits=tuple(near))
        yield stretch, features(stretch, nothing, words_of_harms(stretch, nothing))


@cache
def _tells(feature: str) -> bool:
    weighing = weights().levels
    return max(weighing.weight(feature, level) for level in (Urgency.CRITICAL, Urgency.HIGH)) >= _TELLING


def _telling(findings: Findings, level: Urgency) -> tuple[str, ...]:
    weighing = weights().levels
    hits = sorted(findings.hits, key=lambda hit: -weighing.weight(feature_of(hit.tag), level))
    return findings.quoted(hits[:_MOST_SENTENCES], most=_MOST_SENTENCES)
