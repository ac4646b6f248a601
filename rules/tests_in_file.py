"""Runs the tests that stand beside the rules."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from config.errors import MailwardenError
from rules.case import Case
from rules.given import Given
from rules.policies import ATTACH, HASH_ONLY, NO_TEMPLATE
from rules.rota import Rotas
from rules.routing import Route, decide_route
from rules.schema import Expectation, RoutingTest, Rules
from rules.ticket_keys import DueWanted


@dataclass(frozen=True, kw_only=True)
class FailedTest:
    """One test whose expectation does not hold."""

    name: str
    differences: tuple[str, ...]  # such as: priority is Low; Highest was expected
    reasons: tuple[str, ...]  # of the decision

    def __str__(self) -> str:
        reasons = f" ({'; '.join(self.reasons)})" if self.reasons else ""
        return f'test "{self.name}": {"; ".join(self.differences)}{reasons}'


class MailNotRead(MailwardenError):
    """The mail that a test names can't be read."""


@dataclass(frozen=True, kw_only=True)
class RunTest:
    """One test that was run."""

    test: RoutingTest
    case: Case | None  # None where its mail can't be read
    failure: FailedTest | None


Mails = Callable[[Given], Case]
"""Reads the mail that a test names; may raise `MailNotRead`."""


def failures(rules: Rules, rotas: Rotas | None = None, mails: Mails | None = None) -> tuple[FailedTest, ...]:
    """The tests that fail, in the order of the file."""
    return failed(outcomes_of_tests(rules, rotas, mails))


def failed(outcomes: Iterable[RunTest]) -> tuple[FailedTest, ...]:
    """Those of the tests that failed."""
    return tuple(outcome.failure for outcome in outcomes if outcome.failure)


def outcomes_of_tests(
    rules: Rules, rotas: Rotas | None = None, mails: Mails | None = None
) -> tuple[RunTest, ...]:
    """Run every test. Without `mails` those fail that name one."""
    return tuple(_outcome(test, rules, rotas, mails or _no_mails) for test in rules.tests)


def _outcome(test: RoutingTest, rules: Rules, rotas: Rotas | None, mails: Mails) -> RunTest:
    try:
        case = mails(test.given) if test.given.mail else test.given.case()
    except MailNotRead as error:
        unread = FailedTest(name=test.name, differences=(str(error),), reasons=())
        return RunTest(test=test, case=None, failure=unread)
    route = decide_route(case, rules, rotas)
    differences = tuple(_differences(test.expect, route))
    failure = FailedTest(name=test.name, differences=differences, reasons=route.reasons)
    return RunTest(test=test, case=case, failure=failure if differences else None)


def _no_mails(given: Given) -> Case:
    raise MailNotRead(f"{given.mail} is not read here; run.py rules test reads it")


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
