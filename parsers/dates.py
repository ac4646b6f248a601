"""Days as mails name them, in one language."""

import re
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, timedelta

from babel import Locale
from babel.localedata import LocaleDataDict, load

from config.lexicon import Lexicon
from parsers.phrase_index import IN_WORD, spelled_alike
from parsers.phrases import alternatives, is_spaced
from parsers.solar_hijri import from_solar, next_solar

_YEARLESS_PAST = timedelta(days=60)
_MIN_NAME = 3
_SHORT_YEAR, _CENTURY = 2, 2000
_NEXT_WEEK = 18  # characters in which "next week" stands around a weekday
_DAY_ALONE = re.compile(r"(?<![\d/.:])(?:3[01]|[12]\d|0?[1-9])(?!\d)")
_GOES_ON = re.compile(r"[\d:]|[/.]\d")
_WORD_SIGN = re.compile(r"\w")
_NUMBERED_MONTH = r"(?<!\d)(?P<m>1[0-2]|0?[1-9])\s?[月월]|thang (?P<m2>1[0-2]|0?[1-9])(?!\d)"
_STANDS_ALONE = re.compile("[\u0621-\u06d3\u0904-\u0939]")  # Arabic script and Devanagari
_BESIDE = 8  # characters between a weekday and the date that explains it


