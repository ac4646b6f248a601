"""What makes a subject worth hurrying for. It decides only what is read first, never how urgent a mail is."""

import re
from collections.abc import Iterable

from config.lexicon import HarmName, Lexicon
from parsers.folding import fold
from parsers.phrases import alternatives, compiled

_SHORT_HOURS = 24
_GRAVE_HARMS: tuple[HarmName, ...] = ("terrorism", "child_safety", "self_harm")


class Alarm:
    """Words of danger and times in hours, of all languages together."""

    def __init__(self, lexicons: Iterable[Lexicon]) -> None:
        every = tuple(lexicons)
        danger = {fold(phrase).strip("_") for lexicon in every for phrase in _danger(lexicon)}
        self._danger = compiled(phrase for phrase in danger if phrase[0].isascii())
        self._danger_elsewhere = compiled(phrase for phrase in danger if not phrase[0].isascii())
        clocks = [lexicon.clocks for lexicon in every]
        numbers = alternatives(number for words in clocks for number in words.numbers)
        units = alternatives(
            (unit for words in clocks for unit in (*words.hours, *words.minutes)), attached=True
        )
        self._hours = re.compile(rf"(?<![\d.,/:])(?:\d{{1,3}}|{numbers})[\s-]{{0,4}}{units}")

    def rings(self, text: str) -> bool:
        """Whether the text speaks of danger to a life or a child, of terror, or of a time in hours."""
        folded = fold(text)
        return bool(
            self._danger.search(folded)
            or (not folded.isascii() and self._danger_elsewhere.search(folded))
            or self._hours.search(folded)
        )


def _danger(lexicon: Lexicon) -> Iterable[str]:
    words = lexicon.urgency
    yield from (*words.decisive, *words.peril, *words.overdue)
    yield from (phrase for harm in _GRAVE_HARMS for phrase in lexicon.harms.get(harm, ()))
    yield from (phrase for phrase, hours in lexicon.clocks.fixed.items() if hours <= _SHORT_HOURS)
