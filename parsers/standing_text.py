"""Text that stands in every mail of a sender: signatures, notices, telephone lines, warnings."""

import re
from collections.abc import Iterator

from parsers.folding import fold
from parsers.quotations import MAX_LINE, Line, Lines, next_written
from parsers.words import Words

_SIGNATURE_LINES = 25
_TAIL_LINES = 14
_SIGNATURE_WIDTH = 80
_HEAD_LINES = 12
_BANNER_LINES = 5
_DEVICE_CHARACTERS = 100
_CARD_LINES = 6
_TITLE_SHARE = 0.8
_SENTENCE_ENDS = (".", "!", "?", ":", "\uff1a", "\u3002", "\uff01", "\uff1f", "\u06d4", "\u0964")
_LINKED = re.compile(r"\d{15}|://\S{1,200}/@\w")  # what an address of content holds, and none of an office
_CONTENT = re.compile(rf"{_LINKED.pattern}|(?<![\w.@/])@\w")
_NUMBERED = re.compile(r"\W{0,4}(?:$|\S{0,20}\d)")
_NAMING = re.compile(r"://|[@\uff20]|[#\uff03](?!\d)|\d{6}|^\s?(?:[-*\u2022\u00b7]|\d{1,3}[.)])\s")

_BARE_DIVIDER = re.compile(r"\s*[-_=*]{3,}\s*")
_DELIMITER = re.compile(r"(?:--|—)\s*")
_RULED = re.compile(r"_{2,}\s*")
_TAG = re.compile(
    r"[\[(*<!\s]{1,8}ext(?:ern|erne|ernal|erno|erna)?(?:\s(?:e-?mail|mail|sender))?[\])*>!\s:]{1,8}"
)
_CONTACT = re.compile(
    r"www\.|[^\s@/]@[^\s@]+\.|\+\d[\d\s()/.-]{6,}|(?<!\w)\(?0\d?\d?\d?\)?[\s/-]\d[\d\s()/-]{5,}"
    r"|(?<!\w)(?:tel|telefon|fax|faks|phone|mobile?|e-?mail|e-?posta|gsm|t|f|m)\.?\s?:"
)


def without_standing_text(lines: Lines, words: Words) -> list[Line]:
    """The lines without standing text at either end; where it is doubtful, a line stays."""
    kept = _after_banners(list(lines), words)
    kept = _before_signature(kept, words)
    kept = _before_footer(kept, words)
    kept = [line for index, line in enumerate(kept) if not _names_device(kept, index, words)]
    return _before_contacts(kept, words)


def _after_banners(lines: list[Line], words: Words) -> list[Line]:
    """Drop the paragraphs at the very top in which a gateway warns of a sender from outside."""
    dropped: set[int] = set()
    for start, end in _paragraphs(lines[: _HEAD_LINES + _BANNER_LINES]):
        hits = [index for index in range(start, end) if _is_banner(lines[index], words)]
        if start >= _HEAD_LINES or not hits:
            break
        dropped.update(range(start, end) if end - start <= _BANNER_LINES else hits)
    kept = [line for index, line in enumerate(lines) if index not in dropped]
    return kept if any(not line.blank for line in kept) else lines


def _is_banner(line: Line, words: Words) -> bool:
    return bool(line.folded) and bool(words.banners.search(line.folded) or _TAG.fullmatch(line.folded))


def _paragraphs(lines: Lines) -> Iterator[tuple[int, int]]:
    """Start and end of every run of written lines."""
    start = None
    for index, line in enumerate(lines):
        if line.blank and start is not None:
            yield start, index
            start = None
        elif start is None and not line.blank:
            start = index
    if start is not None:
        yield start, len(lines)


def _before_signature(lines: list[Line], words: Words) -> list[Line]:
    """Cut at the first "-- " (RFC 3676, section 4.3) that a signature's length away from the end.

    A line of underscores is one only above contact details or a notice; others divide the text.
    """
    first = max(1, len(lines) - _SIGNATURE_LINES)
    for index in range(first, len(lines)):
        text = lines[index].text.strip()
        if _DELIMITER.fullmatch(text) and _names_content(lines[index:]):
            continue  # a list between dashes; no signature names content
        if _DELIMITER.fullmatch(text) or (_RULED.fullmatch(text) and _is_standing(lines[index + 1 :], words)):
            return lines[:index]
    return lines


def _names_content(lines: Lines) -> bool:
    return any(_LINKED.search(line.text[:MAX_LINE]) for line in lines)