@dataclass(frozen=True, kw_only=True)
class DayMention:
    """A day named in a text; `day_on` gives the date, which may depend on the day of receipt."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    days_ahead: int | None = None  # today: 0, tomorrow: 1
    weekday: int | None = None  # Monday: 0
    next_week: bool = False  # the weekday of the week to come
    ends_month: bool = False  # the last day of the month
    solar: bool = False  # by the solar Hijri calendar

    def day_on(self, received: date) -> date | None:
        """The date meant by a writer on this day; None when the calendar has no such date."""
        if self.days_ahead is not None:
            return received + timedelta(days=self.days_ahead)
        if self.weekday is not None:
            monday = received - timedelta(days=received.weekday())
            ahead = (self.weekday - received.weekday()) % 7
            day = received + timedelta(days=ahead)
            return day + timedelta(days=7) if self.next_week and day < monday + timedelta(days=7) else day
        return self._calendar_day(received)

    def _next_in_month(self, received: date) -> date | None:
        """This day of the month, or of the next one where it is over."""
        months = 12 * received.year + received.month - 1 + (self.day < received.day if self.day else 0)
        try:
            return date(months // 12, months % 12 + 1, self.day or 0)
        except ValueError:
            return None

    def _calendar_day(self, received: date) -> date | None:
        if self.ends_month:
            month, year = self.month or received.month, self.year or received.year
            last = date(year, month, monthrange(year, month)[1])
            is_next_years = self.year is None and last < received - _YEARLESS_PAST
            return date(year + 1, month, monthrange(year + 1, month)[1]) if is_next_years else last
        if self.month is None:
            return self._next_in_month(received)
        month, day = self.month, self.day or 0
        try:
            if self.solar:
                return (
                    from_solar(self.year, month, day)
                    if self.year
                    else next_solar(month, day, received=received)
                )
            if self.year is not None:
                return date(self.year, month, day)
            this_year = date(received.year, month, day)
            return (
                this_year if this_year >= received - _YEARLESS_PAST else date(received.year + 1, month, day)
            )
        except ValueError:
            return None


class Calendar:
    """Finds days by the names that the Unicode CLDR has for one language."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = lexicon.clocks
        self._months = _names("months", lexicon.language) | words.months
        self._solar_months = words.solar_months
        self._solar_forms = tuple(re.compile(form) for form in self._solar_date_forms())
        self._weekdays = _names("days", lexicon.language) | words.weekdays
        self._eras = words.eras
        self._forms = tuple(re.compile(form) for form in self._date_forms())
        self._near = (
            (0, re.compile(_standing_alone(words.today))),
            (1, re.compile(_standing_alone(words.tomorrow))),
            (2, re.compile(_standing_alone(words.day_after))),
        )
        self._day_ends = re.compile(alternatives(words.day_ends))
        self._next_week = re.compile(alternatives(words.next_week))
        self._weekday = re.compile(_whole_word(self._weekdays))
        self._month_days = tuple(
            _MonthDay(before, after)
            for before, _, after in (each.partition("#") for each in words.month_days)
        )
        self._month_ends = tuple(re.compile(form) for form in self._month_end_forms(words.month_ends))

    def _date_forms(self) -> tuple[str, ...]:
        month = rf"(?P<name>{_whole_word(self._months)})"
        era = "|".join(map(re.escape, self._eras)) or r"(?!)"
        return (
            r"(?<!\d)(?P<y>20\d\d)[-./]\s?(?P<m>\d{1,2})[-./]\s?(?P<d>\d{1,2})(?!\d)",
            r"(?<![\d/.])(?P<d>\d{1,2})\s?[./-]\s?(?P<m>\d{1,2})\s?[./-]\s?(?P<y>20\d\d)(?!\d)",
            r"(?<![\d/.:])(?P<d>\d{1,2})(?P<dot>[./])(?P<m>0?[1-9]|1[0-2])(?P=dot)(?P<y>\d\d)(?![\d/]|[.:]\d)",
            r"(?<![\d/.:])(?P<d>[12]\d|3[01]|0?[1-9])\.\s?(?P<m>0?[1-9]|1[0-2])\.(?![\d/])",
            rf"(?<!\d)(?P<d>\d{{1,2}})(?:\.|st|nd|rd|th|er|a|o|ησ?)?\s?(?:de\s|of\s|\u05d1)?{month}\.?(?:,?\s(?:de\s|del\s)?(?P<y>20\d\d))?",
            rf"{month}\.?\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d),?(?:\s(?P<y>20\d\d))?",
            r"(?P<y>20\d\d)\s?[年년]\s?(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일]",
            rf"(?P<era>{era})\s?(?P<y>\d{{1,3}})年(?P<m>\d{{1,2}})月(?P<d>\d{{1,2}})日",
            r"(?<![\d年년])(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일]",
            r"(?<!\w)ngay (?P<d>\d{1,2})[/-](?P<m>\d{1,2})(?![/\d-])",
            r"(?<!\d)(?P<d>\d{1,2}) thang (?P<m>\d{1,2})(?!\d)(?: nam (?P<y>20\d\d))?",
        )

    def _month_end_forms(self, written: Sequence[str]) -> Iterator[str]:
        """One form for all words before the month, one for all behind it, one for those without."""
        month = rf"(?:(?P<name>{_whole_word(self._months)})|{_NUMBERED_MONTH})"
        named = rf"{month}(?:\s(?:de\s|del\s)?(?P<y>20\d\d))?"
        parts = [each.partition("#") for each in written]
        before = [begins for begins, named_there, ends in parts if named_there and not ends]
        behind = [ends for begins, named_there, ends in parts if named_there and not begins]
        alone = [begins for begins, named_there, _ in parts if not named_there]
        if before:
            yield rf"{alternatives(before)}\s?{named}"
        if behind:
            yield rf"{named}\s?{alternatives(behind)}"
        if alone:
            yield alternatives(alone)
        for begins, _, ends in parts:
            if begins and ends:
                yield rf"{alternatives([begins])}\s?{named}\s?{alternatives([ends])}"

    def _solar_date_forms(self) -> tuple[str, ...]:
        if not self._solar_months:
            return ()
        month = rf"(?P<name>{_whole_word(self._solar_months)})"
        return (
            r"(?<![\d/.-])(?P<y>1[34]\d\d)[-./](?P<m>\d{1,2})[-./](?P<d>\d{1,2})(?!\d)",
            rf"(?<!\d)(?P<d>\d{{1,2}})\s?{month}(?:\s?(?:ماه)?\s?(?P<y>1[34]\d\d))?",
        )

    def mentions(self, folded: str) -> list[DayMention]:
        """Every day named in folded text, in order; of overlapping forms the fullest."""
        found = [mention for form in self._forms for mention in self._dates(form, folded)]
        found += [mention for form in self._solar_forms for mention in self._solar_dates(form, folded)]
        found += _lone_days(self._month_days, folded)
        found += [mention for form in self._month_ends for mention in self._last_days(form, folded)]
        for days, words in self._near:
            found.extend(
                DayMention(start=m.start(), end=m.end(), days_ahead=days) for m in words.finditer(folded)
            )
        found.sort(key=lambda mention: (mention.start, -mention.end))
        taken = _without_overlaps(found)
        named = sorted([*taken, *self._lone_weekdays(folded, taken)], key=lambda mention: mention.start)
        return sorted([*named, *self._ends_of(named, folded)], key=lambda mention: mention.start)

    def _ends_of(self, named: list[DayMention], folded: str) -> Iterator[DayMention]:
        """Ends of a day: of the one that stands beside them, or else of today."""
        starts = [mention.start for mention in named]
        for match in self._day_ends.finditer(folded):
            begin, end = match.span()
            behind = bisect_left(starts, begin)
            beside = [each for each in named[max(0, behind - 1) : behind] if begin - each.end <= _BESIDE]
            beside += [each for each in named[behind : behind + 1] if each.start - end <= _BESIDE]
            meant = beside[0] if beside else DayMention(start=begin, end=end, days_ahead=0)
            yield replace(meant, start=begin, end=end)

    def _dates(self, form: re.Pattern[str], folded: str) -> Iterator[DayMention]:
        for match in form.finditer(folded):
            groups = match.groupdict()
            month = self._months[groups["name"]] if groups.get("name") else int(groups["m"])
            day = int(groups["d"])
            if month > 12 >= day:  # noqa: PLR2004 - months of a year; the writer put the month first
                month, day = day, month
            year = int(groups["y"]) + self._eras.get(groups.get("era") or "", 0) if groups.get("y") else None
            if year is not None and len(groups["y"]) == _SHORT_YEAR and not groups.get("era"):
                year += _CENTURY
            yield DayMention(start=match.start(), end=match.end(), year=year, month=month, day=day)

    def _last_days(self, form: re.Pattern[str], folded: str) -> Iterator[DayMention]:
        for match in form.finditer(folded):
            said = match.groupdict()
            year = int(said["y"]) if said.get("y") else None
            number = said.get("m") or said.get("m2")
            month = self._months[said["name"]] if said.get("name") else int(number) if number else None
            yield DayMention(start=match.start(), end=match.end(), year=year, month=month, ends_month=True)

    def _solar_dates(self, form: re.Pattern[str], folded: str) -> Iterator[DayMention]:
        for match in form.finditer(folded):
            groups = match.groupdict()
            name, year = groups.get("name"), groups.get("y")
            yield DayMention(
                start=match.start(),
                end=match.end(),
                year=int(year) if year else None,
                month=self._solar_months[name] if name else int(groups["m"]),
                day=int(groups["d"]),
                solar=True,
            )

    def _lone_weekdays(self, folded: str, dates: list[DayMention]) -> Iterator[DayMention]:
        """Weekdays that no date explains: "by Friday", but not "on Friday 13 November"."""
        ends = [mention.end for mention in dates]
        for match in self._weekday.finditer(folded):
            if self._next_week.match(folded, match.start()):
                continue  # "minggu" is Sunday in Indonesian, "minggu depan" is next week
            nearest = bisect_left(ends, match.start() - _BESIDE)
            if nearest == len(dates) or dates[nearest].start - _BESIDE > match.end():
                weekday = self._weekdays[match[0]]
                around = max(0, match.start() - _NEXT_WEEK), match.end() + _NEXT_WEEK
                next_week = bool(self._next_week.search(folded, *around))
                yield DayMention(start=match.start(), end=match.end(), weekday=weekday, next_week=next_week)


