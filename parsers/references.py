"""Things on the platform that a text names, and keys of tickets."""

import re
from collections.abc import Iterable
from functools import partial

from config.references import ReferencePatterns
from parsers.addresses import restored
from parsers.facts import Reference, ReferenceKind

MAX_CHARACTERS = 200_000

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
        """Every reference once, in sorted order, however its address was changed (see `addresses`)."""
        found: set[Reference] = set()
        text = restored("\n".join(texts)[:MAX_CHARACTERS])
        for kind, pattern in self._patterns:
            text = pattern.sub(partial(_taken, found, kind), text)
        ignored = {Reference(kind=ReferenceKind.USER, value=user) for user in self._ignored_users}
        return tuple(sorted(found - ignored))


def ticket_keys(*texts: str) -> tuple[str, ...]:
    """What looks like the key of a Jira ticket, in order of appearance; whose it is, is not known here."""
    return tuple(dict.fromkeys(key for text in texts for key in _TICKET_KEY.findall(text[:MAX_CHARACTERS])))


def _taken(found: set[Reference], kind: ReferenceKind, match: re.Match[str]) -> str:
    """Add what a match names, and leave a space in its place for the patterns that follow."""
    found.add(Reference(kind=kind, value=_normal(kind, match[1])))
    return " "


def _normal(kind: ReferenceKind, value: str) -> str:
    return value if kind in _CASE_MATTERS else value.lower().strip(".")
