"""What can be asked about some rules together: whether one can hold, and what it needs to be hidden.

A thousand rules are compared with each other in seconds, because a rule is searched for against few others:
a case that satisfies it is completed with the values that the fewest rules ask for, and only those others
that hold there all the same are taken into the search, until none is left or no case is.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from config.organisations import Directory
from config.yaml_nodes import Loc
from rules.formula import Formula
from rules.reach import (
    NO,
    OTHER,
    Both,
    Either,
    Literal,
    Not,
    Space,
    Term,
    Values,
    World,
    literals,
    truth,
    with_texts,
    witness,
)

Example = Mapping[str, str | float]
"""One value of every variable."""
Holds = Callable[[Example], bool]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A route or an addition, with its place."""

    name: str
    formula: Formula
    at: Loc


@dataclass(frozen=True, kw_only=True)
class _Known:
    """A rule as a question, and the quick test of one example."""

    term: Term
    holds: Holds

    @classmethod
    def of(cls, term: Term) -> "_Known":
        return cls(term=term, holds=_test(term))


class Questions:
    """Each rule has its term in one world of facts."""

    def __init__(self, rules: Sequence[Rule], directory: Directory | None = None) -> None:
        self._world = World.of((rule.formula for rule in rules), directory)
        terms = {rule.at: self._world.term(rule.formula) for rule in rules}
        self._plain = {at: _Known.of(term) for at, term in terms.items()}
        self._least = {at: with_texts(term, answer=True) for at, term in terms.items()}
        self._most = {at: _Known.of(with_texts(term, answer=True)) for at, term in terms.items()}
        self._bounds = {at: _bounds(term) for at, term in terms.items()}
        self._usual = self._usual_values(terms.values())

    def can_hold(self, rule: Rule) -> bool:
        """Whether a case may satisfy it."""
        return self._found(self._plain[rule.at].term) is not None

    def can_both_hold(self, one: Rule, other: Rule) -> bool:
        """Whether a case may satisfy both."""
        mine, theirs = self._bounds[one.at], self._bounds[other.at]
        if any(mine[name].isdisjoint(theirs[name]) for name in mine.keys() & theirs.keys()):
            return False  # which most pairs of a long file are found to be by this alone
        return self._found(Both((self._plain[one.at].term, self._plain[other.at].term))) is not None

    def can_hold_without(self, rule: Rule, others: Sequence[Rule]) -> bool:
        """Whether a case may satisfy it and none of the others."""
        return self.hidden_by(rule, others) is None

    def hidden_by(
        self, rule: Rule, others: Sequence[Rule], *, texts_cover: bool = False
    ) -> list[Rule] | None:
        """Some of the others, one of which holds whenever the rule does; None where a case is left to it.

        With `texts_cover`, words in the others count as if they were always there.
        """
        mine = self._least[rule.at] if texts_cover else self._plain[rule.at].term
        theirs = self._most if texts_cover else self._plain
        against: list[Rule] = []
        while True:
            found = self._found(Both((mine, *(Not(theirs[other.at].term) for other in against))))
            if found is None:
                return sorted(against, key=others.index)
            example = self._completed(found)
            holding = next((other for other in others if theirs[other.at].holds(example)), None)
            if holding is None:
                return None
            against.append(holding)

    def _found(self, term: Term) -> Space | None:
        space = self._world.space([term])
        return None if truth(term, space) is False else witness(term, space)

    def _completed(self, found: Space) -> Example:
        chosen = {name: self._chosen(name, values) for name, values in found.items()}
        return {**self._usual, **chosen}

    def _chosen(self, name: str, values: Values) -> str | float:
        usual = self._usual[name]
        return usual if usual in values else min(values, key=str)

    def _usual_values(self, terms: Iterable[Term]) -> dict[str, str | float]:
        """Of each variable the value that satisfies the fewest questions."""
        every = list(terms)
        asked = Counter(
            (each.variable, value) for term in every for each in literals(term) for value in each.values
        )
        return {
            name: min(values, key=lambda value: (asked[name, value], value not in (OTHER, NO), str(value)))
            for name, values in self._world.space(every).items()
        }


def _bounds(term: Term) -> dict[str, Values]:
    """Of some variables the values outside which the term never holds."""
    match term:
        case Literal(variable=variable, values=values):
            return {variable: values}
        case Both(parts):
            bounds: dict[str, Values] = {}
            for name, values in (item for part in parts for item in _bounds(part).items()):
                bounds[name] = bounds.get(name, values) & values
            return bounds
    return {}


def _test(term: Term) -> Holds:
    match term:
        case Literal(variable=variable, values=values):
            return lambda example: example[variable] in values
        case Not(part):
            inner = _test(part)
            return lambda example: not inner(example)
        case Both(parts):
            tests = [_test(part) for part in parts]
            return lambda example: all(test(example) for test in tests)
        case Either(parts):
            tests = [_test(part) for part in parts]
            return lambda example: any(test(example) for test in tests)
