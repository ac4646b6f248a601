"""How time limits are said in one language: the lexicon's words, compiled."""

import re
from collections.abc import Mapping
from datetime import timedelta, timezone, tzinfo
from functools import cached_property
from zoneinfo import ZoneInfo

from config.lexicon import Lexicon
from parsers.dates import Calendar
from parsers.day_times import DayTimes
from parsers.facts import Elapsed, Limit, WorkingDays
from parsers.folding import lowered
from parsers.phrase_index import spelled_alike
from parsers.phrases import alternatives, compiled
from parsers.whose_limits import LimitWords

_HALF = 0.5
_AS_WRITTEN = frozenset({"asking_endings"})  # sought in words with their accents
_HOURS = {"minutes": 1 / 60, "hours": 1.0, "days": 24.0, "weeks": 168.0}
_WORDS_ELSEWHERE = ("est", "wet", "west")  # "c'est", "de wet"; a zone only right behind an hour
_HOUR_ENDS = re.compile(r"(?:[\dh]|[ap]\.?m\.?|noon|midnight|business)[\s(]{0,2}$")
_OFFSET = re.compile(r"(?:utc|gmt)\s?(?P<sign>[+-])(?P<hours>1[0-4]|0?\d)(?::?(?P<minutes>[0-5]\d))?")


class Grammar:
    """How time limits are said in one language."""

    def __init__(self, lexicon: Lexicon, zones: Mapping[str, str]) -> None:
        """Compile the lexicon's words; `zones` are the zone names of all languages."""
        self._joints = frozenset(map(lowered, lexicon.clocks.joints))
        lexicon = _spelled_alike(lexicon)
        words = lexicon.clocks
        self.time_zone = lexicon.time_zone
        self.calendar = Calendar(lexicon)
        self.times = DayTimes(words)
        self._numbers, self._lengths = words.numbers, words.lengths
        self._fixed = words.fixed
        self.fixed = compiled(words.fixed)
        self.spans = _span_forms(lexicon)
        self.bracketed = re.compile(_bracketed(lexicon))
        self._ordinals = words.ordinals
        self.counted_days = _counted_days(lexicon)
        self.by, self.until = compiled((*words.by, *words.extended)), compiled(words.until)
        self.until_endings = words.until_endings
        self._lexicon = lexicon
        since, number = alternatives(words.since), r"\d{1,2}(?:[.:]\d\d)?(?:\.|\s?(?:uhr|h))?\s*"
        self.since = compiled(words.since)
        self.range_begins = re.compile(rf"{since}\W{{0,2}}(?:{number})?$")
        self.close_of_business = compiled(words.close_of_business)
        self.just_past = re.compile(alternatives(words.past) + r"\W{0,3}$")
        self.is_over = re.compile(rf"\W{{1,2}}{alternatives(words.already)}")
        self._zones = {spelled_alike(name): zone for name, zone in zones.items()}
        self.zone_names = compiled(self._zones)

    @cached_property
    def granted(self) -> re.Pattern[str]:
        """The words that make a span alone a limit."""
        return compiled((*self._lexicon.clocks.granted, *self._lexicon.clocks.extended))

    def is_idle(self, folded: str) -> bool:
        """Whether a text says that it wants nothing of its reader."""
        if self._idle.search(folded):
            return True
        return bool(self._informs.search(folded)) and not self.whose.asking.search(folded)

    @cached_property
    def _idle(self) -> re.Pattern[str]:
        return compiled(self._lexicon.clocks.idle)

    @cached_property
    def _informs(self) -> re.Pattern[str]:
        return compiled(self._lexicon.clocks.informs)

    @cached_property
    def subject_line(self) -> re.Pattern[str]:
        """The words that send the reader to the subject."""
        return compiled(self._lexicon.clocks.subject_line)

    @cached_property
    def length(self) -> re.Pattern[str]:
        """A span alone, which is a limit only where something says so."""
        return re.compile(_length(self._lexicon))

    @cached_property
    def whose(self) -> LimitWords:
        """The words that say whose a limit is; few languages of a site ever need them."""
        return LimitWords(
            self._lexicon.clocks,
            standing=self._lexicon.closing.footers,
            asking=self._lexicon.urgency.asking,
            written_joints=self._joints,
        )

    @cached_property
    def lasts(self) -> re.Pattern[str]:
        """The words before a day that may be the end of what goes on."""
        return compiled(self._lexicon.clocks.lasts)

    @cached_property
    def withdrawn(self) -> re.Pattern[str]:
        """The words that take an order back."""
        return compiled(self._lexicon.clocks.withdrawn)

    @cached_property
    def drills(self) -> re.Pattern[str]:
        """The words by which a text calls itself an exercise."""
        return compiled(self._lexicon.clocks.drills)

    @cached_property
    def denied(self) -> re.Pattern[str]:
        """Words such as "not"."""
        return compiled(self._lexicon.negations)

    def span(self, match: re.Match[str]) -> Limit | None:
        """The limit that a match of one of `spans`, or of `length`, states."""
        if match["named"]:
            return Elapsed(hours=self._lengths[" ".join(match["named"].split())])
        written = match["number"]
        digits = written[:1].isdigit()
        number = float(written.replace(",", ".")) if digits else self._numbers[" ".join(written.split())]
        number = number * int(match["times"] or 1) + (_HALF if match["half"] else 0)
        if match["working_days"]:
            return WorkingDays(days=int(number))
        unit = next(unit for unit in _HOURS if match[unit])
        return Elapsed(hours=round(number * _HOURS[unit], 4)) if number else None

    def counted(self, match: re.Match[str]) -> Limit:
        """The limit that a match of one of `counted_days` states: "on the second working day"."""
        number = self._ordinals.get(match["ordinal"]) or int(re.sub(r"\D", "", match["ordinal"]) or 1)
        if match["working_days"]:
            return WorkingDays(days=number)
        return Elapsed(hours=number * _HOURS["days"])

    def fixed_hours(self, phrase: str) -> float:
        """The length of a fixed expression."""
        return self._fixed[" ".join(phrase.split())]

    def zone(self, folded: str) -> tzinfo | None:
        """The zone named in a piece of folded text."""
        offset = _OFFSET.search(folded)
        if offset:
            ahead = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
            return timezone(ahead if offset["sign"] == "+" else -ahead)
        match = self.zone_names.search(folded)
        while match and match[0] in _WORDS_ELSEWHERE and not _HOUR_ENDS.search(folded, 0, match.start()):
            match = self.zone_names.search(folded, match.end())
        name = self._zones.get(" ".join(match[0].split())) if match else None
        return ZoneInfo(name) if name else None


def _spelled_alike(lexicon: Lexicon) -> Lexicon:
    """The lexicon with the words that are needed here as texts are searched, however people spell them."""
    written = dict(lexicon.clocks)
    clocks = {name: _each_spelled_alike(words) for name, words in written.items() if name not in _AS_WRITTEN}
    footers = _each_spelled_alike(lexicon.closing.footers)
    asking = _each_spelled_alike(tuple(phrase.strip("_") for phrase in lexicon.urgency.asking))
    return lexicon.model_copy(
        update={
            "clocks": lexicon.clocks.model_copy(update=clocks),
            "closing": lexicon.closing.model_copy(update={"footers": footers}),
            "negations": _each_spelled_alike(lexicon.negations),
            "urgency": lexicon.urgency.model_copy(update={"asking": asking}),
        }
    )


def _each_spelled_alike(words: object) -> object:
    if isinstance(words, Mapping):
        return {spelled_alike(word): value for word, value in words.items()}
    return tuple(map(spelled_alike, words)) if isinstance(words, tuple) else words


def _length(lexicon: Lexicon) -> str:
    words = lexicon.clocks
    units = {
        "working_days": words.working_days,
        "minutes": words.minutes,
        "hours": words.hours,
        "weeks": words.weeks,
        "days": words.days,
    }
    unit = "|".join(f"(?P<{name}>{alternatives(phrases, attached=True)})" for name, phrases in units.items())
    times = r"(?:(?P<times>[1-9])\s?x\s?)?"
    repeated = r"(?:\s?\(\s?\w[\w -]{0,40}\))?"
    begins = r"(?<![\d.,/])(?<!\d:)"
    written = rf"(?P<number>\d{{1,3}}(?:[.,]5)?|{alternatives(words.numbers)})"
    number = rf"{times}{begins}{written}(?![\d,:]|\.\d)\)?{repeated}"
    half = rf"(?P<half>\s{{0,2}}{alternatives(words.halves, attached=True)})?"
    named = rf"(?P<named>{alternatives(words.lengths)}){repeated}"
    return rf"(?P<length>{number}[\s-]{{0,4}}(?:{unit}){half}|{named})"


def _bracketed(lexicon: Lexicon) -> str:
    """A span alone in brackets, which is a limit where something is demanded: "answer (3 days)"."""
    words = lexicon.clocks
    before = rf"(?:{alternatives((*words.within, *words.fillers))}\s{{0,4}}){{0,2}}"
    return rf"\(\s?{before}{_length(lexicon)}[^()\d]{{0,40}}\)"


def _counted_days(lexicon: Lexicon) -> tuple[re.Pattern[str], ...]:
    words = lexicon.clocks
    in_digits = r"(?<![\d.,/])\d{1,2}(?:\.|st|nd|rd|th|er?|eme|[ao])(?!\w)"
    written = rf"(?P<ordinal>{alternatives(words.ordinals)}|{in_digits})"
    unit = f"(?P<working_days>{alternatives(words.working_days)})|{alternatives(words.days)}"
    behind_unit = rf"(?P<ordinal>{alternatives(words.ordinals)})"
    days = rf"{written}\s{{0,2}}(?:{unit})", rf"(?:{unit})\s{{1,2}}{behind_unit}"
    before, behind = alternatives((*words.by, *words.within)), alternatives((*words.after, *words.until))
    return tuple(
        re.compile(form)
        for day in days
        for form in (
            rf"{before}\W{{0,3}}(?:[^\W\d]{{1,6}}\s){{0,2}}{day}",
            rf"{day}[\s,'-]{{0,4}}{behind}",
        )
    )


def _span_forms(lexicon: Lexicon) -> tuple[re.Pattern[str], ...]:
    words, span = lexicon.clocks, _length(lexicon)
    filler = rf"(?:{alternatives(words.fillers)}\s{{0,4}}){{0,2}}"
    return (
        re.compile(rf"{alternatives(words.within)}(?P<within_ends>)\W{{0,4}}{filler}{span}"),
        re.compile(rf"(?P<within_ends>){span}[\s,'-]{{0,4}}{alternatives(words.after)}"),
    )
