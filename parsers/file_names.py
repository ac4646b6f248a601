"""Names of files that strangers chose, made safe to write to a disk and to show in one line."""

import re
import unicodedata
from collections.abc import Iterable

MAX_CHARACTERS = 120
MAX_OCTETS = 240  # file systems end at 255; room is left for a number

_UNNAMED = "unnamed"
_MAX_SUFFIX = 12
_LONG = 1000  # more than any file system takes, with room for characters that are left out
_FORBIDDEN = re.compile(r'[<>:"|?*]')  # Windows; a colon also opens an alternate data stream
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])", re.IGNORECASE
)
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})  # bidi controls are Cf


def safe_name(name: str | None, *, suffix: str = "") -> str:
    """The last component of a name, without anything that a file system or a terminal would obey.

    Args:
        name: as the sender wrote it, decoded.
        suffix: for a file without a name, such as ".eml".
    """
    component = re.split(r"[/\\]", (name or "").rstrip("/\\ "))[-1]
    if len(component) > _LONG:
        component = component[: _LONG // 2] + component[-_LONG // 2 :]
    visible = "".join(_shown(character) for character in unicodedata.normalize("NFC", component))
    plain = " ".join(_FORBIDDEN.sub("_", visible).split()).strip(". ") or _UNNAMED + suffix
    return _shortened(f"_{plain}" if _RESERVED.fullmatch(plain.partition(".")[0].rstrip()) else plain)


def unique_names(names: Iterable[str]) -> tuple[str, ...]:
    """The same names; one that was there before, in any case of letters, gets a number."""
    taken: set[str] = set()
    counts: dict[str, int] = {}
    unique = []
    for name in names:
        candidate = name
        while candidate.casefold() in taken:
            counts[name] = counts.get(name, 1) + 1
            stem, suffix = split_suffix(name)
            candidate = f"{stem} ({counts[name]}){suffix}"
        taken.add(candidate.casefold())
        unique.append(candidate)
    return tuple(unique)


def split_suffix(name: str) -> tuple[str, str]:
    """A name before and from its last dot; what is longer than any file type is no suffix."""
    stem, dot, end = name.rpartition(".")
    return (stem, dot + end) if stem and len(end) <= _MAX_SUFFIX else (name, "")


def _shown(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in _UNPRINTABLE else character


def _shortened(name: str) -> str:
    stem, suffix = split_suffix(name)
    stem = stem[: MAX_CHARACTERS - len(suffix)]
    room = MAX_OCTETS - len(suffix.encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ") + suffix
