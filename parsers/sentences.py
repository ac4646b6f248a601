"""Where sentences begin and end, well enough to say which words stand together."""

import re
from bisect import bisect_right
from dataclasses import dataclass

MAX_CHARACTERS = 100_000  # of one text, some thirty pages; what stands further down is left to a person

QUESTION_MARKS = "?\u061f\uff1f\u037e"

_REACH = 500  # what is further from a word is not said of it, however long the sentence
_WIDE = "\u3002\uff01\uff1f"  # the full stops of Chinese and Japanese, which no space follows
_STOPS = ".!?\u061f\u06d4\u0964\u2026"
_SMALL = "a-z\u0430-\u044f\u03b1-\u03c9"
# Not after a digit (ordinals, dates) or "p.m" and not before a small letter or digit (abbreviations).
_END = re.compile(
    rf"(?<![\d{_STOPS}])(?<![AaPp]\.[Mm])[{_STOPS}]{{1,9}}[\"'\u00bb\u201d)]{{0,3}}\s+(?=[^\s{_SMALL}\d])|[{_WIDE}]\s*|;\s|\n\s*\n"
    r"|\n(?=\s{0,8}(?:[-*\u2022|]|\d{1,2}[.)]\s))"
)


@dataclass(frozen=True)
class Sentences:
    """The starts of all sentences of one text, and its end."""

    bounds: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "Sentences":
        """Divide a text, folded or not."""
        return cls((0, *(match.end() for match in _END.finditer(text)), len(text)))

    def around(self, position: int) -> tuple[int, int]:
        """Start and end of the sentence that holds this position, within a person's reach."""
        index = min(bisect_right(self.bounds, position), len(self.bounds) - 1)
        start, end = self.bounds[max(0, index - 1)], self.bounds[index]
        return max(start, position - _REACH), min(end, position + _REACH)

    def spans(self) -> list[tuple[int, int]]:
        """Start and end of every sentence that is not empty."""
        return [(a, b) for a, b in zip(self.bounds, self.bounds[1:], strict=False) if b > a]
