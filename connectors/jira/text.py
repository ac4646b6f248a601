"""Ticket text made fit for either edition of Jira: clean, and no longer than Jira takes."""

import re
from collections.abc import Iterable, Iterator

from connectors.tickets import Block, FactTable, Paragraph, TicketText

TEXT_LIMIT = 30_000
"""Longest description or comment in UTF-16 units; Jira's own limit is 32,767; some sites refuse earlier."""
SUMMARY_LIMIT = 255
"""Jira's limit for a summary, in UTF-16 units."""

_CUT_NOTICE = "The text was cut here, because Jira takes no longer one. Mailwarden keeps the whole message."
_EMPTY_SUMMARY = "(no subject)"
_ELLIPSIS = "…"
_WHITE_SPACE = re.compile(r"\s+")

_CONTROLS = [*range(9), 11, 12, *range(14, 32), *range(127, 160)]
_BIDI_CONTROLS = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_NOT_CHARACTERS = [*range(0xD800, 0xE000), 0xFFFE, 0xFFFF]
_REMOVED = dict.fromkeys([*_CONTROLS, *_BIDI_CONTROLS, *_NOT_CHARACTERS])


def clean(text: str) -> str:
    """The text without control, bidirectional-override and non-characters; line ends become LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_REMOVED)


def one_line(text: str) -> str:
    """The text, clean, with every stretch of white space as one space."""
    return _WHITE_SPACE.sub(" ", clean(_WHITE_SPACE.sub(" ", text))).strip()


def summary(text: str) -> str:
    """The text as one line that Jira takes as a summary."""
    return shortened(one_line(text), SUMMARY_LIMIT) or _EMPTY_SUMMARY


def shortened(line: str, limit: int) -> str:
    """The line with an ellipsis at its end if it was longer than so many UTF-16 units."""
    if _units(line) <= limit:
        return line
    return _cut(line, limit - _units(_ELLIPSIS)).rstrip() + _ELLIPSIS


def fitting(text: TicketText) -> Iterator[Block]:
    """The blocks, clean, as far as they fit into `TEXT_LIMIT`; then a sentence if something was left out."""
    cleaned = [_cleaned(block) for block in text]
    if sum(_size(block) for block in cleaned) <= TEXT_LIMIT:
        yield from cleaned
        return
    room = TEXT_LIMIT - _units(_CUT_NOTICE)
    for block in cleaned:
        yield _shortened(block, room)
        room -= _size(block)
        if room <= 0:
            break
    yield Paragraph(text=_CUT_NOTICE)


def _cleaned(block: Block) -> Block:
    if isinstance(block, FactTable):
        return FactTable(rows=tuple((clean(label), clean(value)) for label, value in block.rows))
    return type(block)(text=clean(block.text))


def _shortened(block: Block, room: int) -> Block:
    if isinstance(block, FactTable):
        return FactTable(rows=tuple(_shortened_rows(block.rows, room)))
    return type(block)(text=_cut(block.text, room))


def _shortened_rows(rows: Iterable[tuple[str, str]], room: int) -> Iterator[tuple[str, str]]:
    for label, value in rows:
        room -= _units(label)
        if room <= 0:
            return
        yield label, _cut(value, room)
        room -= _units(value)


def _size(block: Block) -> int:
    if isinstance(block, FactTable):
        return sum(_units(label) + _units(value) for label, value in block.rows)
    return _units(block.text)


def _units(text: str) -> int:
    """The length as Jira counts it: in UTF-16 units, of which an emoji takes two."""
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str, units: int) -> str:
    return text.encode("utf-16-le")[: 2 * max(units, 0)].decode("utf-16-le", "ignore")
