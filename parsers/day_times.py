"""Times of day as mails name them: in digits everywhere, and in the words of one language."""

import re
from dataclasses import dataclass
from datetime import time

from config.lexicon import ClockWords
from parsers.phrases import alternatives, compiled

_DIGITS = re.compile(
    r"(?<![\d.,:])(?:(?P<h>[01]?\d|2[0-4])\s?(?:[:.](?P<m>[0-5]\d)(?![\d.]*\d)"
    r"|(?:(?:h|uhr|gio|hod)(?![^\W\d])|[時时點点시])\s?(?P<m2>[0-5]\d)?)(?:\s?(?P<half>[ap])\.?m\b)?"
    r"|(?P<h12>1[0-2]|0?[1-9])\s?(?P<half12>[ap])\.?m\b)"
)
_HOUR = r"(?P<h>2[0-4]|1\d|0?\d)"
_MIDNIGHT = 24
_NOON = 12
_HALF_BEFORE = 20  # characters in which "in the afternoon" stands around the hour
_HALF_AFTER = 24


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
        self._named = re.compile(
            rf"{alternatives(words.at)}\s{{0,2}}{_HOUR}(?![\d]|[.:,/]\d|\s?%)" if words.at else r"(?!)(?P<h>)"
        )
        self._counted = re.compile(
            rf"(?<![\d.,:/]){_HOUR}\s?{alternatives(words.oclock, attached=True)}"
            if words.oclock
            else r"(?!)(?P<h>)"
        )
        self._noon = compiled(words.noon)
        self._afternoon = compiled(words.afternoon)

    def find(self, folded: str) -> TimeOfDay | None:
        """The first time of day in folded text."""
        first = self._in_digits(folded)
        words = self._in_words(folded)
        # "at 5" is the beginning of "at 5 p.m.", which says more.
        if words and (first is None or words.end <= first.start):
            first = words
        noon = self._noon.search(folded)
        if noon and (first is None or noon.start() <= first.start):
            end = max(noon.end(), first.end if first and first.at.hour == _NOON else 0)
            return TimeOfDay(at=time(_NOON), ends_day=False, start=noon.start(), end=end)
        return first

    def _in_digits(self, folded: str) -> TimeOfDay | None:
        match = _DIGITS.search(folded)
        if match is None:
            return None
        hour, minute = int(match["h"] or match["h12"]), int(match["m"] or match["m2"] or 0)
        half = match["half"] or match["half12"]
        if half:
            hour = hour % _NOON + (_NOON if half == "p" else 0)
        return self._time(folded, match, hour, minute)

    def _in_words(self, folded: str) -> TimeOfDay | None:
        matches = [match for form in (self._named, self._counted) if (match := form.search(folded))]
        match = min(matches, key=lambda each: each.start(), default=None)
        return self._time(folded, match, int(match["h"]), 0) if match else None

    def _time(self, folded: str, match: re.Match[str], hour: int, minute: int) -> TimeOfDay:
        around = max(0, match.start() - _HALF_BEFORE), match.end() + _HALF_AFTER
        if 0 < hour < _NOON and self._afternoon.search(folded, *around):
            hour += _NOON
        return TimeOfDay(
            at=time(hour % _MIDNIGHT, minute),
            ends_day=hour == _MIDNIGHT,
            start=match.start(),
            end=match.end(),
        )
