"""How texts are compared: without regard to letter case, accents and the Turkish i."""

import unicodedata

from parsers.folding import fold


def comparable(text: str) -> str:
    """The text for comparison: NFKC, then neither letter case nor accents, one letter i for all of them."""
    # Lower-casing a capital dotted I leaves its dot behind as a mark that NFKC cannot compose.
    return fold(unicodedata.normalize("NFKC", text)).replace("\u0307", "")


def one_i(text: str) -> str:
    """The dotted capital and the dotless small i of Turkish as i, which patterns can ignore the case of."""
    return text.replace("\u0130", "i").replace("\u0131", "i")


def accented(text: str) -> str:
    """The text for patterns that tell accents apart."""
    return one_i(unicodedata.normalize("NFKC", text))
