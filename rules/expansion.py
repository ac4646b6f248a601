"""Puts what a rules file names (`lists:`, `conditions:`) where it is used, before anything is checked.

A list is used as an item `$name` wherever a list, or one of its values, may stand. A condition is used
by the key `is` of a `when`; it may itself use those that stand above it, so that none contains itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from config.fault_words import did_you_mean
from config.yaml_file import Problem
from config.yaml_nodes import Loc

MARK = "$"
USED_AS = "is"
USING = ("routes", "additions")


@dataclass(frozen=True, kw_only=True)
class Expanded:
    """A rules file without names to look up; `problems` are what could not be."""

    values: Any
    problems: tuple[Problem, ...] = ()
    unused_lists: frozenset[str] = frozenset()
    unused_conditions: frozenset[str] = frozenset()


@dataclass(kw_only=True)
class _Expansion:
    lists: Mapping[str, Any]
    conditions: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def when(self, value: Any, at: Loc) -> Any:  # noqa: ANN401 (any YAML value)
        """The `when`, or a value somewhere in it, with everything named put in."""
        if isinstance(value, dict):
            return {key: self._value(key, inner, (*at, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [one for number, item in enumerate(value) for one in self._items(item, (*at, number))]
        named = self._items(value, at)
        return named[0] if len(named) == 1 else named

    def _value(self, key: str, value: Any, at: Loc) -> Any:  # noqa: ANN401 (any YAML value)
        if key != USED_AS:
            return self.when(value, at)
        names = value if isinstance(value, list) else [value]
        if all(isinstance(name, str) for name in names):
            return {name: self._condition(name, at) for name in names}
        self.problems.append(Problem(at, "is no name of a condition, and no list of such names"))
        return {}

    def _items(self, item: Any, at: Loc) -> list[Any]:  # noqa: ANN401 (any YAML value)
        if not _is_use(item):
            return [self.when(item, at) if isinstance(item, dict | list) else item]
        name = item.removeprefix(MARK)
        if name not in self.lists:
            self.problems.append(Problem(at, f'"{item}" is no list', did_you_mean(name, self.lists)))
            return []
        self.used.add(item)
        values = self.lists[name]
        return [each for each in values if not _is_use(each)] if isinstance(values, list) else [values]

    def _condition(self, name: str, at: Loc) -> Any:  # noqa: ANN401 (any YAML value)
        if name in self.conditions:
            self.used.add(name)
            return self.conditions[name]
        hint = did_you_mean(name, self.conditions) if self.conditions else "there is none above it"
        self.problems.append(Problem(at, f'"{name}" is no condition', hint))
        return {}


def expanded(values: Any) -> Expanded:  # noqa: ANN401 (any YAML value)
    """The values of a rules file, as read, with every list and condition where it is used."""
    if not isinstance(values, dict):
        return Expanded(values=values)
    expansion = _Expansion(lists=_mapping(values.get("lists")))
    expansion.problems += _lists_in_lists(expansion.lists)
    conditions = _mapping(values.get("conditions"))
    for name, when in conditions.items():
        expansion.conditions[name] = expansion.when(when, ("conditions", name))
    whole = dict(values)
    if isinstance(values.get("conditions"), dict):
        whole["conditions"] = dict(expansion.conditions)
    for group in USING:
        if isinstance(values.get(group), list):
            whole[group] = list(_rules(expansion, group, values[group]))
    return Expanded(
        values=whole,
        problems=tuple(expansion.problems),
        unused_lists=frozenset(name for name in expansion.lists if f"{MARK}{name}" not in expansion.used),
        unused_conditions=frozenset(conditions) - expansion.used,
    )


def _rules(expansion: _Expansion, group: str, rules: list[Any]) -> Iterator[Any]:
    for number, rule in enumerate(rules):
        if isinstance(rule, dict) and "when" in rule:
            yield rule | {"when": expansion.when(rule["when"], (group, number, "when"))}
        else:
            yield rule


def _is_use(item: object) -> TypeGuard[str]:
    return isinstance(item, str) and item.startswith(MARK)


def _lists_in_lists(lists: Mapping[str, Any]) -> Iterator[Problem]:
    for name, values in lists.items():
        for number, item in enumerate(values if isinstance(values, list) else ()):
            if _is_use(item):
                yield Problem(("lists", name, number), f'"{item}" stands in a list; no list holds another')


def _mapping(value: Any) -> Mapping[str, Any]:  # noqa: ANN401 (any YAML value)
    return value if isinstance(value, dict) else {}
