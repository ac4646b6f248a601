"""Things on the platform that a text names, and keys of tickets."""

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote

from config.references import ReferencePatterns
from parsers.facts import Reference, ReferenceKind

MAX_CHARACTERS = 200_000

# "Defanged" addresses, which people write so that nobody opens them by accident.
_DEFANGED = (
    (re.compile(r"\bhxxp(s?)(?=\W)", re.IGNORECASE), r"http\1"),
    (re.compile(r"\s?[\[({]\s?(?:\.|dot|punkt|nokta|punto|point)\s?[\])}]\s?", re.IGNORECASE), "."),
    (re.compile(r"\[(://|:|/|@)\]"), r"\1"),
)
_WRAPPED = re.compile(r"https?%3A%2F%2F[\w.~%+-]{1,2000}", re.IGNORECASE)
_TICKET_KEY = re.compile(r"(?<![\w/.-])([A-Z][A-Z0-9_]{1,9}-[1-9]\d{0,9})(?![\w/-])")
_CASE_MATTERS = frozenset({ReferenceKind.SHORT, ReferenceKind.VIDEO, ReferenceKind.LIVE, ReferenceKind.SOUND})


class ReferenceFinder:
    """The site's reference patterns, compiled."""

    def __init__(self, patterns: ReferencePatterns) -> None:
        self._ignored_users = patterns.ignored_users
        self._patterns = tuple(
            (ReferenceKind(pattern.kind), re.compile(pattern.pattern, re.IGNORECASE | re.MULTILINE))
            for pattern in patterns.patterns
        )

    def find(self, texts: Iterable[str]) -> tuple[Reference, ...]:
        """Every reference once, in sorted order, defanged and wrapped addresses included."""
        found: set[Reference] = set()
        text = _plain("\n".join(texts)[:MAX_CHARACTERS])
        for kind, pattern in self._patterns:
            found.update(
                Reference(kind=kind, value=_normal(kind, match[1])) for match in pattern.finditer(text)
            )
            text = pattern.sub(" ", text)
        ignored = {Reference(kind=ReferenceKind.USER, value=user) for user in self._ignored_users}
        return tuple(sorted(found - ignored))


def ticket_keys(*texts: str) -> tuple[str, ...]:
    """What looks like the key of a Jira ticket, in order of appearance; whose it is, is not known here."""
    return tuple(dict.fromkeys(key for text in texts for key in _TICKET_KEY.findall(text[:MAX_CHARACTERS])))


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    for pattern, replacement in _DEFANGED:
        plain = pattern.sub(replacement, plain)
    return _WRAPPED.sub(lambda match: unquote(match[0]), plain)


def _normal(kind: ReferenceKind, value: str) -> str:
    return value if kind in _CASE_MATTERS else value.lower().strip(".")
