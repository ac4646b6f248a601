"""The statutory time limits that can reach a platform by mail: `clocks.yaml`.

Every row is data to be confirmed by the platform's own counsel; it says where its number was read.
"""

import hashlib
import re
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from config.elements import Element
from config.organisations import CountryCode
from config.yaml_file import Problem, found, read_yaml, text_like

_ISO_FORM = r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?"
_VERSION_LENGTH = 12
_EU_MEMBERS = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
)

IsoDuration = Annotated[str, text_like(rf"(?=P.*\d){_ISO_FORM}", "an ISO 8601 duration such as PT4H or P10D")]
"""ISO 8601-1:2019, section 5.5.2, in whole years, months, days, hours and minutes."""
Text = Annotated[str, Field(min_length=1)]
Texts = tuple[Text, ...]


class Start(StrEnum):
    """What sets a statutory clock going."""

    RECEIPT = "receipt"
    DECISION_NOTIFIED = "decision_notified"
    NOTICE_GIVEN = "notice_given"
    VALID_REQUEST = "valid_request"
    COMPLAINT = "complaint"
    CLARIFICATION = "clarification"  # receipt of what an incomplete order lacked
    KNOWLEDGE = "knowledge"
    REMOVAL = "removal"
    REPORT_SUBMITTED = "report_submitted"  # our own report to the authority
    NOTIFICATION = "notification"  # our own notification to the authority
    NAMED_IN_ORDER = "named_in_order"

    @property
    def is_arrival(self) -> bool:
        """Whether the arrival of the mail is the start."""
        return self in _ARRIVALS

    @property
    def words(self) -> str:
        """As people say it."""
        return _STARTS.get(self, f"the {self.value.replace('_', ' ')}")


_STARTS = {
    Start.RECEIPT: "receipt",
    Start.DECISION_NOTIFIED: "the notification of the decision",
    Start.NOTICE_GIVEN: "the moment at which notice is given",
    Start.VALID_REQUEST: "a valid request",
    Start.REPORT_SUBMITTED: "our own report",
    Start.NOTIFICATION: "our own notification",
    Start.NAMED_IN_ORDER: "the time that is named",
}
_ARRIVALS = (Start.RECEIPT, Start.DECISION_NOTIFIED, Start.NOTICE_GIVEN, Start.VALID_REQUEST, Start.COMPLAINT)


class Status(StrEnum):
    """Whether the rule is law."""

    IN_FORCE = "in_force"
    ADOPTED_UNCONFIRMED = "adopted_unconfirmed"  # passed; commencement not confirmed
    ANNULLED = "annulled"
    SUPERSEDED = "superseded"
    DRAFT = "draft"
    REPEALED = "repealed"
    PRACTICE = "practice"  # agreed, not law


class Regime(BaseModel):
    """One duty with its time limit."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    id: Annotated[str, text_like(r"[a-z0-9-]+", "an id of lower-case letters, digits and hyphens")]
    name: Text
    article: Text | None = None
    countries: tuple[CountryCode, ...] = ()
    """Whose authorities can set the clock; EU stands for every member state; none for agreed practice."""
    clock: IsoDuration | None = None
    """None where the law names no number; then `clock_text` has its words."""
    calendar: Literal["elapsed", "business"] = "elapsed"
    clock_text: Text | None = None
    ack_clock: IsoDuration | None = None
    assess_clock: IsoDuration | None = None
    fast_clock: IsoDuration | None = None
    """The limit in urgent cases."""
    starts: Start
    kind: Literal["remove", "respond", "acknowledge", "report_back", "produce", "preserve", "inform"]
    auto: StrictBool = False
    """Whether the clock may be set without a person; it is still shown as computed, to be confirmed."""
    status: Status
    valid_from: date | None = None
    """The first day on which the rule holds."""
    valid_to: date | None = None
    """The first day on which it no longer holds."""
    supersedes: Text | None = None
    precondition: Text | None = None
    applies_to: Text
    validity_checklist: Texts = ()
    required_elements: tuple[Element, ...] = ()
    """What an order or request under it must contain; which of that a mail contains is shown."""
    fields_to_extract: Texts = ()
    languages: Texts
    keywords: dict[Annotated[str, text_like(r"[a-z]{2}", "a language code such as tr")], Texts]
    """By language (ISO 639-1), in the phrase notation of the lexicons."""
    kw_checked: StrictBool = False
    """Whether the keywords were compared with real orders."""
    confidence: Literal["high", "medium", "low"]
    verified: StrictBool
    """Whether the number was read in the source, rather than remembered."""
    source: Text
    note: Text | None = None

    @property
    def title(self) -> str:
        """The law with its article."""
        return ", ".join(part for part in (self.name, self.article) if part)

    @cached_property
    def version(self) -> str:
        """Changes whenever anything in the row does: the beginning of a SHA-256."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:_VERSION_LENGTH]

    @property
    def answer_within(self) -> timedelta | None:
        """The elapsed time after the mail's arrival in which something must be done.

        None where the law names no number, counts working days, starts from something else, or
        names a time to keep rather than to act.
        """
        if self.calendar != "elapsed" or self.kind == "preserve" or not self.starts.is_arrival:
            return None
        return fixed_length(self.clock) if self.clock else None

    def covers(self, country: str | None) -> bool:
        """Whether an authority of that country can set the clock."""
        return country in self.countries or (country in _EU_MEMBERS and "EU" in self.countries)

    def holds_on(self, day: date) -> bool:
        """Whether the rule is law on that day."""
        begun = self.valid_from is None or self.valid_from <= day
        over = self.valid_to is not None and self.valid_to <= day
        return self.status is Status.IN_FORCE and begun and not over

    @model_validator(mode="after")
    def _automatic_only_when_read(self) -> Self:
        problems = []
        if self.auto and not (self.verified and self.clock and self.countries):
            hint = "set verified, clock and countries, or auto: false"
            problems.append(Problem(("auto",), "an automatic clock needs a number that was read", hint))
        elements = [element.id for element in self.required_elements]
        if len(set(elements)) < len(elements):
            problems.append(Problem(("required_elements",), "names an element twice"))
        if not self.clock and not self.clock_text:
            problems.append(Problem(("id",), "has neither clock nor clock_text"))
        if problems:
            raise found(problems)
        return self


class Regimes(BaseModel):
    """All of `clocks.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    compiled: date
    regimes: tuple[Regime, ...]

    @model_validator(mode="after")
    def _ids_differ(self) -> Self:
        ids = [regime.id for regime in self.regimes]
        problems = [
            Problem(("regimes", number, "id"), f'"{name}" is used twice')
            for number, name in enumerate(ids)
            if name in ids[:number]
        ]
        if problems:
            raise found(problems)
        return self


def fixed_length(duration: str) -> timedelta | None:
    """The length of an ISO 8601 duration; None for months and years, whose length varies."""
    form = re.fullmatch(_ISO_FORM, duration)
    years, months, days, hours, minutes = (int(part or 0) for part in form.groups()) if form else [0] * 5
    return None if years or months else timedelta(days=days, hours=hours, minutes=minutes)


def load_regimes(path: Path) -> Regimes:
    """Read `clocks.yaml`.

    Raises:
        ConfigurationError: with every fault of the file.
    """
    return read_yaml(path, Regimes)
