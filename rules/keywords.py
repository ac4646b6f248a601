"""Where a law's keywords stand in a text."""

import re
from functools import lru_cache

from config.regimes import Regime
from parsers.phrases import compiled

_MOST_PATTERNS = 1024  # one for each law and language in which mail came


def keywords_in(folded: str, regime: Regime, language: str | None) -> list[re.Match[str]]:
    """The law's keywords of this language, in their order in the folded text."""
    keywords = regime.keywords.get(language or "", ())
    return list(_pattern(keywords).finditer(folded)) if keywords else []


@lru_cache(maxsize=_MOST_PATTERNS)
def _pattern(keywords: tuple[str, ...]) -> re.Pattern[str]:
    return compiled(keywords)
