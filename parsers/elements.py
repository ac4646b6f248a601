"""Which of the elements that a law asks for an order or request contains.

It is found by its words or by what shows in any language. What is not found counts as missing only in a
language for which there are words: "missing" is a hint to look, never a verdict that an order is void.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from config.elements import Element, Sign
from config.regimes import Regime
from parsers.facts import FoundElement, OrderElements, Reference, Sender, SenderClass
from parsers.folding import fold
from parsers.limit_grammar import Grammar
from parsers.phrase_index import search_form
from parsers.phrases import compiled
from parsers.sentences import MAX_CHARACTERS

_OFFICIAL = frozenset({SenderClass.REGULATOR, SenderClass.LAW_ENFORCEMENT})
_MENTIONS = 2  # different keywords: one may be a mere mention of a law or an authority
_LONGEST_PHRASE = 120
_BY_SHAPE: Mapping[Sign, re.Pattern[str]] = {
    Sign.CONTENT: re.compile(r"(?:https?|hxxps?)\W{1,4}[^\s<>]{3,200}|(?<!\w)www\.[^\s<>]{3,200}"),
    Sign.STATUTE: re.compile(
        r"§{1,2}\s?\d+\w*|(?<!\w)(?:art(?:ic(?:le|ulo|olo)|igo|ikel\w*|ykul\w*)?|section|sec|paragraf|madde|m|u\.s\.c)"
        r"\.?\s?\d+[\w/()-]{0,12}|\d{4}/\d{2,4}|\d{4}\ssayili"
    ),
    Sign.CONTACT: re.compile(
        r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
        r"|\+\d{1,3}[\d ()/-]{6,20}\d|(?<!\w)tel\w*\W{1,3}[\d ()/+-]{6,20}\d"
    ),
}


@dataclass(frozen=True, kw_only=True)
class OrderText:
    """One text of a mail: the author's, or that of a document."""

    text: str
    language: str | None
    grammars: Sequence[Grammar] = ()

    @cached_property
    def folded(self) -> str:
        """The beginning of it, for searching."""
        return fold(self.text[:MAX_CHARACTERS])


def shown_by(
    sender: Sender, authority_ref: str | None, references: Sequence[Reference], *, signed: bool = False
) -> dict[Sign, str]:
    """What is known of the mail beside its texts: by sign, the words for it."""
    shown = {
        Sign.AUTHORITY: sender.organisation if sender.sender_class in _OFFICIAL else None,
        Sign.CASE_NUMBER: authority_ref,
        Sign.CONTENT: str(references[0]) if references else None,
        Sign.SIGNATURE: "signed mail" if signed else None,
    }
    return {sign: words for sign, words in shown.items() if words}


class OrderForm:
    """One law's elements, ready for searching."""

    def __init__(self, regime: Regime) -> None:
        """Compile its words of all languages."""
        self.regime = regime.id
        self.elements = regime.required_elements
        self._keywords = compiled(word for words in regime.keywords.values() for word in words)
        self._phrases = {
            element.id: compiled(phrase for phrases in element.phrases.values() for phrase in phrases)
            for element in self.elements
        }

    def is_named(self, texts: Iterable[OrderText]) -> bool:
        """Whether the texts speak of this law, by two different keywords."""
        said = {match[0] for text in texts for match in self._keywords.finditer(text.folded)}
        return len(said) >= _MENTIONS

    def words_for(self, element: Element, texts: Iterable[OrderText]) -> str | None:
        """The words by which an element is there."""
        for text in texts:
            match = self._phrases[element.id].search(text.folded)
            if match:
                return " ".join(text.text[match.start() : match.end()].split())[:_LONGEST_PHRASE]
        return None


def find_orders(
    texts: Sequence[OrderText], shown: Mapping[Sign, str], forms: Iterable[OrderForm]
) -> tuple[OrderElements, ...]:
    """For each law that the texts speak of: which of its elements they contain."""
    named = [form for form in forms if form.is_named(texts)]
    signs = {**dict(_signs(texts)), **shown} if named else {}
    return tuple(_elements(form, texts, signs) for form in named)


def joined(first: Iterable[OrderElements], second: Iterable[OrderElements]) -> tuple[OrderElements, ...]:
    """What two looks at one mail have found together."""
    orders = {order.regime: order for order in first}
    for order in second:
        known = orders.get(order.regime)
        orders[order.regime] = _together(known, order) if known else order
    return tuple(orders.values())


def _together(one: OrderElements, other: OrderElements) -> OrderElements:
    found = {each.element: each for each in (*other.found, *one.found)}
    return OrderElements(
        regime=one.regime,
        found=tuple(found.values()),
        missing=tuple(each for each in one.missing if each in other.missing),
        unjudged=tuple(each for each in dict.fromkeys((*one.unjudged, *other.unjudged)) if each not in found),
    )


def _elements(form: OrderForm, texts: Sequence[OrderText], signs: Mapping[Sign, str]) -> OrderElements:
    found, missing, unjudged = [], [], []
    spoken = {text.language for text in texts}
    for element in form.elements:
        words = form.words_for(element, texts) or next(
            (signs[sign] for sign in element.signs if sign in signs), None
        )
        if words is not None:
            found.append(FoundElement(element=element.id, words=words))
        elif element.phrases and not spoken & element.phrases.keys():
            unjudged.append(element.id)
        else:
            missing.append(element.id)
    return OrderElements(
        regime=form.regime, found=tuple(found), missing=tuple(missing), unjudged=tuple(unjudged)
    )


def _signs(texts: Iterable[OrderText]) -> Iterator[tuple[Sign, str]]:
    """What shows in any language, with its words."""
    for text in texts:
        for sign, pattern in _BY_SHAPE.items():
            if match := pattern.search(text.folded):
                yield sign, text.text[match.start() : match.end()].rstrip(".,;:)")[:_LONGEST_PHRASE]
        for grammar in text.grammars[:1]:
            yield from _times(grammar, text)


def _times(grammar: Grammar, text: OrderText) -> Iterator[tuple[Sign, str]]:
    searched = search_form(text.folded)
    day = next((each for each in grammar.calendar.mentions(searched) if each.day and each.month), None)
    if day:
        yield Sign.DATE, text.text[day.start : day.end]
    timed = grammar.times.find(searched)
    if timed:
        yield Sign.TIME, text.text[timed.start : timed.end]
