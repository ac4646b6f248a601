"""What is decided on: a report together with what holds for its matter."""

from dataclasses import dataclass
from functools import cached_property

from parsers.facts import Instant, RelationType, Report, Urgency
from rules.spelling import accented, comparable


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
    missing_elements: frozenset[str] = frozenset()  # laws under which the order lacks an element
    size: int = 0  # octets of the mail as received

    @cached_property
    def domains(self) -> frozenset[str]:
        """The sender's domain and those above it."""
        labels = (self.report.sender.domain or "").split(".")
        return frozenset(".".join(labels[place:]) for place in range(len(labels)))

    @cached_property
    def subject(self) -> "Searchable":
        """The subject."""
        return Searchable(self.report.subject)

    @cached_property
    def authority_ref(self) -> "Searchable":
        """The sender's own case number; empty where the mail carries none."""
        return Searchable(self.report.authority_ref or "")

    @cached_property
    def own_text(self) -> "Searchable":
        """What the author newly wrote."""
        return Searchable(self.report.own_text)


@dataclass(frozen=True)
class Searchable:
    """A text in the forms in which it is searched; each is made once."""

    text: str

    @cached_property
    def plain(self) -> str:
        """For phrases."""
        return comparable(self.text)

    @cached_property
    def forms(self) -> tuple[bytes, ...]:
        """For patterns, which tell accents apart: with its accents, if it has any, and without them."""
        with_accents = accented(self.text)
        forms = (self.plain,) if with_accents.lower() == self.plain else (with_accents, self.plain)
        # Mail may hold halves of surrogate pairs, which are no characters.
        return tuple(form.encode(errors="replace") for form in forms)
