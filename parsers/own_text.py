"""What this author newly wrote, told apart from what others wrote and from standing text.

Every step looks at each line a bounded number of times, and no expression sees a line over
400 characters: longer ones are prose. Where it is doubtful whether a line is the author's own, it
stays.
"""

import re
from dataclasses import dataclass

from parsers.folding import fold
from parsers.html_text import RULE
from parsers.words import Words

_MAX_LINE = 400
_ATTRIBUTION_LINES = 3
_ATTRIBUTION_CHARACTERS = 300
_BLOCK_LINES = 8
_LOOSE_QUOTES = 3
_SIGNATURE_LINES = 25
_TAIL_LINES = 14
_SIGNATURE_WIDTH = 80

_DATE = re.compile(
    r"\d{1,4}[./年-]\s?\d{1,2}[./月-]\s?\d{1,4}|(?:19|20)\d\d|\b\d{1,2}\.?\s+(?:de\s+)?[^\W\d_]{3,12}\b"
)
_TIME = re.compile(r"\d{1,2}\s?[:.h時시]\s?\d{2}")
_ADDRESS = re.compile(r"[^\s<>@]{1,100}@[^\s<>@]{1,100}\.[^\s<>@]{1,40}")
_LABELLED = re.compile(
    r"[>*|\s]{0,6}(?P<label>[^\W\d][^\n:\uff1a]{0,30}?)\s?\*?\s?[:\uff1a]\*?\s?(?P<value>.*)"
)
_DIVIDER = re.compile(r"\s*(?:[-_=*]{3,}[^-_=*]{0,80}[-_=*]{3,}|[-_=*]{5,})\s*")
_BARE_DIVIDER = re.compile(r"\s*[-_=*]{3,}\s*")
_DELIMITER = re.compile(r"(?:--|—|__+)\s*")
_CONTACT = re.compile(
    r"www\.|[^\s@/]@[^\s@]+\.|\+\d[\d\s()/.-]{6,}|(?<!\w)\(?0\d?\d?\d?\)?[\s/-]\d[\d\s()/-]{5,}"
    r"|(?<!\w)(?:tel|telefon|fax|faks|phone|mobile?|e-?mail|e-?posta|gsm|t|f|m)\.?\s?:"
)


@dataclass(frozen=True, kw_only=True)
class Authorship:
    """One body, divided by who wrote it."""

    own: str
    quoted: str = ""  # earlier mail that this one answers
    forwarded: str = ""  # mail of others that this one passes on


def divide(text: str, words: Words, *, replies: bool = False) -> Authorship:
    """Divide a body by author.

    Args:
        text: the shown text, LF line ends.
        words: the quoting words of all languages.
        replies: the mail has In-Reply-To, so that single quoted lines are somebody else's.
    """
    lines = [_Line.of(line) for line in text.split("\n")]
    cut = _first_cut(lines, words)
    own, quoted, forwarded = lines, list[_Line](), list[_Line]()
    if cut is not None and cut.kind == "attribution":
        rest = lines[cut.end :]
        own, quoted = _interleaved(lines[: cut.start], rest)
    elif cut is not None:
        own, rest = lines[: cut.start], lines[cut.end :]
        quoted, forwarded = ([], rest) if cut.kind == "forward" else (rest, [])
    if cut is not None or replies or sum(line.marked for line in own) >= _LOOSE_QUOTES:
        quoted = [line for line in own if line.marked] + quoted
        own = [line for line in own if not line.marked]
    kept = _without_standing_text(own, words)
    return Authorship(
        own=_joined(kept), quoted=_joined(quoted, unmark=True), forwarded=_joined(forwarded, unmark=True)
    )


@dataclass(frozen=True)
class _Line:
    text: str
    folded: str  # empty when the line is too long to be anything but prose
    marked: bool

    @classmethod
    def of(cls, text: str) -> "_Line":
        folded = fold(text.strip()) if len(text) <= _MAX_LINE else ""
        return cls(text, folded, text.lstrip().startswith(">"))

    @property
    def blank(self) -> bool:
        return not self.text.strip()


