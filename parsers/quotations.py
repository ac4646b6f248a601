"""Where somebody else's mail begins in a text: attributions, blocks of header fields, dividers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from parsers.folding import fold
from parsers.words import Words

MAX_LINE = 400

_ATTRIBUTION_LINES = 3
_ATTRIBUTION_CHARACTERS = 300
_BLOCK_LINES = 9
_BLANKS = 4  # lines within which what follows belongs to what stands above
_SENDER_LINES = 10
_WRAPPED_LINE = 60
_TAIL_OF_WRAP = 40

_DATE = re.compile(
    r"\d{1,4}[./年-]\s?\d{1,2}[./月-]\s?\d{1,4}|(?<!\d)(?:19|20)\d\d(?!\d)"
    r"|\b\d{1,2}\.?\s+(?:de\s+)?[^\W\d_]{3,12}\b"
)
_TIME = re.compile(r"\d{1,2}\s?[:.h時时시]\s?\d{2}")
_ADDRESS = re.compile(r"[^\s<>@()\[\]\"':;]{1,100}@[^\s<>@()\[\]\"']{1,100}\.[^\s<>@()\[\]\"':;,]{1,40}")
# First in a header without an announcement; in forms that people fill in, an address stands alone.
_MAILBOX = re.compile(r"[^<>]{1,100}<(?:mailto:)?[^<>@\s]{1,100}@[^<>@\s]{1,100}>\s?")
_LABELLED = re.compile(
    r"[>*|\s]{0,6}(?P<label>[^\W\d][^\n:\uff1a]{0,30}?)\s?\*?\s?[:\uff1a]\*?\s?(?P<value>.*)"
)
_DIVIDER = re.compile(r"\s*(?:[-_=*]{3,}[^-_=*]{0,80}(?:-[^-_=*]{1,40})?[-_=*]{3,}|[-_=*]{5,})\s*")


class Opening(StrEnum):
    """What the place where somebody else's mail begins looks like."""

    ATTRIBUTION = "attribution"  # "on … somebody wrote:"; answers may stand below
    BLOCK = "block"  # header fields of the mail that is answered
    FORWARD = "forward"  # the same, of a mail that is passed on


@dataclass(frozen=True)
class Line:
    """One line of a text, prepared for comparing."""

    text: str
    folded: str  # empty when the line is too long to be anything but prose
    marked: bool  # begins with ">"

    @classmethod
    def of(cls, text: str) -> "Line":
        """Fold a line, unless it is too long."""
        folded = fold(text.strip()) if len(text) <= MAX_LINE else ""
        return cls(text, folded, text.lstrip().startswith(">"))

    @property
    def blank(self) -> bool:
        """Whether nothing is written in it."""
        return not self.text.strip()

    @cached_property
    def labelled(self) -> re.Match[str] | None:
        """Its label and value, as far as it looks like a field; asked for from each of the lines above it."""
        return _LABELLED.fullmatch(self.folded)


Lines = Sequence[Line]


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Where somebody else's mail begins, and where the words that announce it end."""

    start: int
    end: int
    opening: Opening


@dataclass(frozen=True, kw_only=True)
class _Announcement:
    """What a line says about the mail below it."""

    divider: bool
    forwarded: bool
    original: bool

    @property
    def made(self) -> bool:
        return self.divider or self.said

    @property
    def said(self) -> bool:
        """Whether words say it; a mere divider may stand in any text."""
        return self.forwarded or self.original


def first_cut(lines: Lines, words: Words, *, replies: bool, forwards: bool) -> Cut | None:
    """The first place where somebody else's mail begins.

    Args:
        lines: the whole text.
        words: the quoting words of all languages.
        replies: the mail's header says that it answers another.
        forwards: the mail's subject says that it passes one on.
    """
    written = False
    for index, line in enumerate(lines):
        if line.blank or line.marked or not line.folded:
            written = written or not line.blank
            continue
        cut = _attribution(lines, index, words, replies=replies) or _headed(
            lines, index, words, written=written, answers=replies, forwards=forwards
        )
        if cut is not None:
            return cut
        written = written or not _announcement(line, words).made
    return None


