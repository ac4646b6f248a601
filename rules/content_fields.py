"""The conditions on what a report names and brings along."""

import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import cached_property
from mimetypes import guess_type
from typing import Annotated

from pydantic import BeforeValidator, Field, StrictBool
from typing_extensions import override

from config.yaml_file import text_like
from parsers.facts import Attachment, ReferenceKind
from rules.case import Case
from rules.condition import Condition, Facets, OneOrMore, Text
from rules.formula import Formula, Has, Number
from rules.names import ReferenceText
from rules.spelling import comparable

_SIZE = re.compile(r"([0-9]{1,9})(KB|MB)")
_OCTETS = {"KB": 1 << 10, "MB": 1 << 20}


def _octets(value: object) -> int:
    form = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not form:
        raise ValueError("is not a size such as 500KB or 20MB, without a space")
    return int(form[1]) * _OCTETS[form[2]]


def _type_of_ending(text: str) -> str | None:
    """The type of files that end so: people write `pdf` for `application/pdf`."""
    return guess_type(f"file.{text.strip('*.').lower()}")[0]


ContentType = Annotated[
    str,
    text_like(r"[^/\s]+/[^/\s]+|\*", "a content type such as application/pdf or image/*", _type_of_ending),
]
Written = Annotated[str, Field(pattern=f"^{_SIZE.pattern}$")]
Size = Annotated[int, BeforeValidator(_octets, json_schema_input_type=Written | int), Field(ge=1)]
"""Octets, written as KB (1,024) or MB (1,048,576)."""


class ReferencesAre(Facets):
    """What the report names on the platform."""

    any_of: OneOrMore[ReferenceText] | None = Field(None, alias="any")
    kinds: OneOrMore[ReferenceKind] | None = None
    at_least: Annotated[int, Field(ge=1)] | None = None
    """How many references, of the kinds listed if any are."""

    @override
    def _parts(self) -> Iterator[Formula]:
        if self.any_of:
            missing = "names none of the references"
            yield Has(fact="names", has=_names, values=self.any_of, found="names {}", missing=missing)
        if self.kinds or self.at_least:
            what = f"references of kind {' or '.join(self.kinds)}" if self.kinds else "references"
            yield counted(what, self._count, self.at_least)

    def _count(self, case: Case) -> int:
        references, kinds = case.report.references, self.kinds
        return len(references) if kinds is None else sum(each.kind in kinds for each in references)


class AttachmentsAre(Facets):
    """What is attached: so many files that are as described."""

    types: OneOrMore[ContentType] | None = Field(None, alias="type")
    """Of the content, whatever the mail claims: `application/pdf`, `image/*`."""
    names: OneOrMore[Text] | None = Field(None, alias="name")
    """With `*` for anything: `*.zip`."""
    encrypted: StrictBool | None = None
    at_least: Annotated[int, Field(ge=1)] | None = None
    """One, if left out."""

    @override
    def _parts(self) -> Iterator[Formula]:
        yield counted(" ".join(self._words()), self._count, self.at_least)

    def _words(self) -> Iterator[str]:
        if self.encrypted is not None:
            yield "encrypted" if self.encrypted else "not encrypted"
        yield "attachments"
        if self.types:
            yield f"of type {' or '.join(self.types)}"
        if self.names:
            yield f"named {' or '.join(self.names)}"

    def _count(self, case: Case) -> int:
        return sum(map(self._fits, case.report.attachments))

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
    @cached_property
    def formula(self) -> Formula:
        return counted("octets", lambda case: case.size, self.at_least)


def counted(what: str, count: Callable[[Case], int], at_least: int | None) -> Number:
    """Whether there are so many; one where no number is said."""
    return Number(fact=what, of=count, said=lambda case: f"{what}: {count(case)}", at_least=at_least or 1)


def _names(case: Case, reference: str) -> bool:
    return any(str(each) == reference for each in case.report.references)
