"""What is suspicious about rules without a fault: what never happens, is never used, or is not tested."""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from babel import Locale

from config.organisations import Directory
from config.yaml_nodes import Loc
from parsers.language_pack import tables
from parsers.language_scripts import SOLE_LANGUAGES
from rules.formula import Among, Has
from rules.loader import RulesFile
from rules.patterns import compiled
from rules.policies import NO_TEMPLATE
from rules.questions import Questions, Rule
from rules.reach import atoms
from rules.schema import DEFAULT, Rules, Supplement
from rules.spelling import comparable

EUROPEAN_UNION = "EU"
COUNTRIES = {"UK": "GB", "EL": "GR", "EN": "GB"}
LANGUAGES = {
    "nb": "no",
    "nn": "no",
    "iw": "he",
    "in": "id",
    "fil": "tl",
    "gr": "el",
    "jp": "ja",
    "ua": "uk",
    "cz": "cs",
}
"""What people write for other codes."""


class Weight(StrEnum):
    """How sure it is that something is wrong."""

    WARNING = "warning"  # it surely does not do what was meant
    NOTE = "note"  # it may be meant so


@functools.cache
def recognised() -> frozenset[str]:
    """The codes of the languages that mail can be found to be in."""
    sharing_a_script = (code for table in tables().values() for code in table.languages)
    return frozenset((*SOLE_LANGUAGES.values(), *sharing_a_script))


@dataclass(frozen=True, kw_only=True)
class Remark:
    """One thing to look at."""

    weight: Weight
    at: Loc
    message: str
    hint: str = ""


def lint(file: RulesFile) -> tuple[Remark, ...]:
    """Everything to look at, in the order of the kinds of remark."""
    rules, directory = file.rules, file.directory
    routes = [
        Rule(name=each.name, formula=each.when.formula, at=("routes", number))
        for number, each in enumerate(rules.routes)
    ]
    additions = [
        Rule(name=each.name, formula=each.when.formula, at=("additions", number))
        for number, each in enumerate(rules.additions)
    ]
    return (
        *_impossible([*routes, *additions], directory),
        *_shadowed(routes, directory),
        *_contradicting(rules, additions, directory),
        *_pointless_words([*routes, *additions]),
        *_strange_codes([*routes, *additions]),
        *_unused(file),
        *_untested(rules),
    )


def _impossible(rules: Sequence[Rule], directory: Directory | None) -> Iterator[Remark]:
    questions = Questions(rules, directory)
    for rule in rules:
        if not questions.can_hold(rule):
            message = f'"{rule.name}" can never hold: its conditions contradict each other'
            yield Remark(weight=Weight.WARNING, at=(*rule.at, "when"), message=message)


def _shadowed(routes: Sequence[Rule], directory: Directory | None) -> Iterator[Remark]:
    questions = Questions(routes, directory)
    for number, route in enumerate(routes):
        earlier = routes[:number]
        if not questions.can_hold(route):
            continue
        hiding = questions.hidden_by(route, earlier)
        if hiding:
            names = " and ".join(f'"{each.name}"' for each in _needed(questions, route, hiding))
            message = f'"{route.name}" is never reached: whatever fits it fits {names}, which stands above it'
            yield Remark(weight=Weight.WARNING, at=route.at, message=message, hint="move it up, or remove it")
        elif questions.hidden_by(route, earlier, texts_cover=True):
            message = f'"{route.name}" may never be reached: words in the routes above it decide'
            yield Remark(weight=Weight.NOTE, at=route.at, message=message)


def _needed(questions: Questions, route: Rule, earlier: Sequence[Rule]) -> list[Rule]:
    """As few of the earlier routes as suffice to leave nothing."""
    needed = list(earlier)
    for each in earlier:
        fewer = [other for other in needed if other is not each]
        if fewer and not questions.can_hold_without(route, fewer):
            needed = fewer
    return needed


