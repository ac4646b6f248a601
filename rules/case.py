"""What is decided on: a report together with what holds for its matter."""

from dataclasses import dataclass

from parsers.facts import Instant, RelationType, Report, Urgency


@dataclass(frozen=True, kw_only=True)
class Case:
    """Everything that rules may look at; `now` is the instant of the decision."""

    report: Report
    mailbox: str  # its name in the settings
    relation: RelationType
    urgency: Urgency  # of the matter, not only what the mail states
    now: Instant
    due: Instant | None = None  # when the governing clock runs out
    held: str | None = None  # why the message needs a person; None when it does not
    regimes: frozenset[str] = frozenset()  # the laws that set its clocks, by their ids in clocks.yaml
    size: int = 0  # octets of the mail as received
