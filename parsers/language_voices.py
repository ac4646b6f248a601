"""The language, or the two or three languages, of what a text has in one script."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from parsers.language_pack import tables
from parsers.language_scripts import SOLE_LANGUAGES, Script
from parsers.language_tables import NAT, Table

# Runs of letters overlap, so together they say less than their sum.
_DAMPING, _DAMPING_EXPONENT = 0.85, 0.5
# A sentence brings in a further language when it is so long, so likely in it and so unlikely in the main one.
_FOREIGN_LETTERS = 20
_FOREIGN_LIKELY = 0.6
_HOME_UNLIKELY = 0.05
_SUBSTANTIAL = 0.2  # of the text
# With so many letters that none of the languages uses, the text is in another, and the guess is poor.
_STRANGERS = 2
_STRANGE_SHARE = 0.015
_DOUBT = 0.5
# Whatever stands in the text besides, a script of its own is hardly ever misjudged.
_MOST_CERTAIN = 0.999
# The language that comes first counts as the text's, unless another has so many times more of it.
_PREVAILING = 1.5


@dataclass(frozen=True, kw_only=True)
class Part:
    """A sentence or line, as far as it is written in one script."""

    letters: int
    evidence: int = 0  # in the fields of the script's table; 0 for a script of one language
    strangers: int = 0  # letters that no language of the script's table uses


@dataclass(frozen=True, kw_only=True)
class Voice:
    """A language, with how much of the text is in it."""

    code: str
    letters: int
    certainty: float


def voices(script: Script, parts: Sequence[Part], *, letters: int) -> list[Voice]:
    """The languages of what a text of so many letters has in one script, the prevailing one first."""
    ours = count(parts)
    if script in SOLE_LANGUAGES:
        certainty = min(_MOST_CERTAIN, (1 + ours / letters) / 2)
        return [Voice(code=SOLE_LANGUAGES[script], letters=ours, certainty=certainty)]
    table = tables()[script]
    found = [_voice(table, code, theirs) for code, theirs in _by_language(table, parts).items()]
    prevailing = max(found, key=lambda voice: voice.letters * (_PREVAILING if voice is found[0] else 1))
    return [prevailing, *(voice for voice in found if voice is not prevailing)]


def count(parts: Iterable[Part]) -> int:
    """The letters of all parts."""
    return sum(part.letters for part in parts)


def is_substantial(letters: int, *, of: int) -> bool:
    """Whether so much of a text counts as written in a further language."""
    return letters >= max(_FOREIGN_LETTERS, _SUBSTANTIAL * of)


def _voice(table: Table, code: str, parts: Collection[Part]) -> Voice:
    letters = count(parts)
    chance = _chances(_scores(table, parts), letters)[code]
    strangers = sum(part.strangers for part in parts)
    is_strange = strangers >= max(_STRANGERS, _STRANGE_SHARE * letters)
    return Voice(code=code, letters=letters, certainty=chance * (_DOUBT if is_strange else 1))


def _by_language(table: Table, parts: Sequence[Part]) -> dict[str, list[Part]]:
    """The parts by language, in order of appearance; those too short to tell go with the others."""
    home = _best(_scores(table, parts))
    spoken = _spoken(table, parts, home) if len(parts) > 1 else [home]
    letters: Counter[str] = Counter()
    for code, part in zip(spoken, parts, strict=True):
        letters[code] += part.letters
    kept = {code for code in letters if is_substantial(letters[code], of=letters.total())} or {home}
    rest = max(kept, key=letters.__getitem__)
    divided: dict[str, list[Part]] = {}
    for code, part in zip(spoken, parts, strict=True):
        divided.setdefault(code if code in kept else rest, []).append(part)
    return divided


def _spoken(table: Table, parts: Sequence[Part], home: str) -> list[str]:
    """The language of each part: the main one, or one that some part is surely in."""
    scores = [table.scores(part.evidence) if part.letters >= _FOREIGN_LETTERS else None for part in parts]
    foreign = {
        code
        for theirs, part in zip(scores, parts, strict=True)
        if theirs and (code := _best(theirs)) != home and _is_foreign(theirs, code, home, part.letters)
    }
    candidates = (home, *sorted(foreign))
    return [max(candidates, key=theirs.__getitem__) if theirs else home for theirs in scores]


def _is_foreign(scores: Mapping[str, int], code: str, home: str, letters: int) -> bool:
    chances = _chances(scores, letters)
    return chances[code] >= _FOREIGN_LIKELY and chances[home] <= _HOME_UNLIKELY


def _scores(table: Table, parts: Iterable[Part]) -> dict[str, int]:
    return table.scores(sum(part.evidence for part in parts))


def _best(scores: Mapping[str, int]) -> str:
    return max(scores, key=scores.__getitem__)


def _chances(scores: Mapping[str, int], letters: int) -> dict[str, float]:
    """How likely each language is: 0 to 1, together 1."""
    best = max(scores.values())
    unit = NAT * _DAMPING * letters**_DAMPING_EXPONENT
    odds = {code: math.exp((score - best) / unit) for code, score in scores.items()}
    total = sum(odds.values())
    return {code: each / total for code, each in odds.items()}
