"""Whose a time limit is, and whether it binds: told by who must act in its clause.

The grammar is the same for all languages, the words are in the lexicons. A limit is somebody else's where
a third person may act by it ("the user has 15 days to object") or where the sender promises to ("we will
answer within two weeks"). It is a story where its clause tells what has happened and demands nothing.
In a sentence with several limits, a word speaks of the one that stands nearest.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from config.lexicon import ClockWords
from config.words import Phrases
from parsers.folding import fold, lowered
from parsers.phrases import alternatives, compiled
from parsers.sentences import QUESTION_MARKS

Span = tuple[int, int]
"""Start and end in a text, in characters."""

_BREAKS = re.compile(r"[,;()\u2013\u2014\u060c\u061b\u3001\uff0c\uff1b](?!\d)|\s-\s")
_MARKS = '"\u00ab\u00bb\u2018\u2019\u201a\u201c\u201d\u201e\u2039\u203a\u300a\u300b\u300c\u300d\u300e\u300f'
_OPENED = re.compile(rf"[{_MARKS}][^{_MARKS}.:]*$")
_CLOSED = re.compile(rf"[^{_MARKS}.\n]*[{_MARKS}]")
_TITLE, _REST_OF_TITLE = 14, 60  # characters of a title before and behind the span in it
_VERB_BEHIND = 20  # characters between a subject and its "must"
_WORD = re.compile(r"\w+")
_COMMAND = 6  # letters of the shortest verb that is known by its ending
_WORDS_BESIDE = 3  # in what is no more than the limit and its matter: "Answer: by Friday."
_VERB_BEFORE = 12  # characters between such a verb and its subject
_BREAK_WEIGHS = 60  # characters: a word on the other side of a comma seldom speaks of the limit


class LimitWords:
    """The words of one language that say who must act."""

    def __init__(
        self,
        words: ClockWords,
        *,
        standing: Phrases = (),
        asking: Phrases = (),
        written_joints: frozenset[str] = frozenset(),
    ) -> None:
        """Compile them.

        Args:
            words: what the language has for limits.
            standing: the words of notices below mails.
            asking: those of requests.
            written_joints: the joints with their accents.
        """
        self.asking = compiled(asking or words.duties)
        self.others, self.wishes = compiled((*words.others, *standing)), compiled(words.wishes)
        self.modals, self.asked = compiled(words.modals), compiled(words.asked)
        self.asked_is_known = bool(words.asked)
        self.keeping, self.threats = compiled(words.keeping), compiled(words.threats)
        self.bystanders, self.reported = compiled(words.bystanders), compiled(words.reported)
        self.actors, self.entitled = compiled(words.actors), compiled(words.entitled)
        self.actors_are_subjects = not words.entitled  # by a particle: "利用者は"
        self.ours, self.told = compiled(words.ours), compiled(words.told)
        self.aside = compiled(words.aside)
        self.duties, self.conditions = compiled(words.duties), compiled(words.conditions)
        self.lasting, self.said = compiled(words.lasting), compiled((*words.said, *words.aside))
        self.written_joints = written_joints
        self.joints, self.extended = compiled(words.joints), compiled(words.extended)
        self.that = re.compile(rf"\s{{0,2}}{alternatives(words.that)}")
        self.asking_endings = tuple(map(lowered, words.asking_endings))
        self.ambiguous, self.enduring = compiled(words.ambiguous), compiled(words.enduring)
        self.by, self.until_endings = compiled(words.by), words.until_endings
        wanting = (words.asks, words.duties, words.wishes, words.conditions, words.extended)
        self.wanting = compiled(chain.from_iterable(wanting))


@dataclass(frozen=True, kw_only=True)
class LimitInSentence:
    """One limit with its sentence, and the other limits in it."""

    words: LimitWords
    folded: str  # the whole text
    lowered: str  # the same with its accents
    sentence: Span
    limit: Span
    rivals: Sequence[Span]  # the limits before and after it in the sentence

    def is_foreign(self) -> bool:
        """Whether somebody else must or may act by it, or says so."""
        if self._says(self.words.reported):
            return True
        return self._is_for_others() or self._third_person_acts() or self._sender_acts()

    def _is_for_others(self) -> bool:
        """Whether its sentence speaks of appeals and the like, and not as the sender's threat."""
        return not self.words.threats.search(self.folded, *self.sentence) and self._nearest_is(
            self.words.others
        )

    def is_story(self, *, of_a_span: bool) -> bool:
        """Whether its clause tells what has happened or is so anyway, demands nothing and supposes nothing.

        A day or hour may well be a limit beside what has happened.
        """
        told = self._says(self.words.aside) or (of_a_span and self._says(self.words.told))
        return told and not self._says(self.words.duties) and not self._says(self.words.conditions)

    def is_storage(self) -> bool:
        """Whether its clause says how long something is to be kept."""
        return self._says(self.words.keeping)

    def only_lasts(self) -> bool:
        """Whether it tells how long something is so, or when it takes place, rather than by when to act.

        "Do" is both "by" and "until": what asks for nothing means the latter, unless it is no sentence
        but little more than the limit.
        """
        if self._says(self.words.enduring):
            return True
        return self._is_ambiguous() and not self._is_asked() and not self._is_all()

    def _is_asked(self) -> bool:
        """Whether the sentence asks for something or for anything at all."""
        first, last = self.sentence
        if self.words.wanting.search(self.folded, first, last):
            return True
        written = self.lowered[first:last]
        if any(mark in written for mark in QUESTION_MARKS):
            return True
        words = _WORD.findall(written)
        return any(word.endswith(self.words.asking_endings) for word in words if len(word) >= _COMMAND)

    def _is_all(self) -> bool:
        """Whether there is no sentence, but little more than the limit."""
        first, last = self.sentence
        beside = self.folded[first : self.limit[0]], self.folded[self.limit[1] : last]
        return sum(len(_WORD.findall(text)) for text in beside) <= _WORDS_BESIDE

    def _is_ambiguous(self) -> bool:
        """Whether the first word that makes it a limit also means "until": it may stand behind the day."""
        start, end = self.limit
        by = self.words.by.search(self.folded, start, end)
        if self.words.ambiguous.match(self.folded, start) or (
            by and self.words.ambiguous.match(self.folded, by.start())
        ):
            return True
        ends = self.folded[start:end].endswith(self.words.until_endings)
        return ends and not self.words.by.match(self.folded, start)

    def is_quoted(self) -> bool:
        """Whether it is told in somebody's words or opens a title, and the clause demands nothing."""
        return (self._is_title() or self._is_said()) and not self._says(self.words.duties)

    def _is_said(self) -> bool:
        """Whether it stands between quotation marks, in a sentence that tells who said so."""
        opened = sum(mark in _MARKS for mark in self.folded[self.sentence[0] : self.limit[0]]) % 2
        return bool(opened and self.words.said.search(self.folded, *self.sentence))

    def _is_title(self) -> bool:
        start, end = self.limit
        opened = _OPENED.search(self.folded, max(0, start - _TITLE), start)
        closed = _CLOSED.match(self.folded, end, end + _REST_OF_TITLE)
        return bool(opened and closed)

    def is_wish(self) -> bool:
        """Whether the sender only asks for it without obligation."""
        return self._nearest_is(self.words.wishes)

    def asks(self) -> bool:
        """Whether its clause asks for something."""
        return self._says(self.words.asking)

    def extends(self) -> bool:
        """Whether the sender moves an earlier limit to this one."""
        return self._nearest_is(self.words.extended)

    def _third_person_acts(self) -> bool:
        if self.words.actors_are_subjects:
            joints = self.words.joints.finditer(self.folded, self.sentence[0], self.limit[0])
            begin = max((joint.end() for joint in joints), default=self.sentence[0])
            return bool(self.words.actors.search(self.folded, begin, self.limit[0]))
        first, last = self._clause
        if self._others_must():
            return True
        if any(
            self.words.duties.search(self.folded, bystander.end(), bystander.end() + _VERB_BEHIND)
            for bystander in self.words.bystanders.finditer(self.folded, first, last)
        ):
            return True
        actor = self.words.actors.search(self.folded, first, last)
        if actor is None or self._demands(self.words.entitled):
            return False
        # Some languages begin with the verb: "يحق للمستخدم".
        begin = max(first, actor.start() - _VERB_BEFORE)
        return bool(self.words.entitled.search(self.folded, begin, last))

    def _others_must(self) -> bool:
        """Whether a "must" is all that its clause demands, and nothing there is asked of a platform."""
        return (
            self.words.asked_is_known
            and self._says(self.words.modals)
            and not self._says(self.words.asked)
            and not self._demands(self.words.modals)
        )

    def _sender_acts(self) -> bool:
        return (
            self._says(self.words.ours)
            and not self._says(self.words.conditions)
            and not self._demands(self.words.ours)
        )

    def _demands(self, besides: re.Pattern[str]) -> bool:
        """Whether the clause demands something by other words than these."""
        first, last = self._clause
        said = [match.span() for match in besides.finditer(self.folded, first, last)]
        duties = (match.span() for match in self.words.duties.finditer(self.folded, first, last))
        return any(not any(_overlap(duty, each) for each in said) for duty in duties)

    def _says(self, pattern: re.Pattern[str]) -> bool:
        return bool(pattern.search(self.folded, *self._clause))

    @cached_property
    def _clause(self) -> Span:
        """The stretch around the limit up to the next comma or conjunction on each side.

        A limit alone between two of them belongs to what stands before: "is open for a week, till Friday".
        """
        first, last = self.sentence
        breaks = self._breaks(first, last)
        left = sorted((end for _, end in breaks if end <= self.limit[0]), reverse=True)
        end = min((start for start, _ in breaks if start >= self.limit[1]), default=last)
        begin, further = [*left, first, first][:2]
        alone = not _WORD.search(self.folded, begin, self.limit[0]) and not _WORD.search(
            self.folded, self.limit[1], end
        )
        return further if alone else begin, end

    def _breaks(self, first: int, last: int) -> list[Span]:
        breaks = [match.span() for match in _BREAKS.finditer(self.folded, first, last)]
        joints = (match.span() for match in self.words.joints.finditer(self.folded, first, last))
        found = [*breaks, *(joint for joint in joints if self._is_joint(*joint))]
        return [(start, end) for start, end in found if not self.words.that.match(self.folded, end)]

    def _is_joint(self, start: int, end: int) -> bool:
        """Whether it is written like one: Italian "e" joins, "è" is a verb."""
        written = self.lowered[start:end]
        return fold(written) == written or written in self.words.written_joints

    def _nearest_is(self, pattern: re.Pattern[str]) -> bool:
        """Whether one of the words stands in the sentence and no other limit is nearer to it."""
        hits = (match.span() for match in pattern.finditer(self.folded, *self.sentence))
        return any(
            all(self._distance(hit, self.limit) <= self._distance(hit, rival) for rival in self.rivals)
            for hit in hits
        )

    def _distance(self, hit: Span, limit: Span) -> int:
        between = (hit[1], limit[0]) if hit[1] <= limit[0] else (limit[1], hit[0])
        if between[0] >= between[1]:
            return 0
        return between[1] - between[0] + _BREAK_WEIGHS * len(self._breaks(*between))


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
