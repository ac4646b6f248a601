"""Whether any case at all can satisfy a formula.

Every atom of a formula asks about one variable and holds for some of its values: a fact with its values, a
number cut at the limits that formulas name, a yes or no for each thing that a case may have beside others.
A space says which values each variable may still have; it is split until every atom is decided. What only
the case can tell (a word in a text, the clock on the wall) counts as a free yes or no, so that "no case can"
is always true, and "some case may" is true unless words contradict each other.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf, nextafter

from config.organisations import Directory
from rules.formula import All, Among, Formula, Has, Named, Never, Number, Opaque, Some
from rules.senders import Senders

OTHER = "(anything else)"
"""Stands for all values that no formula names, and for none."""
YES, NO = "yes", "no"
SENDER = "sender"

Values = frozenset[str | float]
YES_OR_NO: Values = frozenset({YES, NO})


@dataclass(frozen=True, kw_only=True)
class Literal:
    """One variable has one of these values."""

    variable: str
    values: Values
    decidable: bool = True  # False: only the case can tell


@dataclass(frozen=True)
class Both:
    """Every part holds."""

    parts: tuple["Term", ...]


@dataclass(frozen=True)
class Either:
    """A part holds."""

    parts: tuple["Term", ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Term"


Term = Literal | Both | Either | Not
Space = Mapping[str, Values]


@dataclass(frozen=True, kw_only=True)
class World:
    """The variables of some formulas, with all their values."""

    facts: Mapping[str, Values]
    cuts: Mapping[str, tuple[float, ...]]
    senders: Senders

    @classmethod
    def of(cls, formulas: Iterable[Formula], directory: Directory | None = None) -> "World":
        """All that these formulas ask about; without a directory every sender may be anybody."""
        facts: dict[str, set[str | float]] = {}
        cuts: dict[str, set[float]] = {}
        asked = [atom for formula in formulas for atom in atoms(formula)]
        for atom in asked:
            if isinstance(atom, Among):
                known = facts.setdefault(atom.fact, set(atom.domain) or {OTHER})
                known.update(atom.values)
            elif isinstance(atom, Number):
                cuts.setdefault(atom.fact, set()).update(_edges(atom))
        sizes = {fact: tuple(sorted(edges)) for fact, edges in cuts.items()}
        named = {fact: frozenset(values) for fact, values in facts.items()}
        return cls(facts=named, cuts=sizes, senders=Senders(asked, directory))

    def term(self, formula: Formula) -> Term:
        """The formula as a question about variables."""
        match formula:
            case All(parts):
                return Both(tuple(map(self.term, parts)))
            case Some(parts):
                return Either(tuple(map(self.term, parts)))
            case Never(part):
                return Not(self.term(part))
            case Named():
                return self.term(formula.part)
            case Has() if not self.senders.decide(formula):
                return Either(tuple(_flag(formula, value) for value in formula.values))
            case _:
                return self._literal(formula)

    def _literal(self, formula: Formula) -> Term:
        if self.senders.decide(formula):
            return Literal(variable=SENDER, values=self.senders.numbers(formula))
        match formula:
            case Among():
                return Literal(variable=formula.fact, values=frozenset(formula.values))
            case Number():
                fitting = (number for number in self.cuts[formula.fact] if formula.holds(number))
                return Literal(variable=formula.fact, values=frozenset(fitting))
            case Opaque():
                return Literal(variable=formula.key, values=frozenset({YES}), decidable=False)
        raise TypeError(type(formula).__name__)

    def space(self, terms: Iterable[Term]) -> dict[str, Values]:
        """Every variable of the terms with all values that it can have."""
        names = {literal.variable for term in terms for literal in literals(term)}
        return {name: self._known.get(name, YES_OR_NO) for name in names}

    @cached_property
    def _known(self) -> dict[str, Values]:
        numbers = {fact: frozenset[str | float]({*cuts, OTHER}) for fact, cuts in self.cuts.items()}
        return {**self.facts, **numbers, SENDER: self.senders.every}


def atoms(formula: Formula) -> Iterator[Formula]:
    """The questions that a formula joins."""
    match formula:
        case All(parts) | Some(parts):
            for part in parts:
                yield from atoms(part)
        case Never(part):
            yield from atoms(part)
        case Named():
            yield from atoms(formula.part)
        case _:
            yield formula


def literals(term: Term) -> Iterator[Literal]:
    """Everything that a term asks."""
    match term:
        case Literal():
            yield term
        case Both(parts) | Either(parts):
            for part in parts:
                yield from literals(part)
        case Not(part):
            yield from literals(part)


def witness(term: Term, space: Space) -> Space | None:
    """A part of the space in which the term holds throughout; None where it holds nowhere."""
    held = truth(term, space)
    if held is not None:
        return space if held else None
    literal = next(each for each in literals(term) if truth(each, space) is None)
    values = space[literal.variable]
    for part in (values & literal.values, values - literal.values):
        found = witness(term, {**space, literal.variable: part})
        if found is not None:
            return found
    return None


def truth(term: Term, space: Space) -> bool | None:
    """Whether the term holds in the whole space; None where it holds in a part of it, or may."""
    match term:
        case Literal():
            values = space[term.variable]
            return True if values <= term.values else False if values.isdisjoint(term.values) else None
        case Not(part):
            held = truth(part, space)
            return None if held is None else not held
        case Both(parts):
            return _joined(parts, space, decisive=False)
        case Either(parts):
            return _joined(parts, space, decisive=True)


def with_texts(term: Term, *, answer: bool) -> Term:
    """The term, where everything that only the case can tell is answered with yes, or with no."""
    match term:
        case Literal():
            if term.decidable:
                return term
            return replace(term, values=frozenset({YES, NO}) if answer else frozenset())
        case Not(part):
            return Not(with_texts(part, answer=not answer))
        case Both(parts):
            return Both(tuple(with_texts(part, answer=answer) for part in parts))
        case Either(parts):
            return Either(tuple(with_texts(part, answer=answer) for part in parts))


def _joined(parts: tuple[Term, ...], space: Space, *, decisive: bool) -> bool | None:
    """One part that is decisive decides; else all must be known."""
    unknown = False
    for part in parts:
        held = truth(part, space)
        if held is decisive:
            return decisive
        unknown = unknown or held is None
    return None if unknown else not decisive


def _flag(formula: Has, value: str) -> Literal:
    variable = f"{formula.fact} {value}"
    return Literal(variable=variable, values=frozenset({YES}), decidable=formula.decidable)


def _edges(number: Number) -> Iterator[float]:
    """Numbers on both sides of each limit, and between any two."""
    for limit in (number.at_least, number.at_most, number.below):
        if abs(limit) != inf:
            yield from (nextafter(limit, -inf), limit, nextafter(limit, inf))
    yield 0.0
