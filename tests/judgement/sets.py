"""The judgement sets: what their authors wrote, and what they say is right about it."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from daemon.labels import LabelledDeadline
from parsers.facts import Harm, Instant, RelationType, SenderClass, Urgency

HERE = Path(__file__).parent
LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
Text = Annotated[str, Field(min_length=3)]
AutomaticKind = Literal["auto_reply", "bounce", "newsletter"]


class JudgementSet(StrEnum):
    """A whole collection of judged texts, by one author."""

    FIRST = "first"
    SECOND = "second"

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return HERE if self is JudgementSet.FIRST else HERE / self.value


class Row(BaseModel):
    """What an author wrote; an unknown key is a slip."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class SaidInLanguage(Row):
    """A short text and its language; `also` names the others of a bilingual one."""

    language: LanguageCode
    also: tuple[LanguageCode, ...] = ()
    text: Text


class JudgedMail(Row):
    """A short mail and how urgent it is; `why` is the author's reason."""

    language: LanguageCode
    urgency: Urgency
    kind: AutomaticKind | None = None
    """Automatic mail says so in its header; None for what a person wrote."""
    harm: Harm
    sender_class: SenderClass
    subject: str
    text: Text
    why: Text


class SaidLimit(Row):
    """What an authority of a country wrote, and the limit that it sets for us; None where it sets none."""

    language: LanguageCode
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    received_at: Instant
    subject: str = "-"
    text: Text
    expected: LabelledDeadline | None
    binding: bool = True
    """False: the author only wishes for it."""
    why: Text


class PairedMail(Row):
    """One mail of a pair."""

    sender: str = Field(alias="from")
    subject: str
    answers: Literal["first", "acknowledgement"] | None = None
    """What it answers: the first mail of the pair, or what we sent on receiving it."""
    kind: AutomaticKind | None = None
    text: Text
    refs: tuple[str, ...] = ()
    """The content that it names."""
    case: str | None = None
    """The sender's own case number."""

    @property
    def domain(self) -> str:
        """The domain of its sender."""
        return self.sender.rpartition("@")[2]


class MailPair(Row):
    """Two mails of which the first is new; `relation` is the second one's."""

    relation: RelationType
    why: Text
    first: PairedMail
    second: PairedMail


_LANGUAGES: TypeAdapter[tuple[SaidInLanguage, ...]] = TypeAdapter(tuple[SaidInLanguage, ...])
_URGENCIES: TypeAdapter[tuple[JudgedMail, ...]] = TypeAdapter(tuple[JudgedMail, ...])
_DEADLINES: TypeAdapter[tuple[SaidLimit, ...]] = TypeAdapter(tuple[SaidLimit, ...])
_RELATIONS: TypeAdapter[tuple[MailPair, ...]] = TypeAdapter(tuple[MailPair, ...])
_SENDERS: TypeAdapter[Mapping[str, SenderClass]] = TypeAdapter(Mapping[str, SenderClass])
FLOORS: TypeAdapter[Mapping[str, float]] = TypeAdapter(Mapping[str, float])


@cache
def languages(of: JudgementSet) -> tuple[SaidInLanguage, ...]:
    """The texts whose language is known."""
    return _LANGUAGES.validate_python(read(of.folder, "language"))


@cache
def urgencies(of: JudgementSet) -> tuple[JudgedMail, ...]:
    """The mails whose urgency is known."""
    return _URGENCIES.validate_python(read(of.folder, "urgency"))


@cache
def deadlines(of: JudgementSet) -> tuple[SaidLimit, ...]:
    """The sentences whose limit is known."""
    return _DEADLINES.validate_python(read(of.folder, "deadlines"))


@cache
def tempting_limits(*, unread: bool) -> tuple[SaidLimit, ...]:
    """Limits that hide, and what only looks like one; `unread` are the rows that developers leave alone."""
    files = sorted((HERE / "tempting").glob("*.yaml"))
    rows = (
        row for file in files for row in _DEADLINES.validate_python(read(file.parent, file.stem))[unread::2]
    )
    return tuple(rows)


@cache
def relations(of: JudgementSet) -> tuple[MailPair, ...]:
    """The pairs of mails whose relation is known."""
    return _RELATIONS.validate_python(read(of.folder, "relations"))


@cache
def senders(of: JudgementSet) -> Mapping[str, SenderClass]:
    """What the domains in the pairs stand for; others are unknown."""
    return _SENDERS.validate_python(read(of.folder, "senders"))


@cache
def floors(of: JudgementSet) -> Mapping[str, float]:
    """By score, the share under which it must not fall."""
    return FLOORS.validate_python(read(of.folder, "floors"))


def read(folder: Path, name: str) -> object:
    """The values of one file of a set, not yet checked."""
    values: object = yaml.load((folder / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return values
