"""The conditions on what a report names and brings along."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import BeforeValidator, Field, StrictBool
from typing_extensions import override

from parsers.facts import Attachment, ReferenceKind
from rules.case import Case
from rules.condition import Condition, Facets, OneOrMore, Text, Verdict
from rules.names import ReferenceText
from rules.text_fields import comparable

_SIZE = re.compile(r"([0-9]{1,9})(KB|MB)")
_OCTETS = {"KB": 1 << 10, "MB": 1 << 20}


def _octets(value: object) -> int:
    form = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not form:
        raise ValueError("is not a size such as 500KB or 20MB")
    return int(form[1]) * _OCTETS[form[2]]


Size = Annotated[int, BeforeValidator(_octets), Field(ge=1)]
"""Octets, written as KB (1,024) or MB (1,048,576)."""


class ReferencesAre(Facets):
    """What the report names on the platform."""

    any_of: OneOrMore[ReferenceText] | None = Field(None, alias="any")
    kinds: OneOrMore[ReferenceKind] | None = None
    at_least: Annotated[int, Field(ge=1)] | None = None
    """How many references, of the kinds listed if any are."""

    def _verdicts(self, case: Case) -> Iterator[Verdict]:
        references = case.report.references
        if self.any_of:
            shared = [str(each) for each in references if str(each) in self.any_of]
            yield Verdict(matched=bool(shared), why=f"names {', '.join(shared) or 'none of the references'}")
        if self.kinds or self.at_least:
            counted = [each for each in references if not self.kinds or each.kind in self.kinds]
            what = f"references of kind {' or '.join(self.kinds)}" if self.kinds else "references"
            yield Verdict(matched=len(counted) >= (self.at_least or 1), why=f"{what}: {len(counted)}")


class AttachmentsAre(Facets):
    """What is attached: so many files that are as described."""

    types: OneOrMore[Text] | None = Field(None, alias="type")
    """Of the content, whatever the mail claims: `application/pdf`, `image/*`."""
    names: OneOrMore[Text] | None = Field(None, alias="name")
    """With `*` for anything: `*.zip`."""
    encrypted: StrictBool | None = None
    at_least: Annotated[int, Field(ge=1)] | None = None
    """One, if left out."""

    def _verdicts(self, case: Case) -> Iterator[Verdict]:
        fitting = [each for each in case.report.attachments if self._fits(each)]
        described = bool(self.types or self.names) or self.encrypted is not None
        what = "attachments as described" if described else "attachments"
        yield Verdict(matched=len(fitting) >= (self.at_least or 1), why=f"{what}: {len(fitting)}")

    def _fits(self, attachment: Attachment) -> bool:
        is_encrypted = "encrypted" in attachment.flags
        return (
            _like(attachment.content_type, self.types)
            and _like(attachment.name or attachment.safe_name, self.names)
            and self.encrypted in (None, is_encrypted)
        )


def _like(text: str, patterns: tuple[str, ...] | None) -> bool:
    if patterns is None:
        return True
    plain = comparable(text)
    return any(fnmatchcase(plain, comparable(pattern)) for pattern in patterns)


class SizeIs(Condition):
    """The size of the mail as received."""

    at_least: Size

    @override
    def judge(self, case: Case) -> Verdict:
        return Verdict(matched=case.size >= self.at_least, why=f"size: {case.size} octets")
