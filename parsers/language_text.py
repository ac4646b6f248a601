"""What of a text tells its language: a sample of it, in parts, as lower-case words."""

import re
import unicodedata
from collections.abc import Iterator

STACKED = "\u1ec3"
"""Stands for every letter of Vietnamese with two marks, as in langdetect's profiles."""

# Enough for a sure answer. Whoever writes in two languages writes the second below the first.
_OPENING = 900
_LATER = 300
_FURTHEST = 20_000

# Addresses, names of accounts and numbers, also where a script without blanks goes on behind them.
_ASCII = re.compile("[!-~]+")
_NO_WORD = re.compile(r"[0-9@#_]|://|www\.|[a-z]\.[a-z]+/")
_PARTS = re.compile(r"\n+|(?<=[.!?;:\u061f\u06d4\u0964])\s+|(?<=[\u3002\uff01\uff1f])")
# Latin letters, or others: Japanese puts the two together without a blank. The vowel signs of Devanagari,
# which are no letters, belong to the letter before.
_LATIN = r"a-z\u00df-\u02af\u1e00-\u1eff"
_OTHER = rf"[^\W\d_{_LATIN}]"
_WORD = re.compile(
    rf"[{_LATIN}][{_LATIN}\u0300-\u036f]*"
    rf"|{_OTHER}(?:{_OTHER}|[\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0962\u0963])*"
)
_CAPITAL = "A-ZÇĞİÖŞÜƏ"
_DOTLESS_CAPITAL = re.compile(rf"(?<=[{_CAPITAL}])I|I(?=[{_CAPITAL}])")
_TURKISH = frozenset("\u0130\u0131Ğğ")
# As the profiles have them; the vowel marks of Arabic are hardly ever written.
_AS_IN_PROFILES = str.maketrans(
    {
        **{chr(code): STACKED for code in range(0x1EA0, 0x1F00)},
        **{chr(code): None for code in range(0x064B, 0x0653)},
        "\u0219": "\u015f",
        "\u021b": "\u0163",
    }
)

_CYRILLIC_PAIRS = {"lj": "\u0459", "nj": "\u045a", "dž": "\u045f"}
_CYRILLIC = str.maketrans(
    "abvgdđežzijklmnoprstćufhcčš",
    "\u0430\u0431\u0432\u0433\u0434\u0452\u0435\u0436\u0437\u0438\u0458\u043a\u043b\u043c\u043d\u043e\u043f"
    "\u0440\u0441\u0442\u045b\u0443\u0444\u0445\u0446\u0447\u0448",
)


def divided(text: str) -> list[list[str]]:
    """The words of each line or sentence of a sample of the text, as far as they can tell a language.

    The sample is the text's first 900 characters and, of a longer one, 300 from the middle and
    the end each; what comes after 20,000 characters is not looked at.
    """
    sample = unicodedata.normalize("NFKC", "\n".join(_sample(text[:_FURTHEST])))
    split = _PARTS.split(_lowered(_ASCII.sub(_word_or_blank, sample)))
    return [words for part in split if (words := _WORD.findall(part.translate(_AS_IN_PROFILES)))]


def as_written(word: str) -> str:
    """A listed word in the form in which `divided` gives the words of a text."""
    return unicodedata.normalize("NFKC", word).lower().translate(_AS_IN_PROFILES)


def _sample(text: str) -> Iterator[str]:
    if len(text) <= _OPENING + 2 * _LATER:
        yield text
        return
    middle = max((len(text) - _LATER) // 2, _OPENING)
    end = max(len(text) - _LATER, middle + _LATER)
    for start, stop in ((0, _OPENING), (middle, middle + _LATER), (end, len(text))):
        yield text[start:stop]


def _word_or_blank(match: re.Match[str]) -> str:
    return " " if _NO_WORD.search(match[0]) else match[0]


def _lowered(text: str) -> str:
    """Lower case; among Turkish capitals the I is the one without a dot."""
    if not _TURKISH.isdisjoint(text):
        text = _DOTLESS_CAPITAL.sub("\u0131", text).replace("\u0130", "i")
    return text.lower()


def in_cyrillic(text: str) -> str:
    """Serbian in Latin letters, in Cyrillic ones."""
    for latin, letter in _CYRILLIC_PAIRS.items():
        text = text.replace(latin, letter)
    return text.translate(_CYRILLIC)
