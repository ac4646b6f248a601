"""Why a case goes where it goes: every rule with its answer, the winner, and what came near it."""

from collections.abc import Iterator
from dataclasses import dataclass

from config.durations import duration_text
from rules.case import Case
from rules.formula import All, Formula, Named, Never
from rules.rota import Rotas
from rules.routing import Route, decide_route
from rules.schema import Addition, RouteRule, Rules

LONGEST_REASON = 160
"""Characters of one rule's reason on a ticket; the whole is in `rules explain`."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One rule's answer."""

    name: str
    matched: bool
    why: str  # everything that holds, or the first thing that does not, with the value found
    wrong: int  # how many of its conditions do not hold
    conditions: int
    sets: tuple[str, ...] = ()  # what it says of the ticket; nothing unless it counts


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """A decision, and how every rule came into it."""

    route: Route
    routes: tuple[Answer, ...]  # in order, up to the one that decides and beyond it
    additions: tuple[Answer, ...]
    nearest_miss: str | None  # the route above the winner of which the smallest part does not hold


def explain(case: Case, rules: Rules, rotas: Rotas | None = None) -> Explanation:
    """Ask every rule. The decision is the one that `decide_route` takes."""
    route = decide_route(case, rules, rotas)
    routes = tuple(_answer(each, case, counts=each.name == route.name) for each in rules.routes)
    additions = tuple(_answer(each, case, counts=True) for each in rules.additions)
    return Explanation(route=route, routes=routes, additions=additions, nearest_miss=_nearest(route, routes))


def _answer(rule: RouteRule | Addition, case: Case, *, counts: bool) -> Answer:
    formula = rule.when.formula
    verdict = formula.told(case)
    # That something is not so brings no mail near a rule.
    parts = [part for part in _parts(formula) if not (isinstance(part, Never) and part.test(case))]
    wrong = sum(not part.test(case) for part in parts)
    return Answer(
        name=rule.name,
        matched=verdict.matched,
        why=verdict.why,
        wrong=wrong,
        conditions=len(parts),
        sets=rule.then.told if counts and verdict.matched else (),
    )


def _parts(formula: Formula) -> tuple[Formula, ...]:
    """The conditions that must all hold."""
    match formula:
        case All(parts):
            return tuple(inner for part in parts for inner in _parts(part))
        case Named():
            return _parts(formula.part)
        case _:
            return (formula,)


def _nearest(route: Route, routes: tuple[Answer, ...]) -> str | None:
    names = [each.name for each in routes]
    above = routes[: names.index(route.name)] if route.name in names else routes
    near = [each for each in above if each.wrong < each.conditions]
    return min(near, key=lambda each: each.wrong / each.conditions).name if near else None


def routed_by(route: Route) -> str:
    """For the ticket, in one or two lines: the route and why, then what additions, urgency and rotas did."""
    deciding, *others = (_shortened(reason) for reason in route.reasons)
    return "\n".join(filter(None, (deciding, "; ".join(others))))


def _shortened(reason: str) -> str:
    return reason if len(reason) <= LONGEST_REASON else f"{reason[: LONGEST_REASON - 1]}…"


def extras_told(route: Route) -> Iterator[tuple[str, str]]:
    """What the rules set beside the destination, in words; nothing of what they leave out."""
    if route.security_level:
        yield "security level", route.security_level
    if route.due_within is not None:
        yield "due", f"{duration_text(route.due_within)} after receipt"
    if route.watchers:
        yield "watchers", ", ".join(route.watchers)
    for name, value in route.fields.items():
        yield f'field "{name}"', ", ".join(value) if isinstance(value, tuple) else str(value)
    if route.comment_visibility:
        yield "comments seen by", str(route.comment_visibility)
