"""FETCH answers (RFC 9051, section 7.5.2) of the shape that servers usually give, read at once.

imapclient's reader takes every token apart, which costs more than all else that is done to a mail.
Whatever does not have the usual shape is left to it.
"""

import re
from calendar import month_abbr
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from imapclient.response_parser import parse_fetch_response

Item = dict[bytes, Any]
"""What one FETCH answer says of a mail, by the names of the data items."""

# One literal, at the end.
_USUAL = re.compile(
    rb"\d+ \((?P<items>(?:[\w.-]+ (?:\"[^\"\\]*\"|\([^()\"]*\)|[^\s()\"]+) )*)"
    rb"(?P<body>BODY\[[^\]{}]*\](?:<\d+>)?) \{\d+\}"
)
_ITEM = re.compile(rb"([\w.-]+) (?:\"([^\"]*)\"|\(([^()]*)\)|(\S+)) ")
_DATE = re.compile(rb" ?(\d\d?)-([A-Z][a-z]{2})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_MONTHS = {name.encode(): number for number, name in enumerate(month_abbr) if name}
_NIL = b"NIL"


def read_answer(data: Sequence[Any]) -> dict[int, Item]:
    """What imaplib returns for a UID FETCH, by UID.

    Raises:
        IMAPClientError: it is no such answer.
        ValueError: a number or a date in it is none.
    """
    found: dict[int, Item] = {}
    for number, part in enumerate(data):
        if part == b")":
            continue
        usual = _USUAL.fullmatch(part[0]) if isinstance(part, tuple) else None
        if usual is None or data[number + 1 : number + 2] != [b")"]:
            return dict(parse_fetch_response(list(data), normalise_times=False))
        parts = _ITEM.findall(usual["items"])
        item: Item = {name: quoted or listed or _atom(atom) for name, quoted, listed, atom in parts}
        item[usual["body"]] = part[1]
        if b"INTERNALDATE" in item:
            item[b"INTERNALDATE"] = _instant(item[b"INTERNALDATE"])
        found.setdefault(int(item[b"UID"]), {}).update(item)
    return found


def _atom(written: bytes) -> bytes | int | None:
    if written.isdigit():
        return int(written)
    return None if written == _NIL else written


def _instant(written: bytes) -> datetime:
    date = _DATE.fullmatch(written)
    if date is None:
        raise ValueError("not an INTERNALDATE")
    day, month, year, hour, minute, second, sign, hours, minutes = date.groups()
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    zone = timezone(ahead if sign == b"+" else -ahead) if ahead else UTC
    return datetime(int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=zone)