def _is_standing(lines: Lines, words: Words) -> bool:
    return any(
        line.folded and (_CONTACT.search(line.folded) or words.footers.search(line.folded)) for line in lines
    )


def _before_footer(lines: list[Line], words: Words) -> list[Line]:
    """Cut the paragraph with a standing notice, and all below it, unless nothing would be left.

    A notice names no content: where content is named below, the words are quoted in prose.
    """
    for start, end in _paragraphs(lines):
        noticed = any(words.footers.search(fold(line.text[: 2 * MAX_LINE])) for line in lines[start:end])
        if noticed and start and any(not above.blank for above in lines[:start]):
            prose = any(_CONTENT.search(line.text[:MAX_LINE]) for line in lines[start:])
            return lines if prose else _without_heading(lines[:start])
    return lines


def _without_heading(lines: list[Line]) -> list[Line]:
    """The lines without the divider above a notice."""
    end = len(lines)
    while end and (lines[end - 1].blank or _BARE_DIVIDER.fullmatch(lines[end - 1].folded)):
        end -= 1
    return lines[:end]


def _names_device(lines: Lines, index: int, words: Words) -> bool:
    """Whether a short line above a gap is a program's own advertisement."""
    line = lines[index]
    if not line.folded or len(line.text) > _DEVICE_CHARACTERS or _CONTENT.search(line.folded):
        return False
    if not words.devices.match(line.folded):
        return False
    return index + 1 == len(lines) or lines[index + 1].blank


def _before_contacts(lines: list[Line], words: Words) -> list[Line]:
    """Cut a signature that no "-- " announces: below the name under a farewell, or the last paragraph.

    Only where it holds contact details; a name or a case number alone stays.
    """
    first = max(1, len(lines) - _TAIL_LINES)
    farewell = _farewell(lines, first, words)
    if farewell is not None:
        name = next_written(lines, farewell + 1)
        start = farewell + 1 if name is None else name + 1
    else:
        start = _last_paragraph(lines)
    tail = lines[start:]
    signed = (
        start >= first and any(_CONTACT.search(line.folded) for line in tail) and not _names_content(tail)
    )
    return _before_card(lines[:start] if signed else lines, words)


def _before_card(lines: list[Line], words: Words) -> list[Line]:
    """Cut a last paragraph that only says who the sender is: titles, office, the person in charge."""
    *_, (start, end) = [(0, 0), *_paragraphs(lines)]
    card = lines[start:end]
    if not start or end - start > _CARD_LINES or not all(_is_title(line, words) for line in card):
        return lines
    capitals = [_capitals_share(line.text) >= _TITLE_SHARE for line in card]
    in_charge = any(words.signatories.search(line.folded) for line in card)
    return lines[:start] if in_charge or (len(card) > 1 and all(capitals)) else lines


def _is_title(line: Line, words: Words) -> bool:
    """Whether a line is short, no sentence, no farewell, and names no content and no case."""
    text = line.folded.rstrip(" ,.!\u3002\u060c")
    labels = words.case_labels.finditer(line.folded)
    named = _NAMING.search(line.folded) or any(_NUMBERED.match(line.folded, label.end()) for label in labels)
    return (
        0 < len(line.text) <= _SIGNATURE_WIDTH
        and not line.folded.endswith(_SENTENCE_ENDS)
        and not named
        and not words.farewells.fullmatch(text)
    )


def _capitals_share(text: str) -> float:
    """How many of the longer words begin with a capital and go on in small letters."""
    telling = re.findall(r"[^\W\d_]{4,}", text) or re.findall(r"[^\W\d_]{2,3}", text)
    return sum(map(str.istitle, telling)) / len(telling) if telling else 0.0


def _farewell(lines: Lines, first: int, words: Words) -> int | None:
    """The last line of the tail that is only a farewell."""
    tail = range(len(lines) - 1, first - 1, -1)
    return next(
        (i for i in tail if words.farewells.fullmatch(lines[i].folded.rstrip(" ,.!\u3002\u060c"))), None
    )


def _last_paragraph(lines: Lines) -> int:
    """Where the last paragraph starts, if it has the several short lines of a signature; else the end."""
    end = len(lines)
    while end and lines[end - 1].blank:
        end -= 1
    start = end
    while start and not lines[start - 1].blank:
        start -= 1
    short = all(0 < len(line.text) <= _SIGNATURE_WIDTH for line in lines[start:end])
    return start if short and end - start > 1 else len(lines)
