"""The grammar of `routing.yaml`."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, model_validator

from config.fault_words import did_you_mean
from config.yaml_file import Problem, found, text_like
from rules.assignee import Assignee
from rules.condition import OneOrMore, Several, Text
from rules.formula import Test
from rules.given import Given
from rules.names import DefinedName, RuleName
from rules.policies import Files, Template
from rules.priority import Priority
from rules.ticket_keys import AudienceWanted, Due, FieldName, FieldValue, TicketKeys
from rules.when import When

DEFAULT = "default"
"""The name under which the default decides."""

NAMED = {"lists", "conditions", "tests"}
"""What decides nothing by itself."""


def _hyphenated(label: str) -> str:
    return "-".join(label.split())


def _tells_why(text: str) -> str:
    if text.strip().lower() in {"yes", "no", "on", "off", "true", "false"}:
        raise ValueError("is no reason; write why, in words that people will read")
    return text


Project = Annotated[str, text_like(r"[A-Z][A-Z0-9_]{1,9}", "a Jira project key, such as INC")]
Label = Annotated[
    str,
    text_like(r"(?!.*(\{\{|\{%))\S{1,255}", "a label without spaces; only fields are filled in", _hyphenated),
]
Reason = Annotated[Text, AfterValidator(_tells_why)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Outcome(TicketKeys):
    """What becomes of a mail. What a route leaves out of project and issue type, the default says."""

    project: Project | None = None
    issue_type: Text | None = None
    priority: Priority | None = None
    """Left out, the urgency decides."""
    labels: Several[Label] = ()
    components: Several[Text] = ()
    assignee: Assignee | None = None
    set_aside: Reason | None = None
    """Why no ticket is opened."""
    hold: Reason | None = None
    """Why a person must look before anything else happens."""
    attachments: Files | None = None
    """Left out, files are named by their hashes only."""
    acknowledgement: Template | None = None
    """What the sender is told automatically; left out, nothing."""

    @model_validator(mode="after")
    def _one_fate(self) -> Self:
        if self.set_aside and self.hold:
            raise found([Problem(("hold",), "contradicts set_aside", "keep one of the two")])
        return self


class RouteRule(_Section):
    """One route: where mail that fits goes."""

    name: RuleName
    when: When
    then: Outcome


class Supplement(TicketKeys):
    """What an addition adds. A priority raises and never lowers."""

    labels: Several[Label] = ()
    components: Several[Text] = ()
    priority: Priority | None = None
    hold: Reason | None = None
    """Why a person must look before anything else happens; not where the route sets the mail aside."""
    attachments: Files | None = None
    """Counts where nothing before it says anything about files; `hash_only` counts always."""
    acknowledgement: Template | None = None
    """Counts where nothing before it names one; `none` counts always."""


class Addition(_Section):
    """Something that is added to every route whose mail fits."""

    name: RuleName
    when: When
    then: Supplement


class Default(_Section):
    """Where mail goes that no route fits."""

    then: Outcome

    @model_validator(mode="after")
    def _complete(self) -> Self:
        names = ("project", "issue_type")
        problems = [Problem(("then",), f"needs {name}") for name in names if not getattr(self.then, name)]
        if self.then.set_aside:
            problems.append(Problem(("then", "set_aside"), "would lose every mail that no route fits"))
        if problems:
            raise found(problems)
        return self


class Expectation(_Section):
    """What a test wants of the decision; what it leaves out may be anything."""

    route: Text | None = None
    project: Project | None = None
    issue_type: Text | None = None
    priority: Priority | None = None
    labels: Several[Label] = ()
    """These must be among the labels."""
    components: Several[Text] = ()
    """These must be among the components."""
    assignee: Text | None = None
    set_aside: StrictBool | None = None
    hold: StrictBool | None = None
    attachments: Literal["attach", "hash_only"] | None = None
    """Whether the rules let any file onto the ticket."""
    acknowledgement: Text | None = None
    """The name of one, or `none`."""
    watchers: Several[Text] = ()
    """These must be among the watchers."""
    security_level: Text | None = None
    due: Due | None = None
    """`clock`, or the span from receipt."""
    fields: dict[FieldName, FieldValue] = Field(default_factory=dict)
    """These must be so, filled in; an empty text is a field that is not set."""
    comment_visibility: AudienceWanted | None = None


class RoutingTest(_Section):
    """One example beside the rules."""

    name: RuleName
    given: Given
    expect: Expectation


class Rules(_Section):
    """All of `routing.yaml`. Lists and conditions have been put in where they are used."""

    lists: dict[DefinedName, OneOrMore[Text]] = {}
    conditions: dict[DefinedName, When] = {}
    routes: tuple[RouteRule, ...] = ()
    additions: tuple[Addition, ...] = ()
    default: Default
    tests: tuple[RoutingTest, ...] = ()

    @cached_property
    def asked(self) -> tuple[tuple[Test, RouteRule], ...]:
        """Each route with its question, which is looked up once and not for every report."""
        return tuple((route.when.formula.test, route) for route in self.routes)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the rules mean: neither layout nor comments nor tests change it."""
        meaning = self.model_dump(mode="json", by_alias=True, exclude=NAMED, exclude_defaults=True)
        return hashlib.sha256(json.dumps(meaning, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    @model_validator(mode="after")
    def _names_make_sense(self) -> Self:
        problems = [*self._repeated_names(), *self._reserved_names(), *self._unknown_routes()]
        if problems:
            raise found(problems)
        return self

    def _repeated_names(self) -> Iterator[Problem]:
        for group in ("routes", "additions", "tests"):
            names = [rule.name for rule in getattr(self, group)]
            counts = Counter(names)
            for number, name in enumerate(names):
                if counts[name] > 1:
                    yield Problem(
                        (group, number, "name"), f'"{name}" is used {counts[name]} times in {group}'
                    )

    def _reserved_names(self) -> Iterator[Problem]:
        for number, route in enumerate(self.routes):
            if route.name == DEFAULT:
                yield Problem(("routes", number, "name"), f'"{DEFAULT}" is the name of the default')

    def _unknown_routes(self) -> Iterator[Problem]:
        known = {DEFAULT, *(route.name for route in self.routes)}
        for number, test in enumerate(self.tests):
            wanted = test.expect.route
            if wanted is not None and wanted not in known:
                at = ("tests", number, "expect", "route")
                yield Problem(at, f'"{wanted}" is no route', did_you_mean(wanted, known))