def next_written(lines: Lines, index: int) -> int | None:
    """The next line from here that is not blank, if it is near."""
    return next((i for i in range(index, min(index + _BLANKS, len(lines))) if not lines[i].blank), None)


def forwarded_sender(lines: Lines) -> str | None:
    """The first address in the head of a forwarded mail, which is its sender's; domain in lower case."""
    for line in lines[:_SENDER_LINES]:
        address = _ADDRESS.search(line.text[:MAX_LINE])
        if address:
            local, _, domain = address[0].removeprefix("mailto:").rpartition("@")
            return f"{local}@{domain.lower()}"
    return None


def interleaved(lines: Lines) -> tuple[list[Line], list[Line]]:
    """Answers and quotation of what follows an attribution.

    Marked lines are the other's, unmarked ones between them are answers. Programs that quote
    without marks begin so, and then everything below is the other's.
    """
    first = next_written(lines, 0)
    if first is None or not lines[first].marked:
        return [], list(lines)
    foreign = [line.marked or _is_tail_of_wrap(lines, index) for index, line in enumerate(lines)]
    answers = [line for line, other in zip(lines, foreign, strict=True) if not other]
    return answers, [line for line, other in zip(lines, foreign, strict=True) if other]


def _is_tail_of_wrap(lines: Lines, index: int) -> bool:
    """Whether a program broke a long quoted line here and forgot the mark on its rest."""
    if not 0 < index < len(lines) - 1:
        return False
    above, line, below = lines[index - 1 : index + 2]
    fits = len(above.text) >= _WRAPPED_LINE and 0 < len(line.text) <= _TAIL_OF_WRAP
    return fits and above.marked and below.marked and line.text[0].islower()


def _attribution(lines: Lines, index: int, words: Words, *, replies: bool) -> Cut | None:
    """The few lines from here that say "on … somebody wrote:".

    Without an address, and in a mail that answers nothing, it may be the author who tells so.
    """
    if not _hints_at_writer(lines[index].folded, words):
        return None
    collected = ""
    for end in range(index + 1, min(index + _ATTRIBUTION_LINES, len(lines)) + 1):
        line = lines[end - 1]
        if line.marked or not line.folded:
            return None
        collected = f"{collected} {line.folded}".strip()
        said = _says_who_wrote(collected, words, followed_by_quote=_quote_follows(lines, end))
        if said and (replies or _names_address(collected)):
            return Cut(start=_latest_start(lines, index, end, words), end=end, opening=Opening.ATTRIBUTION)
    return None


def _latest_start(lines: Lines, index: int, end: int, words: Words) -> int:
    """Where an attribution begins: an own line with a date may stand right above a complete one."""
    for start in range(end - 1, index, -1):
        rest = " ".join(line.folded for line in lines[start:end])
        if _DATE.search(rest) and (words.wrote.search(rest) or _names_address(rest)):
            return start
    return index


def _names_address(text: str) -> bool:
    return "@" in text and bool(_ADDRESS.search(text))


def _hints_at_writer(folded: str, words: Words) -> bool:
    return bool(_DATE.search(folded) or _names_address(folded) or words.wrote.search(folded))


def _says_who_wrote(folded: str, words: Words, *, followed_by_quote: bool) -> bool:
    introduces = folded.endswith((":", "\uff1a"))
    if len(folded) > _ATTRIBUTION_CHARACTERS or not (introduces or followed_by_quote):
        return False
    dated, verb = bool(_DATE.search(folded)), bool(words.wrote.search(folded))
    addressed = _names_address(folded)
    if not introduces:
        return dated and verb and addressed
    if addressed and (dated or verb):
        return verb or followed_by_quote
    return verb and (followed_by_quote or (dated and bool(_TIME.search(folded))))


