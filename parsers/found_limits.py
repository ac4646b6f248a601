"""Where limits stand in a text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from parsers.facts import Limit
from parsers.whose_limits import Span


@dataclass(frozen=True, kw_only=True)
class Found:
    """A limit and the words that state it."""

    start: int
    end: int
    limit: Limit

    @property
    def span(self) -> Span:
        """Where its words begin and end."""
        return self.start, self.end


def apart(found: Iterable[Found]) -> list[Found]:
    """In order of appearance; of overlapping ones the first and longest."""
    kept: list[Found] = []
    for each in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept


def last_match(pattern: re.Pattern[str], folded: str, start: int, end: int) -> re.Match[str] | None:
    """The last place between start and end where the pattern matches."""
    found = None
    for match in pattern.finditer(folded, start, end):
        found = match
    return found
