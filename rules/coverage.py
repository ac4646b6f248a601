"""How much of the rules the tests beside them exercise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rules.case import Case
from rules.formula import Formula
from rules.reach import atoms
from rules.routing import decide_route
from rules.schema import Rules


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """What the tests reach. A condition is exercised when it holds in one test and fails in another."""

    routes: int
    routes_reached: int
    conditions: int
    conditions_exercised: int
    missed: tuple[str, ...]  # the routes and additions with a condition that is not exercised

    @property
    def share(self) -> float:
        """Of all routes and conditions, 0 to 1; 1 where there are none."""
        everything = self.routes + self.conditions
        return (self.routes_reached + self.conditions_exercised) / everything if everything else 1.0


def coverage(rules: Rules, cases: Sequence[Case]) -> Coverage:
    """Look at what the cases of the tests meet."""
    reached = {decide_route(case, rules).name for case in cases}
    formulas = [(rule.name, rule.when.formula) for rule in rules.routes]
    formulas += [(rule.name, rule.when.formula) for rule in rules.additions]
    counted = {name: list(_exercised(formula, cases)) for name, formula in formulas}
    conditions = [each for exercised in counted.values() for each in exercised]
    names = [route.name for route in rules.routes]
    return Coverage(
        routes=len(names),
        routes_reached=sum(name in reached for name in names),
        conditions=len(conditions),
        conditions_exercised=sum(conditions),
        missed=tuple(name for name, exercised in counted.items() if not all(exercised)),
    )


def _exercised(formula: Formula, cases: Sequence[Case]) -> Iterator[bool]:
    for atom in atoms(formula):
        yield {atom.test(case) for case in cases} == {True, False}
