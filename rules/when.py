"""The `when` of a rule: conditions that must all hold, and their combinations."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StrictBool

from rules.case import Case
from rules.condition import Condition, Facets, Verdict, agreed, all_of, any_of
from rules.content_fields import AttachmentsAre, ReferencesAre, SizeIs
from rules.fields import FlagsAre, HarmIs, KindIs, LanguageIs, MailboxIs, RelationIs, SenderIs, UrgencyIs
from rules.text_fields import OwnTextHas, SubjectHas
from rules.time_fields import ClockIs, TimeIs


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
    authority_ref: StrictBool | None = None
    """Whether the mail carries the sender's own case number."""
    held: StrictBool | None = None
    """Whether the message could not be read properly and needs a person."""
    named: Annotated[dict[str, "When"], Field(min_length=1)] | None = Field(None, alias="is")
    """Conditions that the file defines; written as their names."""
    every: Annotated[tuple["When", ...], Field(min_length=1)] | None = Field(None, alias="all")
    some: Annotated[tuple["When", ...], Field(min_length=1)] | None = Field(None, alias="any")
    never: "When | None" = Field(None, alias="not")

    def _verdicts(self, case: Case) -> Iterator[Verdict]:
        yield from (condition.judge(case) for condition in self._conditions() if condition)
        if self.authority_ref is not None:
            has_one = case.report.authority_ref is not None
            yield agreed("authority's case number", actual=has_one, wanted=self.authority_ref)
        if self.held is not None:
            yield agreed("held", actual=case.held is not None, wanted=self.held)
        yield from self._combined(case)

    def _conditions(self) -> tuple[Condition | None, ...]:
        who = (self.mailbox, self.sender)
        what = (self.kind, self.language, self.urgency, self.harm, self.relation, self.clock, self.time)
        content = (self.references, self.attachments, self.size, self.subject, self.own_text, self.flags)
        return (*who, *what, *content)

    def _combined(self, case: Case) -> Iterator[Verdict]:
        for name, when in (self.named or {}).items():
            inner = when.judge(case)
            yield Verdict(matched=inner.matched, why=f"{name} ({inner.why})")
        if self.every:
            yield all_of(part.judge(case) for part in self.every)
        if self.some:
            yield any_of(part.judge(case) for part in self.some)
        if self.never:
            inner = self.never.judge(case)
            yield Verdict(matched=not inner.matched, why=f"not ({inner.why})")
