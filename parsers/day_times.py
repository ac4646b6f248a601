"""Times of day as mails name them: in digits everywhere, and in the words of one language."""

import re
from dataclasses import dataclass
from datetime import time

from config.lexicon import ClockWords
from parsers.phrases import alternatives, compiled

_DIGITS = re.compile(
    r"(?<![\d.,:])(?:(?P<h>[01]?\d|2[0-4])\s?(?:(?:[:.]|-(?=[03]0))(?P<m>[0-5]\d)(?![\d.]*\d)"
    r"|(?:(?:h|uhr|gio|hod)(?![^\W\d])|[時时點点시])\s?(?P<m2>[0-5]\d)?)(?:\s?(?P<half>[ap])\.?m\b)?"
    r"|(?P<h12>1[0-2]|0?[1-9])\s?(?P<half12>[ap])\.?m\b)"
)
_HOUR = r"2[0-4]|1\d|0?\d"
_HALF = 30  # minutes
_MIDNIGHT = 24
_NOON = 12
_HALF_BEFORE = 20  # characters in which "in the afternoon" stands around the hour
_HALF_AFTER = 32


@dataclass(frozen=True, kw_only=True)
class TimeOfDay:
    """A time of day in a text; 24:00 is the midnight that ends the day."""

    at: time
    ends_day: bool
    start: int
    end: int


class DayTimes:
    """Finds times of day in one language."""

    def __init__(self, words: ClockWords) -> None:
        whole = {word: int(number) for word, number in words.numbers.items() if number % 1 == 0}
        hours = {word: number for word, number in whole.items() if 1 <= number <= _MIDNIGHT}
        self._hours = hours | words.hour_names
        self._forms = tuple(map(re.compile, _word_forms(words, spelt=alternatives(self._hours))))
        self._half_behind = re.compile(rf"\s?{alternatives(words.halves, attached=True)}")
        self.noon = compiled(words.noon)
        self._afternoon = compiled(words.afternoon)

    def find(self, sentence: str, start: int = 0, end: int | None = None) -> TimeOfDay | None:
        """The first time of day in a stretch of a sentence; what stands around may put it after noon."""
        stretch = (sentence, start, len(sentence) if end is None else end)
        first = self._in_digits(*stretch)
        words = self._in_words(*stretch)
        # "at 5" is the beginning of "at 5 p.m.", which says more.
        if words and (first is None or words.end <= first.start):
            first = words
        noon = self.noon.search(*stretch)
        if noon and (first is None or noon.start() <= first.start):
            ends = max(noon.end(), first.end if first and first.at.hour == _NOON else 0)
            return TimeOfDay(at=time(_NOON), ends_day=False, start=noon.start(), end=ends)
        return first

    def _in_digits(self, folded: str, start: int, end: int) -> TimeOfDay | None:
        match = _DIGITS.search(folded, start, end)
        if match is None:
            return None
        hour, minute = int(match["h"] or match["h12"]), int(match["m"] or match["m2"] or 0)
        half = match["half"] or match["half12"]
        if half:
            hour = hour % _NOON + (_NOON if half == "p" else 0)
        return self._time(folded, match, hour, minute)

    def _in_words(self, folded: str, start: int, end: int) -> TimeOfDay | None:
        matches = [match for form in self._forms if (match := form.search(folded, start, end))]
        match = min(matches, key=lambda each: each.start(), default=None)
        if match is None:
            return None
        hour = int(match["h"]) if match["h"] else self._hours[" ".join(match["spelt"].split())]
        if match["half_to"]:
            return self._time(folded, match, (hour - 1) % _MIDNIGHT, _HALF)
        return self._time(folded, match, hour, _HALF if match["half"] else 0)

    def _time(self, folded: str, match: re.Match[str], hour: int, minute: int) -> TimeOfDay:
        around = max(0, match.start() - _HALF_BEFORE), match.end() + _HALF_AFTER
        if 0 < hour < _NOON and self._afternoon.search(folded, *around):
            hour += _NOON
        behind = None if minute else self._half_behind.match(folded, match.end())
        return TimeOfDay(
            at=time(hour % _MIDNIGHT, _HALF if behind else minute),
            ends_day=hour == _MIDNIGHT,
            start=match.start(),
            end=behind.end() if behind else match.end(),
        )


def _word_forms(words: ClockWords, *, spelt: str) -> tuple[str, ...]:
    """An hour behind "at", before "o'clock", behind "half past", by its name; `spelt` are those in words."""
    at, at_or_by = (rf"{alternatives(each)}\s{{0,2}}" for each in (words.at, (*words.at, *words.by)))
    half, no_half_to = rf"(?P<half>\s{alternatives(words.halves)})?", r"(?P<half_to>(?!))?"
    says_more = alternatives((*words.halves, *words.oclock, *words.afternoon))
    in_digits = rf"(?P<h>{_HOUR})(?!\d|[.:,/]\d|\s?%)"
    in_words = rf"(?P<spelt>{spelt})"
    ends = rf"(?=(?:\W+\w{{1,3}})?\W*$|\W*[.,;:!?)\n]|\W+{says_more})"
    oclock = alternatives(words.oclock, attached=True)
    endings = words.until_endings
    named_until = alternatives(name for name in words.hour_names if name.endswith(endings))
    bare = rf"{no_half_to}(?P<h>(?!))?"
    halved = rf"(?:(?P<half_to>{alternatives(words.half_to)})|(?P<half>{alternatives(words.half_past)}))"
    return (
        rf"{no_half_to}(?:{at}{in_digits}|{at_or_by}{in_words}{ends}){half}",
        rf"{no_half_to}(?:(?<![\d.,:/])(?P<h>{_HOUR})|{in_words}){half}\s?{oclock}",
        rf"{halved}\s(?:{in_digits}|{in_words}(?!\w))",
        rf"{bare}{at_or_by}(?P<spelt>{alternatives(words.hour_names)}){half}",
        rf"{bare}(?P<half>(?!))?(?P<spelt>{named_until})",
    )
