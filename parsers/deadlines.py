"""Time limits that a mail states in its own words.

One small grammar for all languages; the words are in the lexicons. It knows four forms: a span
("within 24 hours"), one that is added ("the deadline is extended by 48 hours"), a fixed expression
("within the hour"), and a day with or without a time ("by 17:00 on Friday 13 November"). Limits of
somebody else, spans that are over and ages are not clocks.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import cached_property

from parsers.dates import DayMention
from parsers.day_ranges import RANGE, Ranges
from parsers.day_times import TimeOfDay
from parsers.facts import Elapsed, Limit, StatedClock, Until
from parsers.found_limits import Found, apart, last_match
from parsers.limit_grammar import Grammar
from parsers.phrases import is_spaced
from parsers.searched_text import SearchedText
from parsers.sentences import Sentences
from parsers.whose_limits import LimitInSentence, Span

_BEFORE = 45  # characters in which a word like "by" stands before its day
_AFTER = 50
_TIME_AFTER = 28
# Between "by" and its day; what ends a sentence is no abbreviation.
_LINKED = r"(?:[^\s,]*[^\s,.!?]|[^\s,]{1,4}\.)"
_LINKING = re.compile(rf"\W{{0,2}}(?:{_LINKED}[^\S\n]+){{0,6}}(?:{_LINKED},?)?\s?")
_ZONE_AFTER = 60
_JUST_AFTER = 8  # characters between "by" and an hour that belongs to it
_GRANTED_WITHIN = 40  # characters between "we give you" or "extended" and how much
_JOINED_WITHIN = 10  # characters between a day, or its hour, and the postposition that makes it a limit
_PAUSE = re.compile(r"[,;:\u060c\u061b\u3001\uff0c]")
_DIGIT = re.compile(r"\d")
_REACH = 600  # characters to either side of a limit, within its sentence
_MOST_LIMITS = 100  # of one text, where an order sets a handful; what stands further down is left to a person
_STILL_MEANT = timedelta(days=3)  # a limit that ran out longer ago is a story
_CLOSE_OF_BUSINESS = time(17, 0)
_END_OF_DAY = time(23, 59, 59)


def find_clocks(
    text: str,
    *,
    grammars: Sequence[Grammar],
    received_at: datetime,
    zone: tzinfo = UTC,
    source: str = "own text",
    bare: bool = False,
) -> tuple[StatedClock, ...]:
    """Every limit that the text sets its reader, in order of appearance.

    Args:
        text: the author's own words; only the beginning is looked at.
        grammars: the languages to look for.
        received_at: relative days ("tomorrow") count from here.
        zone: taken where the text names none, and then marked as assumed.
        source: where the text is from, for the clock's own `source`.
        bare: whether a span or day alone is a limit, as in a subject that is said to set one.
    """
    searched = SearchedText.of(text)
    readings = [_Reading(grammar, searched, received_at, zone, bare) for grammar in grammars]
    limits = [limit for reading in readings for limit in reading.limits()]
    if not limits:
        return ()
    is_drill = any(reading.calls_itself_drill() for reading in readings)
    is_idle = any(reading.grammar.is_idle(searched.folded) for reading in readings)
    clocks: dict[Limit, StatedClock] = {}
    for found, placed in limits:
        if found.limit not in clocks and not (is_idle and (is_drill or not placed.asks())):
            clocks[found.limit] = StatedClock(
                limit=found.limit,
                phrase=searched.phrase(found.start, found.end),
                position=searched.written_at(found.start),
                binding=not placed.is_wish() and not is_drill,
                source=source,
                extends=placed.extends(),
            )
    return tuple(sorted(clocks.values(), key=lambda clock: clock.position))


@dataclass(frozen=True)
class _Reading:
    """One text read with one grammar."""

    grammar: Grammar
    text: SearchedText
    received_at: datetime
    zone: tzinfo
    bare: bool

    @property
    def folded(self) -> str:
        """The text as it is searched."""
        return self.text.folded

    @property
    def sentences(self) -> Sentences:
        """Its sentences."""
        return self.text.sentences

    @cached_property
    def mentions(self) -> list[DayMention]:
        """Every day that the text names."""
        return self.grammar.calendar.mentions(self.folded)

    @cached_property
    def _ranges(self) -> Ranges:
        return Ranges(self.grammar, self.folded)

    def calls_itself_drill(self) -> bool:
        """Whether the text says of itself that it is one; "this is no drill" says the opposite."""
        for match in self.grammar.drills.finditer(self.folded):
            sentence = self.sentences.around(match.start())
            if not self.grammar.denied.search(self.folded, *sentence):
                return True
        return False

    def limits(self) -> Iterator[tuple[Found, LimitInSentence]]:
        """Those that are the reader's, each with the sentence that it stands in."""
        candidates = self._candidates()[:_MOST_LIMITS]
        for number, each in enumerate(candidates):
            first, last = self._around(each)
            beside = (*candidates[max(0, number - 1) : number], *candidates[number + 1 : number + 2])
            placed = LimitInSentence(
                words=self.grammar.whose,
                folded=self.folded,
                lowered=self.text.lowered,
                sentence=(first, last),
                limit=each.span,
                rivals=[other.span for other in beside if first <= other.start < last],
            )
            is_span = isinstance(each.limit, Elapsed)
            told = placed.is_story(of_a_span=is_span) or (not is_span and placed.is_storage())
            if not (told or placed.is_foreign() or placed.only_lasts() or placed.is_quoted()):
                yield each, placed

    def _around(self, each: Found) -> Span:
        """Its sentence, no more of it than a reader keeps in mind."""
        first, last = self.sentences.around(each.start)
        return max(first, each.start - _REACH), min(last, each.end + _REACH)

    def _candidates(self) -> list[Found]:
        """The limits, of overlapping ones the first and longest; a lone hour gives way to all others.

        "No later than 4 hours" is no time of day.
        """
        kept = apart(
            [*self._counted_days(), *self._spans(), *self._lone_spans(), *self._fixed(), *self._days()]
        )
        starts = [each.start for each in kept]
        hours = [
            each
            for each in (*self._hours(), *self._hours_before_until())
            if not any(other.end > each.start for other in kept[: bisect_left(starts, each.end)][-1:])
        ]
        return apart([*kept, *hours]) or apart(self._endings())

    def _spans(self) -> Iterator[Found]:
        for form in self.grammar.spans:
            for match in form.finditer(self.folded):
                if not self._goes_on(match.start(), match.start("within_ends")):
                    yield from self._span(match)

    def _span(self, match: re.Match[str], *, lasts: bool = False) -> Iterator[Found]:
        """The limit that a match states, unless it is over or only a length of time.

        An extension may well be a length: "extended for 48 hours".
        """
        limit, start = self.grammar.span(match), match.start("length")
        is_length = not lasts and self.grammar.just_past.search(self.folded, max(0, start - 16), start)
        if limit and not is_length and not self.grammar.is_over.match(self.folded, match.end()):
            yield Found(start=match.start(), end=match.end(), limit=limit)

    def _lone_spans(self) -> Iterator[Found]:
        """Spans without a word like "within": beside words that grant or extend, and in brackets.

        By how much a limit is extended counts from now on, since the old one may be in another mail.
        """
        for match in self.grammar.bracketed.finditer(self.folded):
            if self.grammar.whose.duties.search(self.folded, *self.sentences.around(match.start())):
                yield from self._span(match)
        for granted in self.grammar.granted.finditer(self.folded):
            first, last = self.sentences.around(granted.start())
            first = max(first, granted.start() - _GRANTED_WITHIN)
            last = min(last, granted.end() + _GRANTED_WITHIN)
            for match in self.grammar.length.finditer(self.folded, first, last):
                is_extended = bool(self.grammar.whose.extended.fullmatch(granted[0]))
                if is_extended or not self._is_hour(match):
                    yield from self._span(match, lasts=is_extended)
        if self.bare:
            for match in self.grammar.length.finditer(self.folded):
                yield from self._span(match)

    def _is_hour(self, length: re.Match[str]) -> bool:
        """Whether "18 heures" is no span: "jusqu'à 18 heures"."""
        by = last_match(self.grammar.by, self.folded, max(0, length.start() - RANGE), length.start())
        return by is not None and not self.folded[by.end() : length.start()].strip()

    def _counted_days(self) -> Iterator[Found]:
        for form in self.grammar.counted_days:
            for match in form.finditer(self.folded):
                yield Found(start=match.start(), end=match.end(), limit=self.grammar.counted(match))

    def _fixed(self) -> Iterator[Found]:
        for match in self.grammar.fixed.finditer(self.folded):
            hours = self.grammar.fixed_hours(match[0])
            yield Found(start=match.start(), end=match.end(), limit=Elapsed(hours=hours))

    def _days(self) -> Iterator[Found]:
        for earlier, mention in zip((None, *self.mentions), self.mentions, strict=False):
            found = self._day(mention, earlier)
            if found is not None:
                yield found

    def _hours(self) -> Iterator[Found]:
        """Limits at an hour of a day that is not named: "by 18:00"."""
        named = [mention.start for mention in self.mentions]
        for by in self.grammar.by.finditer(self.folded):
            first, last = self.sentences.around(by.start())
            timed = self._time_in((by.start(), by.end() + _TIME_AFTER), (first, last))
            if (
                timed is None
                or first + timed.start > by.end() + _JUST_AFTER
                or self._ranges.begin_before(by.start())
                or bisect_left(named, first) < bisect_left(named, last)
            ):
                continue
            end = first + timed.end
            if self._is_in_passing(by.start(), end):
                continue
            wider = self.folded[by.start() : min(last, end + _ZONE_AFTER)]
            yield Found(start=by.start(), end=end, limit=self._next(timed, around=wider))

    def _is_in_passing(self, start: int, end: int) -> bool:
        """Whether an hour stands in brackets where nothing is demanded: "(control room, until 23:00)"."""
        first, last = self.sentences.around(start)
        opened = self.folded.rfind("(", first, start) > self.folded.rfind(")", first, start)
        closed = ")" in self.folded[end : end + _JUST_AFTER]
        return opened and closed and not self.grammar.whose.duties.search(self.folded, first, last)

    def _hours_before_until(self) -> Iterator[Found]:
        """The same in languages that put "by" behind, where the sentence demands something: "18時までに"."""
        named = [mention.start for mention in self.mentions]
        for until in self.grammar.until.finditer(self.folded):
            first, last = self.sentences.around(until.start())
            if bisect_left(named, first) < bisect_left(named, last):
                continue
            begin = max(first, until.start() - _TIME_AFTER)
            before = self.folded[begin : until.end()]  # the hour's own word may say "until"
            timed = self.grammar.times.find(before)
            if (
                timed
                and until.start() - begin - timed.end <= _JUST_AFTER
                and not _DIGIT.search(before[: timed.start] + before[timed.end :])  # "from 9 to 17"
                and self._demands(first, last)
            ):
                wider = self.folded[begin : min(last, until.end() + _ZONE_AFTER)]
                start = begin + timed.start
                limit = self._next(timed, around=wider)
                yield Found(start=start, end=until.end(), limit=limit)

    def _demands(self, first: int, last: int) -> bool:
        """Whether something is demanded there, or time given for it."""
        words = self.grammar.whose.duties, self.grammar.granted
        return any(pattern.search(self.folded, first, last) for pattern in words)

    def _next(self, timed: TimeOfDay, *, around: str) -> Until:
        """The next instant at this time of day."""
        named = self.grammar.zone(around)
        received = self.received_at.astimezone(named or self.zone)
        at = datetime.combine(
            received.date() + timedelta(days=timed.ends_day), timed.at, tzinfo=received.tzinfo
        )
        return Until(at=at if at > received else at + timedelta(days=1), zone_assumed=named is None)

    def _day(self, mention: DayMention, earlier: DayMention | None) -> Found | None:
        """The limit at this day, if words around it make it one; `earlier` is the last day before it."""
        first, last = self.sentences.around(mention.start)
        by = self._by(mention, first)
        if self._ranges.end_behind_dash(mention) or (by and self._ranges.end_with(by, earlier)):
            return None
        by = None if by and self._goes_on(*by.span()) else by
        until = self._until_behind(mention, (first, last))
        if by is None and until and self._ranges.end_joined(mention, until, earlier):
            return None
        named_until = self.folded[mention.start : mention.end].endswith(self.grammar.until_endings)
        if not (by or until or named_until or self.bare or self._by_time(mention, last)):
            return None
        start = by.start() if by else mention.start
        begin = by.start() if by else max(first, mention.start - _BEFORE)
        limit, end = self._until(mention, begin=begin, start=start, sentence=(first, last))
        end = max(until.end(), end) if until else end
        return Found(start=start, end=end, limit=limit) if limit else None

    def _endings(self) -> Iterator[Found]:
        """The instants at which something is to be over, in a text without another limit."""
        for mention in self.mentions:
            found = self._ending(mention, self.sentences.around(mention.start))
            if found is not None:
                yield found

    def _ending(self, mention: DayMention, sentence: Span) -> Found | None:
        """One of them: "if it is still online tomorrow at noon, …"."""
        whose, place = self.grammar.whose, (self.folded, *sentence)
        if not whose.lasting.search(*place):
            return None
        if not whose.conditions.search(*place) and not whose.duties.search(*place):
            return None
        begin = max(sentence[0], mention.start - _TIME_AFTER)
        limit, end = self._until(mention, begin=begin, start=mention.start, sentence=sentence)
        if limit is None or limit.at <= self.received_at:
            return None
        is_named = end > mention.end or mention.day_on(limit.at.date()) != self.received_at.date()
        return Found(start=mention.start, end=end, limit=limit) if is_named else None

    def _until_behind(self, mention: DayMention, sentence: Span) -> re.Match[str] | None:
        """The first "until" behind the day that belongs to it."""
        words = self.grammar.until.finditer(
            self.folded, mention.start, min(sentence[1], mention.end + _AFTER)
        )
        return next((until for until in words if self._belongs(until, mention, sentence)), None)

    def _belongs(self, until: re.Match[str], mention: DayMention, sentence: Span) -> bool:
        """Whether nothing but the rest of the day and its hour stands between the day and an "until".

        A postposition is joined on; elsewhere such a word has a place of its own.
        """
        if is_spaced(self.folded[until.start()]):
            return True
        end = mention.end
        timed = self._time_in((mention.end, until.start()), sentence)
        if timed and sentence[0] + timed.start - mention.end <= _JOINED_WITHIN:
            end = sentence[0] + timed.end
        further = (each.end for each in self.mentions if end <= each.start and each.end <= until.start())
        end = max(further, default=end)
        between = self.grammar.close_of_business.sub("", self.folded[end : until.start()])
        return len(between) <= _JOINED_WITHIN and not _PAUSE.search(between)

    def _by(self, mention: DayMention, first: int) -> re.Match[str] | None:
        """The last "by" before the day that belongs to it: no clause and few words stand between."""
        by = last_match(self.grammar.by, self.folded, max(first, mention.start - _BEFORE), mention.start)
        return by if by and _LINKING.fullmatch(self.folded, by.end(), mention.start) else None

    def _goes_on(self, start: int, end: int) -> bool:
        """Whether "until" or "in" there tells what goes on or comes: nothing is demanded or supposed."""
        first, last = self.sentences.around(start)
        whose = self.grammar.whose
        asked = whose.conditions, whose.wishes, whose.asking, whose.lasting, whose.threats
        return (
            bool(self.grammar.lasts.fullmatch(self.folded, start, end))
            and not self._demands(first, last)
            and not any(words.search(self.folded, first, last) for words in asked)
        )

    def _by_time(self, mention: DayMention, last: int) -> bool:
        """Whether the day goes before: "today by 17:00", "today by close of business"."""
        after = self.folded[mention.end : min(last, mention.end + _TIME_AFTER)]
        times = (self.grammar.times.find(after), self.grammar.close_of_business.search(after))
        ends = (timed.end if isinstance(timed, TimeOfDay) else timed.end() for timed in times if timed)
        found = (last_match(self.grammar.by, after, 0, end) for end in ends)
        return any(by and not self._ranges.begin_before(mention.end + by.start()) for by in found)

    def _until(
        self, mention: DayMention, *, begin: int, start: int, sentence: Span
    ) -> tuple[Until | None, int]:
        """The end of the day, or the hour that stands behind it or from `begin` on before it.

        Also where the words of the day and hour end; what names the zone stands behind `start`.
        """
        around = self.folded[start : min(sentence[1], mention.end + _ZONE_AFTER)]
        named = self.grammar.zone(around)
        zone = named or self.zone
        day = mention.day_on(self.received_at.astimezone(zone).date())
        if day is None:
            return None, mention.end
        # "Freitagmittag" is day and hour in one.
        in_one = self.grammar.times.noon.search(self.folded, mention.start, mention.end)
        begin_behind = in_one.start() if in_one else mention.end
        behind = self._time_in((begin_behind, mention.end + _TIME_AFTER), sentence)
        timed = behind or self._time_in((begin, mention.start), sentence)
        if timed:
            of_day, next_day = timed.at, timed.ends_day
        else:
            closing = self.grammar.close_of_business.search(around)
            of_day, next_day = _CLOSE_OF_BUSINESS if closing else _END_OF_DAY, False
        at = datetime.combine(day + timedelta(days=next_day), of_day, tzinfo=zone)
        limit = Until(at=at, zone_assumed=named is None) if at > self.received_at - _STILL_MEANT else None
        return limit, sentence[0] + behind.end if behind else mention.end

    def _time_in(self, stretch: Span, sentence: Span) -> TimeOfDay | None:
        first, last = sentence
        return self.grammar.times.find(
            self.folded[first:last], max(0, stretch[0] - first), min(last, stretch[1]) - first
        )
