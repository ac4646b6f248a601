"""What harm a mail is about.

Everything that is said is weighed together (`parsers.weights`): topics, signs, and the words that name a
harm itself. Of these the most specific count most, not the most alarming. That somebody is a child says
who is harmed, not how: a bullied pupil is a matter of harassment, a child that is lured one of child
safety. What the subject line names counts once more than what the text only mentions.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from parsers.facts import Harm
from parsers.features import feature_of
from parsers.phrase_index import Hit
from parsers.signals import Findings
from parsers.signs import Sign, Tag
from parsers.weights import Features, weights

_FURTHER_WORD = 0.5  # a phrase of several words says more than a single one
_MERE_MENTION = 0.25  # of a child: decides only where nothing else is named
_FAREWELL = 1.5
_MISSING = 1.0
_PREYED_UPON = 2.0
_MOST_SENTENCES = 2
_TELLING = 0.25  # of all harms together; what is less probable has hardly been said
_CHOICES = tuple(harm for harm in Harm if harm is not Harm.NONE)

_Scores = defaultdict[Harm, float]


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What a mail is about."""

    harm: Harm
    sentences: tuple[str, ...]  # that said so, as written, the most telling first
    idle: float  # from 0 to 1: how probable it is that nobody has to do anything


def matter_of(findings: Findings, said: Features) -> Matter:
    """The harm that most speaks for, all that is said taken together.

    Args:
        findings: the signs of the author's own words.
        said: their features.
    """
    shares = weights().harms.shares(said)
    harm = max(_CHOICES, key=lambda each: shares[each])
    if shares[harm] < _TELLING * (1 - shares[Harm.NONE]):
        harm = Harm.OTHER
    return Matter(harm=harm, sentences=_telling(findings, harm), idle=shares[Harm.NONE])


def _telling(findings: Findings, harm: Harm) -> tuple[str, ...]:
    """The sentences whose phrases add most to the harm."""
    weighing = weights().harms
    spoken: defaultdict[int, dict[str, float]] = defaultdict(dict)
    first: dict[int, Hit[Tag]] = {}
    for hit in findings.hits:
        number = findings.sentence_of(hit)
        first.setdefault(number, hit)
        spoken[number][feature_of(hit.tag)] = weighing.weight(feature_of(hit.tag), harm)
    totals = {number: sum(each.values()) for number, each in spoken.items()}
    best = sorted((number for number in totals if totals[number] > 0), key=lambda each: (-totals[each], each))
    return findings.quoted([first[number] for number in best], most=_MOST_SENTENCES)


def words_of_harms(findings: Findings, subject: Findings) -> dict[Harm, float]:
    """How much is said in the words of each harm, by the rules at the top of this module.

    Args:
        findings: the signs of the author's own words, the subject among them where it is the author's.
        subject: those of the subject line alone. One that an answer carries on still names the matter.
    """
    scores: _Scores = defaultdict(float)
    for read in (findings, subject):
        _add_words(scores, read)
    _add_signs(scores, findings)
    return dict(scores)


def _add_words(scores: _Scores, findings: Findings) -> None:
    """Every different phrase once."""
    children = {hit.start: hit.end for hit in findings.having(Sign.CHILD)}
    said = {(hit.tag, findings.text[hit.start : hit.end].lower()): hit for hit in findings.hits}
    for hit in said.values():
        if isinstance(hit.tag, Harm):
            scores[hit.tag] += _MERE_MENTION if _only_names(hit, children) else _weight(hit)
        elif hit.tag is Sign.FAREWELL:
            scores[Harm.SELF_HARM] += _FAREWELL


def _weight(hit: Hit[Tag]) -> float:
    return 1 + _FURTHER_WORD * (hit.words - 1)


def _only_names(hit: Hit[Tag], children: Mapping[int, int]) -> bool:
    """Whether the phrase says no more than that somebody is a child."""
    return hit.tag is Harm.CHILD_SAFETY and children.get(hit.start, -1) >= hit.end


def _add_signs(scores: _Scores, findings: Findings) -> None:
    """What several signs mean together: who speaks of dying and is missing may die, child or not."""
    dying = scores.get(Harm.SELF_HARM, 0.0) > 0
    child = findings.has(Sign.CHILD)
    if findings.has(Sign.UNREACHABLE) and (dying or child):
        scores[Harm.SELF_HARM if dying else Harm.CHILD_SAFETY] += _MISSING
    if findings.has(Sign.PREYING) and child and not dying:
        scores[Harm.CHILD_SAFETY] += _PREYED_UPON