def _quote_follows(lines: Lines, index: int) -> bool:
    following = next_written(lines, index)
    return following is not None and lines[following].marked


def _headed(
    lines: Lines, index: int, words: Words, *, written: bool, answers: bool, forwards: bool
) -> Cut | None:
    """A block of header fields, with or without a line that announces it, or such a line alone."""
    written = written or answers
    announcement = _announcement(lines[index], words)
    first = next_written(lines, index + 1) if announcement.made else index
    if first is None:
        return None
    passed_on = announcement.forwarded or forwards or not written
    opening = Opening.FORWARD if passed_on else Opening.BLOCK
    fields = _fields(lines, first)
    if (announcement.made or forwards or written) and _is_block(
        fields, words, announcement=announcement, passed_on=forwards, answers=answers
    ):
        return _block(lines, index, fields[-1].index + 1, opening)
    if announcement.original and (below := _attribution(lines, first, words, replies=True)):
        return Cut(start=index, end=below.end, opening=below.opening)
    alone = announcement.forwarded or (announcement.original and written)
    return Cut(start=index, end=index + 1, opening=opening) if alone else None


def _block(lines: Lines, start: int, end: int, opening: Opening) -> Cut:
    """A block above marked lines is an attribution in another shape: answers may stand below."""
    attributes = opening is Opening.BLOCK and not lines[end - 1].marked and _quote_follows(lines, end)
    return Cut(start=start, end=end, opening=Opening.ATTRIBUTION if attributes else opening)


def _announcement(line: Line, words: Words) -> _Announcement:
    """Whether a line says, between dashes or alone, that a mail of somebody else follows."""
    divider = bool(_DIVIDER.fullmatch(line.folded))
    framed = divider or line.folded.startswith("--")
    forwarded, original = (
        bool(phrases.search(line.folded) if framed else phrases.fullmatch(line.folded.strip(" .:*\uff1a")))
        for phrases in (words.forwarded, words.originals)
    )
    return _Announcement(divider=divider, forwarded=forwarded, original=original and not forwarded)


@dataclass(frozen=True, kw_only=True)
class _Field:
    index: int
    label: str
    value: str


def _is_block(
    fields: list[_Field], words: Words, *, announcement: _Announcement, passed_on: bool, answers: bool
) -> bool:
    """Whether these are a mail program's header fields, known words or not.

    Letters and forms have such lines, too: date, subject, whom it is for. They seldom have both an address
    and a time.
    """
    if len(fields) < 2:  # noqa: PLR2004 - one labelled line is prose
        return False
    said = announcement.said or passed_on
    known = sum(bool(words.labels.fullmatch(field.label)) for field in fields)
    framed = said or announcement.divider or bool(_MAILBOX.fullmatch(fields[0].value))
    if known < 2 and not framed:  # noqa: PLR2004 - the same
        return False
    values = " ".join(field.value for field in fields)
    addressed = _names_address(values)
    dated = bool(_DATE.search(values) and _TIME.search(values))
    if known > 2:  # noqa: PLR2004 - the same
        return said or (addressed and dated) or ((answers or announcement.divider) and (addressed or dated))
    if known == 2:  # noqa: PLR2004 - the same
        return said or (dated and any(_names_address(field.value) for field in fields[:2]))
    return addressed and dated and len(fields) > 2  # noqa: PLR2004 - the same


def _fields(lines: Lines, index: int) -> list[_Field]:
    """The consecutive labelled lines; a value may run over one more line."""
    found: list[_Field] = []
    strays = 0
    for position in range(index, min(index + _BLOCK_LINES, len(lines))):
        line = lines[position]
        match = line.labelled
        strays = 0 if match else strays + 1
        if (not found and not match) or strays > 1 or line.blank:
            break
        if match:
            found.append(_Field(index=position, label=match["label"].strip("* "), value=match["value"]))
    return found
