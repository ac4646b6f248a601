"""One spelling for comparing words: lower case, no accents, ASCII digits, every position kept."""

import unicodedata

# Letters that Unicode does not decompose, and marks that people type for one another.
_EQUAL = {
    "\u0131": "i",  # the Turkish dotless i
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "ß": "s",
    "\u03c2": "\u03c3",  # the final sigma
    "\u2018": "'",
    "\u2019": "'",
    "\u02bc": "'",
    "\u2010": "-",
    "\u2011": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u066b": ".",  # the Arabic decimal separator
    "\u3000": " ",
}
_RANGES = (range(0x0530), range(0x1E00, 0x2000), range(0xFF01, 0xFF5F))


def _folded(character: str) -> str:
    lower = character.lower()[0]
    if lower in _EQUAL:
        return _EQUAL[lower]
    digit = unicodedata.digit(lower, None)
    if digit is not None:
        return str(digit)
    base = [c for c in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(c)]
    return base[0] if len(base) == 1 else lower


def _characters() -> set[str]:
    digits = {chr(code) for code in range(0x0530, 0x10000) if unicodedata.category(chr(code)) == "Nd"}
    return {chr(code) for span in _RANGES for code in span} | digits | set(_EQUAL)


_TABLE = str.maketrans({c: _folded(c) for c in _characters()})
_LOWER = str.maketrans({c: c.lower()[0] if c.isalpha() else _folded(c) for c in _characters()})


def fold(text: str) -> str:
    """The text for comparison, character for character.

    `fold(text)[i]` stands for `text[i]`, so that a phrase found in the one can be cut from the
    other. Accents go ("Şüpheli" and "supheli" are one word), because people without the right
    keyboard write the same words.
    """
    return text.translate(_TABLE)


def lowered(text: str) -> str:
    """As `fold`, but with the accents."""
    return text.translate(_LOWER)
