"""What was decided about one message, with all that follows from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from daemon.clock_stops import Stop
from daemon.relate import Standing
from daemon.store.models import Matter, Message
from parsers.facts import Report, Urgency
from rules.clocks import Clock
from rules.files import JudgedFile, judge_files
from rules.orders import FormerLaw, Order
from rules.routing import Route


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The input of plan and compose."""

    message: Message
    report: Report
    matter: Matter  # as it stands with this message taken in
    standing: Standing
    clocks: tuple[Clock, ...]  # those that this message brings
    route: Route
    superseded: tuple[Clock, ...] = ()  # brought by it too; a person had decided about the same ones
    asked: Urgency | None = None  # by this message: a higher level than the one that a person set
    orders: tuple[Order, ...] = ()  # that it holds, under laws that ask for certain elements
    former_laws: tuple[FormerLaw, ...] = ()  # that it cites, and that are law no more
    stops: tuple[Stop, ...] = ()  # clocks of a known matter that it ends
    raised: bool  # the message made a known matter more urgent, or due sooner

    @property
    def held(self) -> str | None:
        """Why a person has to look at the mail itself; None when nothing is in the way."""
        return self.message.held_reason or self.route.hold

    @property
    def due(self) -> datetime | None:
        """By when the ticket is due: when the matter's clock ends, or earlier where a rule wants that."""
        return due_by(self.message.received_at, self.matter.due_at, self.route.due_within)

    @property
    def files(self) -> tuple[JudgedFile, ...]:
        """Every attached file, and what keeps it from the ticket."""
        return judge_files(self.report, self.route.files, held=self.held is not None)


def due_by(received_at: datetime, clock: datetime | None, within: timedelta | None) -> datetime | None:
    """When the governing clock ends, or a rule's span from receipt, whichever is earlier."""
    ends = [] if within is None else [received_at + within]
    return min((*ends, clock) if clock else ends, default=None)
