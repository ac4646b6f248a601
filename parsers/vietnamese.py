"""Vietnamese as its accents tell the words apart: "đang" (just now) is not "đăng" (to post).

Many mails are written without accents; in those that have them, the accents count.
"""

import re

from parsers.folding import lowered

_MARKED = re.compile("[\u00c0-\u01b0\u1ea0-\u1ef9]")
_PLAIN = re.compile("[A-Za-z]")
_PLAIN_TO_MARKED = 8  # an accented text has one letter with a mark to about three without
_TOLD_BY = 4000  # characters by which a text is known to have accents

# Where the tone of two vowels stands is a matter of taste: "hoà" and "hòa" are one word.
_TONES = {
    first + plain: marked + second
    for first, second, toned, marks in (
        ("o", "a", "\u00e0\u00e1\u1ea3\u00e3\u1ea1", "\u00f2\u00f3\u1ecf\u00f5\u1ecd"),
        ("o", "e", "\u00e8\u00e9\u1ebb\u1ebd\u1eb9", "\u00f2\u00f3\u1ecf\u00f5\u1ecd"),
        ("u", "y", "\u1ef3\u00fd\u1ef7\u1ef9\u1ef5", "\u00f9\u00fa\u1ee7\u0169\u1ee5"),
    )
    for plain, marked in zip(toned, marks, strict=True)
}
_TONED = re.compile("|".join(_TONES))


def has_accents(text: str) -> bool:
    """Whether its writer uses accents."""
    told_by = text[:_TOLD_BY]
    return len(_MARKED.findall(told_by)) * _PLAIN_TO_MARKED >= len(_PLAIN.findall(told_by))


def accented_form(text: str) -> str:
    """The text for searching words with their accents, every position kept."""
    return _TONED.sub(lambda match: _TONES[match[0]], lowered(text))
