"""How urgent a mail says its matter is, and what it is about.

Only what is said counts: capitals, exclamation marks, "URGENT" and priority headers do not.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.lexicon import Lexicon
from parsers.facts import Elapsed, Harm, SenderClass, StatedClock, StatedUrgency, Until, Urgency
from parsers.folding import fold
from parsers.phrases import compiled
from parsers.sentences import MAX_CHARACTERS, Sentences

_NEGATED_BEFORE = 24
_NEGATED_AFTER = 40
_SHORT = 400
_MAX_SENTENCES = 4
_CRITICAL = timedelta(hours=4)
_HIGH = timedelta(hours=24)
_OFFICIAL = frozenset({SenderClass.REGULATOR, SenderClass.LAW_ENFORCEMENT})


class Signals:
    """The urgency and harm words of one language, compiled."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = lexicon.urgency
        self.decisive = compiled(words.decisive)
        self.peril = compiled(words.peril)
        self.imminent = compiled(words.imminent)
        self.overdue = compiled(words.overdue)
        self.spreading = compiled(words.spreading)
        self.calmed = compiled(words.calmed)
        self.nothing_to_do = compiled(words.nothing_to_do)
        self.thanks = compiled(words.thanks)
        self.negation = compiled(lexicon.negations)
        self.harms = {Harm(name): compiled(phrases) for name, phrases in lexicon.harms.items()}

    def asserted(self, pattern: re.Pattern[str], sentence: str) -> bool:
        """Whether the folded sentence has such a phrase that no negation stands beside."""
        return any(not self._negated(sentence, match) for match in pattern.finditer(sentence))

    def _negated(self, sentence: str, match: re.Match[str]) -> bool:
        before = self.negation.search(sentence, max(0, match.start() - _NEGATED_BEFORE), match.start())
        return bool(before or self.negation.search(sentence, match.end(), match.end() + _NEGATED_AFTER))


@dataclass(frozen=True, kw_only=True)
class Appraisal:
    """Urgency and harm of one mail."""

    urgency: StatedUrgency
    harm: Harm


def appraise(
    text: str,
    *,
    signals: Sequence[Signals],
    clocks: Sequence[StatedClock],
    received_at: datetime,
    sender_class: SenderClass,
    names_content: bool,
) -> Appraisal:
    """Judge the author's own words and clocks.

    Harm and limit are judged apart and the higher of the two counts. `names_content` says whether
    the mail names something on the platform: thanks beside a link are a greeting.
    """
    sentences = [
        _Sentence(text[a:b], fold(text[a:b])) for a, b in Sentences.of(text[:MAX_CHARACTERS]).spans()
    ]
    levels = [_said(sentences, each) for each in signals]
    said = max(levels, key=lambda level: level.level.rank, default=StatedUrgency(level=Urgency.NORMAL))
    limited = _limited(clocks, received_at, sender_class)
    idle = _nothing_to_do(sentences, signals, names_content=names_content)
    if said.level is Urgency.NORMAL and limited.level is Urgency.NORMAL and idle and not clocks:
        return Appraisal(urgency=StatedUrgency(level=Urgency.LOW, sentences=idle), harm=Harm.NONE)
    return Appraisal(urgency=_higher(said, limited), harm=_harm(sentences, signals))


def _higher(first: StatedUrgency, second: StatedUrgency) -> StatedUrgency:
    if first.level is second.level:
        return StatedUrgency(
            level=first.level, sentences=(*second.sentences, *first.sentences)[:_MAX_SENTENCES]
        )
    return max(first, second, key=lambda stated: stated.level.rank)


@dataclass(frozen=True)
class _Sentence:
    written: str
    folded: str


def _said(sentences: Sequence[_Sentence], signals: Signals) -> StatedUrgency:
    """The level that the words alone state, in one language."""
    overdue = _quoted(sentence for sentence in sentences if signals.overdue.search(sentence.folded))
    danger = overdue or _quoted(_danger(sentences, signals))
    calmed = any(signals.asserted(signals.calmed, sentence.folded) for sentence in sentences)
    if danger and (overdue or not calmed):
        return StatedUrgency(level=Urgency.CRITICAL, sentences=danger)
    going_on = (s for s in sentences if signals.asserted(signals.spreading, s.folded))
    serious = danger or _quoted(going_on)
    return StatedUrgency(level=Urgency.HIGH if serious else Urgency.NORMAL, sentences=serious)


def _danger(sentences: Sequence[_Sentence], signals: Signals) -> Iterator[_Sentence]:
    """Sentences with a decisive phrase, or with a peril and, in them or beside them, its presence."""
    for index, sentence in enumerate(sentences):
        nearby = sentences[max(0, index - 1) : index + 2]
        present = any(signals.imminent.search(each.folded) for each in nearby)
        imperilled = present and signals.asserted(signals.peril, sentence.folded)
        if imperilled or signals.asserted(signals.decisive, sentence.folded):
            yield sentence


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


def _nothing_to_do(
    sentences: Sequence[_Sentence], signals: Sequence[Signals], *, names_content: bool
) -> tuple[str, ...]:
    """The sentences that say so; thanks only in a short mail that names no content."""
    brief = not names_content and sum(len(sentence.written) for sentence in sentences) < _SHORT
    return _quoted(
        sentence
        for sentence in sentences
        for each in signals
        if each.nothing_to_do.search(sentence.folded) or (brief and each.thanks.search(sentence.folded))
    )


def _harm(sentences: Sequence[_Sentence], signals: Sequence[Signals]) -> Harm:
    """The subject that most different words speak for; in a tie the graver one."""
    text = " ".join(sentence.folded for sentence in sentences)
    scores = {
        harm: sum(len(set(each.harms[harm].findall(text))) for each in signals if harm in each.harms)
        for harm in Harm
    }
    best = max(Harm, key=lambda harm: (scores[harm], -list(Harm).index(harm)))
    return best if scores[best] else Harm.OTHER


def _quoted(sentences: Iterable[_Sentence]) -> tuple[str, ...]:
    distinct = dict.fromkeys(" ".join(sentence.written.split()) for sentence in sentences)
    return tuple(distinct)[:_MAX_SENTENCES]