@dataclass(frozen=True, kw_only=True)
class _Cut:
    start: int
    end: int
    kind: str  # "attribution", "block" or "forward"


def _first_cut(lines: list[_Line], words: Words) -> _Cut | None:
    """Where somebody else's mail begins."""
    written = False
    for index, line in enumerate(lines):
        if line.blank or line.marked or not line.folded:
            written = written or bool(line.text.strip())
            continue
        cut = _cut_at(lines, index, words, written=written)
        if cut is not None:
            return cut
        written = True
    return None


def _cut_at(lines: list[_Line], index: int, words: Words, *, written: bool) -> _Cut | None:
    length = _attribution(lines, index, words)
    if length:
        return _Cut(start=index, end=index + length, kind="attribution")
    divider = bool(_DIVIDER.fullmatch(lines[index].folded))
    opener = _opens_forward(lines[index].folded, words, divider=divider)
    first = _next_written(lines, index + 1) if divider or opener else index
    if first is None:
        return None
    if _is_block(lines, first, words, announced=divider or opener, written=written):
        return _Cut(start=index, end=first, kind="forward" if opener else "block")
    return _Cut(start=index, end=index + 1, kind="forward") if opener else None


def _opens_forward(folded: str, words: Words, *, divider: bool) -> bool:
    """Whether this line says that a mail of somebody else follows: between dashes, or alone."""
    phrase = words.forwarded.search(folded)
    return phrase is not None and (divider or folded.startswith("--") or phrase[0] == folded.rstrip(" .:"))


def _attribution(lines: list[_Line], index: int, words: Words) -> int:
    """How many lines from here say "on … somebody wrote:", or 0."""
    if not _hints_at_writer(lines[index].folded, words):
        return 0
    collected = ""
    for length in range(1, _ATTRIBUTION_LINES + 1):
        line = lines[index + length - 1] if index + length <= len(lines) else None
        if line is None or line.marked or not line.folded:
            return 0
        collected = f"{collected} {line.folded}".strip()
        if _says_who_wrote(collected, words, followed_by_quote=_quote_follows(lines, index + length)):
            return length
    return 0


def _hints_at_writer(folded: str, words: Words) -> bool:
    return bool(_DATE.search(folded) or _ADDRESS.search(folded) or words.wrote.search(folded))


def _says_who_wrote(folded: str, words: Words, *, followed_by_quote: bool) -> bool:
    if len(folded) > _ATTRIBUTION_CHARACTERS or not folded.endswith((":", "\uff1a")):
        return False
    dated, verb = bool(_DATE.search(folded)), bool(words.wrote.search(folded))
    if _ADDRESS.search(folded) and (dated or verb):
        return verb or followed_by_quote
    return verb and (followed_by_quote or (dated and bool(_TIME.search(folded))))


def _quote_follows(lines: list[_Line], index: int) -> bool:
    following = _next_written(lines, index)
    return following is not None and lines[following].marked


def _next_written(lines: list[_Line], index: int) -> int | None:
    return next((i for i in range(index, min(index + 4, len(lines))) if not lines[i].blank), None)


def _is_block(lines: list[_Line], index: int, words: Words, *, announced: bool, written: bool) -> bool:
    """Whether a mail program's block of header fields starts here, known words or not."""
    fields = _fields(lines, index)
    if len(fields) < 2 or not (announced or written):  # noqa: PLR2004 - one labelled line is prose
        return False
    known = sum(bool(words.labels.fullmatch(label)) for label, _ in fields)
    values = " ".join(value for _, value in fields)
    addressed = bool(_ADDRESS.search(values))
    dated = bool(_DATE.search(values) and _TIME.search(values))
    if known >= 2:  # noqa: PLR2004 - the same
        return addressed or dated or announced
    return addressed and dated and len(fields) > 2 and (announced or known > 0)  # noqa: PLR2004 - the same


