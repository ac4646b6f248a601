"""The seam to whoever takes mail of ours."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class OutgoingMail:
    """A whole mail for one recipient. It has no return path, so that nothing ever bounces back to us."""

    recipient: str = field(repr=False)
    octets: bytes = field(repr=False)


class Outbox(Protocol):
    """Where mail is handed in, by one thread."""

    def send(self, mail: OutgoingMail) -> None:
        """Hand a mail in; what has been handed in can't be looked for afterwards.

        Raises:
            Unavailable: nothing was taken; it may be tried again later.
            CredentialsRefused: we may not sign in; nothing was taken.
            Refused: the server will never take this mail, because there is no such address for example.
            OutcomeUnknown: the server may have taken it. It must not be sent again.
        """