def _contradicting(rules: Rules, additions: Sequence[Rule], directory: Directory | None) -> Iterator[Remark]:
    """Additions that set one key differently though both may apply; of these the upper one counts."""
    questions = Questions(additions, directory)
    said = [dict(_single_values(addition.then)) for addition in rules.additions]
    for number, lower in enumerate(additions):
        for upper, above in zip(additions[:number], said, strict=False):
            shared = above.keys() & said[number].keys()
            differing = sorted(key for key in shared if above[key] != said[number][key])
            if differing and questions.can_both_hold(upper, lower):
                yield _contradiction(upper, lower, differing)
                break  # one is enough to look at


def _contradiction(upper: Rule, lower: Rule, keys: Sequence[str]) -> Remark:
    message = (
        f'"{lower.name}" sets {" and ".join(keys)} otherwise than "{upper.name}", and a mail may fit both'
    )
    hint = f'"{upper.name}" counts, because it stands above'
    return Remark(weight=Weight.WARNING, at=(*lower.at, "then"), message=message, hint=hint)


def _single_values(then: Supplement) -> Iterator[tuple[str, object]]:
    """What can be set only once, by the names under which people know it."""
    for key in ("security_level", "due", "comment_visibility"):
        value = getattr(then, key)
        if value is not None:
            yield key, value
    for name, value in then.fields.items():
        yield f'the field "{name}"', value
    if then.attachments is not None and then.attachments.only:  # `hash_only` counts always
        yield "attachments", then.attachments
    if then.acknowledgement not in (None, NO_TEMPLATE):
        yield "acknowledgement", then.acknowledgement


def _pointless_words(rules: Sequence[Rule]) -> Iterator[Remark]:
    for rule in rules:
        for atom in atoms(rule.formula):
            if isinstance(atom, Has) and atom.fact.endswith(" matches"):
                yield from _matching_all(atom, (*rule.at, "when"))
            elif isinstance(atom, Has) and atom.fact.endswith(" contains"):
                yield from _in_all(atom, (*rule.at, "when"))


def _matching_all(atom: Has, at: Loc) -> Iterator[Remark]:
    for pattern in atom.values:
        if compiled(pattern)(b""):
            message = f'the pattern "{pattern}" matches every text'
            yield Remark(weight=Weight.WARNING, at=at, message=message, hint="it also matches nothing at all")


def _in_all(atom: Has, at: Loc) -> Iterator[Remark]:
    for phrase in atom.values:
        if not comparable(phrase).strip():
            message = f'the phrase "{phrase}" is in almost every text'
            yield Remark(weight=Weight.WARNING, at=at, message=message, hint="it holds no letter")


def _strange_codes(rules: Sequence[Rule]) -> Iterator[Remark]:
    """Languages and countries that no mail is ever found to be of."""
    countries = frozenset({*Locale("en").territories, EUROPEAN_UNION})
    known = {"language": (recognised(), "language"), "country": (countries, "country")}
    for rule in rules:
        for atom in atoms(rule.formula):
            if isinstance(atom, Among) and atom.fact in known:
                codes, what = known[atom.fact]
                for code in sorted(set(atom.values) - codes):
                    yield _strange(rule, code, what)


def _strange(rule: Rule, code: str, what: str) -> Remark:
    instead = {"language": LANGUAGES, "country": COUNTRIES}[what].get(code)
    hint = f'did you mean "{instead}"?' if instead else ""
    message = f'"{code}" is no {what} that is recognised'
    return Remark(weight=Weight.WARNING, at=(*rule.at, "when"), message=message, hint=hint)


def _unused(file: RulesFile) -> Iterator[Remark]:
    for group, names in (("lists", file.unused_lists), ("conditions", file.unused_conditions)):
        for name in sorted(names):
            message = f'"{name}" is used nowhere'
            yield Remark(weight=Weight.WARNING, at=(group, name), message=message)


def _untested(rules: Rules) -> Iterator[Remark]:
    tested = {test.expect.route for test in rules.tests}
    for number, route in enumerate(rules.routes):
        if route.name not in tested:
            message = f'no test expects the route "{route.name}"'
            yield Remark(
                weight=Weight.NOTE, at=("routes", number), message=message, hint="add one under tests"
            )
    if DEFAULT not in tested:
        message = "no test expects the default"
        yield Remark(weight=Weight.NOTE, at=("default",), message=message, hint="add one under tests")
