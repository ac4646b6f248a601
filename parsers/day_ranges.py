"""Which days and hours end a range and so are no limits: "log-ins from 1 to 31 October"."""

import re
from dataclasses import dataclass

from parsers.dates import DayMention
from parsers.limit_grammar import Grammar

RANGE = 18  # characters between "from" or the first day of a range and its "to"
_DASHED = re.compile(r"\d\.?\s?-\s?$")  # "1.10-15.11.2026", before its last day
_DASH_WITHIN = 8


@dataclass(frozen=True)
class Ranges:
    """The ranges of one text."""

    grammar: Grammar
    folded: str

    def end_behind_dash(self, mention: DayMention) -> bool:
        """Whether the day is joined to another one by a dash."""
        return bool(_DASHED.search(self.folded, max(0, mention.start - _DASH_WITHIN), mention.start))

    def end_with(self, by: re.Match[str], earlier: DayMention | None) -> bool:
        """Whether "by" is the "to" of a range: "from 1 to 31 October", "from 1 October to 31 October"."""
        if self.begin_before(by.start()):
            return True
        if earlier is None or not 0 <= by.start() - earlier.end <= RANGE:
            return False
        return self.begin_before(earlier.start) and "," not in self.folded[earlier.end - 1 : by.start()]

    def end_joined(self, mention: DayMention, until: re.Match[str], earlier: DayMention | None) -> bool:
        """Whether a "from" behind an hour or day makes "until" the end of a range: "15時から17時まで"."""
        if self.grammar.since.search(self.folded, mention.end, until.start()):
            return True
        if earlier is None or earlier.days_ahead is not None:
            return False
        behind = min(mention.start, earlier.end + RANGE)
        return bool(self.grammar.since.search(self.folded, earlier.end, behind))

    def begin_before(self, place: int) -> bool:
        """Whether "from", or "from" and a number, stands before this place."""
        return bool(self.grammar.range_begins.search(self.folded, max(0, place - RANGE), place))