def _standing_alone(phrases: Iterable[str]) -> str:
    """One expression for the phrases; short words like the Hindi "kal" stand inside many others."""
    every = tuple(phrases)
    alone = [phrase for phrase in every if _STANDS_ALONE.match(phrase)]
    others = alternatives(phrase for phrase in every if phrase not in alone)
    return rf"(?:{others}|(?<!{IN_WORD})[\u0641\u0648\u0628\u0644\u0643]?{alternatives(alone)}(?!{IN_WORD}))"


@dataclass(frozen=True)
class _MonthDay:
    """What stands around a day without its month, from the lexicon's notation."""

    before: str
    after: str

    def stands_around(self, folded: str, start: int, end: int) -> bool:
        begins, ends = start - len(self.before), end + len(self.after)
        return (
            folded.startswith(self.after, end)
            and folded.endswith(self.before, 0, start)
            and not (_is_spaced_letter(self.before[:1]) and _WORD_SIGN.match(folded[begins - 1 : begins]))
            and not (_is_spaced_letter(self.after[-1:]) and _WORD_SIGN.match(folded, ends))
            and not _GOES_ON.match(folded, ends)
        )


def _is_spaced_letter(sign: str) -> bool:
    return sign.isalpha() and is_spaced(sign)


def _lone_days(forms: Sequence[_MonthDay], folded: str) -> Iterator[DayMention]:
    for match in _DAY_ALONE.finditer(folded) if forms else ():
        if any(form.stands_around(folded, match.start(), match.end()) for form in forms):
            yield DayMention(start=match.start(), end=match.end(), day=int(match[0]))


def _names(kind: str, language: str) -> dict[str, int]:
    """Names of "days" or "months" and their numbers, in all widths that are no mere letters or digits.

    Babel writes what is looked up into what all languages share, so that Persian would learn Urdu's names:
    hence the copy.
    """
    known = LocaleDataDict({kind: deepcopy(load(str(Locale.parse(language)))[kind])})[kind]
    names: dict[str, int] = {}
    for width in ("wide", "abbreviated"):
        for context in ("format", "stand-alone"):
            for number, name in known[context][width].items():
                folded = spelled_alike(name).strip(".")
                if len(folded) >= _MIN_NAME and not any(map(str.isdigit, folded)):
                    names.setdefault(folded, number)
    return names


def _whole_word(names: dict[str, int]) -> str:
    """One expression for the names; in scripts that join particles on, they may be part of a word."""
    ordered = sorted(names, key=len, reverse=True)
    spaced = "|".join(re.escape(name) for name in ordered if is_spaced(name[0]))
    joined = "|".join(re.escape(name) for name in ordered if not is_spaced(name[0]))
    forms = [rf"(?<![^\W\d])(?:{spaced})(?!\w)" if spaced else "", joined]
    return f"(?:{'|'.join(form for form in forms if form) or '(?!)'})"


def _without_overlaps(mentions: list[DayMention]) -> list[DayMention]:
    kept: list[DayMention] = []
    for mention in mentions:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept
