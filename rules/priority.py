"""How soon a ticket is taken up, in the ticket system's words."""

from enum import StrEnum

from parsers.facts import Urgency


class Priority(StrEnum):
    """The priorities of a Jira project as shipped, the most pressing first."""

    HIGHEST = "Highest"  # drop everything
    HIGH = "High"  # within this shift
    MEDIUM = "Medium"  # in turn
    LOW = "Low"  # when there is time
    LOWEST = "Lowest"  # perhaps never

    @property
    def rank(self) -> int:
        """0 for the least pressing."""
        return list(reversed(Priority)).index(self)


def priority_of(urgency: Urgency) -> Priority:
    """The priority where no rule names one."""
    match urgency:
        case Urgency.CRITICAL:
            return Priority.HIGHEST
        case Urgency.HIGH:
            return Priority.HIGH
        case Urgency.NORMAL:
            return Priority.MEDIUM
        case Urgency.LOW:
            return Priority.LOW
