"""Texts in rules that are filled in from a case: the values of a ticket's fields.

The language is Jinja's, cut down so that no text takes more than a moment or grows without bound: facts,
`if`, `==`, `in` and a few filters; no loops, calls or arithmetic. What is left can be filled in for every
case; it is checked when the rules are read, and then tried with two samples.
"""

import functools
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeGuard

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from config.fault_words import did_you_mean
from parsers.facts import Verification
from rules.case import Case

LONGEST_SOURCE = 500
"""Characters of a text in a rule."""
LONGEST_RESULT = 2_000
"""Characters of a text that is filled in; the rest is cut off."""
FILTERS = frozenset({"capitalize", "join", "lower", "title", "trim", "upper"})
COMPARISONS = frozenset({"eq", "ne", "in", "notin"})
LISTS = frozenset({"flags", "references", "regimes"})
SENDER = frozenset({"address", "class", "country", "domain", "organisation", "verified"})
NAMES = LISTS | {
    "authority_ref",
    "due",
    "harm",
    "kind",
    "language",
    "mailbox",
    "received",
    "relation",
    "sender",
    "subject",
    "urgency",
}

Fact = str | Sequence[str] | Mapping[str, str]

_ENVIRONMENT = ImmutableSandboxedEnvironment(
    autoescape=False,  # no HTML is made of it
    undefined=StrictUndefined,
)
_ALLOWED = (
    nodes.And,
    nodes.Compare,
    nodes.CondExpr,
    nodes.Const,
    nodes.Filter,
    nodes.Getattr,
    nodes.If,
    nodes.List,
    nodes.Name,
    nodes.Not,
    nodes.Operand,
    nodes.Or,
    nodes.Output,
    nodes.TemplateData,
)
"""Nothing that repeats, calls, calculates or defines."""
_VALUES = (nodes.Const, nodes.Filter, nodes.Getattr, nodes.Name)


def filled_in(source: str, facts: Mapping[str, Fact]) -> str:
    """The text for a case, without white space around it."""
    return _template(source).render(facts).strip()[:LONGEST_RESULT]


def check(source: str) -> str:
    """The text as it is.

    Raises:
        ValueError: it can't be filled in; the message says why.
    """
    if len(source) > LONGEST_SOURCE:
        raise ValueError(f"is longer than {LONGEST_SOURCE} characters")
    try:
        tree = _ENVIRONMENT.parse(source)
    except TemplateError as error:
        raise ValueError(f"can't be filled in: {error.message}") from None
    for objection in _objections(tree):
        raise ValueError(objection)
    for sample in (_FULL, _EMPTY):
        try:
            filled_in(source, sample)
        except (TemplateError, TypeError) as error:
            raise ValueError(f"can't be filled in: {error}") from None
    return source


def facts_for_texts(case: Case) -> dict[str, Fact]:
    """What a text may name, in the words of conditions; what is not known is an empty text."""
    report, sender = case.report, case.report.sender
    return {
        "authority_ref": report.authority_ref or "",
        "due": _instant(case.due) if case.due else "",
        "flags": sorted(report.flags),
        "harm": str(report.harm),
        "kind": str(report.kind),
        "language": report.language.code or "",
        "mailbox": case.mailbox,
        "received": _instant(report.received_at),
        "references": [str(reference) for reference in report.references],
        "regimes": sorted(case.regimes),
        "relation": str(case.relation),
        "sender": {
            "address": sender.address or "",
            "class": str(sender.sender_class),
            "country": sender.country or "",
            "domain": sender.domain or "",
            "organisation": sender.organisation or "",
            "verified": "yes" if report.authenticity.verdict is Verification.VERIFIED else "",
        },
        "subject": report.subject,
        "urgency": str(case.urgency),
    }


@functools.lru_cache(maxsize=1_000)
def _template(source: str) -> Template:
    return _ENVIRONMENT.from_string(source)


def _objections(tree: nodes.Template) -> Iterator[str]:
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            yield f'uses "{type(node).__name__.lower()}", which texts in rules do not have'
        yield from _wrong(node)


def _wrong(node: nodes.Node) -> Iterator[str]:
    match node:
        case nodes.Name() if node.name not in NAMES:
            yield f'"{node.name}" is no fact; {did_you_mean(node.name, NAMES)}'
        case nodes.Output():
            yield from (f"{part.name} is no text by itself" for part in node.nodes if _is_group(part))
        case nodes.Const() if not isinstance(node.value, str):
            yield "only texts can be compared"
        case nodes.CondExpr() if node.expr2 is None:
            yield "an if needs an else"
        case nodes.Compare():
            yield from _wrong_comparison(node)
        case nodes.Getattr():
            yield from _wrong_part(node)
        case nodes.Filter():
            yield from _wrong_filter(node)


def _wrong_comparison(node: nodes.Compare) -> Iterator[str]:
    if any(operand.op not in COMPARISONS for operand in node.ops):
        yield "compares otherwise than by ==, !=, in and not in"
    last = node.ops[-1].expr
    if (
        len(node.ops) > 1
        or not isinstance(node.expr, _VALUES)
        or not isinstance(last, (*_VALUES, nodes.List))
    ):
        yield "compares something else than two facts or texts"
    if _is_group(node.expr):
        yield f"{node.expr.name} is no text by itself"
    if any(_is_group(operand.expr) and operand.expr.name == "sender" for operand in node.ops):
        yield "sender is no text by itself"


def _wrong_part(node: nodes.Getattr) -> Iterator[str]:
    if not isinstance(node.node, nodes.Name) or node.node.name != "sender":
        yield f'only sender has parts; "{node.attr}" is none'
    elif node.attr not in SENDER:
        yield f'"sender.{node.attr}" is no fact; {did_you_mean(node.attr, SENDER)}'


def _wrong_filter(node: nodes.Filter) -> Iterator[str]:
    of_list = _is_group(node.node) and node.node.name in LISTS
    if node.name not in FILTERS:
        yield f'"{node.name}" is no filter; {did_you_mean(node.name, FILTERS)}'
    elif of_list is not (node.name == "join"):
        yield f"join, and nothing else, makes a text of {', '.join(sorted(LISTS))}"
    elif node.kwargs or len(node.args) > (node.name == "join"):
        yield f"{node.name} is given too much"


def _is_group(node: nodes.Node | None) -> TypeGuard[nodes.Name]:
    return isinstance(node, nodes.Name) and node.name in {*LISTS, "sender"}


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="minutes")


_EMPTY: Mapping[str, Fact] = {
    **dict.fromkeys(NAMES, ""),
    **dict.fromkeys(LISTS, ()),
    "sender": dict.fromkeys(SENDER, ""),
}
_FULL: Mapping[str, Fact] = {
    **dict.fromkeys(NAMES, "text"),
    **dict.fromkeys(LISTS, ("one", "two")),
    "sender": dict.fromkeys(SENDER, "text"),
}
