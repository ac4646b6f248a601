"""The `when` of a rule: conditions that must all hold, and their combinations."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StrictBool, WithJsonSchema
from typing_extensions import override

from rules.case import Case
from rules.condition import Condition, Facets
from rules.content_fields import AttachmentsAre, ReferencesAre, SizeIs
from rules.fields import (
    FlagsAre,
    HarmIs,
    KindIs,
    LanguageIs,
    MailboxIs,
    MissingElements,
    RelationIs,
    SenderIs,
    UrgencyIs,
    yes_or_no,
)
from rules.formula import All, Formula, Named, Never, Some
from rules.text_fields import AuthorityRefIs, OwnTextHas, SubjectHas
from rules.time_fields import ClockIs, TimeIs

NAMES: dict[str, object] = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
"""As they are written; what they stand for is put in when the file is read."""


class When(Facets):
    """Every key that is set must hold."""

    mailbox: MailboxIs | None = None
    kind: KindIs | None = None
    language: LanguageIs | None = None
    urgency: UrgencyIs | None = None
    harm: HarmIs | None = None
    relation: RelationIs | None = None
    sender: SenderIs | None = None
    clock: ClockIs | None = None
    time: TimeIs | None = None
    references: ReferencesAre | None = None
    attachments: AttachmentsAre | None = None
    size: SizeIs | None = None
    subject: SubjectHas | None = None
    own_text: OwnTextHas | None = None
    flags: FlagsAre | None = None
    missing_elements: MissingElements | None = None
    authority_ref: AuthorityRefIs | None = None
    held: StrictBool | None = None
    """Whether the message could not be read properly and needs a person."""
    named: Annotated[dict[str, "When"], Field(min_length=1), WithJsonSchema(NAMES)] | None = Field(
        None, alias="is"
    )
    """Conditions that the file defines; written as their names."""
    every: Annotated[tuple["When", ...], Field(min_length=1)] | None = Field(None, alias="all")
    some: Annotated[tuple["When", ...], Field(min_length=1)] | None = Field(None, alias="any")
    never: "When | None" = Field(None, alias="not")

    @override
    def _parts(self) -> Iterator[Formula]:
        yield from (condition.formula for condition in self._conditions() if condition)
        if self.held is not None:
            yield yes_or_no("held", _is_held, wanted=self.held)
        yield from self._combined()

    def _conditions(self) -> tuple[Condition | None, ...]:
        who = (self.mailbox, self.sender)
        what = (self.kind, self.language, self.urgency, self.harm, self.relation, self.clock, self.time)
        content = (self.references, self.attachments, self.size, self.flags, self.subject, self.own_text)
        return (*who, *what, *content, self.missing_elements, self.authority_ref)

    def _combined(self) -> Iterator[Formula]:
        for name, when in (self.named or {}).items():
            yield Named(name=name, part=when.formula)
        if self.every:
            yield All(tuple(part.formula for part in self.every))
        if self.some:
            yield Some(tuple(part.formula for part in self.some))
        if self.never:
            yield Never(self.never.formula)


def _is_held(case: Case) -> bool:
    return case.held is not None
