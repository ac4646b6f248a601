"""Decides where a case goes. Pure, and never raises: whatever could be wrong was refused at load."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from pydantic import TypeAdapter

from rules.assignee import assigned
from rules.case import Case
from rules.files import FilePolicy
from rules.policies import NO_TEMPLATE
from rules.priority import Priority, priority_of
from rules.rota import Rotas
from rules.schema import DEFAULT, Addition, Outcome, Rules, Supplement
from rules.ticket_keys import Audience, FieldValue, extras


@dataclass(frozen=True, kw_only=True)
class Route:
    """What the rules say about one case, with the reasons."""

    name: str  # of the deciding route
    project: str
    issue_type: str
    priority: Priority
    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    assignee: str | None = None
    set_aside: str | None = None  # why no ticket is opened
    hold: str | None = None  # why a person must look first
    files: FilePolicy | None = None  # what may be copied to the ticket; None for nothing
    acknowledgement: str | None = None  # the name of what the sender is told; None for nothing
    watchers: tuple[str, ...] = ()  # accounts
    security_level: str | None = None
    due_within: timedelta | None = None  # after receipt, if no clock ends earlier
    fields: Mapping[str, FieldValue] = field(default_factory=dict)  # by name
    comment_visibility: Audience | None = None  # None for everybody who sees the ticket
    reasons: tuple[str, ...] = ()


ROUTES: TypeAdapter[Route] = TypeAdapter(Route)
"""Turns routes into JSON and back."""


def decide_route(case: Case, rules: Rules, rotas: Rotas | None = None) -> Route:
    """The first route that matches decides the destination; then every addition that matches adds.

    Without rotas, nobody is on duty.
    """
    name, outcome, why = _destination(case, rules)
    added = [rule for rule in rules.additions if rule.when.formula.test(case)]
    priority, reason = _priority(case, outcome, added)
    wanted = outcome.assignee
    assignee, whose = assigned(wanted, case, rotas) if wanted else (None, None)
    holds = (outcome.hold, *(rule.then.hold for rule in added))
    thens: list[Outcome | Supplement] = [outcome, *(rule.then for rule in added)]
    more = extras(case, thens)
    return Route(
        name=name,
        project=outcome.project or rules.default.then.project or "",
        issue_type=outcome.issue_type or rules.default.then.issue_type or "",
        priority=priority,
        labels=_union(outcome.labels, *(rule.then.labels for rule in added)),
        components=_union(outcome.components, *(rule.then.components for rule in added)),
        assignee=assignee,
        set_aside=outcome.set_aside,
        hold=None if outcome.set_aside else next(filter(None, holds), None),
        files=_files(thens),
        acknowledgement=_acknowledgement(thens),
        watchers=more.watchers,
        security_level=more.security_level,
        due_within=more.due_within,
        fields=more.fields,
        comment_visibility=more.comment_visibility,
        reasons=tuple(filter(None, (why, *_added(added, case), reason, whose))),
    )


def _destination(case: Case, rules: Rules) -> tuple[str, Outcome, str]:
    for test, route in rules.asked:
        if test(case):
            return route.name, route.then, f'route "{route.name}": {route.when.judge(case).why}'
    return DEFAULT, rules.default.then, "default: no route matched"


def _added(additions: Iterable[Addition], case: Case) -> Iterator[str]:
    return (f'addition "{rule.name}": {rule.when.judge(case).why}' for rule in additions)


def _priority(case: Case, outcome: Outcome, additions: Iterable[Addition]) -> tuple[Priority, str]:
    if outcome.priority:
        chosen, reason = outcome.priority, f"priority {outcome.priority} by the route"
    else:
        chosen = priority_of(case.urgency)
        reason = f"priority {chosen} by urgency {case.urgency}"
    for addition in additions:
        raised = addition.then.priority
        if raised and raised.rank > chosen.rank:
            chosen, reason = raised, f'priority {raised} by addition "{addition.name}"'
    return chosen, reason


def _files(thens: Iterable[Outcome | Supplement]) -> FilePolicy | None:
    """The first that any of them says; none where one of them lets no file onto the ticket."""
    policies = [then.attachments.policy for then in thens if then.attachments is not None]
    return policies[0] if policies and all(policy.types for policy in policies) else None


def _acknowledgement(thens: Iterable[Outcome | Supplement]) -> str | None:
    """The first that any of them names; none where one of them says so."""
    names = [then.acknowledgement for then in thens if then.acknowledgement is not None]
    return names[0] if names and NO_TEMPLATE not in names else None


def _union(*groups: tuple[str, ...]) -> tuple[str, ...]:
    """Every item once, in the order of first mention."""
    return tuple(dict.fromkeys(item for group in groups for item in group))
