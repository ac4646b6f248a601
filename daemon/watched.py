"""What is watched, and what people are shown of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from connectors.mail import MailSource


@dataclass(frozen=True, kw_only=True)
class Showing:
    """What people see on the mail server of a mail that is stored: at most one of the two."""

    keyword: str | None = None
    move_to: str | None = None

    @property
    def asked(self) -> bool:
        """Whether anything is to be done."""
        return bool(self.keyword or self.move_to)


NOTHING = Showing()


@dataclass(frozen=True, kw_only=True)
class Watch:
    """One mailbox, and how it is watched."""

    mailbox: str
    open_source: Callable[[], MailSource]
    poll_seconds: float
    since: date | None  # a mailbox seen for the first time starts here, or at "now"
    showing: Showing = NOTHING

    @property
    def duty(self) -> str:
        """The name under which one daemon at a time watches it."""
        return f"watch {self.mailbox}"
