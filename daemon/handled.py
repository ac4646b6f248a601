"""What the demo shows of each mail that has been dealt with."""

from dataclasses import dataclass
from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from daemon.terminal import styled_urgency


@dataclass(frozen=True, kw_only=True)
class Handled:
    """A mail that has been dealt with completely."""

    label: str
    relation: str
    urgency: str
    due: datetime | None
    ticket: str | None
    reason: str
    seconds: float  # from delivery into the mailbox until its last action was done

    @property
    def cells(self) -> tuple[str, ...]:
        """The columns as plain text, in the order of the table's heading."""
        due = f"{self.due:%Y-%m-%d %H:%M}" if self.due else ""
        took = f"{self.seconds:.2f} s"
        return self.label, self.relation, self.urgency, due, self.ticket or "-", self.reason, took


class HandledTable:
    """Drawn anew for every mail on a terminal, a line a mail in a pipe."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.rows: list[Handled] = []

    def add(self, handled: Handled) -> None:
        """Take in one more mail; in a pipe, print its line."""
        self.rows.append(handled)
        if not self._console.is_terminal:
            self._console.print(handled_line(handled), soft_wrap=True, markup=False, highlight=False)

    def __rich__(self) -> Table | str:
        """What rich draws: nothing in a pipe, where the lines have been printed."""
        if not self._console.is_terminal:
            return ""
        table = Table("message", "relation", "urgency", "due (UTC)", "ticket", "reason", "took", expand=True)
        for handled in self.rows:
            label, relation, urgency, *others = handled.cells
            table.add_row(escape(label), relation, styled_urgency(urgency), *map(escape, others))
        return table


def handled_line(handled: Handled) -> str:
    """One mail on one line."""
    return " | ".join(handled.cells)