def _fields(lines: list[_Line], index: int) -> list[tuple[str, str]]:
    """Labels and values of the consecutive labelled lines; a value may run over one more line."""
    found: list[tuple[str, str]] = []
    strays = 0
    for line in lines[index : index + _BLOCK_LINES]:
        match = _LABELLED.fullmatch(line.folded)
        strays = 0 if match else strays + 1
        if (not found and not match) or strays > 1 or line.blank:
            break
        if match:
            found.append((match["label"].strip("* "), match["value"]))
    return found


def _interleaved(above: list[_Line], below: list[_Line]) -> tuple[list[_Line], list[_Line]]:
    """After an attribution: marked lines are the other's, unmarked ones between them are answers.

    Programs that quote without marks put everything below.
    """
    if not any(line.marked for line in below):
        return above, below
    return [*above, *(line for line in below if not line.marked)], [line for line in below if line.marked]


def _without_standing_text(lines: list[_Line], words: Words) -> list[_Line]:
    kept = _before_signature(lines)
    kept = _before_footer(kept, words)
    kept = [line for line in kept if not (line.folded and words.devices.match(line.folded))]
    return _before_contacts(kept, words)


def _before_signature(lines: list[_Line]) -> list[_Line]:
    """Cut at the last "-- " (RFC 3676, section 4.3) that a signature's length away from the end."""
    first = max(1, len(lines) - _SIGNATURE_LINES)
    for index in range(first, len(lines)):
        if _DELIMITER.fullmatch(lines[index].text.strip()):
            return lines[:index]
    return lines


def _before_footer(lines: list[_Line], words: Words) -> list[_Line]:
    """Cut the paragraph with a standing notice, and all below it, unless nothing would be left."""
    start = None
    for index, line in enumerate(lines):
        if line.blank:
            start = None
        elif start is None:
            start = index
        if start and words.footers.search(fold(line.text[: 2 * _MAX_LINE])):
            return (
                _without_divider(lines[:start]) if any(not above.blank for above in lines[:start]) else lines
            )
    return lines


def _without_divider(lines: list[_Line]) -> list[_Line]:
    end = len(lines)
    while end and (lines[end - 1].blank or _BARE_DIVIDER.fullmatch(lines[end - 1].folded)):
        end -= 1
    return lines[:end]


def _before_contacts(lines: list[_Line], words: Words) -> list[_Line]:
    """Cut a signature that no "-- " announces: below the name under a farewell, or the last paragraph.

    Only where it holds contact details; a name or a case number alone stays.
    """
    first = max(1, len(lines) - _TAIL_LINES)
    farewell = _farewell(lines, first, words)
    if farewell is not None:
        name = _next_written(lines, farewell + 1)
        start = farewell + 1 if name is None else name + 1
    else:
        start = _last_paragraph(lines)
    signed = start >= first and any(_CONTACT.search(line.folded) for line in lines[start:])
    return lines[:start] if signed else lines


def _farewell(lines: list[_Line], first: int, words: Words) -> int | None:
    """The last line of the tail that is only a farewell."""
    tail = range(len(lines) - 1, first - 1, -1)
    return next(
        (i for i in tail if words.farewells.fullmatch(lines[i].folded.rstrip(" ,.!\u3002\u060c"))), None
    )


def _last_paragraph(lines: list[_Line]) -> int:
    """Where the last paragraph starts, if it has the several short lines of a signature; else the end."""
    end = len(lines)
    while end and lines[end - 1].blank:
        end -= 1
    start = end
    while start and not lines[start - 1].blank:
        start -= 1
    short = all(0 < len(line.text) <= _SIGNATURE_WIDTH for line in lines[start:end])
    return start if short and end - start > 1 else len(lines)


def _joined(lines: list[_Line], *, unmark: bool = False) -> str:
    texts = (re.sub(r"^[> ]{1,40}", "", line.text) if unmark and line.marked else line.text for line in lines)
    return (
        re.sub(r"\n{3,}", "\n\n", "\n".join(text.rstrip() for text in texts))
        .strip()
        .removesuffix(RULE)
        .strip()
    )
