"""Runs the tests that stand beside the rules."""

from collections.abc import Iterator
from dataclasses import dataclass

from rules.policies import ATTACH, HASH_ONLY, NO_TEMPLATE
from rules.rota import Rotas
from rules.routing import Route, decide_route
from rules.schema import Expectation, Rules
from rules.ticket_keys import DueWanted


@dataclass(frozen=True, kw_only=True)
class FailedTest:
    """One test whose expectation does not hold."""

    name: str
    differences: tuple[str, ...]  # such as: priority is Low; Highest was expected
    reasons: tuple[str, ...]  # of the decision

    def __str__(self) -> str:
        return f'test "{self.name}": {"; ".join(self.differences)} ({"; ".join(self.reasons)})'


def failures(rules: Rules, rotas: Rotas | None = None) -> tuple[FailedTest, ...]:
    """The tests that fail, in the order of the file."""
    outcomes = [(test, decide_route(test.given.case(), rules, rotas)) for test in rules.tests]
    compared = [(test.name, tuple(_differences(test.expect, route)), route) for test, route in outcomes]
    return tuple(
        FailedTest(name=name, differences=differences, reasons=route.reasons)
        for name, differences, route in compared
        if differences
    )


def _differences(expect: Expectation, route: Route) -> Iterator[str]:
    actual = {
        "route": route.name,
        "project": route.project,
        "issue_type": route.issue_type,
        "priority": route.priority,
        "assignee": route.assignee,
        "set_aside": route.set_aside is not None,
        "hold": route.hold is not None,
        "attachments": ATTACH if route.files else HASH_ONLY,
        "acknowledgement": route.acknowledgement or NO_TEMPLATE,
        "security_level": route.security_level,
        "due": DueWanted(within=route.due_within),
    }
    for key, value in actual.items():
        wanted = getattr(expect, key)
        if wanted is not None and wanted != value:
            yield f"{key} is {value}; {wanted} was expected"
    yield from _other_audience(expect, route)
    for name, expected in expect.fields.items():
        if route.fields.get(name, "") != expected:
            yield f"the field {name} is {route.fields.get(name)}; {expected} was expected"
    lists = {"labels": route.labels, "components": route.components, "watchers": route.watchers}
    for key, values in lists.items():
        absent = [item for item in getattr(expect, key) if item not in values]
        if absent:
            yield f"{key} lack {', '.join(absent)}"


def _other_audience(expect: Expectation, route: Route) -> Iterator[str]:
    wanted = expect.comment_visibility
    if wanted is not None and wanted.audience != route.comment_visibility:
        actual = route.comment_visibility or "everybody"
        yield f"comment_visibility is {actual}; {wanted.audience} was expected"
