"""What harm a mail is about, chosen from the words that speak for each.

The most specific thing that is said decides, not the most alarming. That somebody is a child says who
is harmed, not how: a bullied pupil is a matter of harassment, a child that is lured one of child
safety. What the subject line names counts once more than what the text only mentions.
"""

from collections.abc import Mapping

from parsers.facts import Harm
from parsers.phrase_index import Hit
from parsers.signals import Findings
from parsers.signs import Sign, Tag

_FURTHER_WORD = 0.5  # a phrase of several words says more than a single one
_MERE_MENTION = 0.25  # of a child: decides only where nothing else is named
_FAREWELL = 1.5
_MISSING = 1.0
_PREYED_UPON = 2.0
_ABOUT_A_CHILD = (
    *(Sign.PERIL, Sign.UNREACHABLE, Sign.DECISIVE, Sign.PREYING),
    *(Sign.IMMINENT, Sign.SEARCH, Sign.CALMED),
)

_Scores = dict[Harm, float]


def harm_of(findings: Findings, subject: Findings) -> Harm:
    """The harm that most different phrases speak for; in a tie the graver one.

    Args:
        findings: the signs of the author's own words, the subject among them where it is the author's.
        subject: those of the subject line alone. One that an answer carries on still names the matter.
    """
    scores = dict.fromkeys(Harm, 0.0)
    for read in (findings, subject):
        _add_words(scores, read)
    _add_signs(scores, findings)
    best = max(Harm, key=lambda harm: (scores[harm], -list(Harm).index(harm)))
    return best if scores[best] else _implied(findings)


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
    dying = scores[Harm.SELF_HARM] > 0
    child = findings.has(Sign.CHILD)
    if findings.has(Sign.UNREACHABLE) and (dying or child):
        scores[Harm.SELF_HARM if dying else Harm.CHILD_SAFETY] += _MISSING
    if findings.has(Sign.PREYING) and child and not dying:
        scores[Harm.CHILD_SAFETY] += _PREYED_UPON


def _implied(findings: Findings) -> Harm:
    """The harm where no word names it: whom it befalls, then how."""
    if findings.has(Sign.CHILD) and findings.having(*_ABOUT_A_CHILD):
        return Harm.CHILD_SAFETY
    if findings.having(Sign.PERIL, Sign.ARMED) and findings.having(Sign.IMMINENT, Sign.INTENDED):
        return Harm.VIOLENCE
    missed = findings.has(Sign.UNREACHABLE) and findings.having(Sign.RECENT, Sign.IMMINENT, Sign.SEARCH)
    return Harm.SELF_HARM if missed else Harm.OTHER
