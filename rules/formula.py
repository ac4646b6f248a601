"""What the conditions of rules are made of: questions about a case, joined by all, any and not.

A formula can be asked two things. `test` only tells whether it holds, as fast as it can, because it is
asked of every rule for every report; `told` finds the words for people.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf

from rules.case import Case

Test = Callable[[Case], bool]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether a condition holds, with the words for it."""

    matched: bool
    why: str


class Formula(ABC):
    """A question about a case. Asking it never raises."""

    @property
    @abstractmethod
    def test(self) -> Test:
        """Whether it holds for a case."""

    @abstractmethod
    def told(self, case: Case) -> Verdict:
        """Whether it holds for the case, and why."""


@dataclass(frozen=True, kw_only=True)
class Among(Formula):
    """A fact that has one value, or none, is one of these values."""

    fact: str
    of: Callable[[Case], str | None]
    values: tuple[str, ...]
    domain: tuple[str, ...] = ()
    """All values that there are; empty where nobody can list them."""
    question: str = ""
    """What is told, where the answer is only yes or no."""
    yes: tuple[str, ...] = ()
    """The values that mean yes."""

    @cached_property
    def test(self) -> Test:
        """Whether it is."""
        of, values = self.of, frozenset(self.values)
        return lambda case: of(case) in values

    def told(self, case: Case) -> Verdict:
        """Names the value."""
        actual = self.of(case)
        matched = actual in self.values
        if self.question:
            answer = "yes" if actual in self.yes else "no"
            return Verdict(matched=matched, why=f"{self.question}: {answer}")
        if matched:
            return Verdict(matched=True, why=f"{self.fact} is {actual}")
        wanted = " or ".join(str(value) for value in self.values)
        return Verdict(matched=False, why=f"{self.fact} is {actual or 'none'}, not {wanted}")


@dataclass(frozen=True, kw_only=True)
class Has(Formula):
    """Of these values, of which a case may have any number, it has one."""

    fact: str
    has: Callable[[Case, str], bool]
    values: tuple[str, ...]
    found: str
    """What is told, with `{}` for the value."""
    missing: str
    """The same where there is none of them, with `{}` for what there is."""
    actual: Callable[[Case], Iterable[str]] | None = None
    """What there is instead."""
    decidable: bool = True
    """Whether one value says nothing about another, as a word in a text may do."""

    @cached_property
    def test(self) -> Test:
        """Whether it has."""
        has, values = self.has, self.values
        if len(values) == 1:
            (only,) = values
            return lambda case: has(case, only)

        def test(case: Case) -> bool:
            for value in values:  # noqa: SIM110 (a generator takes twice as long)
                if has(case, value):
                    return True
            return False

        return test

    def told(self, case: Case) -> Verdict:
        """Names the first that it has."""
        value = next((value for value in self.values if self.has(case, value)), None)
        if value is None:
            there = ", ".join(sorted(filter(None, self.actual(case)))) if self.actual else ""
            return Verdict(matched=False, why=self.missing.replace("{}", there or "none"))
        return Verdict(matched=True, why=self.found.replace("{}", value))


@dataclass(frozen=True, kw_only=True)
class Number(Formula):
    """There is a number, and it lies from `at_least` to `at_most` and below `below`."""

    fact: str
    of: Callable[[Case], float | None]
    said: Callable[[Case], str]
    at_least: float = -inf
    at_most: float = inf
    below: float = inf

    @cached_property
    def test(self) -> Test:
        """Whether it does."""
        of, holds = self.of, self.holds
        return lambda case: (number := of(case)) is not None and holds(number)

    def holds(self, number: float) -> bool:
        """Whether this number does."""
        return self.at_least <= number <= self.at_most and (number < self.below or self.below == inf)

    def told(self, case: Case) -> Verdict:
        """Names the number."""
        return Verdict(matched=self.test(case), why=self.said(case))


@dataclass(frozen=True, kw_only=True)
class Opaque(Formula):
    """Something that only the case itself can tell."""

    key: str
    """The same for the same question."""
    holds: Test
    said: Callable[[Case], str]

    @property
    def test(self) -> Test:
        """Whether it holds."""
        return self.holds

    def told(self, case: Case) -> Verdict:
        """Says what was found."""
        return Verdict(matched=self.holds(case), why=self.said(case))


@dataclass(frozen=True)
class All(Formula):
    """Every part holds."""

    parts: tuple[Formula, ...]

    @cached_property
    def test(self) -> Test:
        """Whether they do."""
        tests = _tests(self.parts)
        if len(tests) == 1:
            return tests[0]
        if len(tests) == 2:  # noqa: PLR2004 (most rules have two conditions)
            first, second = tests
            return lambda case: first(case) and second(case)
        return lambda case: all(test(case) for test in tests)

    def told(self, case: Case) -> Verdict:
        """Every part, or the first that fails."""
        verdicts = []
        for part in self.parts:
            verdicts.append(part.told(case))
            if not verdicts[-1].matched:
                return verdicts[-1]
        return Verdict(matched=True, why="; ".join(verdict.why for verdict in verdicts))


@dataclass(frozen=True)
class Some(Formula):
    """At least one part holds."""

    parts: tuple[Formula, ...]

    @cached_property
    def test(self) -> Test:
        """Whether one does."""
        tests = _tests(self.parts)
        if len(tests) == 2:  # noqa: PLR2004 (as for all)
            first, second = tests
            return lambda case: first(case) or second(case)
        return lambda case: any(test(case) for test in tests)

    def told(self, case: Case) -> Verdict:
        """The first part that holds, or every part."""
        verdicts = []
        for part in self.parts:
            verdicts.append(part.told(case))
            if verdicts[-1].matched:
                return verdicts[-1]
        return Verdict(matched=False, why="; ".join(verdict.why for verdict in verdicts))


@dataclass(frozen=True)
class Never(Formula):
    """The part does not hold."""

    part: Formula

    @cached_property
    def test(self) -> Test:
        """Whether it does not."""
        test = self.part.test
        return lambda case: not test(case)

    def told(self, case: Case) -> Verdict:
        """Says what the part says."""
        inner = self.part.told(case)
        return Verdict(matched=not inner.matched, why=f"not ({inner.why})")


@dataclass(frozen=True, kw_only=True)
class Named(Formula):
    """A condition that the file defines."""

    name: str
    part: Formula

    @property
    def test(self) -> Test:
        """Whether it holds."""
        return self.part.test

    def told(self, case: Case) -> Verdict:
        """Names it, with what it says."""
        inner = self.part.told(case)
        return Verdict(matched=inner.matched, why=f"{self.name} ({inner.why})")


def _tests(parts: Sequence[Formula]) -> list[Test]:
    return [part.test for part in parts]
