"""What a person says is right about a mail. A key that is left out is not judged: docs/evaluate.md."""

from datetime import datetime, timedelta
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from daemon.manifest import ManifestLine, Text
from parsers.facts import Harm, Instant, Kind, RelationType, SenderClass, Urgency
from rules.working_days import last_working_day

JOINS = frozenset({RelationType.DUPLICATE, RelationType.FOLLOWUP})
"""The relations by which a mail becomes part of a known matter."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class LabelledDeadline(_Part):
    """By when something is due, in one of three forms."""

    hours: float | None = None
    """Hours from receipt."""
    at: Instant | None = None
    working_days: int | None = None
    """Those of the sender's country, after the day of receipt; the last one ends at midnight there."""

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if [self.hours, self.at, self.working_days].count(None) != len(("at", "hours")):
            raise ValueError("needs exactly one of hours, at, working_days")
        return self

    def due(self, received_at: datetime, country: str | None) -> datetime:
        """The instant; without a country, days end in UTC."""
        if self.at is not None:
            return self.at
        if self.hours is not None:
            return received_at + timedelta(hours=self.hours)
        return last_working_day(received_at, self.working_days or 0, country).at


class LabelledRelation(_Part):
    """How the mail stands to the earlier ones; `of` names the first mail of the other matter."""

    type: RelationType
    of: Text | None = None


class LabelledAttachment(_Part):
    """A file that came with the mail."""

    name: str | None


class Label(ManifestLine):
    """One line of labels.jsonl, which is a manifest too."""

    language: str | None = None
    kind: Kind | None = None
    sender_class: SenderClass | None = None
    auth: Literal["pass", "fail", "none"] | None = None
    urgency: Urgency | None = None
    deadline: LabelledDeadline | None = None
    harm: Harm | None = None
    refs: tuple[str, ...] = ()
    authority_ref: str | None = None
    relation: LabelledRelation | None = None
    hard_negative_of: Text | None = None
    own_text_contains: tuple[str, ...] = ()
    own_text_excludes: tuple[str, ...] = ()
    attachments: tuple[LabelledAttachment, ...] = ()
    ack: bool | None = None

    def says(self, *keys: str) -> bool:
        """Whether one of these keys stands in the line, be it as null."""
        return not self.model_fields_set.isdisjoint(keys)

    @property
    def joined(self) -> str | None:
        """The mail whose matter this one is part of; None when it opens its own."""
        return self.relation.of if self.relation and self.relation.type in JOINS else None
