"""How urgent a mail says its matter is, and what it is about.

Only what is said counts: capitals, exclamation marks, "URGENT" and priority headers do not. What
makes a mail critical is seldom one word. A calm note that a pupil has given things away and does not
answer the telephone is; a loud one about weapons for sale is not. So kinds of phrases are weighed
that stand near each other, and then what takes the weight away again: help that has arrived, a drill,
a story from last year.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from parsers.facts import (
    UNTOLD_HARMS,
    Elapsed,
    Harm,
    SenderClass,
    StatedClock,
    StatedUrgency,
    Until,
    Urgency,
)
from parsers.features import features
from parsers.harms import matter_of, words_of_harms
from parsers.levels import weighed_level
from parsers.phrase_index import Hit
from parsers.sentences import MAX_CHARACTERS, QUESTION_MARKS
from parsers.signals import Findings, Signals
from parsers.signs import DANGERS, Notion, Sign, Tag

NOT_JUDGED = "language without lexicon"  # the flag of a report whose words nobody has judged

_IDLE = 0.5  # from which on it is more probable than not that nobody has to do anything
_SHORT = 400
_MAX_SENTENCES = 4
_CRITICAL = timedelta(hours=4)
_HIGH = timedelta(hours=24)
_OFFICIAL = frozenset({SenderClass.REGULATOR, SenderClass.LAW_ENFORCEMENT})

_CRITICAL_SCORE = 5.0
_HIGH_SCORE = 3.0
_GRAVE_SCORE = 3.5  # of danger that is not critical, and still serious
_BESIDE = 12  # characters between two phrases that speak of the same

_DANGER: Mapping[Tag, float] = {
    Sign.DECISIVE: 5.0,
    Sign.FAREWELL: 3.5,
    Sign.PARTING: 2.5,
    Sign.PERIL: 2.5,
    Sign.PREYING: 2.5,
    Sign.LURED: 3.0,
    Sign.UNREACHABLE: 2.5,
    Sign.IMMINENT: 2.5,
    Sign.ARMED: 1.5,
    Sign.CHILD: 2.0,
    Sign.INTENDED: 1.5,
    Sign.SEARCH: 1.5,
    Sign.RECENT: 1.0,
    Sign.TARGET: 1.0,
    Sign.PAST: -2.5,
}
_GRAVER: Mapping[Tag, Sign] = {
    Sign.PARTING: Sign.FAREWELL,
    Sign.PERIL: Sign.DECISIVE,
    Sign.PREYING: Sign.PERIL,
}
# What is taken away where a mail is about drills, films, studies or policies, or tells of what is made up.
_NOT_HAPPENING: Mapping[Sign, float] = {Sign.UNREAL: 5.0, Sign.INVENTED: 5.0}
_LASTING: Mapping[Sign, float] = {
    Sign.SPREADING: 3.0,
    Sign.PERSISTING: 1.5,
    Sign.DISTRESS: 1.5,
    Sign.IMMINENT: 1.5,
    Sign.RECENT: 0.5,
}
_HARMFUL = (Sign.SPREADING, Sign.PERSISTING, Sign.DISTRESS)
_INTIMATE_AGAIN = 1.5
_COUNTED_AT_MOST = 2  # of different phrases that say it goes on
_COUNTED_ONCE = frozenset({Sign.IMMINENT, Sign.RECENT})  # "great tonight, see you tomorrow" harms nobody
# Copies of a film harm its owner's purse; the definitions ask for more.
_NEVER_SERIOUS = frozenset({Harm.IP})
# Who tells of a danger tells what it is; much else is on its way, planned for tonight or still unanswered.
_SELDOM_SERIOUS = _NEVER_SERIOUS | UNTOLD_HARMS


@dataclass(frozen=True, kw_only=True)
class Appraisal:
    """Urgency and harm of one mail."""

    urgency: StatedUrgency
    harm: Harm
    about: tuple[str, ...] = ()  # the sentences that said what harm


def appraise(
    text: str,
    *,
    signals: Sequence[Signals],
    clocks: Sequence[StatedClock],
    received_at: datetime,
    sender_class: SenderClass,
    names_content: bool,
    subject: str = "",
    judged: bool = True,
) -> Appraisal:
    """Judge the author's own words and clocks.

    Harm and limit are judged apart and the higher of the two counts.

    Args:
        text: the author's own words, the subject among them where it is the author's.
        signals: the words of the text's languages, and of those that may stand in it.
        clocks: the limits that the text states.
        received_at: from when named instants are counted.
        sender_class: members of the public cannot bind by a limit.
        names_content: whether the mail names something on the platform: thanks beside a link are a greeting.
        subject: the mail's subject. One that an answer carries on still says what the matter is about.
        judged: False where no word list knows the language. What an authority writes then is high, so
            that a person reads it.
    """
    findings = Findings.of(text[:MAX_CHARACTERS], signals, year=received_at.year)
    named = Findings.of(subject, signals, year=received_at.year)
    said = features(findings, named, words_of_harms(findings, named))
    matter = matter_of(findings, said)
    idle = _nothing_to_do(findings, names_content=names_content)
    stated = _said(findings, matter.harm, idle=bool(idle))
    if matter.idle < _IDLE and matter.harm not in _SELDOM_SERIOUS:
        stated = _higher(stated, weighed_level(findings, said))
    limited = _limited(clocks, received_at, sender_class)
    if stated.level is Urgency.NORMAL and idle and not clocks:
        return Appraisal(urgency=StatedUrgency(level=Urgency.LOW, sentences=idle), harm=Harm.NONE)
    urgency = _higher(stated, limited)
    if not judged and sender_class in _OFFICIAL:
        urgency = _higher(urgency, StatedUrgency(level=Urgency.HIGH))
    return Appraisal(urgency=urgency, harm=matter.harm, about=matter.sentences)


def _higher(first: StatedUrgency, second: StatedUrgency) -> StatedUrgency:
    score = max(first.score, second.score)
    if first.level is second.level:
        sentences = (*second.sentences, *first.sentences)[:_MAX_SENTENCES]
        return StatedUrgency(level=first.level, sentences=sentences, score=score)
    higher = max(first, second, key=lambda stated: stated.level.rank)
    return StatedUrgency(level=higher.level, sentences=higher.sentences, score=score)


def _said(findings: Findings, harm: Harm, *, idle: bool) -> StatedUrgency:
    """The level that the words alone state."""
    overdue = findings.having(Sign.OVERDUE)
    if overdue and not idle:
        sentences = findings.quoted(overdue, most=_MAX_SENTENCES)
        return StatedUrgency(level=Urgency.CRITICAL, sentences=sentences, score=_CRITICAL_SCORE)
    danger = _danger(findings, harm)
    calmed = findings.has(Sign.CALMED)
    if danger.score >= _CRITICAL_SCORE and not calmed:
        return danger.stated(Urgency.CRITICAL, findings)
    if danger.score >= _GRAVE_SCORE and not (calmed and idle):
        return danger.stated(Urgency.HIGH, findings)
    lasting = _lasting(findings, harm)
    if lasting.score >= _HIGH_SCORE and harm not in _NEVER_SERIOUS:
        return lasting.stated(Urgency.HIGH, findings)
    return StatedUrgency(level=Urgency.NORMAL, score=max(danger.score, lasting.score))


@dataclass(frozen=True)
class _Weight:
    """How much speaks for something, and what does."""

    score: float = 0.0
    hits: tuple[Hit[Tag], ...] = ()

    def stated(self, level: Urgency, findings: Findings) -> StatedUrgency:
        return StatedUrgency(
            level=level, sentences=findings.quoted(self.hits, most=_MAX_SENTENCES), score=self.score
        )


def _danger(findings: Findings, harm: Harm) -> _Weight:
    """The heaviest stretch of the text that is happening."""
    dropped = {Sign.PREYING} if harm is Harm.HARASSMENT else set()
    shared = _of_sharing(findings)
    hits = [
        hit for hit in findings.hits if hit.tag in _DANGER and hit.tag not in dropped and hit not in shared
    ]
    heaviest = max(
        (_weighed(near) for near in findings.stretches(hits, core=lambda hit: hit.tag in DANGERS)),
        key=lambda weight: weight.score,
        default=_Weight(),
    )
    return _real(heaviest, findings)


def _of_sharing(findings: Findings) -> set[Hit[Tag]]:
    """What says when a film spreads, and not when the danger in it is: "is being shared right now".

    "Live" is left, since it speaks of the film itself.
    """
    sharing = findings.having(Sign.SPREADING, Sign.PERSISTING)
    moments = {(hit.start, hit.end) for hit in findings.having(Notion.GOING_ON)}
    now = [hit for hit in findings.having(Sign.IMMINENT) if (hit.start, hit.end) in moments]
    return {
        hit
        for hit in (*now, *findings.having(Sign.RECENT))
        if any(hit.start - each.end <= _BESIDE and each.start - hit.end <= _BESIDE for each in sharing)
    }


def _real(weight: _Weight, findings: Findings) -> _Weight:
    """What is left of it where things are spoken about rather than happening."""
    less = sum(each for sign, each in _NOT_HAPPENING.items() if findings.has(sign))
    return replace(weight, score=max(0.0, weight.score - less))


def _weighed(hits: Sequence[Hit[Tag]]) -> _Weight:
    """Each kind once. Preying without a child is another harm, and nothing weighs without a core."""
    tags = {hit.tag for hit in hits if not _is_said_graver(hit, hits)}
    if Sign.CHILD not in tags:
        tags -= {Sign.PREYING, Sign.LURED}
    if Sign.IMMINENT not in tags:
        tags.discard(Sign.TARGET)  # much that is no attack happens at schools
    if not tags & DANGERS:
        return _Weight()
    telling = sorted(
        (hit for hit in hits if hit.tag in tags and hit.tag is not Sign.PAST),
        key=lambda hit: (-_DANGER[hit.tag], hit.start),
    )
    return _Weight(sum(_DANGER[tag] for tag in tags), tuple(telling))


def _is_said_graver(hit: Hit[Tag], hits: Sequence[Hit[Tag]]) -> bool:
    """Whether the same words already count as what weighs more."""
    graver = _GRAVER.get(hit.tag)
    return graver is not None and any(
        each.tag is graver and each.start < hit.end and hit.start < each.end for each in hits
    )


def _lasting(findings: Findings, harm: Harm) -> _Weight:
    """How much says that harm goes on, spreads, or is suffered from now.

    Intimate pictures that are posted again do lasting harm each time. That something happens now is no harm
    of its own: "we go live tonight".
    """
    hits = findings.having(*_LASTING) if findings.having(*_HARMFUL) else []
    score = 0.0
    for sign, weight in _LASTING.items():
        different = {findings.text[hit.start : hit.end].lower() for hit in hits if hit.tag is sign}
        score += weight * min(len(different), 1 if sign in _COUNTED_ONCE else _COUNTED_AT_MOST)
    again = any(hit.tag in (Sign.PERSISTING, Sign.SPREADING) for hit in hits)
    if harm is Harm.PRIVACY and findings.has(Sign.PREYING) and again:
        score += _INTIMATE_AGAIN
    return _real(_Weight(score, tuple(hits)), findings)


def _limited(
    clocks: Sequence[StatedClock], received_at: datetime, sender_class: SenderClass
) -> StatedUrgency:
    """The level that binding limits set; members of the public cannot bind by a limit."""
    binding = [clock for clock in clocks if clock.binding and sender_class is not SenderClass.PUBLIC]
    spans = [
        (span, clock.phrase) for clock in binding if (span := _remaining(clock, received_at)) is not None
    ]
    if not spans:
        return StatedUrgency(level=Urgency.NORMAL)
    shortest, phrase = min(spans)
    if shortest > _HIGH:
        return StatedUrgency(level=Urgency.NORMAL)
    level = Urgency.CRITICAL if shortest <= _CRITICAL else Urgency.HIGH
    return StatedUrgency(level=level, sentences=(phrase,))


def _remaining(clock: StatedClock, received_at: datetime) -> timedelta | None:
    if isinstance(clock.limit, Elapsed):
        return timedelta(hours=clock.limit.hours)
    return clock.limit.at - received_at if isinstance(clock.limit, Until) else None


def _nothing_to_do(findings: Findings, *, names_content: bool) -> tuple[str, ...]:
    """The sentences that say so; thanks only in a short mail that names no content and asks for nothing."""
    asks = findings.has(Sign.ASKING) or any(mark in findings.text for mark in QUESTION_MARKS)
    brief = not names_content and not asks and len(findings.text) < _SHORT
    hits = findings.having(Sign.NOTHING_TO_DO, *([Sign.THANKS] if brief else []))
    return findings.quoted(hits, most=_MAX_SENTENCES)
